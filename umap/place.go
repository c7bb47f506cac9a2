package umap

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// placeRate is the learning rate at which placing begins, as in umap-learn.
const placeRate = 0.25

// placeEpochs is how often a point is moved while it is placed.
const placeEpochs = 100

// sameShare is how near a vector is to one that it counts as equal to, as a
// share of how far the last of its neighbours is. The same picture passed
// through a network in another batch differs by less.
const sameShare = 1e-4

// Place finds where further vectors, [m, dim], belong on a map: points, one for
// each of vectors, [n, dim], which stay where they are. Each goes to the middle
// of its neighbours on the map and settles among them; one equal to a vector of
// the map, but for rounding, goes to that one's point. Where a vector lands does not depend on the
// others placed with it. Options are those that the map was made with; Epochs
// and Start do not count. Errors are those of New, or tell that the map is empty.
func Place(ctx context.Context, added, vectors []float32, dim int, points []Point, o Options) ([]Point, error) {
	places, err := place(ctx, added, vectors, dim, points, o)
	if err != nil {
		return nil, fmt.Errorf("umap: place: %w", err)
	}
	return places, nil
}

func place(ctx context.Context, added, vectors []float32, dim int, points []Point, o Options) ([]Point, error) {
	o.Start = nil
	if err := o.check(0); err != nil {
		return nil, err
	}
	w := newWorkers(o.Threads)
	largestKnown, err := survey(ctx, w, vectors, dim)
	if err != nil {
		return nil, fmt.Errorf("map: %w", err)
	}
	if err := checkPoints(points, len(vectors)/dim); err != nil {
		return nil, fmt.Errorf("map: %w", err)
	}
	if len(points) == 0 {
		return nil, errors.New("the map is empty")
	}
	largest, err := survey(ctx, w, added, dim)
	if err != nil {
		return nil, err
	}
	exponent := exponentOf(max(largest, largestKnown))
	known, err := newSpace(ctx, w, vectors, dim, o.Metric, exponent)
	if err != nil {
		return nil, err
	}
	s, err := newSpace(ctx, w, added, dim, o.Metric, exponent)
	if err != nil {
		return nil, err
	}
	found, err := exact(ctx, w, s, known, min(o.Neighbours, known.n))
	if err != nil {
		return nil, err
	}
	p := &placing{points: points, seed: o.Seed}
	p.attraction, p.repulsion = newForces(fitCurve(o.MinDist, o.Spread))
	places := make([]Point, s.n)
	err = w.ranges(ctx, s.n, rowsAtOnce, func(_, first, end int) {
		for i := first; i < end; i++ {
			ids, distances := found.of(i)
			places[i] = p.place(ids, distances)
		}
	})
	return places, err
}

// placing is the map on which vectors are placed.
type placing struct {
	points                []Point
	seed                  uint64
	attraction, repulsion *force
}

// place is where a vector belongs that has the vectors ids of the map as its
// neighbours, at the given distances.
func (p *placing) place(ids []int32, distances []float32) Point {
	nearest := p.points[ids[0]]
	if distances[0] <= sameShare*distances[len(distances)-1] {
		return nearest
	}
	weights := placeWeights(distances)
	var x, y, sum float64
	for e, i := range ids {
		x += weights[e] * float64(p.points[i].X)
		y += weights[e] * float64(p.points[i].Y)
		sum += weights[e]
	}
	return p.settle(Point{float32(x / sum), float32(y / sum)}, ids, weights)
}

// placeWeights says how much each neighbour counts, as a share of the nearest.
// The scale is that of umap-learn, which takes none of them for granted: rho of
// the ball is 0.
func placeWeights(distances []float32) []float64 {
	scale := smooth(distances[1:], 0, 0).sigma
	weights := make([]float64, len(distances))
	for e, d := range distances {
		weights[e] = math.Exp(-(float64(d) - float64(distances[0])) / scale)
	}
	return weights
}

// settle moves a as Layout.Step does, but nothing else.
func (p *placing) settle(a Point, ids []int32, weights []float64) Point {
	for epoch := range placeEpochs {
		rate := placeRate * (1 - float32(epoch)/placeEpochs)
		for e, i := range ids {
			// An edge has its turn whenever its weight adds up to another one.
			if math.Floor(weights[e]*float64(epoch)) == math.Floor(weights[e]*float64(epoch-1)) {
				continue
			}
			dx, dy := p.attraction.along(a, p.points[i])
			a.X, a.Y = a.X+rate*dx, a.Y+rate*dy
			for sample := range negatives {
				k := below(uint32(draw(p.seed, forPlacing, uint64(epoch), uint64(e), uint64(sample))), len(p.points))
				dx, dy := p.repulsion.along(a, p.points[k])
				a.X, a.Y = a.X+rate*dx, a.Y+rate*dy
			}
		}
	}
	return a
}
