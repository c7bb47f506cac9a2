package kerneltest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// depthwiseCase is the sizes of one DepthwiseTile.
type depthwiseCase struct {
	taps, rows, channels     int
	lo, hi                   float32
	special                  bool
	outputOffset, gap, after int
}

func (c depthwiseCase) String() string {
	return fmt.Sprintf("%d taps, %d rows, %d channels, clamp %v %v, special %v, output +%d gap %d",
		c.taps, c.rows, c.channels, c.lo, c.hi, c.special, c.outputOffset, c.gap)
}

// Depthwise checks the depthwise kernel of set against sums in float64.
func Depthwise(t *testing.T, set *kernel.Set) {
	d := newDepthwiseTiles(set, 2)
	for channels := 1; channels <= 6*set.Lanes+1; channels++ {
		for rows := 1; rows <= set.DepthwiseRows; rows++ {
			c := d.any()
			c.channels, c.rows = channels, rows
			d.check(t, c)
		}
	}
	for taps := 1; taps <= 26; taps++ {
		c := d.any()
		c.taps = taps
		d.check(t, c)
	}
	for _, bounds := range bounds {
		for _, special := range []bool{false, true} {
			for range 20 {
				c := d.any()
				c.lo, c.hi, c.special = bounds[0], bounds[1], special
				d.check(t, c)
			}
		}
	}
}

// depthwiseTiles makes and checks depthwise tiles.
type depthwiseTiles struct {
	set                    *kernel.Set
	random                 *rand.Rand
	input, weights, output fence
}

func newDepthwiseTiles(set *kernel.Set, seed uint64) *depthwiseTiles {
	return &depthwiseTiles{set: set, random: rand.New(rand.NewPCG(seed, 0))}
}

// any is a case with sizes at random.
func (d *depthwiseTiles) any() depthwiseCase {
	r := d.random
	bounds := bounds[r.IntN(3)]
	return depthwiseCase{
		taps: []int{9, 25}[r.IntN(2)], rows: 1 + r.IntN(d.set.DepthwiseRows), channels: 1 + r.IntN(80),
		lo: bounds[0], hi: bounds[1],
		outputOffset: r.IntN(8), gap: r.IntN(10), after: 5 * r.IntN(2),
	}
}

func (d *depthwiseTiles) check(t *testing.T, c depthwiseCase) {
	t.Helper()
	const room = 40
	block := 2 * d.set.Lanes
	blocks := (c.channels + block - 1) / block
	// Whole blocks of a pixel may be read.
	input := d.input.last(t, blocks*block+room)
	fill(d.random, input, c.special)
	weights := d.weights.last(t, blocks*block*(1+c.taps))
	fill(d.random, weights, c.special)
	offsets := make([]int, c.taps*d.set.DepthwiseRows)
	for i := range offsets {
		offsets[i] = d.random.IntN(room + 1)
	}
	offsets[d.random.IntN(len(offsets))] = room
	stride := c.channels + c.gap
	output := d.output.target(t, c.outputOffset, (c.rows-1)*stride+c.channels, c.after)
	d.set.Depthwise(&kernel.DepthwiseTile{
		Input: &input[0], Offsets: &offsets[0], Taps: c.taps, Weights: &weights[0],
		Output: &output.values()[0], Stride: stride, Rows: c.rows, Channels: c.channels, Lo: c.lo, Hi: c.hi,
	})
	output.check(t, func(i int) bool { return i%stride < c.channels })
	for m := range c.rows {
		for n := range c.channels {
			w := weights[n/block*block*(1+c.taps)+n%block:]
			var want sum
			want.add(float64(w[0]))
			for tap := range c.taps {
				x := input[offsets[tap*d.set.DepthwiseRows+m]+n]
				want.add(float64(x) * float64(w[(1+tap)*block]))
			}
			if got := output.values()[m*stride+n]; !want.near(got, c.lo, c.hi) {
				t.Fatalf("%v: output [%d, %d] is %v, want %v", c, m, n, got, want.clamped(c.lo, c.hi))
			}
		}
	}
}
