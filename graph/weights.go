package graph

import (
	"fmt"
	"sync"

	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/tensor"
)

// Weights are the trained values of a network, by the names of its
// parameters. All methods may be called from many goroutines.
type Weights interface {
	// Shape tells the extents of a parameter; false where there is none.
	Shape(name string) (tensor.Shape, bool)
	// Read fills dst with the values of a parameter from the flat offset on,
	// in C order.
	Read(dst []float32, name string, offset int) error
}

// Tensors are weights in memory.
type Tensors map[string]tensor.Tensor

// Shape implements Weights.
func (t Tensors) Shape(name string) (tensor.Shape, bool) {
	w, ok := t[name]
	return w.Shape, ok
}

// Read implements Weights.
func (t Tensors) Read(dst []float32, name string, offset int) error {
	w := t[name]
	if offset < 0 || offset+len(dst) > len(w.Data) {
		return fmt.Errorf("weights %q: values %d to %d of %d", name, offset, offset+len(dst), len(w.Data))
	}
	copy(dst, w.Data[offset:])
	return nil
}

// packed keeps the weights in the layouts of the kernels: each layer's once
// per layout, read straight into it.
type packed struct {
	weights Weights

	mu      sync.Mutex
	layouts map[packing]*packedWeights
}

// packing names one way of laying out a layer's weights.
type packing struct {
	kernel string // the parameter
	norm   string // the batch normalisation folded in, or ""
	turn   turn
	level  kernel.Level
}

// turn lays weights out for the gradient with respect to the input: inputs and
// outputs change places, and of the kernel positions those that are left come
// last first. Left is, along each axis, every step-th from (top, left) on; with
// fold the fold positions from each of these on, whose outputs stand side by
// side as further channels. The zero turn leaves all as it is.
type turn struct{ top, left, step, fold int }

// kernel is how many positions are left of a kernel.
func (t turn) kernel(k Size) Size {
	return Size{(k.Height-1-t.top)/t.step + 1, (k.Width-1-t.left)/t.step + 1}
}

// place is where a kernel position comes to lie: the new position, and which
// of the fold x fold channels side by side; false where it is left out.
func (t turn) place(k Size, y, x int) (position, beside int, ok bool) {
	y, x = y-t.top, x-t.left
	down, right := y%t.step, x%t.step
	if y < 0 || x < 0 || down >= t.fold || right >= t.fold {
		return 0, 0, false
	}
	left := t.kernel(k)
	position = (left.Height-1-y/t.step)*left.Width + left.Width - 1 - x/t.step
	return position, down*t.fold + right, true
}

// packedWeights are a convolution's weights as the kernels read them.
type packedWeights struct {
	once sync.Once
	err  error

	data   []float32
	panels []panel // of a full convolution
}

// panel is a group of output channels that the tile kernel computes at once.
type panel struct {
	kernel   int // index in Set.Panels
	start    int // in data
	first    int // output channel
	channels int
}

// layout returns the place of one packing, which fill makes when it is first
// needed. One that could not be made is not kept.
func (s *packed) layout(key packing, fill func(*packedWeights) error) (*packedWeights, error) {
	s.mu.Lock()
	p := s.layouts[key]
	if p == nil {
		p = &packedWeights{}
		s.layouts[key] = p
	}
	s.mu.Unlock()
	p.once.Do(func() {
		if p.err = fill(p); p.err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.layouts, key)
		}
	})
	return p, p.err
}

// vector reads all values of a small parameter.
func (n *Network) vector(node *Node, name string) ([]float32, error) {
	key := node.Name + "/" + name
	shape, _ := n.store.weights.Shape(key)
	values := make([]float32, shape.Elements())
	return values, n.store.weights.Read(values, key, 0)
}

// pieceValues is how much of a parameter is read at once: a part that stays in
// the second-level cache until it is packed.
const pieceValues = 128 << 10

// rows calls use with rows of width values of a parameter, some at a time: the
// first of them and their values, which are gone when use returns.
func (n *Network) rows(name string, count, width int, use func(first int, values []float32)) error {
	step := max(pieceValues/width, 1)
	piece := make([]float32, min(step, count)*width)
	for first := 0; first < count; first += step {
		values := piece[:min(step, count-first)*width]
		if err := n.store.weights.Read(values, name, first*width); err != nil {
			return err
		}
		use(first, values)
	}
	return nil
}

// pack lays out a node's weights.
func (n *Network) pack(node, norm *Node, t turn, set *kernel.Set) (*packedWeights, error) {
	name, _ := weightsOf(node)
	key := packing{kernel: node.Name + "/" + name, turn: t, level: set.Level}
	if norm != nil {
		key.norm = norm.Name
	}
	return n.store.layout(key, func(p *packedWeights) error {
		if _, ok := node.Op.(DepthwiseConv2D); ok {
			return n.packDepthwise(p, node, norm, t, set)
		}
		if t.step != 0 {
			return n.packTurned(p, node, norm, t, set)
		}
		return n.packFull(p, node, norm, set)
	})
}

