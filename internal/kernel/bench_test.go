package kernel_test

import (
	"fmt"
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// each runs a benchmark for all levels of this machine.
func each(b *testing.B, name string, run func(b *testing.B, set *kernel.Set)) {
	for _, set := range sets() {
		b.Run(name+"/"+string(set.Level), func(b *testing.B) { run(b, set) })
	}
}

// reportRate reports GFLOP/s, a multiplication and an addition being two.
func reportRate(b *testing.B, multiplyAdds int) {
	b.ReportMetric(2*float64(multiplyAdds)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

// BenchmarkTile computes one full tile again and again, from cache.
func BenchmarkTile(b *testing.B) {
	for _, taps := range []int{1, 9} {
		for _, depth := range []int{16, 64, 128, 256, 512, 1152} {
			if taps*depth > 1152 {
				continue
			}
			for _, set := range sets() {
				for p, panel := range set.Panels {
					name := fmt.Sprintf("%dx%d/%dx%d/%s", taps, depth, set.TileRows, panel, set.Level)
					b.Run(name, func(b *testing.B) { benchmarkTile(b, set, p, taps, depth) })
				}
			}
		}
	}
}

func benchmarkTile(b *testing.B, set *kernel.Set, p, taps, depth int) {
	panel := set.Panels[p]
	input := ones((taps + set.TileRows) * depth)
	weights := ones(panel * (1 + taps*depth))
	output := make([]float32, set.TileRows*panel)
	offsets := make([]int, taps*set.TileRows)
	for i := range offsets {
		offsets[i] = (i/set.TileRows + i%set.TileRows) * depth
	}
	tile := kernel.Tile{
		Input: &input[0], Offsets: &offsets[0], Taps: taps, Depth: depth, Panel: &weights[0],
		Output: &output[0], Stride: panel, Rows: set.TileRows, Channels: panel, Lo: 0, Hi: 6,
	}
	for b.Loop() {
		set.Tile(p, &tile)
	}
	reportRate(b, set.TileRows*panel*taps*depth)
}

func ones(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

// BenchmarkDepthwise convolves a row of 28 pixels with stride 1.
func BenchmarkDepthwise(b *testing.B) {
	for _, size := range []int{3, 5} {
		for _, channels := range []int{32, 96, 144, 240, 480, 672, 1152} {
			each(b, fmt.Sprintf("%dx%d/%d", size, size, channels), func(b *testing.B, set *kernel.Set) {
				benchmarkDepthwise(b, set, size, channels)
			})
		}
	}
}

func benchmarkDepthwise(b *testing.B, set *kernel.Set, size, channels int) {
	const width = 28
	taps, rows, block := size*size, set.DepthwiseRows, 2*set.Lanes
	input := ones((width+size)*size*channels + block)
	weights := ones((channels + block) * (1 + taps))
	output := make([]float32, width*channels)
	tiles := (width + rows - 1) / rows
	work := make([]kernel.DepthwiseTile, tiles)
	for i := range work {
		offsets := make([]int, taps*rows)
		for j := range offsets {
			tap, m := j/rows, j%rows
			offsets[j] = ((tap/size)*(width+size) + min(i*rows+m, width-1) + tap%size) * channels
		}
		work[i] = kernel.DepthwiseTile{
			Input: &input[0], Offsets: &offsets[0], Taps: taps, Weights: &weights[0],
			Output: &output[i*rows*channels], Stride: channels, Rows: min(rows, width-i*rows), Channels: channels,
			Lo: 0, Hi: 6,
		}
	}
	for b.Loop() {
		for i := range work {
			set.Depthwise(&work[i])
		}
	}
	reportRate(b, width*channels*taps)
}

var vectorLengths = []int{96, 1280, 50176}

// BenchmarkVector runs the functions of slices.
func BenchmarkVector(b *testing.B) {
	functions := []struct {
		name    string
		slices  int
		compute func(set *kernel.Set, dst, x, y, z []float32)
	}{
		{"Add", 3, func(set *kernel.Set, dst, x, y, _ []float32) { set.Add(dst, x, y, 0, 6) }},
		{"ScaleShift", 4, func(set *kernel.Set, dst, x, y, z []float32) { set.ScaleShift(dst, x, y, z, 0, 6) }},
		{"Accumulate", 2, func(set *kernel.Set, dst, x, _, _ []float32) { set.Accumulate(dst, x) }},
		{"Maximum", 2, func(set *kernel.Set, dst, x, _, _ []float32) { set.Maximum(dst, x) }},
		{"ClampGradient", 3, func(set *kernel.Set, dst, x, y, _ []float32) { set.ClampGradient(dst, x, y, 0, 6) }},
		{"Sigmoid", 2, func(set *kernel.Set, dst, x, _, _ []float32) { set.Sigmoid(dst, x) }},
		{"Swish", 2, func(set *kernel.Set, dst, x, _, _ []float32) { set.Swish(dst, x) }},
		{"SigmoidGradient", 3, func(set *kernel.Set, dst, x, y, _ []float32) { set.SigmoidGradient(dst, x, y) }},
		{"SwishGradient", 3, func(set *kernel.Set, dst, x, y, _ []float32) { set.SwishGradient(dst, x, y) }},
		{"MaximumGradient", 5, func(set *kernel.Set, dst, x, y, z []float32) { set.MaximumGradient(dst, x, y, z) }},
	}
	for _, f := range functions {
		for _, n := range vectorLengths {
			each(b, fmt.Sprintf("%s/%d", f.name, n), func(b *testing.B, set *kernel.Set) {
				dst, x, y, z := ones(n), ones(n), ones(n), ones(n)
				b.SetBytes(int64(4 * n * f.slices))
				for b.Loop() {
					f.compute(set, dst, x, y, z)
				}
			})
		}
	}
}

// BenchmarkProducts multiplies as the gradient of a dense layer does, from
// cache.
func BenchmarkProducts(b *testing.B) {
	const rows = 128
	each(b, fmt.Sprint(rows), func(b *testing.B, set *kernel.Set) {
		width := set.Panels[0]
		sum, matrix, x := make([]float32, rows), ones(rows*width), ones(width)
		b.SetBytes(int64(4 * rows * width))
		for b.Loop() {
			set.Products(sum, matrix, x)
		}
	})
}

// BenchmarkDistance runs the functions of two vectors.
func BenchmarkDistance(b *testing.B) {
	functions := []struct {
		name    string
		compute func(set *kernel.Set, x, y []float32) float64
	}{
		{"Dot", (*kernel.Set).Dot},
		{"Squared", (*kernel.Set).SquaredDistance},
		{"Absolute", (*kernel.Set).AbsoluteDistance},
		{"Cubed", (*kernel.Set).CubedDistance},
		{"Greatest", (*kernel.Set).GreatestDistance},
	}
	for _, f := range functions {
		for _, n := range vectorLengths {
			each(b, fmt.Sprintf("%s/%d", f.name, n), func(b *testing.B, set *kernel.Set) {
				x, y := ones(n), ones(n)
				b.SetBytes(int64(8 * n))
				for b.Loop() {
					f.compute(set, x, y)
				}
			})
		}
	}
}
