package graph

import "github.com/convnetplayground/convnet/tensor"

// Rule replaces the gradient of some operations during one Backward.
type Rule interface {
	// Replaces tells whether the rule stands in for the gradient of o.
	Replaces(o *Operation) bool
	// Gradient fills o.Gradients for one picture of the batch. It is called
	// once for each, for several at the same time, and allocates nothing if
	// Backward is not to.
	Gradient(o *Operation, picture int)
}

// Operation is an operation of the network on the way back, as a Rule sees
// it. A layer with an activation of its own is two operations; a batch
// normalisation is one with the convolution that it is fused into. An addition
// hands its gradient on as it is, and is none.
//
// The tensors are views of the Session's buffers, [batch, …] as in a Tap.
// Those of the forward pass may be read for all pictures of the batch. A
// gradient may have the place of Upstream, so that Upstream may be read only
// for the picture in question, and only before its place is written.
type Operation struct {
	Node       *Node
	Activation Activation      // of the node, where that is the operation, or ""
	Inputs     []tensor.Tensor // of the forward pass; without Data where they are not kept
	Output     tensor.Tensor   // likewise
	Upstream   tensor.Tensor   // d objective / d Output
	Gradients  []tensor.Tensor // d objective / d Inputs
}

// Guided is guided backpropagation (Springenberg et al. 2015, Striving for
// Simplicity): a ReLU or ReLU6 lets only positive gradients through. Other
// activations keep their gradient.
type Guided struct{}

// Replaces implements Rule.
func (Guided) Replaces(o *Operation) bool { return o.Activation == ReLU || o.Activation == ReLU6 }

// Gradient implements Rule.
func (Guided) Gradient(o *Operation, picture int) {
	lo, hi, _ := o.Activation.bounds()
	y, upstream, gradient := ofPicture(o.Output, picture), ofPicture(o.Upstream, picture), ofPicture(o.Gradients[0], picture)
	for i, g := range upstream {
		if g <= 0 || y[i] <= lo || y[i] >= hi {
			g = 0
		}
		gradient[i] = g
	}
}

// Redirected lets the ascent of an objective start where a ReLU or ReLU6
// would block all of a picture's gradient: there, what pushes a value below
// the lower bound up passes, and what pushes a value above the upper bound
// down. It is the gradient that lucid/misc/redirected_relu_grad.py of Lucid
// takes for the first 16 steps, with the signs of an ascent.
type Redirected struct{}

// Replaces implements Rule.
func (Redirected) Replaces(o *Operation) bool { return Guided{}.Replaces(o) }

// Gradient implements Rule.
func (Redirected) Gradient(o *Operation, picture int) {
	lo, hi, _ := o.Activation.bounds()
	y, upstream, gradient := ofPicture(o.Output, picture), ofPicture(o.Upstream, picture), ofPicture(o.Gradients[0], picture)
	blocked := true
	for i, g := range upstream {
		if g != 0 && lo < y[i] && y[i] < hi {
			blocked = false
			break
		}
	}
	for i, g := range upstream {
		switch {
		case y[i] <= lo && !(blocked && g > 0), y[i] >= hi && !(blocked && g < 0):
			g = 0
		}
		gradient[i] = g
	}
}

// ofPicture is the part of a tensor [batch, …] that belongs to one picture.
func ofPicture(t tensor.Tensor, picture int) []float32 {
	size := len(t.Data) / t.Shape[0]
	return t.Data[picture*size:][:size]
}
