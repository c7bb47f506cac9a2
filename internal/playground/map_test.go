package playground

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

func mapOf(layer string) MapRequest {
	return MapRequest{
		SearchSettings: SearchSettings{Dataset: "mixed", Layer: layer}, MinDist: DefaultMinDist, Seed: DefaultMapSeed,
	}
}

func aligned(layer string) MapRequest {
	m := mapOf(layer)
	m.Aligned = true
	return m
}

func TestMapsAreKeptAndTheSameAgain(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	ctx := t.Context()
	_, err := p.KeptMap(ctx, mapOf("top_activation"))
	wantKind(t, err, NotMapped)
	frames := 0
	m, err := p.Map(ctx, mapOf("top_activation"), func(f MapFrame) {
		if done, total := f.Progress(); done < 0 || done >= total || f.Layer != "top_activation" {
			t.Errorf("frame of %s, %d of %d", f.Layer, done, total)
		}
		if f.points == nil {
			return
		}
		if v := f.view(); len(v.X) != 16 || len(v.Y) != 16 || len(v.Images) != 16 {
			t.Errorf("%d pictures at %d, %d", len(v.Images), len(v.X), len(v.Y))
		}
		frames++
	})
	if err != nil {
		t.Fatal(err)
	}
	if frames != 500 || len(m.X) != 16 || len(m.Y) != 16 || m.Images[15] != 15 {
		t.Errorf("%d frames, %d pictures", frames, len(m.X))
	}
	want := MapInfo{
		Dataset: "mixed", Model: DefaultModel, Layer: "top_activation", Metric: "cosine", Pool: "avg", Transform: DefaultTransform,
		Method: "umap", Neighbours: 15, MinDist: 0.1, Seed: 42,
	}
	if m.MapInfo != want {
		t.Errorf("%+v, want %+v", m.MapInfo, want)
	}
	kept, err := p.KeptMap(ctx, mapOf("top_activation"))
	if err != nil || !reflect.DeepEqual(kept, m) {
		t.Errorf("kept: %v, %v", kept, err)
	}
	again, err := p.Map(ctx, mapOf("top_activation"), func(MapFrame) { t.Error("it is made again") })
	if err != nil || !reflect.DeepEqual(again, m) {
		t.Errorf("again: %v, %v", again, err)
	}

	// What changes the map is another map.
	for name, change := range map[string]func(*MapRequest){
		"seed":       func(r *MapRequest) { r.Seed = 7 },
		"neighbours": func(r *MapRequest) { r.Neighbours = 4 },
		"min dist":   func(r *MapRequest) { r.MinDist = 0.5 },
		"metric":     func(r *MapRequest) { r.Metric = "euclidean" },
		"transform":  func(r *MapRequest) { r.Transform = "none" },
		"method":     func(r *MapRequest) { r.Method = "pca" },
		"layer":      func(r *MapRequest) { r.Layer = "stem_conv" },
	} {
		request := mapOf("top_activation")
		change(&request)
		_, err := p.KeptMap(ctx, request)
		wantKind(t, err, NotMapped)
		other, err := p.Map(ctx, request, nil)
		if err != nil || slices.Equal(other.X, m.X) {
			t.Errorf("another %s: the same map, or %v", name, err)
		}
	}

	// Principal components know neither.
	pca := mapOf("top_activation")
	pca.Method, pca.Seed, pca.Metric, pca.Neighbours = "pca", 3, "manhattan", 40
	if _, err := p.KeptMap(ctx, pca); err != nil {
		t.Errorf("principal components by another metric and seed: %v", err)
	}
}

