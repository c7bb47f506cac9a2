package graph

import (
	"fmt"
	"math"
	"strings"
)

// Network is a Graph with its weights. It may be shared: Plans compiled from
// it share the weights that they have packed alike.
type Network struct {
	graph *Graph
	store *packed
}

// NewNetwork joins a graph with its weights. Every parameter must be there in
// its shape. The values are read when a Plan needs them, so the weights must
// stay open as long as the network is compiled.
func NewNetwork(g *Graph, w Weights) (*Network, error) {
	if err := check(g, w); err != nil {
		return nil, err
	}
	return &Network{graph: g, store: &packed{weights: w, layouts: map[packing]*packedWeights{}}}, nil
}

// With joins another graph, say one for larger pictures, with the weights of
// the network: what is packed alike serves both.
func (n *Network) With(g *Graph) (*Network, error) {
	if err := check(g, n.store.weights); err != nil {
		return nil, err
	}
	return &Network{graph: g, store: n.store}, nil
}

func check(g *Graph, w Weights) error {
	for _, p := range g.Parameters() {
		shape, ok := w.Shape(p.Name)
		if !ok {
			return fmt.Errorf("weights %q are missing", p.Name)
		}
		if !shape.Equal(p.Shape) {
			return fmt.Errorf("weights %q are %v, want %v", p.Name, shape, p.Shape)
		}
	}
	return nil
}

// Graph returns the network without its weights.
func (n *Network) Graph() *Graph { return n.graph }

// affine is y = x*scale + shift per channel.
type affine struct{ scale, shift []float64 }

// statistics is what a normalisation by the training set does. Keras keeps
// the divisor off zero.
func (n *Network) statistics(node *Node) (affine, error) {
	mean, err := n.vector(node, "mean")
	if err != nil {
		return affine{}, err
	}
	variance, err := n.vector(node, "variance")
	if err != nil {
		return affine{}, err
	}
	a := affine{make([]float64, len(mean)), make([]float64, len(mean))}
	for c := range mean {
		const epsilon = 1e-7
		a.scale[c] = 1 / max(math.Sqrt(float64(variance[c])), epsilon)
		a.shift[c] = -float64(mean[c]) * a.scale[c]
	}
	return a, nil
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
func (n *Network) normalisation(node *Node) (affine, error) {
	op := node.Op.(BatchNormalization)
	values := map[string][]float32{}
	for _, p := range node.Parameters {
		name := strings.TrimPrefix(p.Name, node.Name+"/")
		var err error
		if values[name], err = n.vector(node, name); err != nil {
			return affine{}, err
		}
	}
	beta, mean, variance := values["beta"], values["moving_mean"], values["moving_variance"]
	a := affine{make([]float64, len(beta)), make([]float64, len(beta))}
	for c := range beta {
		a.scale[c] = 1 / math.Sqrt(float64(variance[c])+op.Epsilon)
		if !op.Unscaled {
			a.scale[c] *= float64(values["gamma"][c])
		}
		a.shift[c] = float64(beta[c]) - float64(mean[c])*a.scale[c]
	}
	return a, nil
}

// output is the affine map after a node's weights: its bias and then, where
// norm is not nil, the batch normalisation folded in.
func (n *Network) output(node, norm *Node, channels int) (affine, error) {
	a := affine{make([]float64, channels), make([]float64, channels)}
	for c := range channels {
		a.scale[c] = 1
	}
	if norm != nil {
		var err error
		if a, err = n.normalisation(norm); err != nil {
			return a, err
		}
	}
	if _, hasBias := weightsOf(node); !hasBias {
		return a, nil
	}
	bias, err := n.vector(node, "bias")
	for c, b := range bias {
		a.shift[c] += float64(b) * a.scale[c]
	}
	return a, err
}
