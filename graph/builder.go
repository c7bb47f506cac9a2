package graph

import (
	"fmt"

	"github.com/convnetplayground/convnet/tensor"
)

// Parameter names one weight tensor of a network.
type Parameter struct {
	Name  string // "<node>/kernel"; the names of Keras' variables
	Shape tensor.Shape
}

// Node is one layer of a network.
type Node struct {
	Name       string
	Op         Op
	Inputs     []*Node
	Shape      tensor.Shape // of the output, without the batch
	Parameters []Parameter
}

// ParameterCount is the number of weights of the node, those that training
// leaves alone included.
func (n *Node) ParameterCount() int {
	count := 0
	for _, p := range n.Parameters {
		count += p.Shape.Elements()
	}
	return count
}

// MultiplyAdds is the number of multiply-adds for one picture that the node's
// weights take part in.
func (n *Node) MultiplyAdds() int {
	switch n.Op.(type) {
	case Conv2D, DepthwiseConv2D:
		return n.Shape[0] * n.Shape[1] * n.Parameters[0].Shape.Elements()
	case SeparableConv2D:
		return n.Shape[0] * n.Shape[1] * (n.Parameters[0].Shape.Elements() + n.Parameters[1].Shape.Elements())
	case Dense:
		return n.Parameters[0].Shape.Elements()
	}
	return 0
}

// Graph is a network without weights. It is immutable.
type Graph struct {
	nodes  []*Node // inputs before the nodes that use them
	byName map[string]*Node
}

// Nodes lists all nodes, each after its inputs. The caller leaves it as it is.
func (g *Graph) Nodes() []*Node { return g.nodes }

// Node finds a node by name; nil where there is none.
func (g *Graph) Node(name string) *Node { return g.byName[name] }

// Parameters lists the weights of all nodes.
func (g *Graph) Parameters() []Parameter {
	var all []Parameter
	for _, n := range g.nodes {
		all = append(all, n.Parameters...)
	}
	return all
}

// Builder writes a Graph. It keeps its first error, so that the code of a
// network stays a straight line; Graph returns it.
type Builder struct {
	graph Graph
	err   error
}

// NewBuilder starts an empty network.
func NewBuilder() *Builder {
	return &Builder{graph: Graph{byName: map[string]*Node{}}}
}

// Graph returns the finished network or the first error.
func (b *Builder) Graph() (*Graph, error) {
	if b.err != nil {
		return nil, b.err
	}
	return &b.graph, nil
}

// Input adds the entry for pictures [height, width, channels].
func (b *Builder) Input(name string, height, width, channels int) *Node {
	return b.add(name, Input{tensor.Shape{height, width, channels}})
}

// Conv2D adds a convolution.
func (b *Builder) Conv2D(name string, x *Node, op Conv2D) *Node {
	op.Stride, op.Dilation = max(op.Stride, 1), max(op.Dilation, 1)
	if op.Same {
		op.Padding = same(x, op.Kernel.dilated(op.Dilation), op.Stride)
	}
	return b.add(name, op, x)
}

// DepthwiseConv2D adds a convolution of each channel by itself.
func (b *Builder) DepthwiseConv2D(name string, x *Node, op DepthwiseConv2D) *Node {
	op.Stride, op.Dilation = max(op.Stride, 1), max(op.Dilation, 1)
	if op.Same {
		op.Padding = same(x, op.Kernel.dilated(op.Dilation), op.Stride)
	}
	return b.add(name, op, x)
}

// SeparableConv2D adds a depthwise convolution with one of single pixels.
func (b *Builder) SeparableConv2D(name string, x *Node, op SeparableConv2D) *Node {
	op.Stride = max(op.Stride, 1)
	if op.Same {
		op.Padding = same(x, op.Kernel, op.Stride)
	}
	return b.add(name, op, x)
}

// MaxPooling2D adds the greatest value under a sliding window.
func (b *Builder) MaxPooling2D(name string, x *Node, op MaxPooling2D) *Node {
	op.Stride = max(op.Stride, 1)
	if op.Same {
		op.Padding = same(x, op.Size, op.Stride)
	}
	return b.add(name, op, x)
}

// AveragePooling2D adds the mean under a sliding window.
func (b *Builder) AveragePooling2D(name string, x *Node, op AveragePooling2D) *Node {
	op.Stride = max(op.Stride, 1)
	if op.Same {
		op.Padding = same(x, op.Size, op.Stride)
	}
	return b.add(name, op, x)
}

// same is the SAME padding of x; none where x is no feature map, for add to
// report.
func same(x *Node, kernel Size, stride int) Padding {
	if len(x.Shape) != 3 {
		return Padding{}
	}
	return Same(x.Shape[0], x.Shape[1], kernel, stride)
}