func TestAlignedMapsStartFromTheLayerBefore(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	ctx := t.Context()
	told := map[string]int{}
	deep, err := p.Map(ctx, aligned("top_activation"), func(f MapFrame) {
		if f.points != nil {
			told[f.Layer]++
		}
		if f.Layers != 2 {
			t.Errorf("%d layers", f.Layers)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if told["stem_conv"] != 500 || told["top_activation"] != 500 || deep.After != "stem_conv" {
		t.Errorf("told %v, after %q", told, deep.After)
	}
	shallow, err := p.KeptMap(ctx, aligned("stem_conv"))
	if err != nil || shallow.After != "" {
		t.Fatalf("the map before: after %q, %v", shallow.After, err)
	}
	alone, err := p.Map(ctx, mapOf("top_activation"), nil)
	if err != nil {
		t.Fatal(err)
	}
	// The vectors have no order, so that two maps agree by their start alone.
	if near, far := distance(deep, shallow), distance(alone, shallow); near > far {
		t.Errorf("the aligned map lies %.2f from the one before, a map of its own %.2f", near, far)
	}

	// A layer that is not searched by default has none after it, but is turned too.
	request := aligned("stem_bn")
	request.Model = lite2
	if m, err := p.Map(ctx, request, nil); err != nil || m.After != "" {
		t.Errorf("after %q, %v", m.After, err)
	}
}

// distance is the mean square of how far the pictures moved.
func distance(a, b Map) float64 {
	sum := 0.0
	for i := range a.X {
		dx, dy := float64(a.X[i]-b.X[i]), float64(a.Y[i]-b.Y[i])
		sum += dx*dx + dy*dy
	}
	return sum / float64(len(a.X))
}

func TestMapsOfOddSets(t *testing.T) {
	p := open(t)
	for _, tt := range []struct {
		name    string
		classes map[string]int
		vector  func(int) []float32
		want    int
	}{
		{"one", map[string]int{"a": 1}, scattered(1, 4), 1},
		{"two", map[string]int{"a": 2}, scattered(1, 4), 2},
		{"three", map[string]int{"a": 3}, scattered(1, 4), 3},
		{"equal", map[string]int{"a": 20}, equalVectors, 20},
		{"zero", map[string]int{"a": 5}, func(int) []float32 { return make([]float32, 6) }, 5},
		{"gap", map[string]int{"a": 5}, func(i int) []float32 {
			if i == 2 {
				return nil
			}
			return scattered(1, 4)(i)
		}, 4},
	} {
		addSet(t, p, tt.name, tt.classes)
		fill(t, p, tt.name, DefaultModel, "stem_conv", tt.vector)
		fill(t, p, tt.name, DefaultModel, "top_activation", tt.vector)
		for _, method := range MapMethods() {
			for _, is := range []bool{false, true} {
				m, err := p.Map(t.Context(), MapRequest{
					SearchSettings: SearchSettings{Dataset: tt.name}, Method: method, Aligned: is,
				}, nil)
				if err != nil || len(m.X) != tt.want {
					t.Errorf("%s by %s, aligned %t: %d pictures, %v", tt.name, method, is, len(m.X), err)
					continue
				}
				for i := range m.X {
					if m.X[i]-m.X[i] != 0 || m.Y[i]-m.Y[i] != 0 {
						t.Errorf("%s by %s: picture %d at %v, %v", tt.name, method, i, m.X[i], m.Y[i])
					}
				}
			}
		}
	}
	if m, err := p.KeptMap(t.Context(), MapRequest{SearchSettings: SearchSettings{Dataset: "gap"}}); err != nil || !slices.Equal(m.Images, []int{0, 1, 3, 4}) {
		t.Errorf("pictures %v, %v", m.Images, err)
	}
}

func TestAMapThatCannotBeMadeSaysWhy(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	for _, tt := range []struct {
		change func(*MapRequest)
		kind   Kind
	}{
		{func(m *MapRequest) { m.Method = "umpa" }, NotFound},
		{func(m *MapRequest) { m.Neighbours = 1 }, Invalid},
		{func(m *MapRequest) { m.Neighbours = 201 }, Invalid},
		{func(m *MapRequest) { m.MinDist = -1 }, Invalid},
		{func(m *MapRequest) { m.MinDist = 1.5 }, Invalid},
		{func(m *MapRequest) { m.Layer = "stem_con" }, NotFound},
		{func(m *MapRequest) { m.Layer = "block1a_add" }, NotFound},
		{func(m *MapRequest) { m.Layer = "block2b_add" }, NotIndexed},
		{func(m *MapRequest) { m.Dataset = "mixd" }, NotFound},
		{func(m *MapRequest) { m.Metric = "cosin" }, NotFound},
	} {
		m := mapOf("top_activation")
		tt.change(&m)
		_, err := p.Map(t.Context(), m, nil)
		wantKind(t, err, tt.kind)
	}
}

func TestACancelledMapKeepsTheLayersBefore(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := p.Map(ctx, aligned("top_activation"), func(f MapFrame) {
		if f.Layer == "top_activation" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := p.KeptMap(t.Context(), aligned("stem_conv")); err != nil {
		t.Errorf("the layer before: %v", err)
	}
	_, err = p.KeptMap(t.Context(), aligned("top_activation"))
	wantKind(t, err, NotMapped)
}

func TestMapsGoWithTheirDataset(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	m, err := p.resolveMap(t.Context(), mapOf("top_activation"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Map(t.Context(), mapOf("top_activation"), nil); err != nil {
		t.Fatal(err)
	}
	if err := p.RemoveDataset(t.Context(), "mixed"); err != nil {
		t.Fatal(err)
	}
	if _, there, err := m.last().recipe.kept(t.Context(), p.store); there || err != nil {
		t.Errorf("the map is still there: %t, %v", there, err)
	}
}

func TestAPictureIsPlacedWhereItsCopyLies(t *testing.T) {
	p := open(t)
	dir := addBirds(t, p, 6)
	request := MapRequest{SearchSettings: SearchSettings{Dataset: "birds"}, MinDist: DefaultMinDist}
	if _, err := p.Index(t.Context(), IndexRequest{Dataset: "birds", Layers: []string{"top_activation"}}, nil); err != nil {
		t.Fatal(err)
	}
	d, err := p.dataset(t.Context(), "birds")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, d.Images[3].File)
	_, err = p.PlaceFileOnMap(t.Context(), request, file)
	wantKind(t, err, NotMapped)
	for _, method := range MapMethods() {
		request.Method = method
		m, err := p.Map(t.Context(), request, nil)
		if err != nil {
			t.Fatal(err)
		}
		at, err := p.PlaceFileOnMap(t.Context(), request, file)
		if err != nil || at.X != m.X[3] || at.Y != m.Y[3] {
			t.Errorf("%s: at %v, want %v, %v; %v", method, at, m.X[3], m.Y[3], err)
		}
	}
	if _, err := p.PlaceFileOnMap(t.Context(), request, os.DevNull); err == nil {
		t.Error("a file without a picture is placed")
	}
}
