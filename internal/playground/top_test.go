package playground

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/model"
)

// peaksByHand is where each channel of two layers is greatest in every picture
// of a dataset, from whole feature maps: [layer][channel][picture].
func peaksByHand(t *testing.T, p *Playground, name string, layers []string) [][][]embedding.Peak {
	t.Helper()
	d, err := p.dataset(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	recipe, err := p.recipe(DefaultModel, Resizing{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.model(DefaultModel)
	if err != nil {
		t.Fatal(err)
	}
	e, err := m.Embedder(t.Context(), layers, model.None, recipe, p.pool)
	if err != nil {
		t.Fatal(err)
	}
	peaks := make([][][]embedding.Peak, len(layers))
	for i := range d.Images {
		im, err := d.Decode(i)
		if err != nil {
			t.Fatal(err)
		}
		maps, err := e.Embed(t.Context(), im)
		if err != nil {
			t.Fatal(err)
		}
		for layer, whole := range maps {
			channels := e.Shapes()[layer][2]
			if peaks[layer] == nil {
				peaks[layer] = make([][]embedding.Peak, channels)
			}
			for c := range channels {
				best := embedding.Peak{Picture: i, Value: whole[c]}
				for at := c; at < len(whole); at += channels {
					if whole[at] > best.Value {
						best.Value, best.Position = whole[at], at/channels
					}
				}
				peaks[layer][c] = append(peaks[layer][c], best)
			}
		}
	}
	return peaks
}

func TestTopPicturesAreThoseOfAllPicturesByHand(t *testing.T) {
	p := open(t)
	layers := []string{"block4c_add", "top_activation"}
	if _, err := p.Index(t.Context(), IndexRequest{Layers: layers}, nil); err != nil {
		t.Fatal(err)
	}
	for layer, channels := range peaksByHand(t, p, "stamps", layers) {
		for c, peaks := range channels {
			got, err := p.TopPictures(t.Context(), TopRequest{Layer: layers[layer], Channel: c})
			if err != nil {
				t.Fatal(err)
			}
			slices.SortStableFunc(peaks, func(a, b embedding.Peak) int { return cmp.Compare(b.Value, a.Value) })
			var found []embedding.Peak
			for i, r := range got.Results {
				found = append(found, embedding.Peak{Picture: r.Index, Position: r.Position[0]*got.Map[1] + r.Position[1], Value: r.Value})
				if r.Rank != i+1 || r.File == "" || r.Class == "" {
					t.Errorf("result %d is %+v", i, r)
				}
			}
			if diff := gocmp.Diff(peaks[:9], found); diff != "" {
				t.Fatalf("%s, channel %d: %s", layers[layer], c, diff)
			}
			if got.Pictures != 204 || got.LeftOut != 0 || got.Dead != (peaks[0].Value == 0) {
				t.Errorf("%s, channel %d: %+v", layers[layer], c, got)
			}
		}
	}
}

func TestPlacesInPictures(t *testing.T) {
	p := open(t)
	addBirds(t, p, 2)
	if _, err := p.Index(t.Context(), IndexRequest{Dataset: "birds"}, nil); err != nil {
		t.Fatal(err)
	}
	whole := [4]float64{0, 0, 1, 1}
	for _, tt := range []struct {
		layer     string
		size      int
		boxPixels int // width of the box where no edge cuts it off; 0 for the whole picture
	}{
		{"stem_conv", 112, 3},
		{"block2a_expand_conv", 112, 7},
		{"top_activation", 7, 0},
	} {
		for channel := range 8 {
			top, err := p.TopPictures(t.Context(), TopRequest{Dataset: "birds", Layer: tt.layer, Channel: channel})
			if err != nil {
				t.Fatal(err)
			}
			if top.Map != [2]int{tt.size, tt.size} {
				t.Errorf("%s: the map is %v", tt.layer, top.Map)
			}
			for _, r := range top.Results {
				y, x := float64(r.Position[0]), float64(r.Position[1])
				side := float64(tt.size)
				if want := [4]float64{x / side, y / side, (x + 1) / side, (y + 1) / side}; r.Cell != want {
					t.Errorf("%s: the cell is %v, want %v", tt.layer, r.Cell, want)
				}
				if tt.boxPixels == 0 {
					if r.Box != whole {
						t.Errorf("%s: the box is %v, want the whole picture", tt.layer, r.Box)
					}
					continue
				}
				largest := float64(tt.boxPixels) / 224
				if w, h := r.Box[2]-r.Box[0], r.Box[3]-r.Box[1]; w <= 0 || h <= 0 || w > largest+1e-9 || h > largest+1e-9 {
					t.Errorf("%s: the box is %v, want %g wide at most", tt.layer, r.Box, largest)
				}
				if r.Box[0] > r.Cell[2] || r.Box[2] < r.Cell[0] || r.Box[1] > r.Cell[3] || r.Box[3] < r.Cell[1] {
					t.Errorf("%s: box %v and cell %v lie apart", tt.layer, r.Box, r.Cell)
				}
			}
		}
	}
}

func TestADeadChannelIsSaidToBe(t *testing.T) {
	p := open(t)
	addBirds(t, p, 3)
	if _, err := p.Index(t.Context(), IndexRequest{Dataset: "birds", Layers: []string{"stem_conv"}}, nil); err != nil {
		t.Fatal(err)
	}
	// The weights of channel 16 are zero.
	for channel, dead := range map[int]bool{16: true, 17: false} {
		top, err := p.TopPictures(t.Context(), TopRequest{Dataset: "birds", Layer: "stem_conv", Channel: channel})
		if err != nil {
			t.Fatal(err)
		}
		if top.Dead != dead || len(top.Results) != 3 || (top.Results[0].Value == 0) != dead {
			t.Errorf("channel %d: %+v", channel, top)
		}
		if dead && (top.Results[0].Index != 0 || top.Results[2].Index != 2 || top.Results[2].Position != [2]int{}) {
			t.Errorf("of equal pictures and places the first come first: %+v", top.Results)
		}
	}
}

func TestSetsOfFewerThanNinePicturesAndUnreadableOnes(t *testing.T) {
	p := open(t)
	dir := addBirds(t, p, 5)
	files, err := filepath.Glob(filepath.Join(dir, "bird", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[2], []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Index(t.Context(), birds, nil); err != nil {
		t.Fatal(err)
	}
	top, err := p.TopPictures(t.Context(), TopRequest{Dataset: "birds", Layer: "top_activation", Channel: 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(top.Results) != 4 || top.Pictures != 4 || top.LeftOut != 1 {
		t.Errorf("the answer is %+v", top)
	}
	for _, r := range top.Results {
		if r.Index == 2 {
			t.Errorf("the damaged picture is one of them: %+v", r)
		}
	}
}

func TestTopPicturesBeforeTheIndexAreRefused(t *testing.T) {
	p := open(t)
	addBirds(t, p, 3)
	request := TopRequest{Dataset: "birds", Layer: "top_activation", Channel: 3}
	_, err := p.TopPictures(t.Context(), request)
	wantKind(t, err, NotIndexed)
	want := `the top pictures of dataset "birds" at layer "top_activation" of efficientnet-lite0 are not known: it is not indexed there; index it with: convnet index --dataset birds --model efficientnet-lite0 --layer top_activation`
	if err.Error() != want {
		t.Errorf("the error is %q, want %q", err, want)
	}
	for _, tt := range []struct {
		request TopRequest
		message string
	}{
		{TopRequest{Dataset: "bird"}, `dataset "bird" is unknown; did you mean birds?`},
		{TopRequest{Layer: "top_activaton"}, `layer "top_activaton" is unknown; did you mean top_activation`},
		{TopRequest{Model: "vgg61"}, `model "vgg61" is unknown`},
		{TopRequest{Channel: 1280}, `layer "top_activation" of efficientnet-lite0 has no channel 1280; its channels are 0 to 1279`},
		{TopRequest{Channel: -1}, `layer "top_activation" of efficientnet-lite0 has no channel -1`},
	} {
		_, err := p.TopPictures(t.Context(), tt.request)
		wantKind(t, err, NotFound)
		if err == nil || !strings.HasPrefix(err.Error(), tt.message) {
			t.Errorf("%+v: %v, want %s", tt.request, err, tt.message)
		}
	}
}

// topFiles are the files of top pictures of a playground, by name.
func topFiles(t *testing.T, p *Playground) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(p.options.Data, "embeddings", "*", "*", "*.top.*.npy"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		if files[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestAnIndexWithoutTopPicturesGetsThem(t *testing.T) {
	p := open(t)
	addBirds(t, p, 12)
	if _, err := p.Index(t.Context(), birds, nil); err != nil {
		t.Fatal(err)
	}
	want := topFiles(t, p)
	old, err := filepath.Glob(filepath.Join(p.options.Data, "embeddings", "*", "*", "*.top.*"))
	if err != nil || len(old) != 2 {
		t.Fatalf("files %v, %v", old, err)
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	_, err = p.TopPictures(t.Context(), TopRequest{Dataset: "birds", Layer: "top_activation"})
	wantKind(t, err, NotIndexed)
	if err == nil || !strings.Contains(err.Error(), "only its vectors are there") {
		t.Errorf("the error is %v", err)
	}
	vectors := onlyVectors(t, p)
	report, err := p.Index(t.Context(), birds, nil)
	if err != nil || report.Computed != 12 {
		t.Fatalf("the next index: %+v, %v", report, err)
	}
	if diff := gocmp.Diff(want, topFiles(t, p)); diff != "" {
		t.Error(diff)
	}
	if again := onlyVectors(t, p); !os.SameFile(vectors, again) || vectors.ModTime() != again.ModTime() {
		t.Error("the vectors were written again")
	}
	if report, err := p.Index(t.Context(), birds, nil); err != nil || report.Computed != 0 {
		t.Errorf("once more: %+v, %v", report, err)
	}
}

func onlyVectors(t *testing.T, p *Playground) os.FileInfo {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(p.options.Data, "embeddings", "*", "*", "*.avg.*.npy"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("vectors %v, %v", paths, err)
	}
	info, err := os.Stat(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestACancelledIndexLosesNoTopPictures(t *testing.T) {
	p, whole := open(t), open(t)
	p.options.Threads = 1
	dir := addBirds(t, p, 14)
	if _, err := whole.AddDataset(t.Context(), "birds", dir, nil); err != nil {
		t.Fatal(err)
	}
	for _, stop := range []int{4, 11} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := p.Index(ctx, birds, func(done, _ int) {
			if done == stop {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("the index ended with %v", err)
		}
	}
	if report, err := p.Index(t.Context(), birds, nil); err != nil || report.Computed != 3 {
		t.Errorf("the last one computed %d pictures, %v; want 3", report.Computed, err)
	}
	if _, err := whole.Index(t.Context(), birds, nil); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(topFiles(t, whole), topFiles(t, p)); diff != "" {
		t.Error(diff)
	}
}

// An index with another pooling needs the same top pictures: it leaves them to
// the run that is at them, and does not make them again.
func TestTopPicturesDoNotDependOnThePooling(t *testing.T) {
	p := open(t)
	addBirds(t, p, 3)
	d, err := p.dataset(t.Context(), "birds")
	if err != nil {
		t.Fatal(err)
	}
	recipe, err := p.recipe(DefaultModel, Resizing{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := p.key(d, DefaultModel, "top_activation", DefaultPool, recipe)
	if err != nil {
		t.Fatal(err)
	}
	shape := embedding.TopShape{Pictures: 3, Height: 7, Width: 7, Channels: 1280}
	other, err := embedding.Open(filepath.Join(p.options.Data, "embeddings")).TopWriter(key, shape)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := p.Index(t.Context(), birds, nil); err != nil || report.Computed != 3 {
		t.Errorf("beside another run: %+v, %v", report, err)
	}
	request := TopRequest{Dataset: "birds", Layer: "top_activation"}
	_, err = p.TopPictures(t.Context(), request)
	wantKind(t, err, NotIndexed)
	_, err = p.Index(t.Context(), birds, nil)
	wantKind(t, err, Conflict)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Index(t.Context(), birds, nil); err != nil {
		t.Fatal(err)
	}
	before := topFiles(t, p)
	greatest := birds
	greatest.Pool = "max"
	if report, err := p.Index(t.Context(), greatest, nil); err != nil || report.Computed != 3 {
		t.Errorf("with another pooling: %+v, %v", report, err)
	}
	after := topFiles(t, p)
	for name, content := range before {
		if len(after) != 1 || !bytes.Equal(content, after[name]) {
			t.Errorf("the files are %d, %s changed", len(after), name)
		}
	}
}

// The greatest value of the map of a top picture is the one it is there for.
func TestTheActivationOfATopPictureHasItsPeak(t *testing.T) {
	p := open(t)
	dir := addBirds(t, p, 4)
	layers := []string{"block3b_add"}
	if _, err := p.Index(t.Context(), IndexRequest{Dataset: "birds", Layers: layers}, nil); err != nil {
		t.Fatal(err)
	}
	for channel := range 40 {
		top, err := p.TopPictures(t.Context(), TopRequest{Dataset: "birds", Layer: layers[0], Channel: channel})
		if err != nil {
			t.Fatal(err)
		}
		first := top.Results[0]
		request := ActivationRequest{Model: DefaultModel, Layer: layers[0], Channel: channel, Dataset: "birds", Index: first.Index}
		a, err := p.Activation(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if a.Max != first.Value || a.Position != first.Position || a.Values[a.Position[0]][a.Position[1]] != a.Max || [2]int{a.Height, a.Width} != top.Map {
			t.Errorf("channel %d: greatest %g at %v of %dx%d, the top picture has %g at %v", channel, a.Max, a.Position, a.Height, a.Width, first.Value, first.Position)
		}
		if channel > 0 {
			continue
		}
		request.Image = filepath.Join(dir, filepath.FromSlash(first.File))
		ofFile, err := p.Models().Activation(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(a, ofFile); diff != "" {
			t.Errorf("the file itself: %s", diff)
		}
	}
}
