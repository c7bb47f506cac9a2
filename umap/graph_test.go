package umap

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestGraphsOfUMAPLearn(t *testing.T) {
	for _, want := range golden(t).Graphs {
		s := spaceOf(t, slices.Concat(want.Vectors...), len(want.Vectors[0]), metric(t, want.Metric))
		got := weightsOf(graphOf(t, s, want.Neighbours))
		for _, edge := range want.Edges {
			key := [2]int32{int32(edge[0]), int32(edge[1])}
			if math.Abs(got[key]-edge[2]) > 1e-4 {
				t.Errorf("%s: edge %v has weight %v, by umap-learn %v", want.Name, key, got[key], edge[2])
			}
			delete(got, key)
		}
		for key, weight := range got {
			if weight > 1e-6 {
				t.Errorf("%s: edge %v of weight %v is none by umap-learn", want.Name, key, weight)
			}
		}
	}
}

// weightsOf is the weights of edges by their ends, the lower first.
func weightsOf(g *graph) map[[2]int32]float64 {
	all := map[[2]int32]float64{}
	for i := range g.n() {
		to, weights := g.of(i)
		for e, j := range to {
			if i < int(j) {
				all[[2]int32{int32(i), j}] = float64(weights[e])
			}
		}
	}
	return all
}

func graphOf(t testing.TB, s *space, k int) *graph {
	t.Helper()
	nb, err := nearest(t.Context(), 2, s, min(k, s.n)-1, 1)
	if err != nil {
		t.Fatal(err)
	}
	g, err := fuzzy(t.Context(), 2, nb)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGraphIsSymmetricWithWeightsUpToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, dim := rapid.IntRange(2, 100).Draw(t, "n"), rapid.IntRange(1, 8).Draw(t, "dim")
		vectors := manyVectors(t, n, dim)
		largest, err := survey(t.Context(), 2, vectors, dim)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newSpace(t.Context(), 1, vectors, dim, anyMetric(t), exponentOf(largest))
		if err != nil {
			t.Fatal(err)
		}
		nb, err := nearest(t.Context(), 1, s, rapid.IntRange(1, min(n-1, 20)).Draw(t, "k"), 1)
		if err != nil {
			t.Fatal(err)
		}
		g, err := fuzzy(t.Context(), 2, nb)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			to, weights := g.of(i)
			if len(to) == 0 || slices.Max(weights) < 1 {
				t.Fatalf("vertex %d is not joined to its nearest: %v", i, weights)
			}
			for e, j := range to {
				if int(j) == i || (e > 0 && to[e-1] >= j) || !(weights[e] > 0 && weights[e] <= 1) {
					t.Fatalf("vertex %d: edges to %v of weights %v", i, to, weights)
				}
				back, backWeights := g.of(int(j))
				at, found := slices.BinarySearch(back, int32(i))
				if !found || backWeights[at] != weights[e] {
					t.Fatalf("edge %d-%d is not symmetric", i, j)
				}
			}
		}
	})
}

// The weights around a vector sum up to log2 of the neighbours, itself counted.
func TestSmoothDistances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := math.Pow(10, rapid.Float64Range(-12, 12).Draw(t, "log scale"))
		distances := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float32 {
			return float32(scale * rapid.Float64Range(1, 2).Draw(t, "distance"))
		}), 2, 40).Draw(t, "distances")
		slices.Sort(distances)
		b := smooth(distances, 0, 1)
		if b.rho != float64(distances[0]) {
			t.Fatalf("rho %v for distances from %v on", b.rho, distances[0])
		}
		var sum float64
		tied := 0
		for _, d := range distances {
			sum += float64(b.weight(d))
			if d == distances[0] {
				tied++
			}
		}
		target := math.Log2(float64(len(distances) + 1))
		if float64(tied) < target-0.1 && math.Abs(sum-target) > 1e-3 {
			t.Fatalf("weights sum up to %v, not to %v", sum, target)
		}
	})
}

func TestConnected(t *testing.T) {
	for _, test := range []struct {
		centres   int
		spread    float64
		connected bool
	}{{1, 1, true}, {2, 0.01, false}} {
		g := graphOf(t, spaceOf(t, clusters(60, 4, test.centres, test.spread, 1), 4, metric(t, "euclidean")), 8)
		if g.connected() != test.connected {
			t.Errorf("%d clusters: connected is %v", test.centres, g.connected())
		}
	}
}