// weightsOf names the kernel of a layer and tells whether there is a bias.
func weightsOf(node *Node) (kernel string, bias bool) {
	switch op := node.Op.(type) {
	case Conv2D:
		return "kernel", op.Bias
	case DepthwiseConv2D:
		return "depthwise_kernel", op.Bias
	case SeparableConv2D:
		return "pointwise_kernel", op.Bias
	case Dense:
		return "kernel", op.Bias
	}
	panic("graph: " + node.Op.Type() + " has no kernel")
}

// packFull lays out a convolution or a dense layer as kernel.Tile says:
// panel after panel, bias first.
func (n *Network) packFull(p *packedWeights, node, norm *Node, set *kernel.Set) error {
	name, _ := weightsOf(node)
	name = node.Name + "/" + name
	shape, _ := n.store.weights.Shape(name)
	filters := shape[len(shape)-1]
	depth := shape.Elements() / filters
	out, err := n.output(node, norm, filters)
	if err != nil {
		return err
	}
	p.divide(set.Panels, filters, depth)
	for _, panel := range p.panels {
		for c := range panel.channels {
			p.data[panel.start+c] = float32(out.shift[panel.first+c])
		}
	}
	return n.rows(name, depth, filters, func(first int, values []float32) {
		for _, panel := range p.panels {
			width := set.Panels[panel.kernel]
			packed := p.data[panel.start+(1+first)*width:]
			scale := out.scale[panel.first:][:panel.channels]
			for at := panel.first; at < len(values); at += filters {
				row := values[at:][:panel.channels]
				if norm == nil {
					copy(packed, row)
				} else {
					for c, w := range row {
						packed[c] = float32(float64(w) * scale[c])
					}
				}
				packed = packed[min(width, len(packed)):]
			}
		}
	})
}

// packTurned lays out the weights of a convolution for its gradient: a
// convolution from its output channels to its input channels, without a bias.
func (n *Network) packTurned(p *packedWeights, node, norm *Node, t turn, set *kernel.Set) error {
	name, _ := weightsOf(node)
	name = node.Name + "/" + name
	shape, _ := n.store.weights.Shape(name)
	inputs, outputs := shape[2], shape[3]
	out, err := n.output(node, norm, outputs)
	if err != nil {
		return err
	}
	size := Size{shape[0], shape[1]}
	left := t.kernel(size)
	depth := left.Height * left.Width * outputs
	p.divide(set.Panels, t.fold*t.fold*inputs, depth)
	return n.rows(name, size.Height*size.Width*inputs, outputs, func(first int, values []float32) {
		for row := first; len(values) > 0; row++ {
			if position, beside, ok := t.place(size, row/inputs/size.Width, row/inputs%size.Width); ok {
				channel := beside*inputs + row%inputs
				panel := p.panels[channel/set.Panels[0]]
				width := set.Panels[panel.kernel]
				packed := p.data[panel.start+(1+position*outputs)*width+channel-panel.first:]
				for k, w := range values[:outputs] {
					if norm != nil {
						w = float32(float64(w) * out.scale[k])
					}
					packed[k*width] = w
				}
			}
			values = values[outputs:]
		}
	})
}

// divide makes room for the weights of so many output channels, in panels
// that are all of the widest kind but the last.
func (p *packedWeights) divide(widths []int, channels, depth int) {
	size := 0
	for first := 0; first < channels; {
		k := choosePanel(widths, channels-first)
		width := widths[k]
		p.panels = append(p.panels, panel{kernel: k, start: size, first: first, channels: min(width, channels-first)})
		size += (1 + depth) * width
		first += width
	}
	p.data = make([]float32, size)
}

// choosePanel picks the narrowest panel that holds all remaining channels, or
// the widest one. Panels go from wide to narrow.
func choosePanel(panels []int, remaining int) int {
	for k := len(panels) - 1; k >= 0; k-- {
		if panels[k] >= remaining {
			return k
		}
	}
	return 0
}

// packDepthwise lays out weights as kernel.DepthwiseTile says: block after
// block of channels, bias first. Turned ones have none.
func (n *Network) packDepthwise(p *packedWeights, node, norm *Node, t turn, set *kernel.Set) error {
	channels := node.Shape[2]
	shape, _ := n.store.weights.Shape(node.Name + "/depthwise_kernel")
	weights, err := n.vector(node, "depthwise_kernel")
	if err != nil {
		return err
	}
	out, err := n.output(node, norm, channels)
	if err != nil {
		return err
	}
	size := Size{shape[0], shape[1]}
	left := size
	if t.step != 0 {
		left = t.kernel(size)
	}
	taps, block := left.Height*left.Width, 2*set.Lanes
	p.data = make([]float32, ceilDiv(channels, block)*block*(1+taps))
	for c := range channels {
		packed := p.data[c/block*block*(1+taps)+c%block:]
		if t.step == 0 {
			packed[0] = float32(out.shift[c])
		}
		for i := range size.Height * size.Width {
			position, ok := i, true
			if t.step != 0 {
				position, _, ok = t.place(size, i/size.Width, i%size.Width)
			}
			if ok {
				packed[(1+position)*block] = float32(float64(weights[i*channels+c]) * out.scale[c])
			}
		}
	}
	return nil
}
