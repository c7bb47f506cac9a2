package umap

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The spectral start is the second and third eigenvector of the normalised
// Laplacian, as gonum's dense solver finds them.
func TestSpectralStartOfDenseLaplacian(t *testing.T) {
	const n = 300
	vectors := clusters(n, 3, 1, 1, 7)
	for i := range n {
		vectors[3*i] *= 5 // a long and a less long direction, so that eigenvalues differ
		vectors[3*i+1] *= 2
	}
	g := graphOf(t, spaceOf(t, vectors, 3, metric(t, "euclidean")), 15)
	if !g.connected() {
		t.Fatal("the graph is in parts")
	}
	points, err := spectral(t.Context(), 2, g, 1)
	if err != nil {
		t.Fatal(err)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(laplacian(g), true) {
		t.Fatal("no eigenvalues")
	}
	var dense mat.Dense
	eigen.VectorsTo(&dense)
	var alongX, alongY float64
	for i, p := range points {
		alongX += float64(p.X) * dense.At(i, 1)
		alongY += float64(p.Y) * dense.At(i, 2)
	}
	if math.Abs(alongX) < 0.9999 || math.Abs(alongY) < 0.9999 {
		t.Errorf("cosines with the eigenvectors are %v and %v; eigenvalues %v", alongX, alongY, eigen.Values(nil)[:5])
	}
}

func laplacian(g *graph) *mat.SymDense {
	degree := make([]float64, g.n())
	weights := weightsOf(g)
	for ends, weight := range weights {
		degree[ends[0]] += weight
		degree[ends[1]] += weight
	}
	l := mat.NewSymDense(g.n(), nil)
	for i := range degree {
		l.SetSym(i, i, 1)
	}
	for ends, weight := range weights {
		l.SetSym(int(ends[0]), int(ends[1]), -weight/math.Sqrt(degree[ends[0]]*degree[ends[1]]))
	}
	return l
}

func TestStretched(t *testing.T) {
	given := []Point{{-1e30, 5}, {1e30, 5}, {0, 7}}
	for _, test := range []struct {
		both bool
		want []Point
	}{
		{true, []Point{{0, 0}, {10, 0}, {5, 10}}},
		{false, []Point{{0, 0}, {10, 0}, {5, 0}}},
	} {
		got := stretched(append([]Point(nil), given...), test.both, 1)
		for i, want := range test.want {
			if math.Abs(float64(got[i].X-want.X)) > noise || math.Abs(float64(got[i].Y-want.Y)) > noise {
				t.Errorf("both %v: %v, want %v", test.both, got, test.want)
				break
			}
		}
	}
}
