package playground

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/relevance"
)

// addSet adds a dataset with as many pictures as asked for of each class, "" for
// pictures without one. They are all the same picture.
func addSet(t testing.TB, p *Playground, name string, classes map[string]int) {
	t.Helper()
	content, err := os.ReadFile("../../dataset/stamps/bird/duck.jpg")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for class, n := range classes {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if err := os.WriteFile(filepath.Join(dir, class, fmt.Sprintf("%d.jpg", i)), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := p.AddDataset(t.Context(), name, dir, nil); err != nil {
		t.Fatal(err)
	}
}

// fill writes vectors of one's own as the index of a layer; a nil vector is a
// picture left out.
func fill(t testing.TB, p *Playground, name, model, layer string, vector func(picture int) []float32) {
	t.Helper()
	d, err := p.dataset(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	recipe, err := p.recipe(model, Resizing{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := p.key(d, model, layer, "avg", recipe)
	if err != nil {
		t.Fatal(err)
	}
	w, err := p.store.Embeddings().Writer(key, len(d.Images), len(vector(len(d.Images)-1)))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for i := range d.Images {
		if v := vector(i); v != nil {
			err = w.Put(i, v)
		} else {
			err = w.LeaveOut(i, "damaged")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

// scattered are vectors without any order, the same for the same seed.
func scattered(seed uint64, dim int) func(int) []float32 {
	return func(picture int) []float32 {
		random := rand.New(rand.NewPCG(seed, uint64(picture)))
		v := make([]float32, dim)
		for i := range v {
			v[i] = float32(random.NormFloat64())
		}
		return v
	}
}

func equalVectors(int) []float32 { return []float32{1, 2, 3} }

const lite2 = "efficientnet-lite2"

// addCompared adds a set of three classes, and pictures without one, at two layers
// of one model and one of another.
func addCompared(t testing.TB, p *Playground) {
	t.Helper()
	addSet(t, p, "mixed", map[string]int{"a": 7, "b": 5, "c": 1, "": 3})
	fill(t, p, "mixed", DefaultModel, "top_activation", scattered(1, 5))
	fill(t, p, "mixed", DefaultModel, "stem_conv", scattered(2, 9))
	fill(t, p, "mixed", lite2, "top_activation", scattered(3, 5))
	fill(t, p, "mixed", lite2, "stem_bn", scattered(4, 5)) // not a search layer
}

var compareMixed = CompareSettings{Dataset: "mixed", Metric: "euclidean", Top: 4}

var mixedLayers = []ModelLayer{
	{DefaultModel, "stem_conv"}, {DefaultModel, "top_activation"}, {lite2, "stem_bn"}, {lite2, "top_activation"},
}

func (s CompareSettings) at(l ModelLayer) SearchSettings {
	return SearchSettings{
		Dataset: s.Dataset, Model: l.Model, Layer: l.Layer, Metric: s.Metric, P: s.P,
		Pool: s.Pool, Transform: s.Transform, Resize: s.Resize, Size: s.Size, Top: s.Top,
	}
}

func TestCompareIsASearchByEachIndexedLayer(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	for query := range 16 {
		var told []CompareRow
		got, err := p.Compare(t.Context(), CompareRequest{CompareSettings: compareMixed, Query: query}, func(r CompareRow) { told = append(told, r) })
		if err != nil {
			t.Fatal(err)
		}
		var want []CompareRow
		most := 0.0
		for _, layer := range mixedLayers {
			found, err := p.Search(t.Context(), SearchRequest{SearchSettings: compareMixed.at(layer), Query: &query})
			if err != nil {
				t.Fatal(err)
			}
			row := CompareRow{Model: layer.Model, Layer: layer.Layer, Score: found.Score, SameClass: found.SameClass}
			for _, r := range found.Results {
				row.Results = append(row.Results, r.Index)
			}
			if found.Score != nil {
				most = max(most, *found.Score)
			}
			want = append(want, row)
		}
		if diff := cmp.Diff(want, got.Rows); diff != "" {
			t.Errorf("query %d (-searches +compare):\n%s", query, diff)
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("query %d, on the way (-searches +compare):\n%s", query, diff)
		}
		for i, layer := range mixedLayers {
			isBest := most > 0 && want[i].Score != nil && *want[i].Score == most
			if isBest != slices.Contains(got.Best, layer) {
				t.Errorf("query %d: best are %v of %s", query, got.Best, toJSON(t, want))
			}
		}
	}
}

func TestCompareTakesAPictureOfOnesOwn(t *testing.T) {
	p := open(t)
	dir := addBirds(t, p, 9)
	for model, layers := range map[string][]string{DefaultModel: {"stem_conv", "top_activation"}, lite2: {"block4c_add"}} {
		if _, err := p.Index(t.Context(), IndexRequest{Dataset: "birds", Model: model, Layers: layers}, nil); err != nil {
			t.Fatal(err)
		}
	}
	file := "../../dataset/stamps/carnivore_mammal/badger.jpg"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	uploaded, err := p.AddPicture(t.Context(), bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	s := CompareSettings{Dataset: "birds", Top: 5}
	for name, r := range map[string]CompareRequest{
		"uploaded": {CompareSettings: s, Picture: uploaded.ID},
		"a file":   {CompareSettings: s, Image: file},
	} {
		got, err := p.Compare(t.Context(), r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Query != (Query{Picture: r.Picture, File: r.Image}) || len(got.Rows) != 3 || len(got.Best) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
		for _, row := range got.Rows {
			found, err := p.Search(t.Context(), SearchRequest{SearchSettings: s.at(ModelLayer{row.Model, row.Layer}), Picture: r.Picture, Image: r.Image})
			if err != nil {
				t.Fatal(err)
			}
			want := []int{}
			for _, n := range found.Results {
				want = append(want, n.Index)
			}
			if row.Score != nil || row.SameClass != nil || !slices.Equal(row.Results, want) {
				t.Errorf("%s, %s: %+v, a search finds %v", name, row.Layer, row, want)
			}
		}
	}
	_, err = p.Compare(t.Context(), CompareRequest{CompareSettings: s, Picture: "0123456789abcdef"}, nil)
	wantKind(t, err, NotFound)
	_, err = p.Compare(t.Context(), CompareRequest{CompareSettings: s, Image: dir}, nil)
	wantKind(t, err, Invalid)
}

func TestCompareTellsWhatIsNotIndexed(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	got, err := p.Compare(t.Context(), CompareRequest{CompareSettings: compareMixed, Query: 0}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Missing) != 2 {
		t.Fatalf("missing are %+v", got.Missing)
	}
	for i, want := range []struct {
		model   string
		layers  int
		without []string
	}{{DefaultModel, 6, []string{"stem_conv", "top_activation"}}, {lite2, 7, []string{"top_activation", "stem_bn"}}} {
		m := got.Missing[i]
		if m.Model != want.model || len(m.Layers) != want.layers || m.Reason != "" {
			t.Errorf("missing is %+v", m)
		}
		for _, layer := range want.without {
			if slices.Contains(m.Layers, layer) {
				t.Errorf("%s of %s is indexed", layer, m.Model)
			}
		}
	}

	one := compareMixed
	one.Model = lite2
	if got, err := p.Compare(t.Context(), CompareRequest{CompareSettings: one, Query: 0}, nil); err != nil || len(got.Rows) != 2 || len(got.Missing) != 1 {
		t.Errorf("of one model: %+v, %v", got, err)
	}
	other := compareMixed
	other.Pool = "max"
	if got, err := p.Compare(t.Context(), CompareRequest{CompareSettings: other, Query: 0}, nil); err != nil || len(got.Rows) != 0 || len(got.Missing) != 2 {
		t.Errorf("of another pooling: %+v, %v", got, err)
	}
}

func TestCompareScoresAreEvaluations(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	var told []ScoresRow
	got, err := p.CompareScores(t.Context(), compareMixed, func(r ScoresRow) { told = append(told, r) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(told, got.Rows); diff != "" || len(told) != len(mixedLayers) {
		t.Fatalf("%d rows on the way (-told +result):\n%s", len(told), diff)
	}
	d, err := p.dataset(t.Context(), "mixed")
	if err != nil {
		t.Fatal(err)
	}
	for i, layer := range mixedLayers {
		row := got.Rows[i]
		e, err := p.Evaluate(t.Context(), compareMixed.at(layer), nil)
		if err != nil {
			t.Fatal(err)
		}
		if row.Model != layer.Model || row.Layer != layer.Layer || row.Summary != e.Summary || row.Queries != 13 {
			t.Errorf("%v: %+v, evaluated %+v", layer, row.Summary, e.Summary)
		}
		if row.Interval == nil || !(row.Interval.Low < row.WeightedScore && row.WeightedScore < row.Interval.High) {
			t.Errorf("%v: mean %v, interval %v", layer, row.WeightedScore, row.Interval)
		}
		for query := range d.Images {
			found, err := p.Search(t.Context(), SearchRequest{SearchSettings: compareMixed.at(layer), Query: &query})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(found.Score, row.Scores[query]); diff != "" {
				t.Errorf("%v, picture %d (-search +scores): %s", layer, query, diff)
			}
		}
	}
	best := slices.MaxFunc(got.Rows, func(a, b ScoresRow) int { return int(1e6 * (a.WeightedScore - b.WeightedScore)) })
	if len(got.Best) != 1 || got.Best[0] != (ModelLayer{best.Model, best.Layer}) {
		t.Errorf("best is %v", got.Best)
	}
}

// What an evaluation means is what whole searches give.
func TestAnEvaluationIsTheMeanOfWholeSearches(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	d, err := p.dataset(t.Context(), "mixed")
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range []string{"cosine", "chebyshev"} {
		s := SearchSettings{Dataset: "mixed", Layer: "stem_conv", Metric: metric, Top: 3}
		var want []relevance.Quality
		for query, im := range d.Images {
			if im.Class == "" {
				continue
			}
			whole := s
			whole.Top = 100
			found, err := p.Search(t.Context(), SearchRequest{SearchSettings: whole, Query: &query})
			if err != nil {
				t.Fatal(err)
			}
			same := make([]bool, len(found.Results))
			for i, r := range found.Results {
				same[i] = r.Class == im.Class
			}
			want = append(want, relevance.Judge(same, *found.SameClass, s.Top))
		}
		got, err := p.Evaluate(t.Context(), s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(relevance.Summarize(want), got.Summary); diff != "" {
			t.Errorf("%s (-searches +evaluation):\n%s", metric, diff)
		}
	}
}

func TestSmallAndEqualSetsAreCompared(t *testing.T) {
	for _, tt := range []struct {
		name    string
		classes map[string]int
		vector  func(int) []float32
		score   float64 // of the first picture
		mean    float64
		best    int
	}{
		{"one picture", map[string]int{"a": 1}, scattered(1, 3), 0, 0, 0},
		{"two of a class", map[string]int{"a": 2}, scattered(1, 3), 100, 100, 1},
		{"two of two classes", map[string]int{"a": 1, "b": 1}, scattered(1, 3), 0, 0, 0},
		{"equal vectors", map[string]int{"a": 3}, equalVectors, 100, 100, 1},
		// Equal vectors come by their index: a a b for the first, a a b for b's.
		{"equal vectors and a class of one", map[string]int{"a": 2, "b": 1}, equalVectors, 100 * 2. / 3, 100 * 4. / 9, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t)
			addSet(t, p, "small", tt.classes)
			fill(t, p, "small", DefaultModel, "top_activation", tt.vector)
			for _, metric := range []string{"cosine", "euclidean", "correlation", "minkowski"} {
				s := CompareSettings{Dataset: "small", Metric: metric, Top: 15}
				one, err := p.Compare(t.Context(), CompareRequest{CompareSettings: s, Query: 0}, nil)
				if err != nil {
					t.Fatal(err)
				}
				toJSON(t, one)
				if len(one.Rows) != 1 || !nearly(*one.Rows[0].Score, tt.score) || len(one.Best) != tt.best {
					t.Errorf("%s: %s", metric, toJSON(t, one))
				}
				all, err := p.CompareScores(t.Context(), s, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				toJSON(t, all)
				if len(all.Rows) != 1 || !nearly(all.Rows[0].WeightedScore, tt.mean) || len(all.Best) != tt.best {
					t.Errorf("%s: %s", metric, toJSON(t, all))
				}
				if single := all.Rows[0].Queries == 1; single != (all.Rows[0].Interval == nil) {
					t.Errorf("%s: %d queries, interval %v", metric, all.Rows[0].Queries, all.Rows[0].Interval)
				}
			}
		})
	}
}

func nearly(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

// toJSON fails where there is a NaN or an infinity.
func toJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatCannotBeCompared(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	addSet(t, p, "plain", map[string]int{"": 2})
	for _, tt := range []struct {
		name   string
		change func(*CompareRequest)
		kind   Kind
		one    bool // by one picture only
	}{
		{"dataset", func(r *CompareRequest) { r.Dataset = "mixt" }, NotFound, false},
		{"model", func(r *CompareRequest) { r.Model = "alexnet" }, NotFound, false},
		{"metric", func(r *CompareRequest) { r.Metric = "cosin" }, NotFound, false},
		{"pooling", func(r *CompareRequest) { r.Pool = "none" }, NotFound, false},
		{"transform", func(r *CompareRequest) { r.Transform = "log" }, NotFound, false},
		{"resizing", func(r *CompareRequest) { r.Resize = "crop" }, NotFound, false},
		{"no results", func(r *CompareRequest) { r.Top = 0 }, Invalid, false},
		{"picture past the end", func(r *CompareRequest) { r.Query = 16 }, NotFound, true},
		{"picture before the first", func(r *CompareRequest) { r.Query = -1 }, NotFound, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := CompareRequest{CompareSettings: compareMixed, Query: 0}
			tt.change(&r)
			_, err := p.Compare(t.Context(), r, nil)
			wantKind(t, err, tt.kind)
			if !tt.one {
				_, err := p.CompareScores(t.Context(), r.CompareSettings, nil, nil)
				wantKind(t, err, tt.kind)
			}
		})
	}
	_, err := p.CompareScores(t.Context(), CompareSettings{Dataset: "plain", Top: 3}, nil, nil)
	wantKind(t, err, Invalid)
}

func TestLayersThatCannotBeComparedSayWhy(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	files, err := filepath.Glob(filepath.Join(p.options.Data, "embeddings", "mixed", lite2, "top_activation.*.npy"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.Truncate(files[0], 100); err != nil {
		t.Fatal(err)
	}
	leftOut := scattered(5, 4)
	fill(t, p, "mixed", lite2, "block2b_add", func(i int) []float32 {
		if i == 3 {
			return nil
		}
		return leftOut(i)
	})
	got, err := p.Compare(t.Context(), CompareRequest{CompareSettings: compareMixed, Query: 3}, nil)
	if err != nil || len(got.Rows) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	want := []MissingLayers{
		{Model: lite2, Layers: []string{"block2b_add"}, Reason: "it could not be read when the dataset was indexed"},
	}
	if diff := cmp.Diff(want, slices.DeleteFunc(slices.Clone(got.Missing), func(m MissingLayers) bool { return m.Reason == "" })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A damaged layer can be indexed anew.
	if !slices.ContainsFunc(got.Missing, func(m MissingLayers) bool {
		return m.Model == lite2 && m.Reason == "" && slices.Contains(m.Layers, "top_activation")
	}) {
		t.Errorf("missing are %+v", got.Missing)
	}
	scores, err := p.CompareScores(t.Context(), compareMixed, nil, nil)
	if err != nil || len(scores.Rows) != 4 {
		t.Fatalf("%+v, %v", scores.Rows, err)
	}
	if row := scores.Rows[3]; row.Layer != "block2b_add" || row.Scores[3] != nil || row.Scores[4] == nil || row.Queries != 12 {
		t.Errorf("with a picture left out: %s", toJSON(t, row))
	}

	// A model of one's own whose manifest is damaged.
	if err := os.MkdirAll(filepath.Join(p.options.Data, "models", "mine"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.options.Data, "models", "mine", "model.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err = p.Compare(t.Context(), CompareRequest{CompareSettings: compareMixed, Query: 0}, nil)
	if err != nil || len(got.Rows) != 4 || strings.Contains(toJSON(t, got), "null") {
		t.Errorf("beside a damaged model: %s, %v", toJSON(t, got), err)
	}

	for _, tt := range []struct {
		settings CompareSettings
		want     string
	}{
		{CompareSettings{Dataset: "mixed", Model: "vgg16", Top: 3}, "its weights are not installed; install them"},
		{CompareSettings{Dataset: "mixed", Size: 8, Top: 3}, "height and width must be from 32"},
	} {
		got, err := p.Compare(t.Context(), CompareRequest{CompareSettings: tt.settings, Query: 0}, nil)
		if err != nil || len(got.Rows) != 0 || len(got.Missing) == 0 || !strings.Contains(got.Missing[0].Reason, tt.want) {
			t.Errorf("%+v: %+v, %v", tt.settings, got, err)
		}
	}
}

func TestASetThatIsRemovedWhileItIsCompared(t *testing.T) {
	compares := map[string]func(p *Playground, then func()) error{
		"one": func(p *Playground, then func()) error {
			_, err := p.Compare(context.Background(), CompareRequest{CompareSettings: compareMixed, Query: 0}, func(CompareRow) { then() })
			return err
		},
		"all": func(p *Playground, then func()) error {
			_, err := p.CompareScores(context.Background(), compareMixed, func(ScoresRow) { then() }, nil)
			return err
		},
	}
	for name, compare := range compares {
		t.Run(name, func(t *testing.T) {
			p := open(t)
			addCompared(t, p)
			rows := 0
			err := compare(p, func() {
				if rows++; rows > 1 {
					return
				}
				if err := p.RemoveDataset(t.Context(), "mixed"); err != nil {
					t.Error(err)
				}
			})
			wantKind(t, err, NotFound)
			if rows != 1 {
				t.Errorf("%d rows", rows)
			}
		})
		t.Run(name+", and another added", func(t *testing.T) {
			p := open(t)
			addCompared(t, p)
			err := compare(p, func() {
				if err := p.RemoveDataset(t.Context(), "mixed"); err != nil {
					t.Error(err)
				}
				addSet(t, p, "mixed", map[string]int{"a": 1})
			})
			wantKind(t, err, Conflict)
		})
	}
}

func TestACancelledComparisonEnds(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	_, err := p.Compare(ctx, CompareRequest{CompareSettings: compareMixed, Query: 0}, func(CompareRow) { rows++; cancel() })
	if !errors.Is(err, context.Canceled) || rows != 1 {
		t.Errorf("after %d rows: %v", rows, err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	last := 0
	_, err = p.CompareScores(ctx, compareMixed, nil, func(done, total int) {
		if total != 4*13 {
			t.Errorf("%d queries in all", total)
		}
		if last = done; done > 13 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || last > 2*13 {
		t.Errorf("after %d queries: %v", last, err)
	}
	cancel()
}

func TestContrast(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	query := 2
	first := SearchRequest{SearchSettings: compareMixed.at(mixedLayers[0]), Query: &query}
	first.Top = 8
	second := SearchSettings{Model: lite2, Metric: "manhattan", Transform: "none"}
	c, err := p.Contrast(t.Context(), first, second)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := p.Search(t.Context(), first)
	if err != nil || !reflect.DeepEqual(alone, c.First) {
		t.Errorf("the first is not that of a search: %v", err)
	}
	if c.Second.Dataset != "mixed" || *c.Second.Query.Index != 2 || len(c.Second.Results) != 8 || c.Second.Metric != "manhattan" || c.Second.Layer != "top_activation" {
		t.Errorf("the second is %s", toJSON(t, c.Second))
	}
	// 8 of the same 15 pictures each: at least one is common.
	if len(c.Common) == 0 || len(c.Common)+len(c.OnlyFirst) != 8 || len(c.Common)+len(c.OnlySecond) != 8 {
		t.Fatalf("%d common, %d and %d alone", len(c.Common), len(c.OnlyFirst), len(c.OnlySecond))
	}
	for i, r := range c.Common {
		if c.First.Results[r.FirstRank-1].Index != r.Index || c.Second.Results[r.SecondRank-1].Index != r.Index {
			t.Errorf("%+v does not link the same picture", r)
		}
		if i > 0 && c.Common[i-1].FirstRank >= r.FirstRank {
			t.Error("the common results are not in the order of the first")
		}
	}
	found := func(index int, results []Result) bool {
		return slices.ContainsFunc(results, func(r Result) bool { return r.Index == index })
	}
	for _, index := range c.OnlyFirst {
		if found(index, c.Second.Results) {
			t.Errorf("the second found %d too", index)
		}
	}
	for _, index := range c.OnlySecond {
		if found(index, c.First.Results) {
			t.Errorf("the first found %d too", index)
		}
	}

	same, err := p.Contrast(t.Context(), first, first.SearchSettings)
	if err != nil || len(same.Common) != 8 || len(same.OnlyFirst)+len(same.OnlySecond) != 0 || strings.Contains(toJSON(t, same), "null") {
		t.Errorf("with itself: %s, %v", toJSON(t, same), err)
	}
	_, err = p.Contrast(t.Context(), first, SearchSettings{Layer: "block2b_add"})
	wantKind(t, err, NotIndexed)
}

// At most so many metrics stay ready, whatever powers of minkowski are asked for.
func TestIndexesOfASpaceAreBounded(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	query := 0
	for power := range 50 {
		s := SearchSettings{Dataset: "mixed", Metric: "minkowski", P: 1 + float64(power)/8, Top: 1}
		if _, err := p.Search(t.Context(), SearchRequest{SearchSettings: s, Query: &query}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := p.resolve(t.Context(), SearchSettings{Dataset: "mixed", Top: 1})
	if err != nil {
		t.Fatal(err)
	}
	sp, err := p.space(r)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(sp.indexes.entries); n != keptIndexes {
		t.Errorf("%d indexes are kept", n)
	}
}

// BenchmarkCompare compares the search layers of both embedded networks on a set
// of the size of stamps.
func BenchmarkCompare(b *testing.B) {
	p, err := New(b.Context(), Options{Data: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	classes := map[string]int{}
	for class := range 12 {
		classes[fmt.Sprint(class)] = 17
	}
	addSet(b, p, "pictures", classes)
	for _, name := range []string{DefaultModel, lite2} {
		info, err := p.networks.describe(name)
		if err != nil {
			b.Fatal(err)
		}
		for _, layer := range info.Layers {
			if layer.Search {
				fill(b, p, "pictures", name, layer.Name, scattered(uint64(layer.Index), layer.Shape[2]))
			}
		}
	}
	s := CompareSettings{Dataset: "pictures", Top: DefaultTop}
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			if r, err := p.Compare(b.Context(), CompareRequest{CompareSettings: s, Query: 7}, nil); err != nil || len(r.Rows) != 16 {
				b.Fatal(len(r.Rows), err)
			}
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			if r, err := p.CompareScores(b.Context(), s, nil, nil); err != nil || len(r.Rows) != 16 {
				b.Fatal(len(r.Rows), err)
			}
		}
	})
}

func TestScoresAreComputedOnce(t *testing.T) {
	p := open(t)
	addCompared(t, p)
	first, err := p.CompareScores(t.Context(), compareMixed, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.CompareScores(t.Context(), compareMixed, nil, func(int, int) { t.Error("they are computed again") })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	other := compareMixed
	other.Top = 2
	third, err := p.CompareScores(t.Context(), other, nil, nil)
	if err != nil || reflect.DeepEqual(third.Rows, first.Rows) {
		t.Errorf("with fewer results: the same rows, or %v", err)
	}
}
