package preprocess

import "image"

// colours is one way from luma and chroma to RGB. A value is
// (luma[Y] + red[Cr]) >> shift and so on, clamped to 0…255.
type colours struct {
	luma, red, greenCr, greenCb, blue [256]int32
	shift                             uint
	// oddBias rounds the right pixel of a pair whose chroma is interpolated both ways.
	oddBias uint16
	// interpolateFrom is the narrowest plane that is interpolated across.
	interpolateFrom int
}

// colours chooses the conversion of the library that Pillow reads the format with.
func (h header) colours() *colours {
	if h.name == "webp" {
		return webpColours
	}
	return jfifColours
}

// jfifColours is libjpeg's, in 16-bit fixed point; JFIF uses the full range.
var jfifColours = func() *colours {
	const half = 1 << 15
	c := &colours{shift: 16, oddBias: 7, interpolateFrom: 3}
	for i := range int32(256) {
		c.luma[i] = i << 16
		c.red[i] = (91881*(i-128) + half) >> 16 << 16
		c.blue[i] = (116130*(i-128) + half) >> 16 << 16
		c.greenCr[i] = -46802 * (i - 128)
		c.greenCb[i] = -22554*(i-128) + half
	}
	return c
}()

// webpColours is libwebp's, in 6-bit fixed point; WebP's luma runs from 16 to 235.
var webpColours = func() *colours {
	c := &colours{shift: 6, oddBias: 8, interpolateFrom: 1}
	for i := range int32(256) {
		c.luma[i] = i * 19077 >> 8
		c.red[i] = i*26149>>8 - 14234
		c.blue[i] = i*33050>>8 - 17685
		c.greenCr[i] = -(i * 13320 >> 8)
		c.greenCb[i] = 8708 - i*6419>>8
	}
	return c
}()

func (c *colours) convert(dst, luma, cb, cr []uint8) {
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for i, v := range luma {
		base := c.luma[v]
		p := dst[:3:3]
		p[0] = clamp((base + c.red[cr[i]]) >> c.shift)
		p[1] = clamp((base + c.greenCr[cr[i]] + c.greenCb[cb[i]]) >> c.shift)
		p[2] = clamp((base + c.blue[cb[i]]) >> c.shift)
		dst = dst[3:]
	}
}

func clamp(v int32) uint8 {
	if uint32(v) > 255 {
		return uint8(^(v >> 31))
	}
	return uint8(v)
}

// fromYCbCr converts a picture, interpolating chroma that is stored at half the size as
// libjpeg and libwebp do ("fancy upsampling").
func fromYCbCr(src *image.YCbCr, c *colours) *Image {
	im := newImage(src.Rect.Dx(), src.Rect.Dy())
	cb, cr := newChroma(src, src.Cb, c), newChroma(src, src.Cr, c)
	for y := range im.Height {
		luma := src.Y[y*src.YStride:][:im.Width]
		c.convert(im.row(y), luma, cb.row(y), cr.row(y))
	}
	return im
}

// chroma enlarges one chroma plane row by row.
type chroma struct {
	pix           []uint8
	stride        int
	width, height int // of the plane
	across, down  int // luma pixels per chroma pixel
	rules         *colours
	sums          []uint16
	out           []uint8
}

func newChroma(src *image.YCbCr, pix []uint8, rules *colours) *chroma {
	across, down := subsampling(src.SubsampleRatio)
	c := &chroma{
		pix: pix, stride: src.CStride, across: across, down: down, rules: rules,
		width:  (src.Rect.Dx() + across - 1) / across,
		height: (src.Rect.Dy() + down - 1) / down,
	}
	c.sums = make([]uint16, c.width)
	c.out = make([]uint8, c.width*across)
	return c
}

func subsampling(ratio image.YCbCrSubsampleRatio) (across, down int) {
	switch ratio {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// row returns the plane's values for row y of the picture, valid until the next call.
func (c *chroma) row(y int) []uint8 {
	switch {
	case c.across == 1 && c.down == 1:
		return c.stored(y)
	case c.across == 1:
		c.interpolateDown(y)
	case c.across == 4 || c.width < c.rules.interpolateFrom:
		c.repeat(y)
	case c.down == 1:
		c.interpolateAcross(y)
	default:
		c.interpolateBoth(y)
	}
	return c.out
}

// stored returns row y of the plane; rows past its edge are those of the edge.
func (c *chroma) stored(y int) []uint8 {
	y = min(max(y, 0), c.height-1)
	return c.pix[y*c.stride:][:c.width]
}

// nearAndFar are the two rows of the plane that row y of the picture lies between.
func (c *chroma) nearAndFar(y int) (near, far []uint8) {
	return c.stored(y / 2), c.stored(y/2 - 1 + y%2*2)
}

func (c *chroma) repeat(y int) {
	for i, v := range c.stored(y / c.down) {
		for j := range c.across {
			c.out[c.across*i+j] = v
		}
	}
}

func (c *chroma) interpolateDown(y int) {
	near, far := c.nearAndFar(y)
	bias := uint16(1 + y%2)
	for i, v := range near {
		c.out[i] = uint8((3*uint16(v) + uint16(far[i]) + bias) >> 2)
	}
}

func (c *chroma) interpolateAcross(y int) {
	row, last := c.stored(y), c.width-1
	for i, v := range row {
		left, right := row[max(i-1, 0)], row[min(i+1, last)]
		c.out[2*i] = uint8((3*uint16(v) + uint16(left) + 1) >> 2)
		c.out[2*i+1] = uint8((3*uint16(v) + uint16(right) + 2) >> 2)
	}
}

func (c *chroma) interpolateBoth(y int) {
	near, far := c.nearAndFar(y)
	for i, v := range near {
		c.sums[i] = 3*uint16(v) + uint16(far[i])
	}
	left, last := c.sums[0], c.width-1
	for i, v := range c.sums {
		right := c.sums[min(i+1, last)]
		pair := c.out[2*i : 2*i+2]
		pair[0] = uint8((3*v + left + 8) >> 4)
		pair[1] = uint8((3*v + right + c.rules.oddBias) >> 4)
		left = v
	}
}
