package graph

import (
	"context"
	"slices"

	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/tensor"
)

// CompileGradient plans, beside the forward passes of Compile, backward passes
// that take the gradient of an objective from the taps to the input. Feature
// maps that the gradients need are kept until the next forward pass; all
// others, and the gradients themselves, share the rest of the arena.
func (n *Network) CompileGradient(ctx context.Context, batch int, taps ...Tap) (*Plan, error) {
	set, _ := kernel.Active()
	return n.compile(ctx, set, batch, taps, true)
}

// backward is the part of a Plan that leads from the taps to the input.
type backward struct {
	upstream []*buffer // by tap: d objective / d tap
	passages []passage
	input    *buffer // d objective / d input
}

// passage is an operation on the way back: its steps take the gradient of the
// output to the gradients of the inputs.
type passage struct {
	node       *Node      // nil for a sum of gradients, which is no operation of the network
	activation Activation // of the node, where that is the operation
	inputs     []*buffer  // of the forward pass; nil where it is not kept
	output     *buffer
	upstream   *buffer
	gradients  []*buffer // of the inputs
	steps      []step
}

// layer is a step of the forward pass.
type layer interface {
	step
	bind(out *buffer, in []*buffer)
	// backward emits the passages from the gradient of its output to those of
	// its inputs.
	backward(r *reverse)
}

// reverse is the state of the compiler on the way back. It goes through the
// layers from last to first; each takes the gradient of its output, complete
// by then, and gives a part to those of its inputs.
type reverse struct {
	*compiler
	parts map[*buffer][]*buffer // by feature map: what its gradient is the sum of
	held  map[*buffer]int       // how many sums a gradient is still a part of
}

// reverse plans the way back.
func (c *compiler) reverse() {
	r := &reverse{compiler: c, parts: map[*buffer][]*buffer{}, held: map[*buffer]int{}}
	back := &backward{}
	c.plan.back = back
	for _, tap := range c.plan.taps {
		b := &buffer{shape: tap.shape, first: always, last: forever}
		c.buffers = append(c.buffers, b)
		back.upstream = append(back.upstream, b)
		r.give(tap, b)
		r.held[b]++ // by the caller
	}
	r.keep(c.plan.input)
	for _, l := range slices.Backward(c.layers) {
		l.backward(r)
	}
	back.input = r.take(c.plan.input)
	if r.held[back.input] > 0 {
		back.input = r.sum([]*buffer{back.input})
	}
	r.keep(back.input)
	for i := range back.passages {
		back.passages[i].forget()
	}
}

// now is the time of the next passage, counted in steps.
func (r *reverse) now() int { return len(r.plan.steps) + len(r.plan.back.passages) }

// keep has a buffer stay until the next run.
func (r *reverse) keep(buffers ...*buffer) {
	for _, b := range buffers {
		b.last = forever
	}
}

// use has a buffer live to the next passage.
func (r *reverse) use(b *buffer) { b.last = max(b.last, r.now()) }

// emit appends a passage.
func (r *reverse) emit(p passage) {
	r.use(p.upstream)
	for _, b := range p.gradients {
		r.use(b)
	}
	r.plan.back.passages = append(r.plan.back.passages, p)
}

// fresh makes a buffer that the next passage writes.
func (r *reverse) fresh(shape tensor.Shape) *buffer {
	b := &buffer{shape: shape, first: r.now(), last: r.now()}
	r.buffers = append(r.buffers, b)
	return b
}

// give makes g a part of the gradient of a feature map.
func (r *reverse) give(of, g *buffer) {
	r.parts[of] = append(r.parts[of], g)
	r.held[g]++
}

// part makes a buffer that the next passage writes, a part of the gradient of
// a feature map.
func (r *reverse) part(of *buffer) *buffer {
	g := r.fresh(of.shape)
	r.give(of, g)
	return g
}

// take returns the gradient of a feature map, the sum of its parts. All layers
// that use the map must have given theirs.
func (r *reverse) take(of *buffer) *buffer {
	parts := r.parts[of]
	for _, p := range parts {
		r.held[p]--
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return r.sum(parts)
}

// overwritable is g if nobody needs it any more, or else another buffer: for a
// passage that computes each value from the one in its place.
func (r *reverse) overwritable(g *buffer) *buffer {
	if r.held[g] == 0 {
		return g
	}
	return r.fresh(g.shape)
}

// sum emits the sum of gradients, in the place of one that nobody else needs
// if there is one.
func (r *reverse) sum(parts []*buffer) *buffer {
	times := map[*buffer]int{}
	for _, p := range parts {
		r.use(p)
		times[p]++
	}
	free := slices.IndexFunc(parts, func(p *buffer) bool { return r.held[p] == 0 && times[p] == 1 })
	var out *buffer
	if free >= 0 {
		parts[0], parts[free] = parts[free], parts[0]
		out = parts[0]
	} else {
		out = r.fresh(parts[0].shape)
	}
	r.emit(passage{upstream: parts[0], gradients: []*buffer{out}, steps: []step{&sum{parts: parts, out: out}}})
	return out
}

// unclamp is the gradient before the clamp that made y.
func (r *reverse) unclamp(c clamp, y, g *buffer) *buffer {
	if c.kind == Linear {
		return g
	}
	r.keep(y)
	out := r.overwritable(g)
	r.emit(passage{
		node: c.node, activation: c.kind, inputs: []*buffer{nil}, output: y, upstream: g, gradients: []*buffer{out},
		steps: []step{&clampGradient{clamp: c, y: y, unary: unary{g, out}}},
	})
	return out
}

// forget leaves out what is not kept.
func (p *passage) forget() {
	for i, b := range p.inputs {
		if b != nil && b.last != forever {
			p.inputs[i] = nil
		}
	}
	if p.output != nil && p.output.last != forever {
		p.output = nil
	}
}
