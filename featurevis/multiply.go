package featurevis

import (
	"math"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/internal/kernel"
)

var infinity = float32(math.Inf(1))

// multiplier computes matrix products with the kernel of the convolutions. It
// serves one goroutine at a time.
type multiplier struct {
	set    *kernel.Set
	pool   *graph.Pool
	packed []float32
	tiles  []multiplierWorker

	dst, a           []float32 // of the call under way
	rows, deep, wide int
	task             func(worker, task int)
}

type multiplierWorker struct {
	tile    kernel.Tile
	offsets []int
}

func newMultiplier(pool *graph.Pool) *multiplier {
	set, _ := kernel.Active()
	m := &multiplier{set: set, pool: pool, tiles: make([]multiplierWorker, pool.Threads())}
	for i := range m.tiles {
		m.tiles[i].offsets = make([]int, set.TileRows)
	}
	m.task = m.panelProduct
	return m
}

// run sets dst[y, x] = Σ_k a[y, k] b[k, x] for rows of a, deep of b and wide
// columns.
func (m *multiplier) run(dst, a, b []float32, rows, deep, wide int) {
	m.dst, m.a, m.rows, m.deep, m.wide = dst, a, rows, deep, wide
	width := m.set.Panels[0]
	panels := (wide + width - 1) / width
	grow(&m.packed, panels*(1+deep)*width)
	for p := range panels {
		panel := m.packed[p*(1+deep)*width:][:(1+deep)*width]
		clear(panel[:width]) // the bias
		first := p * width
		n := min(width, wide-first)
		for k := range deep {
			copy(panel[(1+k)*width:][:n], b[k*wide+first:])
		}
	}
	m.pool.Do(panels, m.task)
}

func (m *multiplier) panelProduct(worker, p int) {
	w := &m.tiles[worker]
	width, height := m.set.Panels[0], m.set.TileRows
	w.tile = kernel.Tile{
		Input: &m.a[0], Offsets: &w.offsets[0], Taps: 1, Depth: m.deep, Panel: &m.packed[p*(1+m.deep)*width],
		Stride: m.wide, Channels: min(width, m.wide-p*width), Lo: -infinity, Hi: infinity,
	}
	for y := 0; y < m.rows; y += height {
		w.tile.Rows = min(height, m.rows-y)
		for r := range w.offsets {
			w.offsets[r] = min(y+r, m.rows-1) * m.deep
		}
		w.tile.Output = &m.dst[y*m.wide+p*width]
		m.set.Tile(0, &w.tile)
	}
}
