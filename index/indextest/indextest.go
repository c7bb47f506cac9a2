// Package indextest holds the tests that every index.Index with exact answers
// passes.
package indextest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"github.com/google/go-cmp/cmp"
)

// Open returns a fresh, empty index for vectors of dim values under the metric
// m. Run closes it.
type Open func(t *testing.T, m index.Metric, dim int) index.Index

// Run tests the contract of index.Index.
func Run(t *testing.T, open Open) {
	for _, m := range metrics(t) {
		t.Run(fmt.Sprintf("agrees with the formula/%s p=%v", m.Name(), m.P()), func(t *testing.T) { agreement(t, open, m) })
	}
	for _, test := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"empty index", empty},
		{"k larger than the index", kLargerThanIndex},
		{"k below one", kBelowOne},
		{"ties go to the lower id", ties},
		{"ids need be neither ordered nor positive", anyIDs},
		{"exclusion", exclusion},
		{"everything excluded", everythingExcluded},
		{"wrong dimension", wrongDimension},
		{"not finite", notFinite},
		{"duplicate id", duplicateID},
		{"a refused Add adds nothing", refusedAddAddsNothing},
		{"the caller's slices stay the caller's", callersSlices},
		{"cancelled before", cancelledBefore},
		{"cancelled during", cancelledDuring},
		{"concurrent use", concurrentUse},
		{"closed", closed},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

func metrics(t *testing.T) []index.Metric {
	t.Helper()
	var all []index.Metric
	for _, name := range index.Metrics() {
		powers := []float64{0}
		if name == "minkowski" {
			powers = []float64{1, 1.5, 2, 3, 4.2, 7}
		}
		for _, p := range powers {
			m, err := index.ParseMetric(name, p)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, m)
		}
	}
	return all
}

// agreement searches random vectors, a fifth of them zero in most places as
// activations are, and checks ids, order and distances against the formula.
func agreement(t *testing.T, open Open, m index.Metric) {
	for _, size := range []struct{ rows, dim int }{{1, 1}, {7, 3}, {50, 17}, {300, 64}, {20, 1280}} {
		random := rand.New(rand.NewPCG(uint64(size.rows), uint64(size.dim)))
		ids, vectors := randomVectors(random, size.rows, size.dim)
		x := filled(t, open, m, size.dim, ids, vectors)
		for _, k := range []int{1, 5, size.rows} {
			query := make([]float32, size.dim)
			fill(random, query)
			got := search(t, x, query, k, nil)
			if want := min(k, size.rows); len(got) != want {
				t.Fatalf("%dx%d: %d neighbours, want %d", size.rows, size.dim, len(got), want)
			}
			check(t, m, query, vectors, got)
		}
	}
}

// check compares an answer, to a search in which row i has id i, with the
// distances by formula. Near ties may come in another order than by formula.
func check(t *testing.T, m index.Metric, query, vectors []float32, got []index.Neighbour) {
	t.Helper()
	dim := len(query)
	want := make([]float64, len(vectors)/dim)
	for i := range want {
		want[i] = reference(m, query, vectors[i*dim:(i+1)*dim])
	}
	named := make(map[int]bool)
	for rank, n := range got {
		if named[n.ID] {
			t.Errorf("rank %d: id %d a second time", rank, n.ID)
		}
		named[n.ID] = true
		if !agree(n.Distance, want[n.ID]) {
			t.Errorf("rank %d: distance of id %d is %v, by formula %v", rank, n.ID, n.Distance, want[n.ID])
		}
		if rank > 0 && got[rank-1].Compare(n) >= 0 {
			t.Errorf("rank %d: %v after %v", rank, n, got[rank-1])
		}
	}
	farthest := got[len(got)-1].Distance
	for id, d := range want {
		if !named[id] && d < farthest && !agree(d, farthest) {
			t.Errorf("id %d at %v is missing: the last neighbour is at %v", id, d, farthest)
		}
	}
}

