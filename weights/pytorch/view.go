package pytorch

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/convnetplayground/convnet/tensor"
)

// view says where the values of a tensor lie in a row of numbers: the one at index
// (i, j, …) is number start + i*strides[0] + j*strides[1] + ….
type view struct {
	shape   tensor.Shape
	strides []int
	start   int
}

// fetch reads len(dst) numbers of a row, from number at on.
type fetch func(dst []float32, at int) error

// rowMajor is the view of a tensor whose values follow each other in C order.
func rowMajor(shape tensor.Shape) view {
	v := view{shape: shape, strides: make([]int, len(shape))}
	step := 1
	for i, extent := range slices.Backward(shape) {
		v.strides[i] = step
		step *= extent
	}
	return v
}

// permuted is the same tensor with its axes in another order: axis i of the result is
// axis order[i].
func (v view) permuted(order []int) view {
	p := view{start: v.start}
	for _, axis := range order {
		p.shape = append(p.shape, v.shape[axis])
		p.strides = append(p.strides, v.strides[axis])
	}
	return p
}

// read fills dst with values from the flat offset on, in C order. Read in ranges that are
// much longer than a row, a matrix costs at most maxWaste times what it costs at once, and
// a convolution as often as its kernel has positions, however long they are. The memory
// that is taken does not grow with the tensor.
func (v view) read(dst []float32, offset int, from fetch) error {
	if n := v.shape.Elements(); offset < 0 || offset > n || len(dst) > n-offset {
		return fmt.Errorf("no values %d to %d among %d", offset, offset+len(dst), n)
	}
	g := gatherer{from: from}
	return g.fill(dst, v.merged(), offset)
}

// merged drops axes of extent 1 and joins those whose values lie as if they were one.
func (v view) merged() view {
	m := view{start: v.start}
	for i, extent := range v.shape {
		last := len(m.shape) - 1
		switch {
		case extent == 1:
		case last >= 0 && m.strides[last] == extent*v.strides[i]:
			m.shape[last] *= extent
			m.strides[last] = v.strides[i]
		default:
			m.shape = append(m.shape, extent)
			m.strides = append(m.strides, v.strides[i])
		}
	}
	if len(m.shape) == 0 {
		m.shape, m.strides = tensor.Shape{1}, []int{1}
	}
	return m
}

// gatherer reads what a view wants with few and short fetches.
type gatherer struct {
	from   fetch
	buffer []float32
}

// axis is one axis of a box: its extent, and how far the next value is in the row of
// numbers and in the destination.
type axis struct{ extent, stride, step int }

// fill cuts a range of values into boxes: the rest of a row that was begun, the rows
// that are whole, the start of a last one.
func (g *gatherer) fill(dst []float32, v view, offset int) error {
	row := v.shape[1:].Elements()
	for len(dst) > 0 {
		first, skipped := offset/row, offset%row
		part := view{v.shape[1:], v.strides[1:], v.start + first*v.strides[0]}
		n := min(row-skipped, len(dst))
		var err error
		if whole := len(dst) / row; skipped == 0 && whole > 0 {
			n = whole * row
			part.shape = append(tensor.Shape{whole}, v.shape[1:]...)
			part.strides = v.strides
			err = g.box(dst[:n], part)
		} else {
			err = g.fill(dst[:n], part, skipped)
		}
		if err != nil {
			return err
		}
		dst, offset = dst[n:], offset+n
	}
	return nil
}

// box reads all values of a view.
func (g *gatherer) box(dst []float32, v view) error {
	axes := make([]axis, len(v.shape))
	for i, step := range rowMajor(v.shape).strides {
		axes[i] = axis{v.shape[i], v.strides[i], step}
	}
	slices.SortStableFunc(axes, func(a, b axis) int { return cmp.Compare(b.stride, a.stride) })
	return g.gather(dst, axes, v.start)
}

const (
	// maxSpan is how many numbers are fetched at once.
	maxSpan = 64 << 10
	// shortSpan numbers cost about as much as a single one.
	shortSpan = 1 << 10
	// maxWaste is how many numbers may be fetched for one that is wanted.
	maxWaste = 4
)

// gather reads a box whose axes go from the longest stride to the shortest. It halves
// the box along the first until one fetch is not too wasteful.
func (g *gatherer) gather(dst []float32, axes []axis, at int) error {
	if len(axes) == 1 && axes[0].stride == 1 && axes[0].step == 1 {
		return g.from(dst[:axes[0].extent], at)
	}
	span, wanted := 1, 1
	for _, a := range axes {
		span += (a.extent - 1) * a.stride
		wanted *= a.extent
	}
	if span <= shortSpan || span <= maxSpan && span/maxWaste <= wanted {
		return g.scatter(dst, axes, at, span)
	}
	a := axes[0]
	if a.extent == 1 {
		return g.gather(dst, axes[1:], at)
	}
	half := slices.Clone(axes)
	half[0].extent = a.extent / 2
	if err := g.gather(dst, half, at); err != nil {
		return err
	}
	skipped := half[0].extent
	half[0].extent = a.extent - skipped
	return g.gather(dst[skipped*a.step:], half, at+skipped*a.stride)
}

// scatter fetches a span of numbers and puts those of the box where they belong.
func (g *gatherer) scatter(dst []float32, axes []axis, at, span int) error {
	if len(g.buffer) < span {
		g.buffer = make([]float32, max(span, shortSpan))
	}
	if err := g.from(g.buffer[:span], at); err != nil {
		return err
	}
	spread(dst, g.buffer, axes)
	return nil
}

func spread(dst, src []float32, axes []axis) {
	a := axes[0]
	for i := range a.extent {
		if len(axes) == 1 {
			dst[i*a.step] = src[i*a.stride]
		} else {
			spread(dst[i*a.step:], src[i*a.stride:], axes[1:])
		}
	}
}
