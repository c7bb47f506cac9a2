package graph

import "math"

var (
	infinity         = float32(math.Inf(1))
	negativeInfinity = float32(math.Inf(-1))
)

// chunk is how many values a task of an element-wise step has.
const chunk = 64 << 10

// unary and binary know the buffers of steps with one and two inputs.
type (
	unary  struct{ in, out *buffer }
	binary struct{ a, b, out *buffer }
)

func (u *unary) bind(out *buffer, in []*buffer)  { u.in, u.out = in[0], out }
func (b *binary) bind(out *buffer, in []*buffer) { b.a, b.b, b.out = in[0], in[1], out }

// add is the sum of two feature maps, clamped.
type add struct {
	binary
	clamp
}

func (a *add) tasks(int) int { return ceilDiv(a.out.size(), chunk) }

func (a *add) run(s *Session, _ *worker, task int) {
	from := task * chunk
	to := min(from+chunk, a.out.size())
	s.plan.set.Add(a.out.in(s.arena)[from:to], a.a.in(s.arena)[from:to], a.b.in(s.arena)[from:to], a.lo, a.hi)
}

// normalise is y = clamp(x*scale + shift) per channel: batch normalisations
// and activations that stand alone.
type normalise struct {
	unary
	node         *Node
	scale, shift []float32 // several pixels of channels, so that kernel calls are long
	clamp
}

func newNormalise(node *Node, a affine, c clamp) *normalise {
	pixels := max(1, 512/len(a.scale))
	n := &normalise{node: node, clamp: c}
	for range pixels {
		for c := range a.scale {
			n.scale = append(n.scale, float32(a.scale[c]))
			n.shift = append(n.shift, float32(a.shift[c]))
		}
	}
	return n
}

// taskValues is chunk rounded to whole runs of scale.
func (n *normalise) taskValues() int { return roundUp(chunk, len(n.scale)) }

func (n *normalise) tasks(int) int { return ceilDiv(n.out.size(), n.taskValues()) }

func (n *normalise) run(s *Session, _ *worker, task int) {
	out, in := n.out.in(s.arena), n.in.in(s.arena)
	to := min((task+1)*n.taskValues(), len(out))
	for from := task * n.taskValues(); from < to; from += len(n.scale) {
		end := min(from+len(n.scale), to)
		s.plan.set.ScaleShift(out[from:end], in[from:end], n.scale[:end-from], n.shift[:end-from], n.lo, n.hi)
	}
}

// pad copies a feature map into a larger one.
type pad struct {
	unary
	node    *Node
	padding Padding
}

func (p *pad) tasks(int) int { return p.out.shape[0] }

func (p *pad) run(s *Session, _ *worker, task int) {
	height, width, channels := p.in.shape[1], p.in.shape[2], p.in.shape[3]
	size := p.out.size() / p.out.shape[0]
	out := p.out.in(s.arena)[task*size:][:size]
	in := p.in.in(s.arena)[task*height*width*channels:]
	clear(out)
	for y := range height {
		at := ((y+p.padding.Top)*p.out.shape[2] + p.padding.Left) * channels
		copy(out[at:], in[y*width*channels:(y+1)*width*channels])
	}
}

// crop copies the middle of a feature map.
type crop struct {
	unary
	node *Node
	crop Padding
}

func (c *crop) tasks(int) int { return c.out.shape[0] }

func (c *crop) run(s *Session, _ *worker, task int) {
	in, out := c.in.in(s.arena), c.out.in(s.arena)
	height, row := c.out.shape[1], c.out.shape[2]*c.out.shape[3]
	for y := range height {
		from := ((task*c.in.shape[1]+y+c.crop.Top)*c.in.shape[2] + c.crop.Left) * c.in.shape[3]
		copy(out[(task*height+y)*row:][:row], in[from:])
	}
}

// reshape copies values: what it stands before is small.
type reshape struct {
	unary
	node *Node
}

func (*reshape) tasks(int) int { return 1 }

func (r *reshape) run(s *Session, _ *worker, _ int) { copy(r.out.in(s.arena), r.in.in(s.arena)) }

// multiply scales channels.
type multiply struct {
	binary
	node *Node
}

func (m *multiply) tasks(int) int { return m.out.shape[0] * m.out.shape[1] }

func (m *multiply) run(s *Session, _ *worker, task int) {
	width, channels := m.out.shape[2], m.out.shape[3]
	row := width * channels
	scale := m.b.in(s.arena)[task/m.out.shape[1]*channels:][:channels]
	in, out := m.a.in(s.arena)[task*row:][:row], m.out.in(s.arena)[task*row:][:row]
	zeros := s.arena[:channels]
	for at := 0; at < row; at += channels {
		s.plan.set.ScaleShift(out[at:at+channels], in[at:at+channels], scale, zeros, negativeInfinity, infinity)
	}
}

// concatenate copies channels side by side.
type concatenate struct {
	in   []*buffer
	out  *buffer
	node *Node
}

func (c *concatenate) bind(out *buffer, in []*buffer) { c.in, c.out = in, out }

func (c *concatenate) tasks(int) int { return c.out.shape[0] * c.out.shape[1] }

func (c *concatenate) run(s *Session, _ *worker, task int) {
	width, channels := c.out.shape[2], c.out.shape[3]
	out := c.out.in(s.arena)[task*width*channels:][:width*channels]
	first := 0
	for _, b := range c.in {
		n := b.channels()
		in := b.in(s.arena)[task*width*n:][:width*n]
		for x := range width {
			copy(out[x*channels+first:][:n], in[x*n:])
		}
		first += n
	}
}

// sigmoid is 1/(1+exp(-x)), or with swish x times that.
type sigmoid struct {
	unary
	node  *Node
	swish bool
}

func (a *sigmoid) tasks(int) int { return ceilDiv(a.out.size(), chunk) }

func (a *sigmoid) run(s *Session, _ *worker, task int) {
	from := task * chunk
	to := min(from+chunk, a.out.size())
	out, in := a.out.in(s.arena)[from:to], a.in.in(s.arena)[from:to]
	if a.swish {
		s.plan.set.Swish(out, in)
		return
	}
	s.plan.set.Sigmoid(out, in)
}

// softmax turns each row of logits into probabilities.
type softmax struct {
	unary
	node *Node
}

func (x *softmax) tasks(int) int { return x.out.size() / x.out.channels() }

func (x *softmax) run(s *Session, _ *worker, task int) {
	units := x.out.channels()
	out := x.out.in(s.arena)[task*units:][:units]
	in := x.in.in(s.arena)[task*units:][:units]
	greatest := negativeInfinity
	for _, v := range in {
		greatest = max(greatest, v)
	}
	var sum float64
	for _, v := range in {
		sum += math.Exp(float64(v - greatest))
	}
	for i, v := range in {
		out[i] = float32(math.Exp(float64(v-greatest)) / sum)
	}
}
