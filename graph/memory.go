package graph

import (
	"math"
	"slices"

	"github.com/convnetplayground/convnet/tensor"
)

// buffer is a place in the arena, taken from one step to another.
type buffer struct {
	shape       tensor.Shape // [batch, height, width, channels] or [batch, units]
	first, last int          // steps that write and last read it, or forever
	start       int          // in the arena
}

const (
	forever = math.MaxInt // the last use of what stays until the next run
	always  = -1          // the first use of what stays from run to run
)

func (b *buffer) size() int { return b.shape.Elements() }

func (b *buffer) channels() int { return b.shape[len(b.shape)-1] }

func (b *buffer) in(arena []float32) []float32 {
	return arena[b.start:][:b.size():b.size()]
}

// lineValues is a cache line in float32: buffers begin on one.
const lineValues = 16

// place gives every buffer its start, so that buffers in use at the same time
// do not overlap: the largest first, each as low as it fits. The arena begins
// with zeros for padding and ends with slack for kernels that read a little
// past a pixel.
func (c *compiler) place() {
	slack := 2 * c.plan.set.Lanes
	widest := 0
	for _, b := range c.buffers {
		widest = max(widest, b.channels())
	}
	zeros := roundUp(widest+slack, lineValues)
	order := slices.Clone(c.buffers)
	slices.SortStableFunc(order, func(a, b *buffer) int { return b.size() - a.size() })
	end := zeros
	var placed []*buffer // by start
	for _, b := range order {
		b.start = lowest(b, placed, zeros)
		end = max(end, b.start+b.size())
		at, _ := slices.BinarySearchFunc(placed, b, func(x, y *buffer) int { return x.start - y.start })
		placed = slices.Insert(placed, at, b)
	}
	c.plan.zeros = zeros
	c.plan.arena = end + slack
}

// lowest finds the lowest gap for b among the buffers that live with it.
func lowest(b *buffer, placed []*buffer, floor int) int {
	start := floor
	for _, other := range placed {
		if other.last < b.first || b.last < other.first {
			continue
		}
		if other.start >= start+b.size() {
			break
		}
		start = max(start, roundUp(other.start+other.size(), lineValues))
	}
	return start
}

func roundUp(n, multiple int) int { return ceilDiv(n, multiple) * multiple }
