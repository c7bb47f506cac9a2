package model_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// Finding peaks changes no vector, and they are those of the whole feature map.
func TestPeaksAreThoseOfTheMap(t *testing.T) {
	ctx := context.Background()
	m := open(t)
	recipe := m.Recipe(preprocess.Squash, preprocess.Bilinear)
	im := stamp(t, "carnivore_mammal/dingo.jpg")
	layers, peaks := []string{"stem_conv", "top_activation"}, []string{"top_activation", "block3b_add", "avg_pool"}
	embed := func(e *model.Embedder, err error) ([][]float32, []model.Peaks) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		vectors, err := e.Embed(ctx, im)
		if err != nil {
			t.Fatal(err)
		}
		return vectors, e.Peaks()
	}
	// All layers are wanted everywhere: which ones are decides how the rest is fused.
	maps, none := embed(m.Embedder(ctx, slices.Concat(peaks, layers), model.None, recipe, nil))
	if len(none) != 0 {
		t.Errorf("peaks that nobody asked for: %v", none)
	}
	sizes := [][2]int{{7, 7}, {28, 28}, {1, 1}}
	for _, pooling := range []model.Pooling{model.Avg, model.Max, model.Flatten} {
		want, _ := embed(m.Embedder(ctx, layers, pooling, recipe, nil))
		got, found := embed(m.PeakEmbedder(ctx, layers, pooling, peaks, recipe, nil))
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: peaks change the vectors", pooling)
		}
		for i, p := range found {
			if [2]int{p.Height, p.Width} != sizes[i] {
				t.Errorf("%s: the map is %dx%d, want %v", peaks[i], p.Height, p.Width, sizes[i])
			}
			values, positions := peaksOf(maps[i], len(p.Values))
			if !slices.Equal(p.Values, values) || !slices.Equal(p.Positions, positions) {
				t.Errorf("%s, %s: the peaks are not those of the map", pooling, peaks[i])
			}
		}
	}
	if vectors, alone := embed(m.PeakEmbedder(ctx, nil, model.Avg, peaks, recipe, nil)); len(vectors) != 0 || len(alone) != len(peaks) {
		t.Errorf("%d vectors and %d peaks, want peaks of %v alone", len(vectors), len(alone), peaks)
	}
}

func peaksOf(whole []float32, channels int) (values, positions []float32) {
	values, positions = slices.Clone(whole[:channels]), make([]float32, channels)
	for i, v := range whole {
		if c := i % channels; v > values[c] {
			values[c], positions[c] = v, float32(i/channels)
		}
	}
	return values, positions
}

func TestPeaksOfUnknownLayers(t *testing.T) {
	m := open(t)
	recipe := m.Recipe(preprocess.Squash, preprocess.Bilinear)
	var unknown *model.UnknownError
	if _, err := m.PeakEmbedder(context.Background(), nil, model.Avg, []string{"top_activatio"}, recipe, nil); !errors.As(err, &unknown) {
		t.Errorf("error %v, want an *UnknownError", err)
	}
}
