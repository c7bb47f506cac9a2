package graph

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/tensor"
)

// Reduction says what a tap keeps of a feature map.
type Reduction int

// The reductions.
const (
	Whole   Reduction = iota // [batch, height, width, channels] as it is
	Mean                     // over height and width: [batch, channels]
	Maximum                  // over height and width: [batch, channels]
	// Summary is [batch, 3, channels], over height and width: the mean, the
	// maximum, and where the maximum is first found in reading order, as
	// y*width + x. Places are exact for maps of up to 2^24 pixels; that of NaN
	// has no meaning.
	Summary
)

// Tap asks for what a node puts out.
type Tap struct {
	Node   string
	Reduce Reduction
	// Linear asks for the values before the node's activation: the logits of a
	// classifier instead of its probabilities.
	Linear bool
}

// Plan is a compiled network: immutable, shared by its Sessions.
type Plan struct {
	set     *kernel.Set
	batch   int
	input   *buffer
	taps    []*buffer // in the order asked for
	steps   []step
	back    *backward // nil where only the forward pass was asked for
	zeros   int       // values of zeros at the start of the arena
	arena   int       // values
	offsets int       // most offsets that a step needs at once
	vector  int       // most channels that a reduction adds up
}

// step is a part of a Plan that runs after the one before it is done.
type step interface {
	// tasks is the number of parts that threads workers share.
	tasks(threads int) int
	run(s *Session, w *worker, task int)
}

// Compile plans forward passes of batch pictures that fill the taps and stop
// at the deepest of them, and reads the weights that these need. It fails
// where a tap names no node or weights cannot be read.
func (n *Network) Compile(ctx context.Context, batch int, taps ...Tap) (*Plan, error) {
	set, _ := kernel.Active()
	return n.compile(ctx, set, batch, taps, false)
}

func (n *Network) compile(ctx context.Context, set *kernel.Set, batch int, taps []Tap, gradient bool) (*Plan, error) {
	if batch < 1 {
		return nil, fmt.Errorf("batch of %d", batch)
	}
	c := compiler{
		network: n, plan: &Plan{set: set, batch: batch},
		tapped: map[*Node]bool{}, linear: map[*Node]*Node{}, users: map[*Node][]*Node{}, values: map[*Node]*buffer{},
	}
	outputs, err := c.resolve(taps)
	if err != nil {
		return nil, err
	}
	for _, node := range c.order(outputs) {
		if err := c.emit(node); err != nil {
			return nil, fmt.Errorf("%s %q: %w", node.Op.Type(), node.Name, err)
		}
	}
	for _, output := range outputs {
		b := c.values[output]
		b.last = forever
		c.plan.taps = append(c.plan.taps, b)
	}
	if gradient {
		c.reverse()
	}
	c.place()
	return c.plan, c.load(ctx)
}

// compiler holds the state of one Compile.
type compiler struct {
	network *Network
	plan    *Plan
	tapped  map[*Node]bool    // nodes whose own output is wanted
	linear  map[*Node]*Node   // nodes that are wanted without their activation
	users   map[*Node][]*Node // only nodes that a tap needs
	values  map[*Node]*buffer // where outputs stand; fused nodes share
	layers  []layer           // the steps, as the way back needs them
	buffers []*buffer
	packs   []func() error
}

// pack has the weights of a node packed into dst before the plan is done.
func (c *compiler) pack(n, norm *Node, t turn, dst **packedWeights) {
	c.packs = append(c.packs, func() (err error) {
		if *dst, err = c.network.pack(n, norm, t, c.plan.set); err != nil {
			return fmt.Errorf("%s %q: %w", n.Op.Type(), n.Name, err)
		}
		return nil
	})
}

// load packs the weights of all steps, several layers at a time.
func (c *compiler) load(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, pack := range c.packs {
		g.Go(func() error {
			if ctx.Err() != nil {
				return fmt.Errorf("reading weights: %w", context.Cause(ctx))
			}
			return pack()
		})
	}
	return g.Wait()
}

// resolve finds the tapped nodes. A node that is wanted without its activation
// becomes two; a reduced tap becomes a pooling node of its own, so that its
// feature map need not outlive its use.
func (c *compiler) resolve(taps []Tap) ([]*Node, error) {
	if len(taps) == 0 {
		return nil, fmt.Errorf("no taps")
	}
	reduced := map[reducedNode]*Node{}
	outputs := make([]*Node, len(taps))
	for i, tap := range taps {
		node := c.network.graph.Node(tap.Node)
		if node == nil {
			return nil, fmt.Errorf("tap %q: no such node", tap.Node)
		}
		if tap.Linear {
			node = c.withoutActivation(node)
		}
		if tap.Reduce == Summary || tap.Reduce != Whole && len(node.Shape) == 3 {
			key := reducedNode{node, tap.Reduce}
			if reduced[key] == nil {
				reduced[key] = reduction(node, tap.Reduce)
			}
			node = reduced[key]
		}
		outputs[i] = node
		c.tapped[node] = true
	}
	return outputs, nil
}

