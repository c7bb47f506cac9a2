package graph

import "github.com/convnetplayground/convnet/internal/kernel"

// convolution is a step of the tile kernel: a convolution or a dense layer
// with what is fused into it.
type convolution struct {
	unary
	clamp
	window  window
	set     *kernel.Set
	node    *Node
	norm    *Node // batch normalisation folded into the weights, or nil
	weights *packedWeights
	tiles   int // of the output
	block   int // tiles whose input stays in the cache while the panels pass
}

const (
	// blockValues is how many input values, in float32, a block of tiles may
	// read: a share of the second-level cache.
	blockValues = 48 << 10
	// maxBlock bounds the tiles of a block, and so the table of offsets.
	maxBlock = 32
	// tasksPerThread evens out workers that are not equally fast.
	tasksPerThread = 4
)

// convolution emits a convolution or dense layer, with what can be fused into
// it; an activation that is no clamp is a step of its own.
func (c *compiler) convolution(n, source *Node, w window, a Activation) {
	if !a.isClamp() {
		c.step(n, n, c.newConvolution(n, w, fusion{clamp: unclamped}, turn{}), source)
		c.activate(n, n, a)
		return
	}
	fused := c.fuse(n, a, true)
	c.step(n, fused.last, c.newConvolution(n, w, fused, turn{}), source)
}

func (c *compiler) newConvolution(n *Node, w window, fused fusion, t turn) *convolution {
	set := c.plan.set
	conv := &convolution{window: w, set: set, node: n, norm: fused.norm, clamp: fused.clamp, tiles: w.tiles(set.TileRows)}
	c.pack(n, fused.norm, t, &conv.weights)
	depth := w.taps() * w.channels
	conv.block = min(max(blockValues/(set.TileRows*depth), 1), maxBlock)
	c.plan.offsets = max(c.plan.offsets, conv.block*w.taps()*set.TileRows)
	return conv
}

// split is the number of blocks of tiles and of groups of panels.
func (c *convolution) split(threads int) (blocks, groups int) {
	blocks = ceilDiv(c.tiles, c.block)
	if threads > 1 {
		groups = ceilDiv(tasksPerThread*threads, blocks)
	}
	return blocks, min(max(groups, 1), len(c.weights.panels))
}

func (c *convolution) tasks(threads int) int {
	blocks, groups := c.split(threads)
	return blocks * groups
}

func (c *convolution) run(s *Session, w *worker, task int) {
	blocks, groups := c.split(s.pool.Threads())
	first := task % blocks * c.block
	count := min(c.block, c.tiles-first)
	joined := c.offsets(w, first, count)

	panels := c.weights.panels
	group := task / blocks
	stride := c.window.taps() * c.set.TileRows
	filters := c.out.channels()
	t := &w.tile
	t.Input = &s.arena[0]
	t.Stride = c.window.distance() * filters
	t.Lo, t.Hi = c.lo, c.hi
	for _, p := range panels[group*len(panels)/groups : (group+1)*len(panels)/groups] {
		t.Panel = &c.weights.data[p.start]
		t.Channels = p.channels
		for i := range count {
			tile := c.window.tile(first+i, c.set.TileRows)
			t.Offsets = &w.offsets[i*stride]
			t.Taps, t.Depth = c.window.taps(), c.window.channels
			if joined&(1<<i) != 0 {
				t.Taps, t.Depth = c.window.kernel.Height, c.window.kernel.Width*c.window.channels
			}
			t.Rows = tile.rows
			t.Output = &s.arena[c.out.start+tile.at*filters+p.first]
			c.set.Tile(p.kernel, t)
		}
	}
}

// offsets fills the worker's table for count tiles and returns the set of
// those whose kernel rows are joined.
func (c *convolution) offsets(w *worker, first, count int) (joined uint64) {
	rows := c.set.TileRows
	stride := c.window.taps() * rows
	for i := range count {
		if c.window.offsets(w.offsets[i*stride:], rows, c.window.tile(first+i, rows).first, c.in.start, 0, true) {
			joined |= 1 << i
		}
	}
	return joined
}