// agree allows for the order of summation: 1e-5 of the value, as against scipy,
// and the rounding of 1 - cos near 0.
func agree(a, b float64) bool {
	return math.Abs(a-b) <= 1e-5*math.Max(math.Abs(a), math.Abs(b))+1e-14
}

func empty(t *testing.T, open Open) {
	x := filled(t, open, index.Metric{}, 3, nil, nil)
	if got := search(t, x, []float32{1, 2, 3}, 5, nil); len(got) != 0 {
		t.Errorf("neighbours %v in an empty index", got)
	}
	if n := x.Len(); n != 0 {
		t.Errorf("length %d", n)
	}
}

func kLargerThanIndex(t *testing.T, open Open) {
	x := filled(t, open, metric(t, "manhattan"), 1, []int{0, 1, 2}, []float32{5, 3, 4})
	want := []index.Neighbour{{ID: 1, Distance: 3}, {ID: 2, Distance: 4}, {ID: 0, Distance: 5}}
	for _, k := range []int{3, 4, 1000, math.MaxInt} {
		if diff := cmp.Diff(want, search(t, x, []float32{0}, k, nil)); diff != "" {
			t.Errorf("k = %d (-want +got):\n%s", k, diff)
		}
	}
}

func kBelowOne(t *testing.T, open Open) {
	x := filled(t, open, index.Metric{}, 1, []int{0}, []float32{1})
	for _, k := range []int{0, -1, math.MinInt} {
		if _, err := x.Search(t.Context(), []float32{1}, k, nil); err == nil {
			t.Errorf("k = %d is taken", k)
		}
	}
}

// ties holds many equal vectors, added with the higher ids first: the answer is
// by id, for every metric and wherever the search is cut.
func ties(t *testing.T, open Open) {
	const rows, dim = 200, 5
	for _, m := range metrics(t) {
		var ids []int
		var vectors []float32
		for id := rows - 1; id >= 0; id-- {
			ids = append(ids, id)
			vectors = append(vectors, float32(id%2), 1, 2, -3, 0.5) // even ids tie, and odd ids tie
		}
		x := filled(t, open, m, dim, ids, vectors)
		query := []float32{0, 1, 2, -3, 0.5}
		for _, k := range []int{1, 2, 99, 100, 101, rows} {
			for rank, n := range search(t, x, query, k, nil) {
				want := 2 * rank
				if rank >= rows/2 {
					want = 2*(rank-rows/2) + 1
				}
				if n.ID != want {
					t.Fatalf("%s: k = %d, rank %d is id %d, want %d", m.Name(), k, rank, n.ID, want)
				}
			}
		}
	}
}

