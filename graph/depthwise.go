package graph

import (
	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/tensor"
)

// depthwise is a step of the depthwise kernel.
type depthwise struct {
	window  window
	set     *kernel.Set
	weights *packedWeights
	lo, hi  float32
	in, out *buffer
	tiles   int
}

func (c *compiler) depthwise(n, source *Node, w window, a Activation) {
	if _, _, isClamp := a.bounds(); !isClamp {
		c.step(n, n, c.newDepthwise(n, w, fusion{lo: negativeInfinity, hi: infinity}), source)
		c.activate(n, n, a)
		return
	}
	fused := c.fuse(n, a, true)
	c.step(n, fused.last, c.newDepthwise(n, w, fused), source)
}

// separable emits the depthwise half, whose map nobody else sees, and the
// convolution of single pixels.
func (c *compiler) separable(n, source *Node, w window, op SeparableConv2D) {
	channels := source.Shape[2]
	half := &Node{Name: n.Name, Op: DepthwiseConv2D{}, Shape: tensor.Shape{n.Shape[0], n.Shape[1], channels}}
	// The bias belongs to the pointwise half.
	c.step(half, half, c.newDepthwise(half, w, fusion{lo: negativeInfinity, hi: infinity}), source)
	point := newWindow(c.plan.batch, half.Shape, n.Shape, Square(1), 1, 1, Padding{})
	c.convolution(n, half, point, op.Activation)
}

func (c *compiler) newDepthwise(n *Node, w window, fused fusion) *depthwise {
	set := c.plan.set
	c.plan.offsets = max(c.plan.offsets, w.taps()*set.DepthwiseRows)
	d := &depthwise{
		window: w, set: set, lo: fused.lo, hi: fused.hi,
		tiles: ceilDiv(w.pixels(), set.DepthwiseRows),
	}
	c.pack(n, fused.norm, &d.weights)
	return d
}

func (d *depthwise) bind(out *buffer, in []*buffer) { d.in, d.out = in[0], out }

func (d *depthwise) tasks(threads int) int {
	if threads == 1 {
		return 1
	}
	return min(d.tiles, tasksPerThread*threads)
}

func (d *depthwise) run(s *Session, w *worker, task int) {
	tasks := d.tasks(s.pool.Threads())
	rows := d.set.DepthwiseRows
	t := &w.depthwise
	t.Input = &s.arena[0]
	t.Offsets = &w.offsets[0]
	t.Taps = d.window.taps()
	t.Weights = &d.weights.data[0]
	t.Stride = d.window.channels
	t.Channels = d.window.channels
	t.Lo, t.Hi = d.lo, d.hi
	for tile := task * d.tiles / tasks; tile < (task+1)*d.tiles/tasks; tile++ {
		pixel := tile * rows
		d.window.offsets(w.offsets, rows, pixel, d.in.start, 0, false)
		t.Rows = min(rows, d.window.pixels()-pixel)
		t.Output = &s.arena[d.out.start+pixel*t.Stride]
		d.set.Depthwise(t)
	}
}
