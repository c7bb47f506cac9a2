package graph

import "github.com/convnetplayground/convnet/tensor"

// maxTileRows bounds the rows of a tile at every CPU level.
const maxTileRows = 16

// window is a kernel sliding over a batch of feature maps
// [batch, height, width, channels].
type window struct {
	batch, height, width, channels int
	outHeight, outWidth            int
	kernel                         Size
	stride, dilation               int
	top, left                      int // rows and columns of zeros before the map, or left out of it where negative
	lattice                        lattice
}

// lattice is where output pixels stand that are not side by side: every
// step-th of a map of a size, from (top, left) on. Without a step the output
// pixels are the map.
type lattice struct{ height, width, step, top, left int }

func newWindow(batch int, input, output tensor.Shape, kernel Size, stride, dilation int, p Padding) window {
	return window{
		batch: batch, height: input[0], width: input[1], channels: input[2],
		outHeight: output[0], outWidth: output[1],
		kernel: kernel, stride: stride, dilation: dilation,
		top: p.Top, left: p.Left,
	}
}

// pixels is the number of output pixels of the batch.
func (w *window) pixels() int { return w.batch * w.outHeight * w.outWidth }

// pointwise tells that output pixel i is made of input pixel i alone.
func (w *window) pointwise() bool {
	return w.kernel == Square(1) && w.stride == 1 && w.top == 0 && w.left == 0 && w.outHeight == w.height && w.outWidth == w.width
}

// taps is the number of kernel positions.
func (w *window) taps() int { return w.kernel.Height * w.kernel.Width }

// tile is a run of output pixels.
type tile struct {
	first, rows int // the first of them and their number
	at          int // where the first stands in the map, in pixels
}

// tiles is the number of tiles of so many rows. Those of a lattice end with
// its rows, so that the pixels of each are equally far apart.
func (w *window) tiles(rows int) int {
	if w.lattice.step == 0 {
		return ceilDiv(w.pixels(), rows)
	}
	return w.batch * w.outHeight * ceilDiv(w.outWidth, rows)
}

func (w *window) tile(i, rows int) tile {
	l := &w.lattice
	if l.step == 0 {
		first := i * rows
		return tile{first, min(rows, w.pixels()-first), first}
	}
	perRow := ceilDiv(w.outWidth, rows)
	row, x := i/perRow, i%perRow*rows
	n, y := row/w.outHeight, row%w.outHeight
	return tile{
		first: row*w.outWidth + x, rows: min(rows, w.outWidth-x),
		at: (n*l.height+l.top+y*l.step)*l.width + l.left + x*l.step,
	}
}

// distance is how far apart the output pixels of a tile are.
func (w *window) distance() int { return max(w.lattice.step, 1) }

// offsets writes where the kernel positions of the output pixels from first
// on lie, [taps, rows], counted in values; base is where the map begins and
// zeros where there are zeros to read instead of padding. Rows past the last
// pixel repeat it.
//
// Where joined is set and no pixel of the tile touches the padding, the
// positions of one kernel row lie side by side: offsets then writes
// [kernel rows, rows] and returns true.
func (w *window) offsets(dst []int, rows, first, base, zeros int, joined bool) bool {
	last := w.pixels() - 1
	if w.pointwise() {
		for r := range rows {
			dst[r] = base + min(first+r, last)*w.channels
		}
		return false
	}
	var top, left, origin [maxTileRows]int
	extent := w.kernel.dilated(w.dilation)
	inside := true
	x := first % w.outWidth
	y := first / w.outWidth % w.outHeight
	n := first / (w.outWidth * w.outHeight)
	for r := range rows {
		top[r] = y*w.stride - w.top
		left[r] = x*w.stride - w.left
		origin[r] = base + ((n*w.height+top[r])*w.width+left[r])*w.channels
		inside = inside && top[r] >= 0 && left[r] >= 0 && top[r]+extent.Height <= w.height && left[r]+extent.Width <= w.width
		if first+r >= last {
			continue
		}
		if x++; x == w.outWidth {
			x = 0
			if y++; y == w.outHeight {
				y = 0
				n++
			}
		}
	}
	if inside {
		return w.insideOffsets(dst, rows, &origin, joined && w.dilation == 1 && w.kernel.Width > 1)
	}
	for ky := range w.kernel.Height {
		for kx := range w.kernel.Width {
			step := (ky*w.width + kx) * w.dilation * w.channels
			for r := range rows {
				offset := zeros
				if uint(top[r]+ky*w.dilation) < uint(w.height) && uint(left[r]+kx*w.dilation) < uint(w.width) {
					offset = origin[r] + step
				}
				dst[r] = offset
			}
			dst = dst[rows:]
		}
	}
	return false
}

func (w *window) insideOffsets(dst []int, rows int, origin *[maxTileRows]int, joined bool) bool {
	columns := w.kernel.Width
	if joined {
		columns = 1
	}
	for ky := range w.kernel.Height {
		for kx := range columns {
			step := (ky*w.width + kx) * w.dilation * w.channels
			for r := range rows {
				dst[r] = origin[r] + step
			}
			dst = dst[rows:]
		}
	}
	return joined
}