// Cropping2D cuts rows and columns off a feature map.
func (b *Builder) Cropping2D(name string, x *Node, crop Padding) *Node {
	return b.add(name, Cropping2D{crop}, x)
}

// Rescaling adds x * scale + offset; one scale, or one per channel.
func (b *Builder) Rescaling(name string, x *Node, offset float64, scale ...float64) *Node {
	return b.add(name, Rescaling{Scale: scale, Offset: offset}, x)
}

// Normalization adds a normalisation by the statistics of the training set.
func (b *Builder) Normalization(name string, x *Node) *Node { return b.add(name, Normalization{}, x) }

// ReLU adds Keras' layer of that name: ReLU or ReLU6.
func (b *Builder) ReLU(name string, x *Node, a Activation) *Node {
	return b.add(name, Activate{Activation: a, Class: "ReLU"}, x)
}

// Multiply scales the channels of x by y [1, 1, channels].
func (b *Builder) Multiply(name string, x, y *Node) *Node { return b.add(name, Multiply{}, x, y) }

// Concatenate puts the channels of feature maps side by side.
func (b *Builder) Concatenate(name string, inputs ...*Node) *Node {
	return b.add(name, Concatenate{}, inputs...)
}

// Reshape gives the values another shape.
func (b *Builder) Reshape(name string, x *Node, shape ...int) *Node {
	return b.add(name, Reshape{shape}, x)
}

// Flatten makes a vector of a feature map.
func (b *Builder) Flatten(name string, x *Node) *Node {
	return b.add(name, Reshape{tensor.Shape{allValues}}, x)
}

// ZeroPadding2D adds zeros around a feature map.
func (b *Builder) ZeroPadding2D(name string, x *Node, p Padding) *Node {
	return b.add(name, ZeroPadding2D{p}, x)
}

// BatchNormalization adds a batch normalisation over channels.
func (b *Builder) BatchNormalization(name string, x *Node, epsilon float64) *Node {
	return b.add(name, BatchNormalization{Epsilon: epsilon}, x)
}

// UnscaledBatchNormalization adds a batch normalisation without gamma.
func (b *Builder) UnscaledBatchNormalization(name string, x *Node, epsilon float64) *Node {
	return b.add(name, BatchNormalization{Epsilon: epsilon, Unscaled: true}, x)
}

// Activation adds an activation.
func (b *Builder) Activation(name string, x *Node, a Activation) *Node {
	return b.add(name, Activate{Activation: a}, x)
}

// Add adds the sum of two feature maps.
func (b *Builder) Add(name string, x, y *Node) *Node { return b.add(name, Add{}, x, y) }

// Dropout adds a layer that does nothing when a network is run.
func (b *Builder) Dropout(name string, x *Node) *Node { return b.add(name, Dropout{}, x) }

// GlobalAveragePooling2D adds the mean of each channel: [channels].
func (b *Builder) GlobalAveragePooling2D(name string, x *Node) *Node {
	return b.add(name, GlobalAveragePooling2D{}, x)
}

// GlobalAverageMap2D adds the mean of each channel as a map [1, 1, channels]:
// Keras' GlobalAveragePooling2D with keepdims.
func (b *Builder) GlobalAverageMap2D(name string, x *Node) *Node {
	return b.add(name, GlobalAveragePooling2D{KeepDims: true}, x)
}

// Dense adds a full matrix product.
func (b *Builder) Dense(name string, x *Node, op Dense) *Node { return b.add(name, op, x) }

// add appends a node. After an error it returns nodes that only carry the
// line of calls on.
func (b *Builder) add(name string, op Op, inputs ...*Node) *Node {
	n := &Node{Name: name, Op: op, Inputs: inputs}
	if b.err != nil {
		return n
	}
	if b.graph.byName[name] != nil {
		b.err = fmt.Errorf("%s %q: a node of this name is there already", op.Type(), name)
		return n
	}
	shapes := make([]tensor.Shape, len(inputs))
	for i, x := range inputs {
		shapes[i] = x.Shape
	}
	shape, err := op.shape(shapes)
	if err != nil {
		b.err = fmt.Errorf("%s %q: %w", op.Type(), name, err)
		return n
	}
	n.Shape = shape
	if len(inputs) > 0 {
		for _, p := range op.parameters(inputs[0].Shape) {
			n.Parameters = append(n.Parameters, Parameter{name + "/" + p.Name, p.Shape})
		}
	}
	b.graph.nodes = append(b.graph.nodes, n)
	b.graph.byName[name] = n
	return n
}
