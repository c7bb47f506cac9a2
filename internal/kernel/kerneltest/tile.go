package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// tileCase is the sizes of one Tile.
type tileCase struct {
	panel, taps, depth, rows, channels int
	lo, hi                             float32
	special                            bool // inputs hold NaN, Inf and denormals
	outputOffset, gap, after           int
}

func (c tileCase) String() string {
	return fmt.Sprintf("panel %d, %d taps, depth %d, %d rows, %d channels, clamp %v %v, special %v, output +%d gap %d",
		c.panel, c.taps, c.depth, c.rows, c.channels, c.lo, c.hi, c.special, c.outputOffset, c.gap)
}

// Tile checks the convolution kernels of set against sums in float64.
func Tile(t *testing.T, set *kernel.Set) {
	for p, panel := range set.Panels {
		t.Run(fmt.Sprintf("%dx%d", set.TileRows, panel), func(t *testing.T) {
			tiles := newTiles(set, p, 1)
			for rows := 1; rows <= set.TileRows; rows++ {
				for channels := 1; channels <= panel; channels++ {
					c := tiles.any()
					c.rows, c.channels = rows, channels
					tiles.check(t, c)
				}
			}
			for taps := 1; taps <= 26; taps++ {
				for _, depth := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 64, 65} {
					c := tiles.any()
					c.taps, c.depth = taps, depth
					tiles.check(t, c)
				}
			}
			for _, bounds := range bounds {
				for _, special := range []bool{false, true} {
					for range 20 {
						c := tiles.any()
						c.lo, c.hi, c.special = bounds[0], bounds[1], special
						tiles.check(t, c)
					}
				}
			}
		})
	}
}

var infinity = float32(math.Inf(1))

// bounds are activations: none, ReLU, ReLU6 and stranger ones.
var bounds = [][2]float32{
	{-infinity, infinity}, {0, infinity}, {0, 6}, {-infinity, 0}, {-1, 1}, {2, 2}, {infinity, infinity}, {-infinity, -infinity},
}

// tiles makes and checks tiles of one panel.
type tiles struct {
	set                    *kernel.Set
	panel                  int
	random                 *rand.Rand
	input, weights, output fence
}

func newTiles(set *kernel.Set, panel int, seed uint64) *tiles {
	return &tiles{set: set, panel: panel, random: rand.New(rand.NewPCG(seed, uint64(panel)))}
}

// any is a case with sizes at random.
func (ts *tiles) any() tileCase {
	r := ts.random
	panel := ts.set.Panels[ts.panel]
	bounds := bounds[r.IntN(3)]
	return tileCase{
		panel: panel, taps: 1 + r.IntN(9), depth: 1 + r.IntN(40),
		rows: 1 + r.IntN(ts.set.TileRows), channels: 1 + r.IntN(panel),
		lo: bounds[0], hi: bounds[1],
		outputOffset: r.IntN(8), gap: r.IntN(10), after: 5 * r.IntN(2),
	}
}

func (ts *tiles) check(t *testing.T, c tileCase) {
	t.Helper()
	const room = 40
	input := ts.input.last(t, c.depth+room)
	fill(ts.random, input, c.special)
	weights := ts.weights.last(t, c.panel*(1+c.taps*c.depth))
	fill(ts.random, weights, c.special)
	offsets := make([]int, c.taps*ts.set.TileRows)
	for i := range offsets {
		offsets[i] = ts.random.IntN(room + 1)
	}
	offsets[ts.random.IntN(len(offsets))] = room
	stride := c.channels + c.gap
	size := (c.rows-1)*stride + c.channels
	output := ts.output.target(t, c.outputOffset, size, c.after)
	ts.set.Tile(ts.panel, &kernel.Tile{
		Input: &input[0], Offsets: &offsets[0], Taps: c.taps, Depth: c.depth, Panel: &weights[0],
		Output: &output.values()[0], Stride: stride, Rows: c.rows, Channels: c.channels, Lo: c.lo, Hi: c.hi,
	})
	output.check(t, func(i int) bool { return i%stride < c.channels })
	for m := range c.rows {
		for n := range c.channels {
			var want sum
			want.add(float64(weights[n]))
			for tap := range c.taps {
				pixel := input[offsets[tap*ts.set.TileRows+m]:]
				for k := range c.depth {
					want.add(float64(pixel[k]) * float64(weights[c.panel*(1+tap*c.depth+k)+n]))
				}
			}
			if got := output.values()[m*stride+n]; !want.near(got, c.lo, c.hi) {
				t.Fatalf("%v: output [%d, %d] is %v, want %v", c, m, n, got, want.clamped(c.lo, c.hi))
			}
		}
	}
}
