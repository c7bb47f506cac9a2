// Package heatmap draws maps of values in colours.
package heatmap

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
)

// Encode writes values [height, width], all finite, as a PNG of 8 bits: the
// least is the first colour of the ramp, the greatest the last, and of values
// that are all alike every one the first. Each becomes a square of scale x
// scale pixels.
func Encode(w io.Writer, values []float32, height, width, scale int) error {
	if height < 1 || width < 1 || scale < 1 || len(values) != height*width {
		return fmt.Errorf("heat map: %d values for %dx%d at scale %d", len(values), height, width, scale)
	}
	im := image.NewPaletted(image.Rect(0, 0, width*scale, height*scale), colours())
	shades := shade(values)
	for y := range height {
		row := im.Pix[y*scale*im.Stride:][:im.Stride]
		for x := range width {
			for i := range scale {
				row[x*scale+i] = shades[y*width+x]
			}
		}
		for i := 1; i < scale; i++ {
			copy(im.Pix[(y*scale+i)*im.Stride:], row)
		}
	}
	return png.Encode(w, im)
}

// shade is the colour of each value.
func shade(values []float32) []uint8 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		lo, hi = min(lo, float64(v)), max(hi, float64(v))
	}
	shades := make([]uint8, len(values))
	if lo == hi {
		return shades
	}
	for i, v := range values {
		shades[i] = uint8(math.Round((rampColours - 1) * (float64(v) - lo) / (hi - lo)))
	}
	return shades
}
