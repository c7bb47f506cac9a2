package umap

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"pgregory.net/rapid"
)

func settled(t interface {
	Helper()
	Fatal(...any)
	Context() context.Context
}, vectors []float32, dim int, o Options) []Point {
	t.Helper()
	l, err := New(t.Context(), vectors, dim, o)
	if err != nil {
		t.Fatal(err)
	}
	for !l.Done() {
		if err := l.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return l.Points()
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	for _, test := range []struct {
		name   string
		n, dim int
	}{{"small", 300, 20}, {"several blocks", 5000, 8}, {"by descent", exactLimit + 100, 4}} {
		t.Run(test.name, func(t *testing.T) {
			vectors := clusters(test.n, test.dim, 7, 1, 1)
			o := Defaults()
			o.Epochs = 30
			o.Threads = 1
			want := settled(t, vectors, test.dim, o)
			for _, threads := range []int{1, 2, 5} {
				o.Threads = threads
				if got := settled(t, vectors, test.dim, o); !slices.Equal(got, want) {
					t.Errorf("%d goroutines make another map than one", threads)
				}
			}
			o.Seed++
			if got := settled(t, vectors, test.dim, o); slices.Equal(got, want) {
				t.Error("another seed makes the same map")
			}
		})
	}
}

func TestNeighboursStayNeighbours(t *testing.T) {
	const n, dim, centres = 600, 5, 3
	vectors := clusters(n, dim, centres, 0.3, 2)
	for _, name := range index.Metrics() {
		t.Run(name, func(t *testing.T) {
			o := Defaults()
			o.Metric = metric(t, name)
			points := settled(t, vectors, dim, o)
			if got := trustworthiness(vectors, dim, points, 15, n); got < 0.93 {
				t.Errorf("trustworthiness %.3f", got)
			}
			// The nearest points of nearly every point are of its own cluster.
			s := spaceOf(t, flat(points), 2, metric(t, "euclidean"))
			nb, err := exact(t.Context(), 2, s, s, 10)
			if err != nil {
				t.Fatal(err)
			}
			same := 0
			for e, j := range nb.ids {
				same += boolean(int(j)%centres == e/10%centres)
			}
			if share := float64(same) / float64(len(nb.ids)); share < 0.99 {
				t.Errorf("%.3f of the nearest points are of the same cluster", share)
			}
		})
	}
}

func flat(points []Point) []float32 {
	values := make([]float32, 0, 2*len(points))
	for _, p := range points {
		values = append(values, p.X, p.Y)
	}
	return values
}

// Any vectors make a map of finite points, also where there are hardly any, or
// all are equal or zero.
func TestMapsAreFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, dim := rapid.IntRange(0, 90).Draw(t, "n"), rapid.IntRange(1, 8).Draw(t, "dim")
		vectors := manyVectors(t, n, dim)
		o := Options{
			Neighbours: rapid.IntRange(2, 30).Draw(t, "neighbours"),
			MinDist:    rapid.Float64Range(0, 1).Draw(t, "minimal distance"),
			Spread:     rapid.SampledFrom([]float64{1, 1, 1.5, 100}).Draw(t, "spread"),
			Metric:     anyMetric(t), Seed: rapid.Uint64().Draw(t, "seed"), Epochs: rapid.IntRange(1, 40).Draw(t, "epochs"),
		}
		if rapid.Bool().Draw(t, "started") {
			o.Start = make([]Point, n)
			for i := range o.Start {
				o.Start[i] = Point{float32(i % 3), math.MaxFloat32 * float32(i%2)}
			}
		}
		points := settled(t, vectors, dim, o)
		if len(points) != n || !finite(points) {
			t.Fatalf("%d points for %d vectors: %v", len(points), n, points)
		}
		more, err := Place(t.Context(), vectors, vectors, dim, points, o)
		if n > 0 && (err != nil || !finite(more)) {
			t.Fatalf("placed at %v: %v", more, err)
		}
		quick, err := PCA(t.Context(), vectors, dim, 1)
		if err != nil || len(quick) != n || !finite(quick) {
			t.Fatalf("principal components: %v: %v", quick, err)
		}
	})
}

func TestEqualVectors(t *testing.T) {
	for _, value := range []float32{0, 1, -3e38} {
		for _, n := range []int{1, 2, 3, 50} {
			vectors := make([]float32, 4*n)
			for i := range vectors {
				vectors[i] = value
			}
			for _, name := range index.Metrics() {
				o := Defaults()
				o.Metric = metric(t, name)
				if points := settled(t, vectors, 4, o); !finite(points) {
					t.Errorf("%d times %v, %s: %v", n, value, name, points)
				}
			}
		}
	}
}

