package umap

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
)

func TestTrustworthinessOfScikitLearn(t *testing.T) {
	for _, g := range golden(t).Graphs {
		if g.Trustworthiness == nil {
			continue
		}
		points := make([]Point, len(g.Vectors))
		for i, v := range g.Vectors {
			points[i] = Point{v[0], v[1]}
		}
		vectors := slices.Concat(g.Vectors...)
		if got := trustworthiness(vectors, len(vectors)/len(points), points, 2, len(points)); math.Abs(got-*g.Trustworthiness) > 1e-6 {
			t.Errorf("%s: %v, by scikit-learn %v", g.Name, got, *g.Trustworthiness)
		}
	}
}

// trustworthiness of n points as a map of vectors, [n, dim] under the
// Euclidean metric (Venna and Kaski 2001; sklearn.manifold.trustworthiness):
// 1 where the k nearest of each point are among its k nearest vectors. It is
// estimated from at most sample rows.
func trustworthiness(vectors []float32, dim int, points []Point, k, sample int) float64 {
	n := len(vectors) / dim
	rows := rand.New(rand.NewPCG(1, 1)).Perm(n)[:min(n, sample)]
	var penalty float64
	distances, order := make([]float64, n), make([]int, n)
	for _, i := range rows {
		for j := range n {
			dx, dy := points[i].X-points[j].X, points[i].Y-points[j].Y
			distances[j], order[j] = float64(dx*dx+dy*dy), j
		}
		distances[i] = -1
		nearest := nearestOf(distances, k+1)[1:]
		for j := range n {
			distances[j] = kernel.SquaredDistance(vectors[i*dim:(i+1)*dim], vectors[j*dim:(j+1)*dim])
		}
		distances[i] = -1
		for _, j := range nearest {
			rank := 0
			for _, d := range distances {
				if d < distances[j] {
					rank++
				}
			}
			penalty += float64(max(0, rank-k))
		}
	}
	m, kk, nn := float64(len(rows)), float64(k), float64(n)
	return 1 - 2*penalty/(m*kk*(2*nn-3*kk-1))
}

// nearestOf returns the numbers of the k smallest distances.
func nearestOf(distances []float64, k int) []int {
	found := make([]int, 0, k+1)
	for j, d := range distances {
		if len(found) == k && d >= distances[found[k-1]] {
			continue
		}
		place, _ := slices.BinarySearchFunc(found, d, func(a int, d float64) int {
			if distances[a] < d {
				return -1
			}
			return 1
		})
		found = slices.Insert(found, place, j)[:min(len(found)+1, k)]
	}
	return found
}
