// Package kernel holds the inner loops of the engine and of the search: the
// only assembly of the program. Kernels know slices and sizes, nothing of
// layers or pictures.
//
// Every kernel exists at each Level; the Generic one, plain Go, is the truth
// that the others are tested against. Results at two levels differ by
// rounding only: the order of sums and fused multiply-adds vary.
package kernel

import (
	"fmt"
	"os"
)

// Level names an instruction set.
type Level string

// The levels, slowest first.
const (
	Generic Level = "generic" // plain Go, every platform
	AVX2    Level = "avx2"    // AVX2 and FMA
	AVX512  Level = "avx512"  // AVX-512 F, BW, DQ and VL
)

// Levels lists all levels, slowest first.
func Levels() []Level { return []Level{Generic, AVX2, AVX512} }

// EnvironmentVariable forces a level when it is set.
const EnvironmentVariable = "CONVNET_CPU"

// Set is the kernels of one level.
type Set struct {
	Level Level

	// TileRows is the number of output pixels that one Tile computes, and
	// DepthwiseRows that of a DepthwiseTile.
	TileRows, DepthwiseRows int
	// Panels are the numbers of output channels that a Tile can compute at
	// once, widest first.
	Panels []int
	// Lanes is the number of float32 in a vector: weights of a depthwise
	// convolution are padded to a multiple of twice this.
	Lanes int

	tiles            []func(*Tile) // by index in Panels
	depthwise        func(*DepthwiseTile)
	add              func(dst, a, b *float32, n int, lo, hi float32)
	scaleShift       func(dst, x, scale, shift *float32, n int, lo, hi float32)
	accumulate       func(sum, x *float32, n int)
	maximum          func(greatest, x *float32, n int)
	clampGradient    func(dst, gradient, y *float32, n int, lo, hi float32)
	maximumGradient  func(sum, gradient, x, greatest *float32, n int)
	sigmoid          func(dst, x *float32, n int)
	swish            func(dst, x *float32, n int)
	sigmoidGradient  func(dst, gradient, y *float32, n int)
	swishGradient    func(dst, gradient, x *float32, n int)
	products         func(sum, rows, x *float32, n, width int)
	dot              func(a, b *float32, n int) float64
	squaredDistance  func(a, b *float32, n int) float64
	absoluteDistance func(a, b *float32, n int) float64
	cubedDistance    func(a, b *float32, n int) float64
	greatestDistance func(a, b *float32, n int) float64
}

// For returns the kernels of a level. It fails where this processor or this
// build does not have it.
func For(level Level) (*Set, error) {
	for _, set := range available {
		if set.Level == level {
			return set, nil
		}
	}
	for _, known := range Levels() {
		if known == level {
			return nil, fmt.Errorf("cpu level %q is not available on this machine; the best one here is %q", level, available[len(available)-1].Level)
		}
	}
	return nil, fmt.Errorf("unknown cpu level %q; the levels are %v", level, Levels())
}

// available lists the sets that run here, slowest first.
var available = append([]*Set{&generic}, accelerated()...)

var active, activeErr = choose(os.Getenv(EnvironmentVariable))

func choose(forced string) (*Set, error) {
	best := available[len(available)-1]
	if forced == "" {
		return best, nil
	}
	set, err := For(Level(forced))
	if err != nil {
		return best, fmt.Errorf("%s: %w", EnvironmentVariable, err)
	}
	return set, nil
}

// Active returns the kernels chosen at start-up: the fastest that the
// processor has, or those of CONVNET_CPU. The error tells that CONVNET_CPU
// names a level that cannot be had; the set is then the fastest one.
func Active() (*Set, error) { return active, activeErr }
