package umap

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// bruteForce finds neighbours by the definition.
func bruteForce(s, known *space, k int) *neighbours {
	nb := newNeighbours(s.n, k)
	for i := range s.n {
		var all []index.Neighbour
		for j := range known.n {
			if s != known || i != j {
				all = append(all, index.Neighbour{ID: j, Distance: float64(s.distance(i, known, j))})
			}
		}
		slices.SortFunc(all, index.Neighbour.Compare)
		for e, n := range all[:k] {
			nb.ids[i*k+e], nb.distances[i*k+e] = int32(n.ID), float32(n.Distance)
		}
	}
	return nb
}

func compareNeighbours(t interface {
	Helper()
	Fatalf(string, ...any)
}, want, got *neighbours) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(neighbours{})); diff != "" {
		t.Fatalf("(-brute force +got):\n%s", diff)
	}
}

// anyVectors draws vectors among which are equal ones, opposite ones, multiples,
// zeros, near ones that lie far from the origin, and tiny and huge ones.
func anyVectors(t *rapid.T, n, dim int) []float32 {
	scale := rapid.SampledFrom([]float32{1, 1, 1, 1e-3, 1e-30, 1e30}).Draw(t, "scale")
	offset := rapid.SampledFrom([]float32{0, 0, 1, 1000}).Draw(t, "offset")
	value := rapid.Float32Range(-1, 1)
	vectors := make([]float32, 0, n*dim)
	for i := range n {
		row := make([]float32, dim)
		kind := rapid.IntRange(0, 9).Draw(t, "kind")
		for c := range row {
			switch {
			case kind == 0:
				row[c] = 0
			case kind == 1 && i > 0:
				row[c] = vectors[(i-1)*dim+c]
			case kind == 2 && i > 0:
				row[c] = -vectors[(i-1)*dim+c]
			case kind == 3 && i > 0:
				row[c] = vectors[(i-1)*dim+c] / 2
			default:
				row[c] = (value.Draw(t, "value") + offset) * scale
			}
		}
		vectors = append(vectors, row...)
	}
	return vectors
}

// manyVectors is anyVectors, repeated with small changes up to n.
func manyVectors(t *rapid.T, n, dim int) []float32 {
	few := anyVectors(t, rapid.IntRange(1, 20).Draw(t, "distinct"), dim)
	noise := rapid.SampledFrom([]float32{0, 1e-6, 1e-3, 0.1}).Draw(t, "noise")
	vectors := make([]float32, n*dim)
	for i := range vectors {
		x := few[i%len(few)]
		vectors[i] = x + noise*x*float32(uniform(draw(1, uint64(i))))
	}
	return vectors
}

func anyMetric(t *rapid.T) index.Metric {
	name := rapid.SampledFrom(index.Metrics()).Draw(t, "metric")
	p := 0.0
	if name == "minkowski" {
		p = rapid.SampledFrom([]float64{1, 2, 2.5, 3}).Draw(t, "p")
	}
	m, err := index.ParseMetric(name, p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestExactNeighboursAreThoseOfBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, dim := rapid.IntRange(2, 150).Draw(t, "n"), rapid.IntRange(1, 40).Draw(t, "dim")
		vectors := manyVectors(t, n, dim)
		largest, err := survey(t.Context(), 2, vectors, dim)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newSpace(t.Context(), 2, vectors, dim, anyMetric(t), exponentOf(largest))
		if err != nil {
			t.Fatal(err)
		}
		k := rapid.IntRange(0, min(20, n-1)).Draw(t, "k")
		got, err := exact(t.Context(), workers(rapid.IntRange(1, 3).Draw(t, "threads")), s, s, k)
		if err != nil {
			t.Fatal(err)
		}
		compareNeighbours(t, bruteForce(s, s, k), got)
	})
}

// Also where both sets are large enough for products, and the rows to search
// for lie far outside those that are known.
func TestExactNeighboursInAnotherSet(t *testing.T) {
	const dim = 24
	vectors := clusters(400, dim, 5, 0.5, 1)
	far := clusters(100, dim, 5, 0.5, 2)
	for i := range far[:50*dim] {
		far[i] = 1e5 * far[i]
	}
	for _, name := range index.Metrics() {
		known, s := spaceOf(t, vectors, dim, metric(t, name)), spaceOf(t, far, dim, metric(t, name))
		for _, k := range []int{1, 15, 400} {
			got, err := exact(t.Context(), 2, s, known, k)
			if err != nil {
				t.Fatal(err)
			}
			compareNeighbours(t, bruteForce(s, known, k), got)
		}
	}
}

