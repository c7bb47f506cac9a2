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
	level  kernel.Level
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
func (n *Network) pack(node, norm *Node, set *kernel.Set) (*packedWeights, error) {
	name, _ := weightsOf(node)
	key := packing{kernel: node.Name + "/" + name, level: set.Level}
	if norm != nil {
		key.norm = norm.Name
	}
	return n.store.layout(key, func(p *packedWeights) error {
		if _, ok := node.Op.(DepthwiseConv2D); ok {
			return n.packDepthwise(p, node, norm, set)
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
	size := 0
	for first := 0; first < filters; {
		k := choosePanel(set.Panels, filters-first)
		width := set.Panels[k]
		p.panels = append(p.panels, panel{kernel: k, start: size, first: first, channels: min(width, filters-first)})
		size += (1 + depth) * width
		first += width
	}
	p.data = make([]float32, size)
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
// block of channels, bias first.
func (n *Network) packDepthwise(p *packedWeights, node, norm *Node, set *kernel.Set) error {
	channels := node.Shape[2]
	weights, err := n.vector(node, "depthwise_kernel")
	if err != nil {
		return err
	}
	out, err := n.output(node, norm, channels)
	if err != nil {
		return err
	}
	taps := len(weights) / channels
	block := 2 * set.Lanes
	p.data = make([]float32, ceilDiv(channels, block)*block*(1+taps))
	for c := range channels {
		packed := p.data[c/block*block*(1+taps)+c%block:]
		packed[0] = float32(out.shift[c])
		for t := range taps {
			packed[(1+t)*block] = float32(float64(weights[t*channels+c]) * out.scale[c])
		}
	}
	return nil
}
