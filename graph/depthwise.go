package graph

import (
	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/tensor"
)

// depthwise is a step of the depthwise kernel.
type depthwise struct {
	unary
	clamp
	window  window
	set     *kernel.Set
	node    *Node
	norm    *Node // batch normalisation folded into the weights, or nil
	weights *packedWeights
	tiles   int
}

func (c *compiler) depthwise(n, source *Node, w window, a Activation) {
	if !a.isClamp() {
		c.step(n, n, c.newDepthwise(n, w, fusion{clamp: unclamped}, turn{}), source)
		c.activate(n, n, a)
		return
	}
	fused := c.fuse(n, a, true)
	c.step(n, fused.last, c.newDepthwise(n, w, fused, turn{}), source)
}

// separable emits the depthwise half, whose map nobody else sees, and the
// convolution of single pixels.
func (c *compiler) separable(n, source *Node, w window, op SeparableConv2D) {
	channels := source.Shape[2]
	half := &Node{Name: n.Name, Op: DepthwiseConv2D{}, Shape: tensor.Shape{n.Shape[0], n.Shape[1], channels}}
	// The bias belongs to the pointwise half.
	c.step(half, half, c.newDepthwise(half, w, fusion{clamp: unclamped}, turn{}), source)
	point := newWindow(c.plan.batch, half.Shape, n.Shape, Square(1), 1, 1, Padding{})
	c.convolution(n, half, point, op.Activation)
}

func (c *compiler) newDepthwise(n *Node, w window, fused fusion, t turn) *depthwise {
	set := c.plan.set
	c.plan.offsets = max(c.plan.offsets, w.taps()*set.DepthwiseRows)
	d := &depthwise{window: w, set: set, node: n, norm: fused.norm, clamp: fused.clamp, tiles: w.tiles(set.DepthwiseRows)}
	c.pack(n, fused.norm, t, &d.weights)
	return d
}

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
	t.Stride = d.window.distance() * d.window.channels
	t.Channels = d.window.channels
	t.Lo, t.Hi = d.lo, d.hi
	for i := task * d.tiles / tasks; i < (task+1)*d.tiles/tasks; i++ {
		tile := d.window.tile(i, rows)
		d.window.offsets(w.offsets, rows, tile.first, d.in.start, 0, false)
		t.Rows = tile.rows
		t.Output = &s.arena[d.out.start+tile.at*d.window.channels]
		d.set.Depthwise(t)
	}
}
