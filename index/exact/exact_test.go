package exact_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/index/exact"
	"github.com/convnetplayground/convnet/index/indextest"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	for _, threads := range []int{0, 1, 3} {
		t.Run(fmt.Sprintf("threads=%d", threads), func(t *testing.T) {
			indextest.Run(t, func(_ *testing.T, m index.Metric, dim int) index.Index {
				return exact.New(m, dim, threads)
			})
		})
	}
}

// The answer does not depend on the number of threads, to the last bit, also
// where many vectors tie and the set spans many chunks.
func TestAnyNumberOfThreadsFindsTheSame(t *testing.T) {
	const rows, dim = 3000, 1000
	vectors := randomVectors(rows, dim)
	for row := range rows {
		if row%3 == 0 {
			copy(vectors[row*dim:(row+1)*dim], vectors[:dim])
		}
	}
	query := vectors[5*dim : 6*dim]
	find := func(threads, k int) []index.Neighbour {
		x, err := exact.Over(index.Metric{}, dim, threads, vectors, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		got, err := x.Search(t.Context(), query, k, nil)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := find(1, rows)
	for _, threads := range []int{1, 2, 5, 64} {
		for _, k := range []int{1, 40, 1500, rows} {
			if diff := cmp.Diff(want[:k], find(threads, k)); diff != "" {
				t.Fatalf("%d threads, k = %d (-all by one thread +got):\n%s", threads, k, diff)
			}
		}
	}
}

// A small set is compared by the caller's goroutine alone: starting others
// would take longer than they save.
func TestSmallSetsStartNoGoroutine(t *testing.T) {
	for _, test := range []struct {
		rows   int
		others bool
	}{{204, false}, {1000, true}} {
		const dim = 1280
		x, err := exact.Over(index.Metric{}, dim, 4, randomVectors(test.rows, dim), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		before, most := runtime.NumGoroutine(), 0
		var mu sync.Mutex
		_, err = x.Search(t.Context(), randomVectors(1, dim), 5, func(int) bool {
			mu.Lock()
			defer mu.Unlock()
			most = max(most, runtime.NumGoroutine()-before)
			return false
		})
		if err != nil {
			t.Fatal(err)
		}
		if most > 0 != test.others || most > 3 {
			t.Errorf("%d vectors: %d goroutines beside the caller's", test.rows, most)
		}
	}
}

func TestOver(t *testing.T) {
	manhattan, err := index.ParseMetric("manhattan", 0)
	if err != nil {
		t.Fatal(err)
	}
	backing := []float32{1, 2, 3, -1}
	x, err := exact.Over(manhattan, 1, 1, backing[:3], []int{10, 11, 12})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.Add([]int{13}, []float32{0.5}); err != nil {
		t.Fatal(err)
	}
	if backing[3] != -1 {
		t.Error("Add wrote into the memory of the vectors given to Over")
	}
	got, err := x.Search(t.Context(), []float32{0}, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []index.Neighbour{{ID: 13, Distance: 0.5}, {ID: 10, Distance: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOverNamesRowsByTheirNumber(t *testing.T) {
	x, err := exact.Over(index.Metric{}, 2, 1, []float32{1, 0, 0, 1, 1, 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	got, err := x.Search(t.Context(), []float32{0, 1}, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]index.Neighbour{{ID: 1}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOverRefuses(t *testing.T) {
	nan := float32(math.NaN())
	for _, test := range []struct {
		name    string
		vectors []float32
		ids     []int
		cause   error
		message string
	}{
		{"NaN", []float32{1, 2, 3, nan}, []int{4, 5}, index.ErrNotFinite, "vector of id 5: not a finite number: value 1 is NaN"},
		{"id twice", []float32{1, 2, 3, 4}, []int{4, 4}, index.ErrDuplicate, "vector of id 4: id added twice"},
		{"half a row", []float32{1, 2, 3}, nil, index.ErrDimension, "1 vectors: wrong number of values: 3 in all, want 2 for each"},
		{"a row too few", []float32{1, 2}, []int{1, 2}, index.ErrDimension, "2 vectors: wrong number of values: 2 in all, want 2 for each"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := exact.Over(index.Metric{}, 2, 1, test.vectors, test.ids)
			if !errors.Is(err, test.cause) || err.Error() != test.message {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestSearchSaysWhatIsWrong(t *testing.T) {
	x := exact.New(index.Metric{}, 2, 1)
	defer x.Close()
	for _, test := range []struct {
		query   []float32
		k       int
		message string
	}{
		{[]float32{1}, 3, "query: wrong number of values: has 1, the index holds vectors of 2"},
		{[]float32{1, float32(math.Inf(1))}, 3, "query: not a finite number: value 1 is +Inf"},
		{[]float32{1, 2}, 0, "search: k is 0; ask for at least 1 neighbour"},
	} {
		_, err := x.Search(t.Context(), test.query, test.k, nil)
		if err == nil || err.Error() != test.message {
			t.Errorf("error %q, want %q", err, test.message)
		}
	}
}

func TestDistancesAreThoseOfASearch(t *testing.T) {
	const rows, dim = 300, 1000
	vectors := randomVectors(rows, dim)
	for _, name := range index.Metrics() {
		m, err := index.ParseMetric(name, 0)
		if err != nil {
			t.Fatal(err)
		}
		x, err := exact.Over(m, dim, 2, vectors, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		query := vectors[7*dim : 8*dim]
		found, err := x.Search(t.Context(), query, rows, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]float64, rows)
		for _, n := range found {
			want[n.ID] = n.Distance
		}
		got := make([]float64, rows)
		if err := x.Distances(t.Context(), got, query); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-search +got):\n%s", name, diff)
		}
	}
}

func TestDistancesSayWhatIsWrong(t *testing.T) {
	x, err := exact.Over(index.Metric{}, 2, 1, []float32{1, 0, 0, 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]float64, 2)
	if err := x.Distances(t.Context(), dst, []float32{1}); !errors.Is(err, index.ErrDimension) {
		t.Errorf("a short query: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.Distances(cancelled, dst, []float32{1, 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	x.Close()
	if err := x.Distances(t.Context(), nil, []float32{1, 1}); !errors.Is(err, index.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func randomVectors(rows, dim int) []float32 {
	random := rand.New(rand.NewPCG(uint64(rows), uint64(dim)))
	vectors := make([]float32, rows*dim)
	for i := range vectors {
		vectors[i] = random.Float32()
	}
	return vectors
}
