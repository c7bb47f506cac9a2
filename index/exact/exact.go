// Package exact is the index that compares the query with every vector. Its
// answers are exact, and the same for any number of threads.
package exact

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/convnetplayground/convnet/index"
)

var _ index.Index = (*Index)(nil)

// Index is an index.Index that holds its vectors in one block of memory,
// [Len, dim].
type Index struct {
	metric  index.Metric
	dim     int
	threads int

	mu      sync.RWMutex // searches share it; Add and Close wait for them
	closed  bool
	ids     []int
	held    map[int]struct{} // the ids again, to refuse duplicates
	vectors []float32        // [len(ids), dim]
	moments []index.Moments  // one per vector
}

// New returns an empty index for vectors of dim values. A search runs on at
// most threads goroutines; threads <= 0 means as many as there are cores.
// It panics if dim is below 1.
func New(m index.Metric, dim, threads int) *Index {
	if dim < 1 {
		panic("exact: dimension below 1")
	}
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return &Index{metric: m, dim: dim, threads: threads, held: make(map[int]struct{})}
}

// Over returns an index over vectors, [n, dim], without copying them: the
// caller leaves them unchanged and readable until Close returns. ids names the
// vectors, and is copied; nil names them 0 … n-1. dim and threads are as for
// New, errors as for Add. A later Add copies the vectors first.
func Over(m index.Metric, dim, threads int, vectors []float32, ids []int) (*Index, error) {
	x := New(m, dim, threads)
	if ids == nil {
		ids = make([]int, len(vectors)/dim)
		for i := range ids {
			ids[i] = i
		}
	}
	if err := x.check(ids, vectors); err != nil {
		return nil, err
	}
	x.admit(ids, vectors)
	x.vectors = vectors[:len(vectors):len(vectors)] // full: a later Add cannot write into the caller's memory
	return x, nil
}

// Add implements index.Index.
func (x *Index) Add(ids []int, vectors []float32) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return fmt.Errorf("add: %w", index.ErrClosed)
	}
	if err := x.check(ids, vectors); err != nil {
		return err
	}
	x.admit(ids, vectors)
	x.vectors = append(x.vectors, vectors...)
	return nil
}

// check reports why the vectors cannot be added, if so.
func (x *Index) check(ids []int, vectors []float32) error {
	if len(vectors) != len(ids)*x.dim {
		return fmt.Errorf("%d vectors: %w: %d in all, want %d for each", len(ids), index.ErrDimension, len(vectors), x.dim)
	}
	fresh := make(map[int]struct{}, len(ids))
	for i, id := range ids {
		_, before := x.held[id]
		_, twice := fresh[id]
		if before || twice {
			return fmt.Errorf("vector of id %d: %w", id, index.ErrDuplicate)
		}
		fresh[id] = struct{}{}
		if err := index.Check(vectors[i*x.dim:(i+1)*x.dim], x.dim); err != nil {
			return fmt.Errorf("vector of id %d: %w", id, err)
		}
	}
	return nil
}

// admit takes ids and moments of checked vectors, but not the vectors.
func (x *Index) admit(ids []int, vectors []float32) {
	x.ids = append(x.ids, ids...)
	for i, id := range ids {
		x.held[id] = struct{}{}
		x.moments = append(x.moments, x.metric.Moments(vectors[i*x.dim:(i+1)*x.dim]))
	}
}

// Search implements index.Index.
func (x *Index) Search(ctx context.Context, query []float32, k int, without func(id int) bool) ([]index.Neighbour, error) {
	if k < 1 {
		return nil, fmt.Errorf("search: k is %d; ask for at least 1 neighbour", k)
	}
	if err := index.Check(query, x.dim); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.closed {
		return nil, fmt.Errorf("search: %w", index.ErrClosed)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	k = min(k, len(x.ids))
	if k == 0 {
		return nil, nil
	}
	return x.run(ctx, query, k, without)
}

// Distances writes the distance of query from every vector into dst, of length
// Len, in the order in which the vectors were added. It is for who needs no order,
// or not that of all. It runs on the caller's goroutine; errors are those of
// Search. It panics if dst is of another length.
func (x *Index) Distances(ctx context.Context, dst []float64, query []float32) error {
	if err := index.Check(query, x.dim); err != nil {
		return fmt.Errorf("query: %w", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.closed {
		return fmt.Errorf("distances: %w", index.ErrClosed)
	}
	if len(dst) != len(x.ids) {
		panic("exact: distances into a slice of another length")
	}
	moments := x.metric.Moments(query)
	rows := max(1, chunkValues/x.dim)
	for row := range dst {
		if row%rows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		vector := x.vectors[row*x.dim : (row+1)*x.dim]
		dst[row] = x.metric.Between(query, vector, moments, x.moments[row])
	}
	return nil
}

// Len implements index.Index.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.ids)
}

// Close implements index.Index.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed = true
	x.ids, x.held, x.vectors, x.moments = nil, nil, nil, nil
	return nil
}
