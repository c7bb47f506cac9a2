package umap

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/index"
)

func TestPlaceNextToItself(t *testing.T) {
	const n, dim = 500, 12
	vectors := clusters(n, dim, 5, 0.5, 8)
	for _, name := range index.Metrics() {
		t.Run(name, func(t *testing.T) {
			o := Defaults()
			o.Metric = metric(t, name)
			points := settled(t, vectors, dim, o)
			same, err := Place(t.Context(), vectors, vectors, dim, points, o)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(same, points) {
				t.Error("known vectors are not at their points")
			}
			noisy := slices.Clone(vectors)
			for i := range noisy {
				noisy[i] += 1e-3 * float32(uniform(draw(1, uint64(i))))
			}
			placed, err := Place(t.Context(), noisy, vectors, dim, points, o)
			if err != nil {
				t.Fatal(err)
			}
			if moved := meanDistance(placed, points); moved > 0.1*spreadOf(points) {
				t.Errorf("nearly the same vectors lie %.2f off on a map that spreads over %.2f", moved, spreadOf(points))
			}
		})
	}
}

// Vectors that the map was made without land in their clusters, wherever they
// stand among the others and however many goroutines place them.
func TestPlaceOthers(t *testing.T) {
	const n, dim, centres, held = 900, 12, 5, 100
	all := clusters(n, dim, centres, 0.5, 9)
	vectors, added := all[held*dim:], all[:held*dim]
	o := Defaults()
	points := settled(t, vectors, dim, o)
	o.Threads = 1
	placed, err := Place(t.Context(), added, vectors, dim, points, o)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, p := range placed {
		nearest, least := 0, math.Inf(1)
		for j, q := range points {
			if d := math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)); d < least {
				nearest, least = j, d
			}
		}
		right += boolean((nearest+held)%centres == i%centres)
	}
	if right < held*98/100 {
		t.Errorf("%d of %d are in their cluster", right, held)
	}
	o.Threads = 3
	for _, size := range []int{1, 33} {
		some, err := Place(t.Context(), added[dim:(1+size)*dim], vectors, dim, points, o)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(some, placed[1:1+size]) {
			t.Errorf("%d placed by themselves are elsewhere than among the others", size)
		}
	}
}

func TestPlaceSaysWhatIsWrong(t *testing.T) {
	nan := float32(math.NaN())
	for _, test := range []struct {
		added, vectors []float32
		points         []Point
		cause          error
		message        string
	}{
		{[]float32{1, 2}, nil, nil, nil, "umap: place: the map is empty"},
		{[]float32{1, 2, 3}, []float32{1, 2}, make([]Point, 1), index.ErrDimension, "umap: place: wrong number of values: 3 in all, not rows of 2"},
		{[]float32{1, nan}, []float32{1, 2}, make([]Point, 1), index.ErrNotFinite, "umap: place: vector 0: not a finite number: value 1 is NaN"},
		{[]float32{1, 2}, []float32{nan, 2}, make([]Point, 1), index.ErrNotFinite, "umap: place: map: vector 0: not a finite number: value 0 is NaN"},
		{[]float32{1, 2}, []float32{1, 2}, nil, nil, "umap: place: map: 0 points for 1 vectors"},
		{[]float32{1, 2}, []float32{1, 2}, []Point{{0, nan}}, index.ErrNotFinite, "umap: place: map: point 0: not a finite number: {0 NaN}"},
	} {
		_, err := Place(t.Context(), test.added, test.vectors, 2, test.points, Defaults())
		if err == nil || err.Error() != test.message || (test.cause != nil && !errors.Is(err, test.cause)) {
			t.Errorf("error %q, want %q", err, test.message)
		}
	}
}
