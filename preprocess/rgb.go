package preprocess

import (
	"fmt"
	"image"
	"image/color"
)

// toRGB turns decoded pixels, not yet upright, into RGB over white.
func (h header) toRGB(pixels image.Image) (*Image, error) {
	switch src := pixels.(type) {
	case *image.YCbCr:
		return fromYCbCr(src, h.colours()), nil
	case *image.NYCbCrA:
		im := fromYCbCr(&src.YCbCr, h.colours())
		im.overWhite(func(x, y int) uint8 { return src.A[src.AOffset(x, y)] })
		return im, nil
	case *image.Gray:
		return fromBytes(src.Bounds(), src.Pix, src.Stride, 1, func(p []uint8) (r, g, b uint8) { return p[0], p[0], p[0] }), nil
	case *image.Gray16:
		return fromBytes(src.Bounds(), src.Pix, src.Stride, 2, func(p []uint8) (r, g, b uint8) { return p[0], p[0], p[0] }), nil
	case *image.RGBA:
		return fromBytes(src.Bounds(), src.Pix, src.Stride, 4, func(p []uint8) (r, g, b uint8) { return premultiplied(p[0], p[1], p[2], p[3]) }), nil
	case *image.RGBA64:
		return fromBytes(src.Bounds(), src.Pix, src.Stride, 8, func(p []uint8) (r, g, b uint8) { return premultiplied(p[0], p[2], p[4], p[6]) }), nil
	case *image.NRGBA:
		return fromBytes(src.Bounds(), src.Pix, src.Stride, 4, func(p []uint8) (r, g, b uint8) { return overWhite(p[0], p[1], p[2], p[3]) }), nil
	case *image.NRGBA64:
		return fromBytes(src.Bounds(), src.Pix, src.Stride, 8, func(p []uint8) (r, g, b uint8) { return overWhite(p[0], p[2], p[4], p[6]) }), nil
	case *image.CMYK:
		return fromBytes(src.Bounds(), src.Pix, src.Stride, 4, fromCMYK), nil
	case *image.Paletted:
		return h.fromPaletted(src), nil
	}
	return nil, fmt.Errorf("%w: %s: pixels of kind %T; save it as an ordinary JPEG or PNG", ErrFormat, h.name, pixels)
}

// fromBytes converts pixels of size bytes each, one by one.
func fromBytes(bounds image.Rectangle, pix []uint8, stride, size int, rgb func(p []uint8) (r, g, b uint8)) *Image {
	im := newImage(bounds.Dx(), bounds.Dy())
	for y := range im.Height {
		row, src := im.row(y), pix[y*stride:]
		for x := range im.Width {
			row[3*x], row[3*x+1], row[3*x+2] = rgb(src[size*x : size*x+size])
		}
	}
	return im
}

// fromPaletted puts the frame on a white canvas of the header's size: a GIF's first
// frame may cover a part only.
func (h header) fromPaletted(src *image.Paletted) *Image {
	var table [256][3]uint8
	for i, c := range src.Palette {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		table[i][0], table[i][1], table[i][2] = overWhite(n.R, n.G, n.B, n.A)
	}
	im := newImage(h.width, h.height)
	for i := range im.Pix {
		im.Pix[i] = 255
	}
	frame := src.Rect.Intersect(image.Rect(0, 0, h.width, h.height))
	for y := frame.Min.Y; y < frame.Max.Y; y++ {
		row := im.row(y)
		for x := frame.Min.X; x < frame.Max.X; x++ {
			copy(row[3*x:3*x+3], table[src.Pix[src.PixOffset(x, y)]][:])
		}
	}
	return im
}

// overWhite blends every pixel over white by its alpha.
func (im *Image) overWhite(alpha func(x, y int) uint8) {
	for y := range im.Height {
		row := im.row(y)
		for x := range im.Width {
			p := row[3*x : 3*x+3]
			p[0], p[1], p[2] = overWhite(p[0], p[1], p[2], alpha(x, y))
		}
	}
}

func overWhite(r, g, b, a uint8) (uint8, uint8, uint8) {
	return blend(r, a), blend(g, a), blend(b, a)
}

// blend is v over white, rounded as Pillow's paste with a mask rounds.
func blend(v, a uint8) uint8 {
	return divide255(uint32(v)*uint32(a) + 255*(255-uint32(a)))
}

// premultiplied blends colours that were multiplied by their alpha already.
func premultiplied(r, g, b, a uint8) (uint8, uint8, uint8) {
	white := 255 - a
	return min(r, a) + white, min(g, a) + white, min(b, a) + white
}

// fromCMYK is Pillow's conversion: what the black ink leaves, less the colour's share.
func fromCMYK(p []uint8) (r, g, b uint8) {
	light := 255 - p[3]
	share := func(ink uint8) uint8 { return light - divide255(uint32(ink)*uint32(light)) }
	return share(p[0]), share(p[1]), share(p[2])
}

// divide255 is v/255 rounded, for v up to 255*255.
func divide255(v uint32) uint8 {
	v += 128
	return uint8((v + v>>8) >> 8)
}