func anyIDs(t *testing.T, open Open) {
	x := filled(t, open, metric(t, "chebyshev"), 1, []int{math.MaxInt, -7, 0, math.MinInt}, []float32{1, 1, 3, 1})
	want := []index.Neighbour{{ID: math.MinInt, Distance: 1}, {ID: -7, Distance: 1}, {ID: math.MaxInt, Distance: 1}, {ID: 0, Distance: 3}}
	if diff := cmp.Diff(want, search(t, x, []float32{0}, 4, nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func exclusion(t *testing.T, open Open) {
	const rows, dim, k = 120, 8, 15
	random := rand.New(rand.NewPCG(1, 2))
	ids, vectors := randomVectors(random, rows, dim)
	x := filled(t, open, metric(t, "euclidean"), dim, ids, vectors)
	query := vectors[3*dim : 4*dim]
	without := func(id int) bool { return id == 3 || id%4 == 0 }
	var want []index.Neighbour
	for _, n := range search(t, x, query, rows, nil) {
		if !without(n.ID) && len(want) < k {
			want = append(want, n)
		}
	}
	if diff := cmp.Diff(want, search(t, x, query, k, without)); diff != "" {
		t.Errorf("the excluded count towards k, or are found (-want +got):\n%s", diff)
	}
}

func everythingExcluded(t *testing.T, open Open) {
	x := filled(t, open, index.Metric{}, 1, []int{4, 5}, []float32{1, 2})
	if got := search(t, x, []float32{1}, 2, func(int) bool { return true }); len(got) != 0 {
		t.Errorf("neighbours %v though all are excluded", got)
	}
}

func wrongDimension(t *testing.T, open Open) {
	x := filled(t, open, index.Metric{}, 3, []int{0}, []float32{1, 2, 3})
	for _, query := range [][]float32{nil, {1, 2}, {1, 2, 3, 4}} {
		if _, err := x.Search(t.Context(), query, 1, nil); !errors.Is(err, index.ErrDimension) {
			t.Errorf("query of %d values: %v", len(query), err)
		}
	}
	for _, vectors := range [][]float32{nil, {1, 2}, {1, 2, 3, 4}, {1, 2, 3, 4, 5, 6}} {
		if err := x.Add([]int{1}, vectors); !errors.Is(err, index.ErrDimension) {
			t.Errorf("adding %d values: %v", len(vectors), err)
		}
	}
}

func notFinite(t *testing.T, open Open) {
	for _, m := range metrics(t) {
		x := filled(t, open, m, 2, []int{0}, []float32{1, 2})
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			if _, err := x.Search(t.Context(), []float32{1, float32(bad)}, 1, nil); !errors.Is(err, index.ErrNotFinite) {
				t.Errorf("%s: query with %v: %v", m.Name(), bad, err)
			}
			if err := x.Add([]int{1}, []float32{float32(bad), 1}); !errors.Is(err, index.ErrNotFinite) {
				t.Errorf("%s: adding %v: %v", m.Name(), bad, err)
			}
		}
	}
}

func duplicateID(t *testing.T, open Open) {
	x := filled(t, open, index.Metric{}, 1, []int{7}, []float32{1})
	if err := x.Add([]int{8, 7}, []float32{1, 2}); !errors.Is(err, index.ErrDuplicate) {
		t.Errorf("an id of an earlier Add: %v", err)
	}
	if err := x.Add([]int{9, 9}, []float32{1, 2}); !errors.Is(err, index.ErrDuplicate) {
		t.Errorf("an id twice in one Add: %v", err)
	}
}

func refusedAddAddsNothing(t *testing.T, open Open) {
	x := filled(t, open, metric(t, "manhattan"), 1, []int{0}, []float32{10})
	if err := x.Add([]int{1, 2}, []float32{1, float32(math.NaN())}); err == nil {
		t.Fatal("NaN is taken")
	}
	want := []index.Neighbour{{ID: 0, Distance: 10}}
	if diff := cmp.Diff(want, search(t, x, []float32{0}, 3, nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := x.Add([]int{1, 2}, []float32{1, 2}); err != nil {
		t.Errorf("the same ids with good vectors: %v", err)
	}
	if n := x.Len(); n != 3 {
		t.Errorf("length %d, want 3", n)
	}
}

func callersSlices(t *testing.T, open Open) {
	ids, vectors := []int{0, 1}, []float32{1, 2}
	x := filled(t, open, metric(t, "manhattan"), 1, ids, vectors)
	ids[0], vectors[0], vectors[1] = 99, 50, 60
	query := []float32{0}
	want := []index.Neighbour{{ID: 0, Distance: 1}, {ID: 1, Distance: 2}}
	if diff := cmp.Diff(want, search(t, x, query, 2, nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if query[0] != 0 {
		t.Error("the query was written to")
	}
}

func cancelledBefore(t *testing.T, open Open) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x := filled(t, open, index.Metric{}, 1, []int{0}, []float32{1})
	if _, err := x.Search(ctx, []float32{1}, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// cancelledDuring cancels at the first vector looked at, and expects the error
// and that a good part of the set is never looked at.
func cancelledDuring(t *testing.T, open Open) {
	const rows, dim = 40_000, 64
	ids, vectors := randomVectors(rand.New(rand.NewPCG(3, 4)), rows, dim)
	x := filled(t, open, index.Metric{}, dim, ids, vectors)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	looked := 0
	_, err := x.Search(ctx, vectors[:dim], 5, func(int) bool {
		mu.Lock()
		defer mu.Unlock()
		cancel()
		looked++
		return false
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if looked > rows/2 {
		t.Errorf("looked at %d of %d vectors after the cancellation", looked, rows)
	}
}

// concurrentUse searches while vectors are added. Every answer must be right
// for the vectors that it names.
func concurrentUse(t *testing.T, open Open) {
	const batches, perBatch, dim, searchers = 20, 50, 32, 4
	m := metric(t, "euclidean")
	ids, vectors := randomVectors(rand.New(rand.NewPCG(5, 6)), batches*perBatch, dim)
	x := filled(t, open, m, dim, ids[:perBatch], vectors[:perBatch*dim])
	var running sync.WaitGroup
	for s := range searchers {
		running.Go(func() {
			query := vectors[s*dim : (s+1)*dim]
			for range batches {
				got, err := x.Search(t.Context(), query, 5, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if len(got) != 5 || got[0].ID != s || got[0].Distance != 0 {
					t.Errorf("searching vector %d while others are added: %v", s, got)
				}
			}
		})
	}
	for b := 1; b < batches; b++ {
		if err := x.Add(ids[b*perBatch:(b+1)*perBatch], vectors[b*perBatch*dim:(b+1)*perBatch*dim]); err != nil {
			t.Error(err)
		}
	}
	running.Wait()
	if n := x.Len(); n != len(ids) {
		t.Errorf("length %d, want %d", n, len(ids))
	}
	query := vectors[:dim]
	check(t, m, query, vectors, search(t, x, query, 20, nil))
}

func closed(t *testing.T, open Open) {
	x := filled(t, open, index.Metric{}, 1, []int{0}, []float32{1})
	for range 2 {
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := x.Search(t.Context(), []float32{1}, 1, nil); !errors.Is(err, index.ErrClosed) {
		t.Errorf("search: %v", err)
	}
	if err := x.Add([]int{1}, []float32{1}); !errors.Is(err, index.ErrClosed) {
		t.Errorf("add: %v", err)
	}
	if n := x.Len(); n != 0 {
		t.Errorf("length %d", n)
	}
}

func metric(t *testing.T, name string) index.Metric {
	t.Helper()
	m, err := index.ParseMetric(name, 0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// filled returns an open index that holds the vectors and is closed at the end
// of the test.
func filled(t *testing.T, open Open, m index.Metric, dim int, ids []int, vectors []float32) index.Index {
	t.Helper()
	x := open(t, m, dim)
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := x.Add(ids, vectors); err != nil {
		t.Fatalf("add: %v", err)
	}
	if n := x.Len(); n != len(ids) {
		t.Fatalf("length %d after adding %d", n, len(ids))
	}
	return x
}

func search(t *testing.T, x index.Index, query []float32, k int, without func(int) bool) []index.Neighbour {
	t.Helper()
	got, err := x.Search(t.Context(), query, k, without)
	if err != nil {
		t.Fatalf("search: %v", err)
	}
	return got
}

// randomVectors returns rows vectors with the ids 0, 1, …, in a random order of
// neither size nor direction.
func randomVectors(random *rand.Rand, rows, dim int) ([]int, []float32) {
	ids := make([]int, rows)
	for i := range ids {
		ids[i] = i
	}
	vectors := make([]float32, rows*dim)
	for v := range slices.Chunk(vectors, dim) {
		fill(random, v)
	}
	return ids, vectors
}

// fill draws a vector: normal values of a random size, and in a fifth of the
// vectors mostly zeros.
func fill(random *rand.Rand, v []float32) {
	size := math.Exp(random.NormFloat64())
	sparse := random.Float64() < 0.2
	for i := range v {
		if sparse && random.Float64() < 0.8 {
			continue
		}
		v[i] = float32(size * random.NormFloat64())
	}
}
