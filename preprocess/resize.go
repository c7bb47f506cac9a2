package preprocess

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
)

// Filter names a resampling rule.
type Filter string

// The filters, named as in Keras. When shrinking, Bilinear and Bicubic widen with the
// scale, as Pillow's do.
const (
	Nearest  Filter = "nearest"
	Bilinear Filter = "bilinear"
	Bicubic  Filter = "bicubic"
)

// Filters lists the names of all filters.
func Filters() []string { return []string{string(Nearest), string(Bilinear), string(Bicubic)} }

// ParseFilter returns the filter of a name.
func ParseFilter(s string) (Filter, error) {
	if !slices.Contains(Filters(), s) {
		return "", fmt.Errorf("unknown filter %q: use one of %s", s, strings.Join(Filters(), ", "))
	}
	return Filter(s), nil
}

// Resize stretches the picture to width x height, both at least 1. The result equals
// that of Pillow's Image.resize, byte for byte.
func (im *Image) Resize(width, height int, f Filter) *Image {
	return im.resizeWindow(width, height, image.Rect(0, 0, width, height), f)
}

// resizeWindow is the window of the picture stretched to width x height. Only what the
// window shows is computed. Each pass rounds, so their order, which saves work, is part of
// Pillow's rule.
func (im *Image) resizeWindow(width, height int, window image.Rectangle, f Filter) *Image {
	if f == Nearest {
		return im.resizeNearest(width, height, window)
	}
	columns := newWeights(im.Width, width, window.Min.X, window.Max.X, f)
	rows := newWeights(im.Height, height, window.Min.Y, window.Max.Y, f)
	if downFirst := im.Height > height && im.Height-height > 2*(im.Width-width); downFirst {
		return im.resizeDown(rows, 0).resizeAcross(columns, 0, window.Dy())
	}
	first, end := rows.bounds()
	return im.resizeAcross(columns, first, end).resizeDown(rows, first)
}

func (im *Image) resizeNearest(width, height int, window image.Rectangle) *Image {
	out := newImage(window.Dx(), window.Dy())
	columns := nearestPositions(im.Width, width, window.Min.X, window.Max.X)
	rows := nearestPositions(im.Height, height, window.Min.Y, window.Max.Y)
	for y, from := range rows {
		row, src := out.row(y), im.row(from)
		for x, at := range columns {
			copy(row[3*x:3*x+3], src[3*at:3*at+3])
		}
	}
	return out
}

// nearestPositions are the input positions of the outputs from…to. Pillow adds up the
// steps, so its rounding error is part of the rule.
func nearestPositions(in, out, from, to int) []int {
	step := float64(in) / float64(out)
	at := step * 0.5
	positions := make([]int, 0, to-from)
	for i := range to {
		if i >= from {
			positions = append(positions, min(int(at), in-1))
		}
		at += step
	}
	return positions
}

// The weights are integers of this many fraction bits: 8 bits of a pixel and 2 to spare
// for sums leave so many of 32.
const fractionBits = 32 - 8 - 2

// weights holds, for each output position, the first input position that it draws on
// and the fixed-point factors of that and the following ones.
type weights struct {
	start   []int
	factors [][]int32
}

// bounds are the first input position that is drawn on and the one after the last.
func (w weights) bounds() (first, end int) {
	last := len(w.start) - 1
	return w.start[0], w.start[last] + len(w.factors[last])
}

// newWeights makes the weights of the outputs from…to when in positions become out,
// after Pillow's Resample.c.
func newWeights(in, out, from, to int, f Filter) weights {
	rule, support := triangle, 1.0
	if f == Bicubic {
		rule, support = cubic, 2.0
	}
	scale := float64(in) / float64(out)
	stretch := max(scale, 1)
	support *= stretch
	w := weights{start: make([]int, to-from), factors: make([][]int32, to-from)}
	var exact []float64
	for i := range w.start {
		center := (float64(from+i) + 0.5) * scale
		low := max(int(center-support+0.5), 0)
		high := min(int(center+support+0.5), in)
		exact = exact[:0]
		sum := 0.0
		for j := low; j < high; j++ {
			v := rule((float64(j) - center + 0.5) * (1 / stretch))
			exact = append(exact, v)
			sum += v
		}
		w.start[i], w.factors[i] = low, fixedPoint(exact, sum)
	}
	return w
}

// fixedPoint divides by sum and rounds, halves away from zero.
func fixedPoint(exact []float64, sum float64) []int32 {
	factors := make([]int32, len(exact))
	for i, v := range exact {
		factors[i] = int32(math.Round(v / sum * (1 << fractionBits)))
	}
	return factors
}

func triangle(x float64) float64 { return max(0, 1-math.Abs(x)) }

// cubic is the convolution kernel of Keys with a = -0.5.
func cubic(x float64) float64 {
	const a = -0.5
	x = math.Abs(x)
	if x < 1 {
		return ((a+2)*x-(a+3))*x*x + 1
	}
	if x < 2 {
		return (((x-5)*x+8)*x - 4) * a
	}
	return 0
}

const half = 1 << (fractionBits - 1)

// resizeAcross returns the rows from…to, resized.
func (im *Image) resizeAcross(w weights, from, to int) *Image {
	out := newImage(len(w.start), to-from)
	for y := range out.Height {
		src, dst := im.row(from+y), out.row(y)
		for x, start := range w.start {
			r, g, b := int32(half), int32(half), int32(half)
			p := src[3*start:]
			for _, factor := range w.factors[x] {
				q := p[:3:3]
				r += factor * int32(q[0])
				g += factor * int32(q[1])
				b += factor * int32(q[2])
				p = p[3:]
			}
			q := dst[3*x : 3*x+3 : 3*x+3]
			q[0], q[1], q[2] = clamp(r>>fractionBits), clamp(g>>fractionBits), clamp(b>>fractionBits)
		}
	}
	return out
}

// resizeDown resizes the columns of a picture whose first row is position from.
func (im *Image) resizeDown(w weights, from int) *Image {
	out := newImage(im.Width, len(w.start))
	sums := make([]int32, 3*im.Width)
	for y, start := range w.start {
		for i := range sums {
			sums[i] = half
		}
		for j, factor := range w.factors[y] {
			row := im.row(start - from + j)[:len(sums)]
			for i, v := range row {
				sums[i] += factor * int32(v)
			}
		}
		dst := out.row(y)[:len(sums)]
		for i, v := range sums {
			dst[i] = clamp(v >> fractionBits)
		}
	}
	return out
}
