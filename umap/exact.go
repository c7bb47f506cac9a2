package umap

import (
	"context"
	"slices"
)

// exact finds the k nearest rows of known to each row of s by comparing all.
// If the two are the same, a row is no neighbour of its own. k is at most the
// number of rows, or of other rows, in known.
func exact(ctx context.Context, w workers, s, known *space, k int) (*neighbours, error) {
	if k == 0 {
		return newNeighbours(s.n, 0), nil
	}
	if s.n >= rowsAtOnce {
		if form, ok := formOf(s.metric); ok {
			return byProducts(ctx, w, s, known, k, form)
		}
	}
	return byPairs(ctx, w, s, known, k)
}

// shortlist keeps the nearest of what is offered to it, in order.
type shortlist struct {
	ids       []int32
	distances []float32
}

// offer takes id in if it is among the nearest cap(ids) so far.
func (l *shortlist) offer(id int32, distance float32) {
	n := len(l.ids)
	if n == cap(l.ids) {
		if !before(distance, id, l.distances[n-1], l.ids[n-1]) {
			return
		}
		n--
	} else {
		l.ids, l.distances = l.ids[:n+1], l.distances[:n+1]
	}
	for n > 0 && before(distance, id, l.distances[n-1], l.ids[n-1]) {
		l.ids[n], l.distances[n] = l.ids[n-1], l.distances[n-1]
		n--
	}
	l.ids[n], l.distances[n] = id, distance
}

// before is the order of neighbours: by distance, then by number.
func before(a float32, i int32, b float32, j int32) bool { return a < b || (a == b && i < j) }

// listOf is an empty shortlist in the memory of row i.
func (nb *neighbours) listOf(i int) shortlist {
	ids, distances := nb.of(i)
	return shortlist{slices.Clip(ids)[:0], slices.Clip(distances)[:0]}
}

// blockValues is how many values of the known vectors a block of rows is
// compared with before the next: they stay in the second-level cache.
const blockValues = 1 << 17

// byPairs computes each distance on its own.
func byPairs(ctx context.Context, w workers, s, known *space, k int) (*neighbours, error) {
	nb := newNeighbours(s.n, k)
	const rows = 16
	step := max(1, blockValues/s.dim)
	err := w.ranges(ctx, s.n, rows, func(_, first, end int) {
		var lists [rows]shortlist
		for i := first; i < end; i++ {
			lists[i-first] = nb.listOf(i)
		}
		for from := 0; from < known.n && ctx.Err() == nil; from += step {
			for i := first; i < end; i++ {
				list := &lists[i-first]
				for j := from; j < min(from+step, known.n); j++ {
					if i != j || s != known {
						list.offer(int32(j), s.distance(i, known, j))
					}
				}
			}
		}
	})
	return nb, err
}
