package graph

import (
	"fmt"

	"github.com/convnetplayground/convnet/internal/kernel"
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

func (c *compiler) depthwise(n, source *Node, w window, a Activation) error {
	if _, _, isClamp := a.bounds(); !isClamp {
		return fmt.Errorf("activation %q cannot be part of a convolution", a)
	}
	fused := c.fuse(n, a, true)
	set := c.plan.set
	d := &depthwise{
		window: w, set: set, lo: fused.lo, hi: fused.hi,
		weights: c.network.pack(n, fused.norm, set),
		tiles:   ceilDiv(w.pixels(), set.DepthwiseRows),
	}
	c.plan.offsets = max(c.plan.offsets, w.taps()*set.DepthwiseRows)
	c.step(n, fused.last, d, source)
	return nil
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
