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
