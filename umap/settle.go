package umap

import (
	"context"
	"fmt"
	"runtime"
)

// negatives is how many vertices at random push a vertex for each edge that
// pulls it.
const negatives = 5

// Step moves the points for one epoch, and does nothing once Done. It is
// stochastic gradient descent as in the paper, section 4.2. If ctx is done
// first, its error is returned; a later Step goes on where this one stopped.
func (l *Layout) Step(ctx context.Context) error {
	if l.Done() {
		return nil
	}
	first := int(l.turn.Load())
	if first == 0 {
		copy(l.before, l.points)
	}
	// Each edge pulls twice, for either of its ends. All edges pull once before
	// the first pulls again: two pulls in a row would throw its ends too far.
	pairs := l.schedule.pairs
	err := l.workers.run(ctx, 2*len(pairs)-first, func(_, part int) {
		turn := first + part
		l.meet(&pairs[turn%len(pairs)], turn/len(pairs))
		l.turn.Add(1)
	})
	if err != nil {
		return fmt.Errorf("umap: %w", err)
	}
	l.turn.Store(0)
	for b := range l.rounds {
		l.rounds[b].Store(0)
	}
	l.epoch++
	return nil
}

// meet settles a pair once each of its blocks has had its rounds before. Pairs
// are begun in order, so those that it waits for are being worked on.
func (l *Layout) meet(p *pair, end int) {
	before := int32(end*l.schedule.blocks + p.round)
	for _, b := range p.blocks {
		for l.rounds[b].Load() < before {
			runtime.Gosched()
		}
	}
	l.settle(p, end)
	for _, b := range p.blocks {
		l.rounds[b].Store(before + 1)
	}
}

// settle lets the edges of a pair of blocks that are due pull their ends
// together, and vertices at random push one of the ends away: the lower end if
// end is 0, the upper one if it is 1. Those that push are taken to be where they
// were when the epoch began, as others may be moving them.
func (l *Layout) settle(p *pair, end int) {
	s := l.schedule
	epoch := float32(l.epoch)
	rate := 1 - float32(l.epoch)/float32(l.epochs)
	seed := draw(l.seed, forSamples, uint64(l.epoch), uint64(end))
	for e := p.first; e < p.end; e++ {
		if s.due[e] > epoch {
			continue
		}
		if end == 1 {
			s.due[e] += s.period[e]
		}
		i := s.ends[e][end]
		a, b := &l.points[i], &l.points[s.ends[e][1-end]]
		dx, dy := l.attraction.along(*a, *b)
		a.X, a.Y = a.X+rate*dx, a.Y+rate*dy
		b.X, b.Y = b.X-rate*dx, b.Y-rate*dy
		dx, dy = l.pushed(*a, i, seed+uint64(e)*stride)
		a.X, a.Y = a.X+rate*dx, a.Y+rate*dy
	}
}

// pushed is how vertices at random push a, which is vertex i.
func (l *Layout) pushed(a Point, i int32, random uint64) (x, y float32) {
	for sample := range negatives {
		if sample%2 == 0 {
			random = mix(random)
		}
		k := below(uint32(random), len(l.before))
		random = random>>32 | random<<32
		if k != int(i) {
			dx, dy := a.X-l.before[k].X, a.Y-l.before[k].Y
			strength := l.repulsion.at(dx*dx + dy*dy)
			x, y = x+clip(strength*dx), y+clip(strength*dy)
		}
	}
	return x, y
}
