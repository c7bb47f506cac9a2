package umap

import "context"

// exactLimit is the largest set whose neighbours are found by comparing every
// two pictures.
const exactLimit = 10_000

// neighbours holds the nearest k others of each of n vectors, from near to far
// and at one distance from the lower number to the higher. That order is total,
// so the k nearest of any candidates are the same in whatever order, and on
// however many goroutines, the candidates come.
type neighbours struct {
	n, k      int
	ids       []int32   // [n, k]
	distances []float32 // [n, k]
}

func newNeighbours(n, k int) *neighbours {
	return &neighbours{n: n, k: k, ids: make([]int32, n*k), distances: make([]float32, n*k)}
}

func (nb *neighbours) of(i int) ([]int32, []float32) {
	return nb.ids[i*nb.k : (i+1)*nb.k], nb.distances[i*nb.k : (i+1)*nb.k]
}

// nearest finds the k nearest others of each vector of s; 0 <= k < s.n.
func nearest(ctx context.Context, w workers, s *space, k int, seed uint64) (*neighbours, error) {
	if s.n <= exactLimit {
		return exact(ctx, w, s, s, k)
	}
	return descent(ctx, w, s, k, seed)
}
