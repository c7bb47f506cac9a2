//go:build amd64 && !noasm

package kernel

import "github.com/klauspost/cpuid/v2"

//go:generate go run -C _gen . -out kernels_amd64.s -stubs stubs_amd64.go

var avx2 = Set{
	Level:            AVX2,
	TileRows:         6,
	DepthwiseRows:    7,
	Panels:           []int{16, 8},
	Lanes:            8,
	tiles:            []func(*Tile){tile6x16AVX2, tile6x8AVX2},
	depthwise:        depthwiseAVX2,
	add:              addAVX2,
	scaleShift:       scaleShiftAVX2,
	accumulate:       accumulateAVX2,
	maximum:          maximumAVX2,
	clampGradient:    clampGradientAVX2,
	maximumGradient:  maximumGradientAVX2,
	sigmoid:          sigmoidAVX2,
	swish:            swishAVX2,
	sigmoidGradient:  sigmoidGradientAVX2,
	swishGradient:    swishGradientAVX2,
	products:         productsAVX2,
	dot:              dotAVX2,
	squaredDistance:  squaredDistanceAVX2,
	absoluteDistance: absoluteDistanceAVX2,
	cubedDistance:    cubedDistanceAVX2,
	greatestDistance: greatestDistanceAVX2,
}

var avx512 = Set{
	Level:            AVX512,
	TileRows:         8,
	DepthwiseRows:    7,
	Panels:           []int{48, 32, 16},
	Lanes:            16,
	tiles:            []func(*Tile){tile8x48AVX512, tile8x32AVX512, tile8x16AVX512},
	depthwise:        depthwiseAVX512,
	add:              addAVX512,
	scaleShift:       scaleShiftAVX512,
	accumulate:       accumulateAVX512,
	maximum:          maximumAVX512,
	clampGradient:    clampGradientAVX512,
	maximumGradient:  maximumGradientAVX512,
	sigmoid:          sigmoidAVX512,
	swish:            swishAVX512,
	sigmoidGradient:  sigmoidGradientAVX512,
	swishGradient:    swishGradientAVX512,
	products:         productsAVX512,
	dot:              dotAVX512,
	squaredDistance:  squaredDistanceAVX512,
	absoluteDistance: absoluteDistanceAVX512,
	cubedDistance:    cubedDistanceAVX512,
	greatestDistance: greatestDistanceAVX512,
}

// accelerated lists the levels that this processor and its operating system
// have, slowest first; cpuid reports a level only where the system keeps its
// registers.
func accelerated() []*Set {
	var sets []*Set
	if cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3) {
		sets = append(sets, &avx2)
	}
	if cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL) {
		sets = append(sets, &avx512)
	}
	return sets
}
