package graph

import (
	"context"
	"fmt"

	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/tensor"
)

// Session runs a Plan in buffers of its own. It serves one goroutine at a
// time; Run and Backward allocate nothing.
type Session struct {
	plan    *Plan
	pool    *Pool
	arena   []float32
	workers []worker
	current step
	part    func(worker, task int) // runs a part of current

	complete   bool        // whether the last forward pass ended
	operations []Operation // the passages, as a Rule sees them
	rule       Rule
	operation  *Operation
	picture    func(worker, task int) // runs rule on a picture of operation
}

// worker is what one worker of a Session needs for itself.
type worker struct {
	offsets   []int
	vector    []float32
	tile      kernel.Tile
	depthwise kernel.DepthwiseTile
}

// NewSession makes the buffers for a Plan. The workers of pool share each
// layer; with a nil pool the goroutine that calls Run does all of it.
func (p *Plan) NewSession(pool *Pool) *Session {
	return p.NewSessionIn(make([]float32, p.arena), pool)
}

// Memory is how many float32 a Session of the Plan needs.
func (p *Plan) Memory() int { return p.arena }

// NewSessionIn makes a Session in memory of at least Memory() values, which
// sessions that take turns may share: what stands in the buffers of one, all
// that its methods return, is gone when another is used.
func (p *Plan) NewSessionIn(memory []float32, pool *Pool) *Session {
	s := &Session{plan: p, pool: pool, arena: memory[:p.arena], workers: make([]worker, pool.Threads())}
	for i := range s.workers {
		s.workers[i].offsets = make([]int, p.offsets)
		s.workers[i].vector = make([]float32, p.vector)
	}
	s.part = func(worker, task int) { s.current.run(s, &s.workers[worker], task) }
	if p.back != nil {
		s.prepareBackward()
	}
	return s
}

// Input is the buffer [batch, height, width, channels] that Run reads. What
// the caller writes there is gone after Run, unless the Plan has a gradient.
func (s *Session) Input() tensor.Tensor { return s.tensor(s.plan.input) }

// Run does one forward pass of what stands in Input and fills the taps.
func (s *Session) Run(ctx context.Context) error {
	s.complete = false
	clear(s.arena[:s.plan.zeros])
	for _, step := range s.plan.steps {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("forward pass: %w", context.Cause(ctx))
		}
		s.do(step)
	}
	s.complete = true
	return nil
}

func (s *Session) do(step step) {
	s.current = step
	s.pool.do(step.tasks(s.pool.Threads()), s.part)
}

// Tap is what the forward pass left at the i-th tap that the Plan was
// compiled for: [batch, height, width, channels], or [batch, channels] where
// it is reduced or a vector. It is a view, valid until the next Run.
func (s *Session) Tap(i int) tensor.Tensor { return s.tensor(s.plan.taps[i]) }

// TapShape is the shape of Tap(i), batch included.
func (p *Plan) TapShape(i int) tensor.Shape { return p.taps[i].shape }

func (s *Session) tensor(b *buffer) tensor.Tensor {
	return tensor.Tensor{Shape: b.shape, Data: b.in(s.arena)}
}