// Tight clusters far from each other, where float32 products cannot tell the
// members of a cluster apart.
func TestProductsTellNearVectorsApart(t *testing.T) {
	const n, dim = 300, 64
	vectors := clusters(n, dim, 3, 1e-5, 3)
	for _, name := range []string{"cosine", "euclidean", "sqeuclidean"} {
		s := spaceOf(t, vectors, dim, metric(t, name))
		form, ok := formOf(s.metric)
		if !ok {
			t.Fatalf("%s is not ranked by products", name)
		}
		got, err := byProducts(t.Context(), 2, s, s, 10, form)
		if err != nil {
			t.Fatal(err)
		}
		compareNeighbours(t, bruteForce(s, s, 10), got)
	}
}

func TestDescentFindsNearlyAllNeighbours(t *testing.T) {
	const n, dim, k = 4000, 48, 14
	vectors := clusters(n, dim, 40, 0.5, 4)
	for _, name := range []string{"cosine", "euclidean", "manhattan", "correlation"} {
		s := spaceOf(t, vectors, dim, metric(t, name))
		want, err := exact(t.Context(), 2, s, s, k)
		if err != nil {
			t.Fatal(err)
		}
		got, err := descent(t.Context(), 2, s, k, 1)
		if err != nil {
			t.Fatal(err)
		}
		if r := recall(want, got); r < 0.95 {
			t.Errorf("%s: recall %.3f", name, r)
		}
		alone, err := descent(t.Context(), 1, s, k, 1)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(alone, got, cmp.AllowUnexported(neighbours{})); diff != "" {
			t.Errorf("%s: two goroutines find others than one (-one +two):\n%.500s", name, diff)
		}
	}
}

// recall is the share of the neighbours in want that got has too.
func recall(want, got *neighbours) float64 {
	hits := 0
	for i := range want.n {
		ids, _ := got.of(i)
		wanted, _ := want.of(i)
		for _, j := range wanted {
			if slices.Contains(ids, j) {
				hits++
			}
		}
	}
	return float64(hits) / float64(len(want.ids))
}

// Every list is full, in order, without the vector itself or anything twice,
// and tells true distances, for vectors of any kind.
func TestDescentListsAreWellFormed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, dim := rapid.IntRange(2, 400).Draw(t, "n"), rapid.IntRange(1, 8).Draw(t, "dim")
		k := rapid.IntRange(1, min(30, n-1)).Draw(t, "k")
		vectors := manyVectors(t, n, dim)
		largest, err := survey(t.Context(), 2, vectors, dim)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newSpace(t.Context(), 1, vectors, dim, anyMetric(t), exponentOf(largest))
		if err != nil {
			t.Fatal(err)
		}
		got, err := descent(t.Context(), 2, s, k, rapid.Uint64().Draw(t, "seed"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			ids, distances := got.of(i)
			for e, j := range ids {
				if int(j) == i || distances[e] != s.distance(i, s, int(j)) {
					t.Fatalf("vector %d: neighbour %d at %v", i, j, distances[e])
				}
				if e > 0 && !before(distances[e-1], ids[e-1], distances[e], j) {
					t.Fatalf("vector %d: neighbours %v at %v", i, ids, distances)
				}
			}
		}
	})
}

// A space keeps the distances of the metric, but for a common factor.
func TestSpaceKeepsDistances(t *testing.T) {
	for _, name := range index.Metrics() {
		for _, scale := range []float32{1, 1e-36, 1e36} {
			t.Run(fmt.Sprint(name, " ", scale), func(t *testing.T) {
				vectors := clusters(20, 6, 3, 1, 5)
				for i := range vectors {
					vectors[i] *= scale
				}
				m := metric(t, name)
				s := spaceOf(t, vectors, 6, m)
				factor := float64(s.distance(0, s, 1)) / m.Distance(vectors[:6], vectors[6:12])
				for i := range s.n {
					for j := range s.n {
						want := factor * m.Distance(vectors[i*6:i*6+6], vectors[j*6:j*6+6])
						if got := float64(s.distance(i, s, j)); math.Abs(got-want) > 1e-5*want+1e-7 {
							t.Fatalf("distance of %d and %d: %v, want %v", i, j, got, want)
						}
					}
				}
			})
		}
	}
}
