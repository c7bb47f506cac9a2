package export

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/convnetplayground/convnet/internal/playground"
)

// built is a page as its build leaves it.
var built = fstest.MapFS{
	"index.html": {Data: []byte(`<!doctype html>
<html><head>
    <meta charset="utf-8">
    <link rel="icon" href="/favicon.svg">
    <script type="module" crossorigin src="/assets/index-1.js"></script>
    <link rel="stylesheet" crossorigin href="/assets/index-1.css">
</head><body><div id="root"></div></body></html>
`)},
	"favicon.svg":       {Data: []byte("<svg/>")},
	"assets/index-1.js": {Data: []byte(`import("./other.js")`)},
}

func exportOdd(t *testing.T, pg *playground.Playground, r Request) (out string, report Report) {
	t.Helper()
	out = filepath.Join(t.TempDir(), "site")
	r.Dataset, r.Out = "odd", out
	report, err := Export(t.Context(), pg, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out, report
}

func TestThePageFindsWhatASearchFinds(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	indexOdd(t, pg)
	_, err := pg.Index(t.Context(), playground.IndexRequest{Dataset: "odd", Layers: []string{"stem_conv"}, Pool: "max"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := exportOdd(t, pg, Request{})
	c := readJSON[contents](t, out, "data", "contents.json")
	if len(c.Pools["avg"]) != 2 || len(c.Pools["max"]) != 1 || len(c.Metrics) != 7 || len(c.Transforms) != 3 || !c.Scored || len(c.Tops) != 2 {
		t.Fatalf("the contents are %+v", c)
	}
	for pool, layers := range c.Pools {
		for _, transform := range c.Transforms {
			for _, metric := range c.Metrics {
				for _, layer := range layers {
					file := readJSON[searchFile](t, out, "data", "searches", pool, transform, metric, layer.Model, layer.Layer+".json")
					for query := range 21 {
						checkSearch(t, pg, file, playground.SearchRequest{Query: &query, SearchSettings: playground.SearchSettings{
							Dataset: "odd", Model: layer.Model, Layer: layer.Layer, Metric: metric, Pool: pool, Transform: transform, Top: topRanks,
						}})
					}
				}
				scores := readJSON[playground.ScoresResult](t, out, "data", "scores", pool, transform, metric+".json")
				live, err := pg.CompareScores(t.Context(), playground.CompareSettings{Dataset: "odd", Metric: metric, Pool: pool, Transform: transform, Top: topRanks}, nil, nil)
				if err != nil || len(scores.Rows) != len(live.Rows) || scores.Rows[0].Summary != live.Rows[0].Summary {
					t.Errorf("%s %s %s: scored is %+v, %v", pool, transform, metric, scores.Rows, err)
				}
			}
		}
	}
}

func checkSearch(t *testing.T, pg *playground.Playground, file searchFile, request playground.SearchRequest) {
	t.Helper()
	found, err := pg.Search(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	query := *request.Query
	if len(file.Neighbours[query]) != len(found.Results) || len(file.Distances[query]) != len(found.Results) {
		t.Fatalf("%+v: %d results", request, len(file.Neighbours[query]))
	}
	for i, r := range found.Results {
		distance, err := file.Distances[query][i].Float64()
		if err != nil || file.Neighbours[query][i] != r.Index || distance-r.Distance > 1e-5*r.Distance+1e-12 || r.Distance-distance > 1e-5*r.Distance+1e-12 {
			t.Errorf("%+v: %d is %d at %v, want %d at %v", request.SearchSettings, i, file.Neighbours[query][i], distance, r.Index, r.Distance)
		}
	}
}

func TestTheTopPicturesAreThoseOfTheChannels(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	indexOdd(t, pg)
	out, _ := exportOdd(t, pg, Request{Metrics: []string{"cosine"}})
	file := readJSON[struct {
		Map      [2]int
		Pictures int
		Places   []topPlace
		Channels [][][3]float64
	}](t, out, "data", "top", "efficientnet-lite0", "stem_conv.json")
	for _, channel := range []int{0, 31} {
		top, err := pg.TopPictures(t.Context(), playground.TopRequest{Dataset: "odd", Layer: "stem_conv", Channel: channel})
		if err != nil {
			t.Fatal(err)
		}
		got := file.Channels[channel]
		if len(got) != len(top.Results) || file.Map != top.Map || file.Pictures != 21 {
			t.Fatalf("channel %d: %v", channel, got)
		}
		for i, p := range top.Results {
			want := topPlace{p.Position, p.Box, p.Cell}
			if int(got[i][0]) != p.Index || float32(got[i][1]) != p.Value || file.Places[int(got[i][2])] != want {
				t.Errorf("channel %d: %v, want %+v", channel, got[i], p)
			}
		}
	}
}

func TestThePageBecomesRelativeAndKnowsWhatItShows(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	indexOdd(t, pg)
	out, report := exportOdd(t, pg, Request{Page: built, Transform: "none", Metrics: []string{"euclidean"}})
	index, err := os.ReadFile(filepath.Join(out, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`src="./assets/index-1.js"`, `href="./assets/index-1.css"`, `href="./favicon.svg"`, "python3 -m http.server",
		`<meta name="convnet-export" data-dataset="odd" data-model="efficientnet-lite0" data-metric="euclidean" data-pool="avg" data-transform="none">`,
		`<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; `,
	} {
		if !strings.Contains(string(index), want) {
			t.Errorf("no %s in:\n%s", want, index)
		}
	}
	if strings.Contains(string(index), `="/`) {
		t.Errorf("an address begins at the root:\n%s", index)
	}
	options := readJSON[playground.SearchOptions](t, out, "data", "options.json")
	if len(options.Metrics) != 1 || options.Metrics[0].Name != "euclidean" || len(options.Poolings) != 1 || options.Defaults.Dataset != "odd" || options.Defaults.Layer != "block4c_add" {
		t.Errorf("the options are %+v", options)
	}
	models := readJSON[map[string][]playground.ModelSummary](t, out, "data", "models.json")["models"]
	if len(models) != 1 || !slices.Equal(models[0].SearchLayers, []string{"stem_conv", "block4c_add"}) || models[0].DefaultLayer != "block4c_add" || models[0].Pullable {
		t.Errorf("the models are %+v", models)
	}
	searched := 0
	for _, l := range readJSON[playground.ModelDetail](t, out, "data", "models", "efficientnet-lite0.json").Layers {
		if l.Search {
			searched++
		}
	}
	if indexes := readJSON[map[string][]playground.IndexEntry](t, out, "data", "indexes.json")["indexes"]; searched != 2 || len(indexes) != 2 {
		t.Errorf("%d layers to search, %d indexes", searched, len(indexes))
	}
	if page := slices.IndexFunc(report.Parts, func(p Part) bool { return p.Name == "page" }); page < 0 || report.Parts[page].Files != 4 {
		t.Errorf("the parts are %+v", report.Parts)
	}
}

func TestAPageOfAnotherShapeIsRefused(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	indexOdd(t, pg)
	dir := t.TempDir()
	page := fstest.MapFS{"index.html": {Data: []byte("<html></html>")}}
	if _, err := Export(t.Context(), pg, Request{Dataset: "odd", Out: filepath.Join(dir, "site"), Page: page}, nil); err == nil || !strings.Contains(err.Error(), "index.html") {
		t.Errorf("%v", err)
	}
	wantEntries(t, dir)
}

// Where a picture was taken, and where it lies, is not told.
func TestNothingPrivateIsExported(t *testing.T) {
	pg := open(t)
	dir := addOdd(t, pg)
	for i := range 3 {
		addEXIF(t, filepath.Join(dir, odd, fmt.Sprintf("twin %d.jpg", i)))
	}
	if err := pg.RemoveDataset(t.Context(), "odd"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.jpg"), []byte("not a picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := pg.AddDataset(t.Context(), "odd", dir, nil); err != nil {
		t.Fatal(err)
	}
	indexOdd(t, pg)
	out, _ := exportOdd(t, pg, Request{Page: built, Metrics: []string{"cosine"}})
	for _, name := range files(t, out) {
		content, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{dir, pg.About().Data, "Exif", "at home", "notes.jpg"} {
			if bytes.Contains(content, []byte(secret)) || strings.Contains(name, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
		if strings.ContainsAny(name, `"<>& `) {
			t.Errorf("a file has the name %q", name)
		}
	}
}

// addEXIF puts an EXIF segment with a description into a JPEG.
func addEXIF(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil || !bytes.HasPrefix(content, []byte{0xff, 0xd8}) {
		t.Fatalf("%s: %v", file, err)
	}
	// A TIFF header, and one directory with an ImageDescription of 8 bytes.
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x0e\x00\x02\x00\x00\x00\x08\x00\x00\x00\x1a\x00\x00\x00\x00at home\x00"
	segment := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	if err := os.WriteFile(file, slices.Concat(content[:2], segment, content[2:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestASetOfOnePictureWithoutAClassIsExported(t *testing.T) {
	pg := open(t)
	dir := t.TempDir()
	content, err := os.ReadFile("../../dataset/stamps/bird/duck.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "duck.jpg"), content, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := pg.AddDataset(t.Context(), "odd", dir, nil); err != nil {
		t.Fatal(err)
	}
	indexOdd(t, pg)
	out, report := exportOdd(t, pg, Request{Page: built, Metrics: []string{"cosine"}})
	if report.Images != 1 || readJSON[contents](t, out, "data", "contents.json").Scored {
		t.Errorf("reported is %+v", report)
	}
	lists := readJSON[map[string][][2]string](t, out, "assets", "semsearch", "similarity", "odd", "efficientnet-lite0", "cosine", "stem_conv.json")
	if len(lists) != 1 || len(lists[strconv.Itoa(0)]) != 1 {
		t.Errorf("the list is %v", lists)
	}
	file := readJSON[searchFile](t, out, "data", "searches", "avg", "none", "cosine", "efficientnet-lite0", "stem_conv.json")
	if len(file.Neighbours) != 1 || file.Neighbours[0] == nil || len(file.Neighbours[0]) != 0 {
		t.Errorf("the search is %+v", file)
	}
}
