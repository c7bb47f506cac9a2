package exact

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/convnetplayground/convnet/index"
)

// chunkValues is how many values a goroutine compares before it looks for a
// cancelled context and for its next chunk: about 0.1 ms of work with the fast
// metrics. A set of one chunk is searched without starting any goroutine.
const chunkValues = 1 << 18

// scan is one search: the query against all rows of an index, chunk by chunk.
type scan struct {
	index   *Index
	query   []float32
	moments index.Moments // of the query
	without func(id int) bool
	rows    int          // rows per chunk
	next    atomic.Int64 // the next chunk that nobody has taken
}

// run returns the k nearest neighbours in order; 1 <= k <= len(x.ids). The
// caller holds the index's lock for reading.
func (x *Index) run(ctx context.Context, query []float32, k int, without func(id int) bool) ([]index.Neighbour, error) {
	s := &scan{
		index:   x,
		query:   query,
		moments: x.metric.Moments(query),
		without: without,
		rows:    max(1, chunkValues/x.dim),
	}
	chunks := (len(x.ids) + s.rows - 1) / s.rows
	found := make([]nearest, min(x.threads, chunks))
	var others sync.WaitGroup
	for i := range found {
		found[i].k = k
		if i > 0 {
			others.Go(func() { s.work(ctx, &found[i]) })
		}
	}
	s.work(ctx, &found[0])
	others.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	best := &found[0]
	for _, other := range found[1:] {
		for _, n := range other.kept {
			best.offer(n)
		}
	}
	best.prune()
	return best.kept, nil
}

// work takes chunks until none is left or ctx is done.
func (s *scan) work(ctx context.Context, found *nearest) {
	total := len(s.index.ids)
	for ctx.Err() == nil {
		first := int(s.next.Add(1)-1) * s.rows
		if first >= total {
			return
		}
		s.compare(first, min(first+s.rows, total), found)
	}
}

// compare offers the rows from first up to end.
func (s *scan) compare(first, end int, found *nearest) {
	x := s.index
	for row := first; row < end; row++ {
		id := x.ids[row]
		if s.without != nil && s.without(id) {
			continue
		}
		vector := x.vectors[row*x.dim : (row+1)*x.dim]
		found.offer(index.Neighbour{
			ID:       id,
			Distance: x.metric.Between(s.query, vector, s.moments, x.moments[row]),
		})
	}
}
