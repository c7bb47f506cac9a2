package umap

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// goldens are what tools/oracle/umap_graph.py took from umap-learn.
type goldens struct {
	Curves [][4]float64 // minimal distance, spread, a, b
	Graphs []struct {
		Name            string
		Neighbours      int
		Metric          string
		Vectors         [][]float32
		Edges           [][3]float64 // i, j and weight, i < j
		Trustworthiness *float64     // of the first two values as a map, of 2 neighbours; nil where points tie
	}
}

func golden(t *testing.T) goldens {
	t.Helper()
	text, err := os.ReadFile("testdata/graphs.json")
	if err != nil {
		t.Fatal(err)
	}
	var g goldens
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Curves) == 0 || len(g.Graphs) == 0 {
		t.Fatal("no goldens")
	}
	return g
}

func metric(t testing.TB, name string) index.Metric {
	t.Helper()
	m, err := index.ParseMetric(name, 0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func spaceOf(t testing.TB, vectors []float32, dim int, m index.Metric) *space {
	t.Helper()
	largest, err := survey(t.Context(), 2, vectors, dim)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSpace(t.Context(), 2, vectors, dim, m, exponentOf(largest))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// clusters draws n vectors around centres, as far from each of these as the
// centres are from the origin times spread. The cluster of vector i is i % centres.
func clusters(n, dim, centres int, spread float64, seed uint64) []float32 {
	random := rand.New(rand.NewPCG(seed, 0))
	middle := make([]float64, centres*dim)
	for i := range middle {
		middle[i] = random.NormFloat64()
	}
	vectors := make([]float32, 0, n*dim)
	for i := range n {
		for c := range dim {
			vectors = append(vectors, float32(middle[i%centres*dim+c]+spread*random.NormFloat64()))
		}
	}
	return vectors
}

func finite(points []Point) bool {
	for _, p := range points {
		if x := float64(p.X) + float64(p.Y); math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
