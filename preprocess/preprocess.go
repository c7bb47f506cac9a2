// Package preprocess turns picture files into network inputs: it decodes, turns
// upright, resizes by Pillow's rules and normalises.
package preprocess

import (
	"fmt"
	"image"
	"image/jpeg"
	"io"
)

// Image is an upright, opaque sRGB picture. Pix holds rows of [R, G, B]
// bytes from the top, without gaps: len(Pix) = 3*Width*Height.
type Image struct {
	Width, Height int
	Pix           []uint8
}

func newImage(width, height int) *Image {
	return &Image{Width: width, Height: height, Pix: make([]uint8, 3*width*height)}
}

// row returns the bytes of row y.
func (im *Image) row(y int) []uint8 {
	return im.Pix[3*im.Width*y : 3*im.Width*(y+1)]
}

// Thumbnail scales the picture down until its longer side is at most longest pixels.
// A picture that fits already is returned itself.
func (im *Image) Thumbnail(longest int) *Image {
	side := max(im.Width, im.Height)
	if side <= longest {
		return im
	}
	scaled := func(n int) int { return max(1, (2*n*longest+side)/(2*side)) }
	return im.Resize(scaled(im.Width), scaled(im.Height), Bicubic)
}

// EncodeJPEG writes the picture as a JPEG of a quality from 1 to 100.
func (im *Image) EncodeJPEG(w io.Writer, quality int) error {
	rgba := image.NewRGBA(image.Rect(0, 0, im.Width, im.Height))
	for i, j := 0, 0; i < len(im.Pix); i, j = i+3, j+4 {
		copy(rgba.Pix[j:j+3], im.Pix[i:i+3])
		rgba.Pix[j+3] = 255
	}
	if err := jpeg.Encode(w, rgba, &jpeg.Options{Quality: quality}); err != nil {
		return fmt.Errorf("encode JPEG: %w", err)
	}
	return nil
}
