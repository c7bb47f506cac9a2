// Package umap lays vectors out in the plane so that neighbours stay neighbours:
// Uniform Manifold Approximation and Projection (McInnes, Healy and Melville
// 2018, arXiv:1802.03426), called the paper in this package. PCA is the quick
// alternative, Place puts further vectors on a map, and Align turns a map so
// that it can be compared with another.
//
// On one machine the same vectors and options give the same bytes, whatever the
// number of threads. No result is NaN or infinite.
package umap

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/convnetplayground/convnet/index"
)

// Point is a place on a map. Units are those of Options.Spread.
type Point struct{ X, Y float32 }

// Options say how a map is made. Those of Defaults suit most sets.
type Options struct {
	// Neighbours is with how many of the nearest vectors, itself counted, each
	// vector is compared, from 2 on. The more, the more the map shows of the
	// whole and the less of detail. Sets that are smaller use all they have.
	Neighbours int
	// MinDist, from 0 to Spread, is how near points are let to each other.
	// Spread, above 0, is the scale of the map.
	MinDist, Spread float64
	// Metric is how the vectors are compared.
	Metric index.Metric
	// Seed sets the random numbers.
	Seed uint64
	// Epochs is how often each point is moved; 0 stands for 500, or for 200 in
	// a set of more than 10,000.
	Epochs int
	// Threads is on how many goroutines to run; 0 stands for one for each core.
	Threads int
	// Start is where the points begin, one for each vector; only their places in
	// relation to each other count. nil stands for a start found from the vectors.
	Start []Point
}

// Defaults are the options of umap-learn, with cosine as the metric.
func Defaults() Options {
	return Options{Neighbours: 15, MinDist: 0.1, Spread: 1, Seed: 42}
}

// check reports why n vectors cannot be mapped with o, if so.
func (o Options) check(n int) error {
	switch {
	case o.Neighbours < 2:
		return fmt.Errorf("neighbours is %d; it must be at least 2", o.Neighbours)
	case !(1e-3 <= o.Spread && o.Spread <= 1e3):
		return fmt.Errorf("spread is %v; it must be from 0.001 to 1000", o.Spread)
	case !(0 <= o.MinDist && o.MinDist <= o.Spread):
		return fmt.Errorf("minimal distance is %v; it must be from 0 to the spread, %v", o.MinDist, o.Spread)
	case n*min(o.Neighbours, n) > maxNeighbours:
		return fmt.Errorf("%d vectors with %d neighbours: too many; take fewer neighbours", n, o.Neighbours)
	case o.Epochs < 0 || o.Epochs > maxEpochs:
		return fmt.Errorf("epochs is %d; it must be from 0 to %d", o.Epochs, maxEpochs)
	case o.Start != nil:
		if err := checkPoints(o.Start, n); err != nil {
			return fmt.Errorf("start: %w", err)
		}
	}
	return nil
}

// checkPoints reports why points are not the places of n vectors, if so.
func checkPoints(points []Point, n int) error {
	if len(points) != n {
		return fmt.Errorf("%d points for %d vectors", len(points), n)
	}
	for i, p := range points {
		if p.X-p.X != 0 || p.Y-p.Y != 0 {
			return fmt.Errorf("point %d: %w: %v", i, index.ErrNotFinite, p)
		}
	}
	return nil
}

// maxNeighbours keeps the number of edges within int32: twice as many at most.
const maxNeighbours = 1 << 29

// maxEpochs keeps the count of epochs exact in float32.
const maxEpochs = 100_000

// epochs is how many there are for n vectors.
func (o Options) epochs(n int) int {
	switch {
	case o.Epochs > 0:
		return o.Epochs
	case n <= 10_000:
		return 500
	}
	return 200
}

// Layout is a map that settles step by step:
//
//	layout, err := umap.New(ctx, vectors, dim, umap.Defaults())
//	for err == nil && !layout.Done() {
//		err = layout.Step(ctx)
//		show(layout.Points())
//	}
//
// It serves one goroutine at a time.
type Layout struct {
	workers               workers
	seed                  uint64
	epoch, epochs         int
	turn                  atomic.Int32   // of the epoch: how many pairs of blocks are settled
	rounds                []atomic.Int32 // of the epoch: how many each block has had
	schedule              *schedule
	attraction, repulsion *force
	points                []Point
	before                []Point // the points when the epoch began
}

// New finds the neighbours of vectors, [n, dim], and the points to start from:
// about half of the whole work. It does not keep vectors. Up to 10,000 are
// compared each with each; of more, nearly all neighbours are found. Errors wrap
// index.ErrDimension, index.ErrNotFinite or the context's error, or tell what
// is wrong with the options.
func New(ctx context.Context, vectors []float32, dim int, o Options) (*Layout, error) {
	l, err := newLayout(ctx, vectors, dim, o)
	if err != nil {
		return nil, fmt.Errorf("umap: %w", err)
	}
	return l, nil
}

func newLayout(ctx context.Context, vectors []float32, dim int, o Options) (*Layout, error) {
	w := newWorkers(o.Threads)
	largest, err := survey(ctx, w, vectors, dim)
	if err != nil {
		return nil, err
	}
	n := len(vectors) / dim
	if err := o.check(n); err != nil {
		return nil, err
	}
	s, err := newSpace(ctx, w, vectors, dim, o.Metric, exponentOf(largest))
	if err != nil {
		return nil, err
	}
	found, err := nearest(ctx, w, s, max(0, min(o.Neighbours, n)-1), o.Seed)
	if err != nil {
		return nil, err
	}
	g, err := fuzzy(ctx, w, found)
	if err != nil {
		return nil, err
	}
	points, err := begin(ctx, w, s, g, o)
	if err != nil {
		return nil, err
	}
	return layoutOf(w, g, points, o), nil
}

// layoutOf is the layout of g from points on, which it takes over.
func layoutOf(w workers, g *graph, points []Point, o Options) *Layout {
	epochs := o.epochs(g.n())
	attraction, repulsion := newForces(fitCurve(o.MinDist, o.Spread))
	s := newSchedule(g, epochs)
	return &Layout{
		workers: min(w, workers(s.blocks/2)), seed: o.Seed, epochs: epochs,
		schedule: s, rounds: make([]atomic.Int32, s.blocks),
		attraction: attraction, repulsion: repulsion,
		points: points, before: make([]Point, len(points)),
	}
}

// Points are where the vectors lie by now, in their order. The slice belongs to
// the layout: it is only to be read, and changes with the next Step.
func (l *Layout) Points() []Point { return l.points }

// Epoch is how many epochs are done, of Epochs in all.
func (l *Layout) Epoch() int { return l.epoch }

// Epochs is how many epochs it takes.
func (l *Layout) Epochs() int { return l.epochs }

// Done tells whether the layout is settled.
func (l *Layout) Done() bool { return l.epoch == l.epochs }