// A layout goes on after it was interrupted as if it had not been.
func TestStepGoesOn(t *testing.T) {
	vectors := clusters(3000, 5, 4, 1, 3)
	o := Defaults()
	o.Epochs = 12
	want := settled(t, vectors, 5, o)
	l, err := New(t.Context(), vectors, 5, o)
	if err != nil {
		t.Fatal(err)
	}
	for calls := 0; !l.Done(); calls++ {
		ctx := interruptedAfter(t.Context(), calls%9)
		if err := l.Step(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if !slices.Equal(l.Points(), want) {
		t.Error("the map is another one")
	}
	if err := l.Step(t.Context()); err != nil || l.Epoch() != 12 || l.Epochs() != 12 {
		t.Errorf("after the end: epoch %d of %d, error %v", l.Epoch(), l.Epochs(), err)
	}
}

// interrupted is a context that is done after it was asked a number of times.
type interrupted struct {
	context.Context
	left atomic.Int64
}

func interruptedAfter(ctx context.Context, times int) *interrupted {
	c := &interrupted{Context: ctx}
	c.left.Store(int64(times))
	return c
}

func (c *interrupted) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func TestNewStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	vectors := clusters(500, 5, 4, 1, 3)
	if _, err := New(ctx, vectors, 5, Defaults()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	// At whatever point it is stopped.
	for after := range 60 {
		l, err := New(interruptedAfter(t.Context(), after), vectors, 5, Options{Neighbours: 15, Spread: 1, Threads: 1})
		if (l == nil) != (err != nil) || (err != nil && !errors.Is(err, context.Canceled)) {
			t.Fatalf("stopped after %d: %v, error %v", after, l, err)
		}
	}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	nan := float32(math.NaN())
	with := func(change func(o *Options)) Options {
		o := Defaults()
		change(&o)
		return o
	}
	for _, test := range []struct {
		vectors []float32
		dim     int
		o       Options
		cause   error
		message string
	}{
		{[]float32{1, 2, 3}, 2, Defaults(), index.ErrDimension, "umap: wrong number of values: 3 in all, not rows of 2"},
		{[]float32{1, 2, 3}, 0, Defaults(), index.ErrDimension, "umap: wrong number of values: 3 in all, not rows of 0"},
		{[]float32{1, 2, nan, 4}, 2, Defaults(), index.ErrNotFinite, "umap: vector 1: not a finite number: value 0 is NaN"},
		{[]float32{1, 2}, 2, Options{}, nil, "umap: neighbours is 0; it must be at least 2"},
		{[]float32{1, 2}, 2, with(func(o *Options) { o.Spread = math.NaN() }), nil, "umap: spread is NaN; it must be from 0.001 to 1000"},
		{[]float32{1, 2}, 2, with(func(o *Options) { o.MinDist = 1.5 }), nil, "umap: minimal distance is 1.5; it must be from 0 to the spread, 1"},
		{[]float32{1, 2}, 2, with(func(o *Options) { o.Epochs = -1 }), nil, "umap: epochs is -1; it must be from 0 to 100000"},
		{[]float32{1, 2}, 2, with(func(o *Options) { o.Start = []Point{{}, {}} }), nil, "umap: start: 2 points for 1 vectors"},
		{[]float32{1, 2}, 2, with(func(o *Options) { o.Start = []Point{{nan, 0}} }), index.ErrNotFinite, "umap: start: point 0: not a finite number: {NaN 0}"},
	} {
		_, err := New(t.Context(), test.vectors, test.dim, test.o)
		if err == nil || err.Error() != test.message || (test.cause != nil && !errors.Is(err, test.cause)) {
			t.Errorf("error %q, want %q", err, test.message)
		}
	}
}

// A map that starts from another keeps its arrangement.
func TestStart(t *testing.T) {
	const n, centres = 400, 4
	vectors := clusters(n, 10, centres, 0.3, 4)
	before := settled(t, vectors, 10, Defaults())
	o := Defaults()
	o.Start, o.Seed = slices.Clone(before), 7
	given := slices.Clone(o.Start)
	after := settled(t, vectors, 10, o)
	if !slices.Equal(o.Start, given) {
		t.Error("the start was changed")
	}
	Align(after, before)
	if moved := meanDistance(after, before); moved > 0.5*spreadOf(before) {
		t.Errorf("points moved by %.2f on a map that spreads over %.2f", moved, spreadOf(before))
	}
}

func meanDistance(a, b []Point) float64 {
	var sum float64
	for i := range a {
		sum += math.Hypot(float64(a[i].X-b[i].X), float64(a[i].Y-b[i].Y))
	}
	return sum / float64(len(a))
}

// spreadOf is the mean distance from the centre.
func spreadOf(points []Point) float64 {
	c := centre(points)
	return meanDistance(points, slices.Repeat([]Point{{float32(c.x), float32(c.y)}}, len(points)))
}

func ExampleLayout() {
	ctx := context.Background()
	vectors := []float32{ /* [n, dim] */ 0, 0, 0, 1, 9, 9, 9, 8}
	layout, err := New(ctx, vectors, 2, Defaults())
	for err == nil && !layout.Done() {
		err = layout.Step(ctx)
	}
	fmt.Println(len(layout.Points()), err)
	// Output: 4 <nil>
}
