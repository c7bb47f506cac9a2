package kernel

import (
	"math"
	"unsafe"
)

const (
	genericRows  = 4
	genericPanel = 8
	genericLanes = 4
)

var generic = Set{
	Level:            Generic,
	TileRows:         genericRows,
	DepthwiseRows:    genericRows,
	Panels:           []int{genericPanel},
	Lanes:            genericLanes,
	tiles:            []func(*Tile){func(t *Tile) { tileGeneric(t, genericRows, genericPanel) }},
	depthwise:        func(t *DepthwiseTile) { depthwiseGeneric(t, genericRows, 2*genericLanes) },
	add:              addGeneric,
	scaleShift:       scaleShiftGeneric,
	accumulate:       accumulateGeneric,
	maximum:          maximumGeneric,
	clampGradient:    clampGradientGeneric,
	maximumGradient:  maximumGradientGeneric,
	sigmoid:          sigmoidGeneric,
	swish:            swishGeneric,
	sigmoidGradient:  sigmoidGradientGeneric,
	swishGradient:    swishGradientGeneric,
	products:         productsGeneric,
	dot:              dotGeneric,
	squaredDistance:  squaredDistanceGeneric,
	absoluteDistance: absoluteDistanceGeneric,
	cubedDistance:    cubedDistanceGeneric,
	greatestDistance: greatestDistanceGeneric,
}

// values makes a slice of what a kernel's pointer leads to.
func values(p *float32, n int) []float32 { return unsafe.Slice(p, n) }

// at is the slice of n values that begins offset values after p.
func at(p *float32, offset, n int) []float32 {
	return unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(p), 4*offset)), n)
}

// clamp keeps NaN, as the assembly does.
func clamp(x, lo, hi float32) float32 {
	if x < lo {
		return lo
	}
	if x > hi {
		return hi
	}
	return x
}

func tileGeneric(t *Tile, rows, panel int) {
	offsets := unsafe.Slice(t.Offsets, t.Taps*rows)
	bias := values(t.Panel, panel)
	weights := at(t.Panel, panel, t.Taps*t.Depth*panel)
	var sum [64]float32
	sums := sum[:panel]
	for m := range t.Rows {
		copy(sums, bias)
		for tap := range t.Taps {
			pixel := at(t.Input, offsets[tap*rows+m], t.Depth)
			for k, x := range pixel {
				w := weights[(tap*t.Depth+k)*panel:][:len(sums)]
				for n := range sums {
					sums[n] += x * w[n]
				}
			}
		}
		output := at(t.Output, m*t.Stride, t.Channels)
		for n := range output {
			output[n] = clamp(sums[n], t.Lo, t.Hi)
		}
	}
}

func depthwiseGeneric(t *DepthwiseTile, rows, block int) {
	offsets := unsafe.Slice(t.Offsets, t.Taps*rows)
	for first := 0; first < t.Channels; first += block {
		weights := at(t.Weights, first*(1+t.Taps), block*(1+t.Taps))
		channels := min(block, t.Channels-first)
		for m := range t.Rows {
			output := at(t.Output, m*t.Stride+first, channels)
			copy(output, weights[:channels])
			for tap := range t.Taps {
				pixel := at(t.Input, offsets[tap*rows+m]+first, channels)
				w := weights[(1+tap)*block:][:channels]
				for c, x := range pixel {
					output[c] += x * w[c]
				}
			}
			for c, x := range output {
				output[c] = clamp(x, t.Lo, t.Hi)
			}
		}
	}
}

func addGeneric(dst, a, b *float32, n int, lo, hi float32) {
	d, x, y := values(dst, n), values(a, n), values(b, n)
	for i := range d {
		d[i] = clamp(x[i]+y[i], lo, hi)
	}
}

func scaleShiftGeneric(dst, x, scale, shift *float32, n int, lo, hi float32) {
	d, v, a, b := values(dst, n), values(x, n), values(scale, n), values(shift, n)
	for i := range d {
		d[i] = clamp(v[i]*a[i]+b[i], lo, hi)
	}
}

func accumulateGeneric(sum, x *float32, n int) {
	s, v := values(sum, n), values(x, n)
	for i := range s {
		s[i] += v[i]
	}
}

func maximumGeneric(greatest, x *float32, n int) {
	g, v := values(greatest, n), values(x, n)
	for i := range g {
		g[i] = max(g[i], v[i])
	}
}

func clampGradientGeneric(dst, gradient, y *float32, n int, lo, hi float32) {
	d, g, v := values(dst, n), values(gradient, n), values(y, n)
	for i := range d {
		if lo < v[i] && v[i] < hi {
			d[i] = g[i]
		} else {
			d[i] = 0
		}
	}
}

func maximumGradientGeneric(sum, gradient, x, greatest *float32, n int) {
	s, g, v, most := values(sum, n), values(gradient, n), values(x, n), values(greatest, n)
	for i := range s {
		if v[i] == most[i] {
			s[i] += g[i]
			g[i] = 0
		}
	}
}

func sigmoidGeneric(dst, x *float32, n int) {
	d, v := values(dst, n), values(x, n)
	for i := range d {
		d[i] = float32(logistic(float64(v[i])))
	}
}

func swishGeneric(dst, x *float32, n int) {
	d, v := values(dst, n), values(x, n)
	for i := range d {
		d[i] = float32(float64(v[i]) * logistic(float64(v[i])))
	}
}

func sigmoidGradientGeneric(dst, gradient, y *float32, n int) {
	d, g, v := values(dst, n), values(gradient, n), values(y, n)
	for i := range d {
		d[i] = g[i] * (v[i] * (1 - v[i]))
	}
}

func swishGradientGeneric(dst, gradient, x *float32, n int) {
	d, g, v := values(dst, n), values(gradient, n), values(x, n)
	for i := range d {
		x := float64(v[i])
		s := logistic(x)
		d[i] = float32(float64(g[i]) * (s * (1 + x*(1-s))))
	}
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func productsGeneric(sum, rows, x *float32, n, width int) {
	s, m, v := values(sum, n), values(rows, n*width), values(x, width)
	for i := range s {
		for k, w := range m[i*width:][:width] {
			s[i] += w * v[k]
		}
	}
}

func dotGeneric(a, b *float32, n int) float64 {
	x, y := values(a, n), values(b, n)
	var sum float64
	for i := range x {
		sum += float64(x[i]) * float64(y[i])
	}
	return sum
}

func squaredDistanceGeneric(a, b *float32, n int) float64 {
	x, y := values(a, n), values(b, n)
	var sum float64
	for i := range x {
		d := float64(x[i]) - float64(y[i])
		sum += d * d
	}
	return sum
}

func absoluteDistanceGeneric(a, b *float32, n int) float64 {
	x, y := values(a, n), values(b, n)
	var sum float64
	for i := range x {
		sum += math.Abs(float64(x[i]) - float64(y[i]))
	}
	return sum
}

func cubedDistanceGeneric(a, b *float32, n int) float64 {
	x, y := values(a, n), values(b, n)
	var sum float64
	for i := range x {
		d := math.Abs(float64(x[i]) - float64(y[i]))
		sum += d * d * d
	}
	return sum
}

func greatestDistanceGeneric(a, b *float32, n int) float64 {
	x, y := values(a, n), values(b, n)
	var greatest float64
	for i := range x {
		greatest = max(greatest, math.Abs(float64(x[i])-float64(y[i])))
	}
	return greatest
}
