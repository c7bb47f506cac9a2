package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/playground"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *playground.Playground {
	t.Helper()
	pg, err := playground.New(t.Context(), playground.Options{Data: t.TempDir(), Background: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Close(); err != nil {
			t.Error(err)
		}
	})
	return pg
}

const odd = `"quoted" <b> & 🦆`

// addOdd adds the dataset "odd": birds and coins, a class with an odd name, two
// pictures without a class, and pictures that are there twice. It returns its
// folder.
func addOdd(t *testing.T, pg *playground.Playground) string {
	t.Helper()
	dir := t.TempDir()
	copyTo := func(class, name, from string) {
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, class, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stamps := func(class string) []string {
		files, err := filepath.Glob("../../dataset/stamps/" + class + "/*.jpg")
		if err != nil || len(files) < 8 {
			t.Fatalf("%d pictures of class %s: %v", len(files), class, err)
		}
		return files
	}
	for i := range 8 {
		copyTo("bird", fmt.Sprintf("%d.jpg", i), stamps("bird")[i])
		copyTo("coin", fmt.Sprintf(`a "<&> %d.jpg`, i), stamps("coin")[i])
	}
	for i := range 3 {
		copyTo(odd, fmt.Sprintf("twin %d.jpg", i), stamps("bird")[0])
	}
	copyTo("", "one.jpg", stamps("bird")[0])
	copyTo("", "two.jpg", stamps("coin")[0])
	if _, err := pg.AddDataset(t.Context(), "odd", dir, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

func indexOdd(t *testing.T, pg *playground.Playground) {
	t.Helper()
	_, err := pg.Index(t.Context(), playground.IndexRequest{Dataset: "odd", Layers: []string{"stem_conv", "block4c_add"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

func readJSON[T any](t *testing.T, elements ...string) (v T) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(elements...))
	if err == nil {
		err = json.Unmarshal(content, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// files lists what is below dir, with slashes.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// The score of the first playground is recomputed from its files alone, as its
// page did.
func TestTheScoresFollowFromTheSimilarityLists(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	indexOdd(t, pg)
	out := filepath.Join(t.TempDir(), "new", "site")
	report, err := Export(t.Context(), pg, Request{Dataset: "odd", Out: out, Metrics: []string{"cosine"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const n = 21
	if report.Images != n || report.Layers != 2 || report.Ranks != n-1 || report.Files != len(files(t, out)) || len(report.Problems) != 0 {
		t.Errorf("reported is %+v", report)
	}

	root := filepath.Join(out, "assets", "semsearch")
	details := readJSON[originalDetails](t, root, "details.json")
	dictionary := readJSON[struct {
		Classes    map[string]map[string][]string
		Dictionary map[string]map[string]string
		ClassList  map[string][]string
	}](t, root, "datasetdictionary.json")
	all := readJSON[map[string]map[string]map[string]map[string][]float64](t, root, "modelscores.json")
	if len(details.Datasets) != 1 || details.Datasets[0].Size != n || len(details.Models) != 1 || len(details.Models[0].Layers) != 2 {
		t.Fatalf("the details are %+v", details)
	}
	if want := []string{"cosine", "euclidean", "sqeuclidean", "minkowski"}; !slices.Equal(details.Metrics, want) {
		t.Errorf("the metrics are %q", details.Metrics)
	}
	model := details.Models[0]
	if l := model.Layers[0]; l.Name != "stem_conv" || l.Type != "Conv2D" || l.NumNeurons != "32" || l.Parameters != 864 || l.Cumulative != 864 || l.TotalLayers != model.NumLayers {
		t.Errorf("the first layer is %+v", l)
	}
	class := dictionary.Dictionary["odd"]
	for name, members := range dictionary.Classes["odd"] {
		for _, id := range members {
			if class[id] != name {
				t.Errorf("picture %s is of %q and listed under %q", id, class[id], name)
			}
		}
	}
	if want := []string{odd, "bird", "coin"}; !slices.Equal(dictionary.ClassList["odd"][:3], want) || len(dictionary.ClassList["odd"]) != 5 {
		t.Errorf("the classes are %q", dictionary.ClassList["odd"])
	}

	for _, layer := range model.Layers {
		points := readJSON[[]struct {
			X, Y  *float64
			Class string
		}](t, root, "umap", "odd", model.Name, layer.Name+".json")
		for i, at := range points {
			if at.X == nil || at.Y == nil || at.Class != class[strconv.Itoa(i)] {
				t.Errorf("%s: point %d is %+v", layer.Name, i, at)
			}
		}
		if len(points) != n {
			t.Errorf("%s: %d points", layer.Name, len(points))
		}
	}
	for _, metric := range details.Metrics {
		scores := readJSON[map[string][]float64](t, root, "scores", "odd", model.Name, metric+".json")
		if diff := cmp.Diff(all["odd"][model.Name][metric], scores); diff != "" {
			t.Error(diff)
		}
		p := 0.0
		if metric == "minkowski" {
			p = 2
		}
		live, err := pg.CompareScores(t.Context(), playground.CompareSettings{Dataset: "odd", Metric: metric, P: p, Top: 15}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, layer := range model.Layers {
			lists := readJSON[map[string][][2]string](t, root, "similarity", "odd", model.Name, metric, layer.Name+".json")
			if len(lists) != n || len(scores[layer.Name]) != n || live.Rows[i].Layer != layer.Name {
				t.Fatalf("%s %s: %d lists, %d scores", metric, layer.Name, len(lists), len(scores[layer.Name]))
			}
			for query := range n {
				id := strconv.Itoa(query)
				checkList(t, lists[id], id, n)
				if score := originalScore(lists[id], class); score != scores[layer.Name][query] {
					t.Errorf("%s %s %d: the score is %v by the list, %v in the file", metric, layer.Name, query, score, scores[layer.Name][query])
				}
				if s := live.Rows[i].Scores[query]; s != nil && *s != scores[layer.Name][query] {
					t.Errorf("%s %s %d: the score is %v, exported %v", metric, layer.Name, query, *s, scores[layer.Name][query])
				}
			}
		}
	}
}

// checkList checks that a list begins with the query and holds every picture
// once, the greatest values first.
func checkList(t *testing.T, list [][2]string, query string, n int) {
	t.Helper()
	if len(list) != n || list[0] != [2]string{query, "1.0"} {
		t.Errorf("the list of %s has %d entries and begins with %q", query, len(list), list[0])
	}
	seen := map[string]bool{}
	before := 1.0
	for _, entry := range list {
		value, err := strconv.ParseFloat(entry[1], 64)
		if err != nil || seen[entry[0]] || value > before {
			t.Errorf("the list of %s has %q after %v", query, entry, before)
		}
		seen[entry[0]] = true
		before = value
	}
}

// originalScore is the score as it was defined in 2019: rank 0 is dropped, and
// of the next K the i-th weighs (K-i)/K. Sums of K times that are exact.
func originalScore(list [][2]string, class map[string]string) float64 {
	query, results := list[0][0], list[1:min(16, len(list))]
	right, sum := 0, 0
	for i, entry := range results {
		weight := len(results) - i
		sum += weight
		if class[entry[0]] == class[query] {
			right += weight
		}
	}
	return 100 * float64(right) / float64(sum)
}

func TestChannelsThatAreRenderedAreExported(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	indexOdd(t, pg)
	render := func(r playground.VisualizeRequest) {
		r.Layer = "block2b_add"
		status, err := pg.StartVisualize(t.Context(), r, job.Normal, false)
		if err != nil {
			t.Fatal(err)
		}
		last := status
		if err := pg.Jobs().Follow(t.Context(), status.ID, 0, func(s job.Status) error { last = s; return nil }); err != nil || last.State != job.Done {
			t.Fatalf("%+v, %v", last, err)
		}
	}
	render(playground.VisualizeRequest{Channel: 3, Steps: 1, Size: 40})
	render(playground.VisualizeRequest{Channel: 3, Steps: 2, Size: 33})
	render(playground.VisualizeRequest{Channel: 4, Steps: 1, Size: 32, Negative: true})
	out := filepath.Join(t.TempDir(), "site")
	if _, err := Export(t.Context(), pg, Request{Dataset: "odd", Out: out, Metrics: []string{"cosine"}}, nil); err != nil {
		t.Fatal(err)
	}
	channels := readJSON[map[string]map[string][]string](t, out, "assets", "models", "models.json")
	if diff := cmp.Diff(map[string]map[string][]string{"efficientnet-lite0": {"block2b_add": {"3"}}}, channels); diff != "" {
		t.Error(diff)
	}
	models := readJSON[originalDetails](t, out, "assets", "models", "model_details.json").Models
	if len(models) != 1 || len(models[0].Layers) != 1 || models[0].Layers[0].ID != strconv.Itoa(models[0].Layers[0].Index) || len(models[0].AllLayers) != models[0].NumLayers {
		t.Errorf("the details are %+v", models)
	}
	f, err := os.Open(filepath.Join(out, "assets", "models", "efficientnet-lite0", "block2b_add", "3.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if info, err := jpeg.DecodeConfig(f); err != nil || info.Width != 33 {
		t.Errorf("the picture is %+v, %v; want the one of more steps", info, err)
	}
}

func TestPicturesThatAreGoneAreGrey(t *testing.T) {
	pg := open(t)
	dir := addOdd(t, pg)
	indexOdd(t, pg)
	if err := os.Remove(filepath.Join(dir, "bird", "2.jpg")); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "site")
	report, err := Export(t.Context(), pg, Request{Dataset: "odd", Out: out, Metrics: []string{"cosine"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Problems) != 1 || report.Problems[0].File != "bird/2.jpg" || report.Problems[0].Reason == "" {
		t.Errorf("left out are %+v", report.Problems)
	}
	for i := range 21 {
		if _, err := os.Stat(filepath.Join(out, "assets", "semsearch", "datasets", "odd", fmt.Sprintf("%d.jpg", i))); err != nil {
			t.Error(err)
		}
	}
}

func TestAPictureWithoutAVectorStandsAlone(t *testing.T) {
	pg := open(t)
	dir := addOdd(t, pg)
	gone := filepath.Join(dir, "bird", "2.jpg")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	indexOdd(t, pg)
	out := filepath.Join(t.TempDir(), "site")
	if _, err := Export(t.Context(), pg, Request{Dataset: "odd", Out: out, Metrics: []string{"cosine"}}, nil); err != nil {
		t.Fatal(err)
	}
	lists := readJSON[map[string][][2]string](t, out, "assets", "semsearch", "similarity", "odd", "efficientnet-lite0", "cosine", "stem_conv.json")
	scores := readJSON[map[string][]float64](t, out, "assets", "semsearch", "scores", "odd", "efficientnet-lite0", "cosine.json")
	alone := 0
	for id, list := range lists {
		if i, _ := strconv.Atoi(id); len(list) == 1 && list[0][0] == id && scores["stem_conv"][i] == 0 {
			alone++
		} else if len(list) != 20 {
			t.Errorf("the list of %s has %d entries", id, len(list))
		}
	}
	if points := readJSON[[]any](t, out, "assets", "semsearch", "umap", "odd", "efficientnet-lite0", "stem_conv.json"); len(points) != 21 {
		t.Errorf("the map has %d points", len(points))
	}
	if len(lists) != 21 || alone != 1 {
		t.Errorf("%d of %d pictures stand alone", alone, len(lists))
	}
}

func TestOnlyNewOrEmptyFoldersOutsideOfTheDataAreWritten(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	indexOdd(t, pg)
	dir := t.TempDir()
	full, empty, file, link := filepath.Join(dir, "full"), filepath.Join(dir, "empty"), filepath.Join(dir, "file"), filepath.Join(dir, "link")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(full, "mine"), 0o755), os.Mkdir(empty, 0o755), os.WriteFile(file, nil, 0o644),
		os.Symlink(pg.About().Data, link),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ out, want string }{
		{full, "the folder is not empty; name a new folder, or an empty one"},
		{file, "there is a file of that name; name a new folder"},
		{filepath.Join(file, "below"), "not a directory"},
		{pg.About().Data, "it lies in the data directory"},
		{filepath.Join(pg.About().Data, "new"), "it lies in the data directory"},
		{filepath.Join(link, "new", "site"), "it lies in the data directory"},
	} {
		if _, err := Export(t.Context(), pg, Request{Dataset: "odd", Out: tt.out}, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.out, err, tt.want)
		}
	}
	if _, err := Export(t.Context(), pg, Request{Dataset: "odd", Out: empty, Metrics: []string{"cosine"}}, nil); err != nil {
		t.Error(err)
	}
	wantEntries(t, dir, "empty", "file", "full", "link")
}

func wantEntries(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if !slices.Equal(names, want) {
		t.Errorf("in the folder are %q, want %q", names, want)
	}
}

func TestAnExportThatIsCancelledLeavesNothing(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	indexOdd(t, pg)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Export(ctx, pg, Request{Dataset: "odd", Out: filepath.Join(dir, "site"), Metrics: []string{"cosine"}}, func(done, total int) {
		if done > total/2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	wantEntries(t, dir)
}

func TestASetThatIsRemovedMeanwhileIsNotExported(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	indexOdd(t, pg)
	dir := t.TempDir()
	var once sync.Once
	_, err := Export(t.Context(), pg, Request{Dataset: "odd", Out: filepath.Join(dir, "site"), Metrics: []string{"cosine"}}, func(done, total int) {
		if done > total/2 {
			once.Do(func() {
				if err := pg.RemoveDataset(t.Context(), "odd"); err != nil {
					t.Error(err)
				}
			})
		}
	})
	var known *playground.Error
	if !errors.As(err, &known) || known.Kind != playground.NotFound {
		t.Errorf("it ends with %v", err)
	}
	wantEntries(t, dir)
}

func TestWhatCannotBeExportedIsSaid(t *testing.T) {
	pg := open(t)
	addOdd(t, pg)
	for _, tt := range []struct {
		name    string
		request Request
		want    string
	}{
		{"nothing indexed", Request{Dataset: "odd"}, "cannot export dataset odd: it is not indexed with pooling avg; index it with: convnet index --dataset odd --model efficientnet-lite0 --pool avg, or all models with: convnet precompute --dataset odd"},
		{"unknown dataset", Request{Dataset: "even"}, `dataset "even" is unknown`},
		{"unknown model", Request{Dataset: "odd", Models: []string{"efficientnet-lite9"}}, `model "efficientnet-lite9" is unknown; did you mean`},
		{"model that is not indexed", Request{Dataset: "odd", Models: []string{"efficientnet-lite2"}}, "it is not indexed by efficientnet-lite2 with pooling avg; index it with: convnet index --dataset odd --model efficientnet-lite2"},
		{"unknown pooling", Request{Dataset: "odd", Pool: "mean"}, `pooling "mean" is unknown`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tt.request.Out = filepath.Join(dir, "site")
			if _, err := Export(t.Context(), pg, tt.request, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			wantEntries(t, dir)
		})
	}
}

func TestListsOfLargeSetsAreCut(t *testing.T) {
	for pictures, want := range map[int]int{1: 1, 2: 1, 200: 199, 2000: 1999, 2001: 15, 1e6: 15} {
		if got := ranks(pictures); got != want {
			t.Errorf("%d pictures: %d ranks, want %d", pictures, got, want)
		}
	}
}

func TestNumbersReadAsPythonWritesThem(t *testing.T) {
	for x, want := range map[float64]string{
		1: "1.0", 0: "0.0", 0.5: "0.5", -1032.825: "-1032.825", -1147.5734: "-1147.573", 0.0625: "0.062", 0.6875: "0.688", -0.0001: "-0.0", 100: "100.0", 1e9: "1000000000.0",
	} {
		if got := rounded(x); got != want {
			t.Errorf("%v is %s, want %s", x, got, want)
		}
	}
}

func TestPicturesWithoutAClassAreAlikeToNone(t *testing.T) {
	got := labels([]playground.Image{{Class: "a"}, {}, {Class: "unlabelled 1"}, {}})
	if want := []string{"a", "unlabelled 1'", "unlabelled 1", "unlabelled 3"}; !slices.Equal(got, want) {
		t.Errorf("the labels are %q, want %q", got, want)
	}
}