type reducedNode struct {
	node   *Node
	reduce Reduction
}

// withoutActivation is the node that computes what the activation of another
// is applied to.
func (c *compiler) withoutActivation(node *Node) *Node {
	if _, ok := node.Op.(Activate); ok {
		return node.Inputs[0]
	}
	op, a := split(node.Op)
	if a == Linear || a == "" {
		return node
	}
	if c.linear[node] == nil {
		c.linear[node] = &Node{Name: node.Name, Op: op, Inputs: node.Inputs, Shape: node.Shape, Parameters: node.Parameters}
	}
	return c.linear[node]
}

func reduction(node *Node, r Reduction) *Node {
	channels := node.Shape[len(node.Shape)-1]
	n := &Node{Name: node.Name, Op: GlobalAveragePooling2D{}, Inputs: []*Node{node}, Shape: tensor.Shape{channels}}
	switch r {
	case Maximum:
		n.Op = GlobalMaxPooling2D{}
	case Summary:
		n.Op, n.Shape = globalSummary{}, tensor.Shape{summaryRows, channels}
	}
	return n
}

// order lists the nodes that the outputs need, inputs first, and fills users.
func (c *compiler) order(outputs []*Node) []*Node {
	var order []*Node
	seen := map[*Node]bool{}
	var visit func(*Node)
	visit = func(n *Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		inputs := n.Inputs
		if linear := c.linear[n]; linear != nil {
			inputs = []*Node{linear}
		}
		for _, input := range inputs {
			visit(input)
			c.users[input] = append(c.users[input], n)
		}
		order = append(order, n)
	}
	for _, output := range outputs {
		visit(output)
	}
	return order
}

// emit appends the step that computes a node, with the nodes after it that
// can be fused into it.
func (c *compiler) emit(n *Node) error {
	if c.values[n] != nil {
		return nil // fused into a node before
	}
	if linear := c.linear[n]; linear != nil {
		_, a := split(n.Op)
		c.activate(n, linear, a)
		return nil
	}
	switch op := n.Op.(type) {
	case Input:
		c.plan.input = c.output(n, 0)
	case Dropout:
		c.values[n] = c.values[n.Inputs[0]]
	case ZeroPadding2D:
		if c.foldsPadding(n) {
			return nil
		}
		c.step(n, n, &pad{node: n, padding: op.Padding}, n.Inputs[0])
	case Conv2D:
		source, w := c.window(n, op.Kernel, op.Stride, op.Dilation, op.Padding)
		c.convolution(n, source, w, op.Activation)
	case DepthwiseConv2D:
		source, w := c.window(n, op.Kernel, op.Stride, op.Dilation, op.Padding)
		c.depthwise(n, source, w, op.Activation)
	case SeparableConv2D:
		source, w := c.window(n, op.Kernel, op.Stride, 1, op.Padding)
		c.separable(n, source, w, op)
	case MaxPooling2D:
		c.step(n, n, &pooling{node: n, window: newWindow(c.plan.batch, n.Inputs[0].Shape, n.Shape, op.Size, op.Stride, 1, op.Padding)}, n.Inputs[0])
	case AveragePooling2D:
		c.step(n, n, &pooling{node: n, average: true, window: newWindow(c.plan.batch, n.Inputs[0].Shape, n.Shape, op.Size, op.Stride, 1, op.Padding)}, n.Inputs[0])
	case Dense:
		w := newWindow(c.plan.batch, tensor.Shape{1, 1, n.Inputs[0].Shape[0]}, tensor.Shape{1, 1, op.Units}, Square(1), 1, 1, Padding{})
		c.convolution(n, n.Inputs[0], w, op.Activation)
	case Cropping2D:
		c.step(n, n, &crop{node: n, crop: op.Crop}, n.Inputs[0])
	case Rescaling:
		c.step(n, n, newNormalise(n, rescaling(op), unclamped), n.Inputs[0])
	case Normalization:
		a, err := c.network.statistics(n)
		if err != nil {
			return err
		}
		c.step(n, n, newNormalise(n, a, unclamped), n.Inputs[0])
	case BatchNormalization:
		fused := c.fuse(n, Linear, false)
		a, err := c.network.normalisation(n)
		if err != nil {
			return err
		}
		c.step(n, fused.last, newNormalise(n, a, fused.clamp), n.Inputs[0])
	case Activate:
		c.activate(n, n.Inputs[0], op.Activation)
	case Add:
		fused := c.fuse(n, Linear, false)
		c.step(n, fused.last, &add{clamp: fused.clamp}, n.Inputs[0], n.Inputs[1])
	case GlobalAveragePooling2D:
		c.plan.vector = max(c.plan.vector, n.Shape.Elements())
		c.step(n, n, &globalPooling{node: n, average: true}, n.Inputs[0])
	case GlobalMaxPooling2D:
		c.step(n, n, &globalPooling{node: n}, n.Inputs[0])
	case globalSummary:
		c.plan.vector = max(c.plan.vector, 2*n.Shape[1])
		c.step(n, n, &summary{node: n}, n.Inputs[0])
	case Multiply:
		c.step(n, n, &multiply{node: n}, n.Inputs[0], n.Inputs[1])
	case Concatenate:
		c.step(n, n, &concatenate{node: n}, n.Inputs...)
	case Reshape:
		c.step(n, n, &reshape{node: n}, n.Inputs[0])
	default:
		return fmt.Errorf("cannot be run")
	}
	return nil
}

