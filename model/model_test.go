package model_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
	"github.com/convnetplayground/convnet/weights/embedded"
)

func open(t testing.TB) *model.Model {
	t.Helper()
	m, err := model.NewLibrary("").Open("efficientnet-lite0")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// stamp decodes a picture of the built-in set.
func stamp(t testing.TB, name string) *preprocess.Image {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../dataset/stamps", name))
	if err != nil {
		t.Fatal(err)
	}
	im, err := preprocess.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func TestPredictKnowsWhatItSees(t *testing.T) {
	tests := []struct{ picture, label string }{
		{"bird/pink_flamingo.jpg", "flamingo"},
		{"carnivore_mammal/dingo.jpg", "dingo"},
	}
	for _, name := range embedded.Names() {
		m, err := model.NewLibrary("").Open(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.Predictor(context.Background(), m.Recipe(preprocess.Crop, preprocess.Bilinear), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range tests {
			got, err := p.Predict(context.Background(), stamp(t, test.picture), 5)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 5 || got[0].Label != test.label {
				t.Errorf("%s of %s: %v, want %s first", name, test.picture, got, test.label)
			}
		}
	}
}

func TestEmbedderShapes(t *testing.T) {
	m := open(t)
	recipe := m.Recipe(preprocess.Squash, preprocess.Bilinear)
	layers := []string{"stem_conv", "top_activation", "avg_pool"}
	tests := map[model.Pooling][][]int{
		model.Avg:     {{32}, {1280}, {1280}},
		model.Max:     {{32}, {1280}, {1280}},
		model.Flatten: {{112 * 112 * 32}, {7 * 7 * 1280}, {1280}},
		model.None:    {{112, 112, 32}, {7, 7, 1280}, {1280}},
	}
	im := stamp(t, "carnivore_mammal/dingo.jpg")
	for pooling, want := range tests {
		e, err := m.Embedder(context.Background(), layers, pooling, recipe, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Shapes(); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %v, want %v", pooling, got, want)
		}
		vectors, err := e.Embed(context.Background(), im)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range vectors {
			elements := 1
			for _, extent := range want[i] {
				elements *= extent
			}
			if len(v) != elements {
				t.Errorf("%s of %s: %d values, want %d", pooling, layers[i], len(v), elements)
			}
		}
	}
}

// Mean and maximum are those of the whole feature map.
func TestPoolingEqualsTheMap(t *testing.T) {
	m := open(t)
	recipe := m.Recipe(preprocess.Squash, preprocess.Bilinear)
	im := stamp(t, "carnivore_mammal/dingo.jpg")
	vectors := map[model.Pooling][]float32{}
	for _, pooling := range []model.Pooling{model.Avg, model.Max, model.None} {
		e, err := m.Embedder(context.Background(), []string{"block2a_expand_conv"}, pooling, recipe, nil)
		if err != nil {
			t.Fatal(err)
		}
		v, err := e.Embed(context.Background(), im)
		if err != nil {
			t.Fatal(err)
		}
		vectors[pooling] = v[0]
	}
	whole := vectors[model.None]
	channels := len(vectors[model.Avg])
	for c := range channels {
		sum, greatest := 0.0, float32(math.Inf(-1))
		for i := c; i < len(whole); i += channels {
			sum += float64(whole[i])
			greatest = max(greatest, whole[i])
		}
		mean := sum / float64(len(whole)/channels)
		if e := math.Abs(float64(vectors[model.Avg][c]) - mean); e > 1e-5 {
			t.Errorf("mean of channel %d is %g, want %g", c, vectors[model.Avg][c], mean)
		}
		if vectors[model.Max][c] != greatest {
			t.Errorf("maximum of channel %d is %g, want %g", c, vectors[model.Max][c], greatest)
		}
	}
}

func TestUnknownNamesListTheNearOnes(t *testing.T) {
	_, errModel := model.NewLibrary("").Open("efficientnet-lite9")
	_, errPooling := model.ParsePooling("average")
	m := open(t)
	_, errLayer := m.Embedder(context.Background(), []string{"top_activaton"}, model.Avg, m.Recipe(preprocess.Squash, preprocess.Bilinear), nil)
	tests := []struct {
		err  error
		want string
	}{
		{errModel, `unknown model "efficientnet-lite9"; did you mean efficientnet-lite0, efficientnet-lite2, `},
		{errLayer, `unknown layer "top_activaton"; did you mean top_activation, `},
		{errPooling, `unknown pooling "average"`},
	}
	for _, test := range tests {
		var unknown *model.UnknownError
		if !errors.As(test.err, &unknown) {
			t.Errorf("%v is no *UnknownError", test.err)
			continue
		}
		if got := test.err.Error(); len(got) < len(test.want) || got[:len(test.want)] != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestNear(t *testing.T) {
	known := []string{"cosine", "euclidean", "sqeuclidean", "minkowski", "manhattan"}
	tests := map[string][]string{
		"cosin":     {"cosine"},
		"euclid":    {"euclidean", "sqeuclidean"},
		"manhatten": {"manhattan"},
		"eucidean":  {"euclidean", "sqeuclidean"},
		"minkwsk":   {"minkowski"},
		"manhatn":   {"manhattan"},
		"zzzzzz":    nil,
		"":          nil,
	}
	for name, want := range tests {
		if got := model.Near(name, known); !slices.Equal(got, want) {
			t.Errorf("near %q: %v, want %v", name, got, want)
		}
	}
}

func TestWeightsOfAnotherNetworkAreRefused(t *testing.T) {
	_, err := model.OpenWeights("efficientnet-lite0", "../weights/embedded/efficientnet-lite2.safetensors")
	want := "model efficientnet-lite0: weights do not fit the network: "
	if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "of another shape (block") {
		t.Errorf("%v, want %s…", err, want)
	}
}

func TestRandomIsReproducible(t *testing.T) {
	embed := func(seed uint64) []float32 {
		m, err := model.Random("efficientnet-lite0", seed)
		if err != nil {
			t.Fatal(err)
		}
		e, err := m.Embedder(context.Background(), []string{"block3b_add"}, model.Avg, m.Recipe(preprocess.Squash, preprocess.Bilinear), nil)
		if err != nil {
			t.Fatal(err)
		}
		v, err := e.Embed(context.Background(), stamp(t, "carnivore_mammal/dingo.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(v[0])
	}
	if !slices.Equal(embed(1), embed(1)) {
		t.Error("the same seed gives other weights")
	}
	if slices.Equal(embed(1), embed(2)) {
		t.Error("another seed gives the same weights")
	}
}

func BenchmarkForward(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(map[int]string{1: "1thread", 2: "2threads"}[threads], func(b *testing.B) {
			m := open(b)
			pool := graph.NewPool(threads)
			defer pool.Close()
			e, err := m.Embedder(context.Background(), []string{"predictions"}, model.Flatten, m.Recipe(preprocess.Squash, preprocess.Bilinear), pool)
			if err != nil {
				b.Fatal(err)
			}
			im := stamp(b, "carnivore_mammal/dingo.jpg")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Embed(context.Background(), im); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What a layer takes is described by the layers before it, in every network.
func TestInputsStandBeforeTheLayersThatTakeThem(t *testing.T) {
	l := model.NewLibrary(t.TempDir())
	for _, name := range model.Names() {
		info, err := l.Describe(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, layer := range info.Layers {
			if want := layer.Type != "InputLayer"; (len(layer.Inputs) > 0) != want {
				t.Errorf("%s: layer %s has inputs %v", name, layer.Name, layer.Inputs)
			}
			if layer.Type == "Add" && len(layer.Inputs) < 2 {
				t.Errorf("%s: layer %s adds %v", name, layer.Name, layer.Inputs)
			}
			for _, input := range layer.Inputs {
				if input < 0 || input >= i {
					t.Errorf("%s: layer %d, %s, takes layer %d", name, i, layer.Name, input)
				}
			}
		}
	}
}
