package graph

import (
	"fmt"
	"math"
	"sync"

	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/tensor"
)

// Network is a Graph with its weights. It may be shared: Plans compiled from
// it share the weights that they have packed alike.
type Network struct {
	graph   *Graph
	weights map[string]tensor.Tensor

	mu     sync.Mutex
	packed map[packing]*packedWeights
}

// packing names one way of laying out a layer's weights.
type packing struct {
	kernel string // the parameter
	norm   *Node  // the batch normalisation folded in, or nil
	level  kernel.Level
}

// packedWeights are a convolution's weights as the kernels read them.
type packedWeights struct {
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

// NewNetwork joins a graph with its weights. Every parameter must be there in
// its shape. The network takes the tensors over.
func NewNetwork(g *Graph, weights map[string]tensor.Tensor) (*Network, error) {
	for _, p := range g.Parameters() {
		w, ok := weights[p.Name]
		if !ok {
			return nil, fmt.Errorf("weights %q are missing", p.Name)
		}
		if !w.Shape.Equal(p.Shape) {
			return nil, fmt.Errorf("weights %q are %v, want %v", p.Name, w.Shape, p.Shape)
		}
	}
	return &Network{graph: g, weights: weights, packed: map[packing]*packedWeights{}}, nil
}

// Graph returns the network without its weights.
func (n *Network) Graph() *Graph { return n.graph }

func (n *Network) weight(node *Node, name string) []float32 {
	return n.weights[node.Name+"/"+name].Data
}

// affine is y = x*scale + shift per channel.
type affine struct{ scale, shift []float64 }

// statistics is what a normalisation by the training set does. Keras keeps
// the divisor off zero.
func (n *Network) statistics(node *Node) affine {
	mean, variance := n.weight(node, "mean"), n.weight(node, "variance")
	a := affine{make([]float64, len(mean)), make([]float64, len(mean))}
	for c := range mean {
		const epsilon = 1e-7
		a.scale[c] = 1 / max(math.Sqrt(float64(variance[c])), epsilon)
		a.shift[c] = -float64(mean[c]) * a.scale[c]
	}
	return a
}

// rescaling is what a Rescaling does.
func rescaling(op Rescaling) affine {
	a := affine{op.Scale, make([]float64, len(op.Scale))}
	for c := range a.shift {
		a.shift[c] = op.Offset
	}
	return a
}

// normalisation is what a batch normalisation does.
func (n *Network) normalisation(node *Node) affine {
	gamma, beta := n.weight(node, "gamma"), n.weight(node, "beta")
	mean, variance := n.weight(node, "moving_mean"), n.weight(node, "moving_variance")
	epsilon := node.Op.(BatchNormalization).Epsilon
	a := affine{make([]float64, len(beta)), make([]float64, len(beta))}
	for c := range beta {
		a.scale[c] = 1 / math.Sqrt(float64(variance[c])+epsilon)
		if gamma != nil {
			a.scale[c] *= float64(gamma[c])
		}
		a.shift[c] = float64(beta[c]) - float64(mean[c])*a.scale[c]
	}
	return a
}

// output is the affine map after a node's weights: its bias and then, where
// norm is not nil, the batch normalisation folded in.
func (n *Network) output(node, norm *Node, channels int) affine {
	a := affine{make([]float64, channels), make([]float64, channels)}
	for c := range channels {
		a.scale[c] = 1
	}
	if norm != nil {
		a = n.normalisation(norm)
	}
	if _, hasBias := weightsOf(node); hasBias {
		for c, bias := range n.weight(node, "bias") {
			a.shift[c] += float64(bias) * a.scale[c]
		}
	}
	return a
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

// pack lays out a node's weights, once per packing.
func (n *Network) pack(node, norm *Node, set *kernel.Set) *packedWeights {
	n.mu.Lock()
	defer n.mu.Unlock()
	name, _ := weightsOf(node)
	key := packing{node.Name + "/" + name, norm, set.Level}
	if p := n.packed[key]; p != nil {
		return p
	}
	var p *packedWeights
	if _, ok := node.Op.(DepthwiseConv2D); ok {
		p = n.packDepthwise(node, norm, set)
	} else {
		p = n.packFull(node, norm, set)
	}
	n.packed[key] = p
	return p
}

// packFull lays out a convolution or a dense layer as kernel.Tile says:
// panel after panel, bias first.
func (n *Network) packFull(node, norm *Node, set *kernel.Set) *packedWeights {
	name, _ := weightsOf(node)
	weights := n.weight(node, name)
	filters := node.Shape[len(node.Shape)-1]
	depth := len(weights) / filters
	out := n.output(node, norm, filters)
	p := &packedWeights{}
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
		width := set.Panels[panel.kernel]
		data := p.data[panel.start:]
		for c := range panel.channels {
			data[c] = float32(out.shift[panel.first+c])
		}
		for k := range depth {
			row := weights[k*filters+panel.first:][:panel.channels]
			packed := data[(1+k)*width:]
			for c, w := range row {
				packed[c] = float32(float64(w) * out.scale[panel.first+c])
			}
		}
	}
	return p
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
func (n *Network) packDepthwise(node, norm *Node, set *kernel.Set) *packedWeights {
	weights := n.weight(node, "depthwise_kernel")
	channels := node.Shape[2]
	taps := len(weights) / channels
	block := 2 * set.Lanes
	out := n.output(node, norm, channels)
	data := make([]float32, ceilDiv(channels, block)*block*(1+taps))
	for c := range channels {
		packed := data[c/block*block*(1+taps)+c%block:]
		packed[0] = float32(out.shift[c])
		for t := range taps {
			packed[(1+t)*block] = float32(float64(weights[t*channels+c]) * out.scale[c])
		}
	}
	return &packedWeights{data: data}
}