// activate emits an activation as a step of its own.
func (c *compiler) activate(n, input *Node, a Activation) {
	if a == Softmax {
		c.step(n, n, &softmax{node: n}, input)
		return
	}
	if a.isClamp() {
		identity := affine{[]float64{1}, []float64{0}}
		c.step(n, n, newNormalise(n, identity, newClamp(n, a)), input)
		return
	}
	c.step(n, n, &sigmoid{node: n, swish: a == Swish}, input)
}

// window is the kernel of n sliding over its input, or over the one before
// where zeros are padded in between.
func (c *compiler) window(n *Node, kernel Size, stride, dilation int, p Padding) (source *Node, w window) {
	source, p = c.unpadded(n.Inputs[0], p)
	return source, newWindow(c.plan.batch, source.Shape, n.Shape, kernel, stride, dilation, p)
}

// fusion is a chain of nodes computed in one step.
type fusion struct {
	norm *Node // batch normalisation, or nil
	last *Node // the node whose output the step writes
	clamp
}

// clamp is an activation that cuts values off, at the end of a step.
type clamp struct {
	lo, hi float32
	node   *Node      // whose activation it is
	kind   Activation // Linear where nothing is cut off
}

var unclamped = clamp{lo: negativeInfinity, hi: infinity, kind: Linear}

func newClamp(n *Node, a Activation) clamp {
	if a == Linear || a == "" {
		return unclamped
	}
	lo, hi, _ := a.bounds()
	return clamp{lo, hi, n, a}
}

// fuse follows the chain from n on through nodes that nobody else uses and no
// tap wants the input of: a batch normalisation where norms is set, then an
// activation that is a clamp.
func (c *compiler) fuse(n *Node, activation Activation, norms bool) fusion {
	f := fusion{last: n, clamp: newClamp(n, activation)}
	for !c.tapped[f.last] && len(c.users[f.last]) == 1 {
		next := c.users[f.last][0]
		switch op := next.Op.(type) {
		case BatchNormalization:
			if !norms || f.kind != Linear || f.norm != nil {
				return f
			}
			f.norm = next
		case Activate:
			if !op.Activation.isClamp() || f.kind != Linear {
				return f
			}
			f.clamp = newClamp(next, op.Activation)
		case Dropout:
		default:
			return f
		}
		f.last = next
	}
	return f
}

// foldsPadding tells whether all users of a padding node can read the zeros
// themselves.
func (c *compiler) foldsPadding(n *Node) bool {
	if c.tapped[n] {
		return false
	}
	for _, user := range c.users[n] {
		switch user.Op.(type) {
		case Conv2D, DepthwiseConv2D, SeparableConv2D:
		default:
			return false
		}
	}
	return true
}

// unpadded looks through a folded padding node.
func (c *compiler) unpadded(input *Node, p Padding) (*Node, Padding) {
	op, ok := input.Op.(ZeroPadding2D)
	if !ok || c.values[input] != nil {
		return input, p
	}
	p.Top += op.Padding.Top
	p.Left += op.Padding.Left
	return input.Inputs[0], p
}

// step appends s, which computes from on to last out of the inputs.
func (c *compiler) step(from, last *Node, s layer, inputs ...*Node) {
	index := len(c.plan.steps)
	in := make([]*buffer, len(inputs))
	for i, input := range inputs {
		in[i] = c.values[input]
		in[i].last = index
	}
	out := c.output(last, index)
	for n := last; n != from; n = n.Inputs[0] {
		c.values[n] = out
	}
	c.values[from] = out
	s.bind(out, in)
	c.plan.steps = append(c.plan.steps, s)
	c.layers = append(c.layers, s)
}

// output makes the buffer of what n puts out, written by the step index.
func (c *compiler) output(n *Node, index int) *buffer {
	b := &buffer{shape: append(tensor.Shape{c.plan.batch}, n.Shape...), first: index, last: index}
	c.buffers = append(c.buffers, b)
	c.values[n] = b
	return b
}
