package graph

import "slices"

// sum adds up gradients. The first of them may be where the sum goes.
type sum struct {
	parts []*buffer
	out   *buffer
}

func (a *sum) tasks(int) int { return ceilDiv(a.out.size(), chunk) }

func (a *sum) run(s *Session, _ *worker, task int) {
	from, to := task*chunk, min((task+1)*chunk, a.out.size())
	out, first := a.out.in(s.arena)[from:to], a.parts[0].in(s.arena)[from:to]
	if len(a.parts) == 1 {
		copy(out, first)
		return
	}
	s.plan.set.Add(out, first, a.parts[1].in(s.arena)[from:to], negativeInfinity, infinity)
	for _, p := range a.parts[2:] {
		s.plan.set.Accumulate(out, p.in(s.arena)[from:to])
	}
}

// clampGradient lets the gradient through where the clamp did not cut off.
type clampGradient struct {
	unary
	clamp
	y *buffer
}

func (c *clampGradient) tasks(int) int { return ceilDiv(c.out.size(), chunk) }

func (c *clampGradient) run(s *Session, _ *worker, task int) {
	from, to := task*chunk, min((task+1)*chunk, c.out.size())
	s.plan.set.ClampGradient(c.out.in(s.arena)[from:to], c.in.in(s.arena)[from:to], c.y.in(s.arena)[from:to], c.lo, c.hi)
}

// backward hands the same gradient to both inputs.
func (a *add) backward(r *reverse) {
	g := r.unclamp(a.clamp, a.out, r.take(a.out))
	r.give(a.a, g)
	r.give(a.b, g)
}

// backward scales the gradient.
func (n *normalise) backward(r *reverse) {
	g := r.unclamp(n.clamp, n.out, r.take(n.out))
	if n.identity() {
		r.give(n.in, g)
		return
	}
	dx := r.overwritable(g)
	p := n.passage(n.node, n.clamp, g, dx)
	p.steps = []step{&normalise{unary: unary{g, dx}, scale: n.scale, shift: make([]float32, len(n.scale)), clamp: unclamped}}
	r.emit(p)
	r.give(n.in, dx)
}

func (n *normalise) identity() bool {
	for _, scale := range n.scale {
		if scale != 1 {
			return false
		}
	}
	return true
}

// backward crops what was padded.
func (p *pad) backward(r *reverse) {
	g := r.take(p.out)
	dx := r.part(p.in)
	back := p.passage(p.node, unclamped, g, dx)
	back.steps = []step{&crop{unary: unary{g, dx}, crop: p.padding}}
	r.emit(back)
}

// backward pads what was cropped.
func (c *crop) backward(r *reverse) {
	g := r.take(c.out)
	dx := r.part(c.in)
	back := c.passage(c.node, unclamped, g, dx)
	back.steps = []step{&pad{unary: unary{g, dx}, padding: c.crop}}
	r.emit(back)
}

func (v *reshape) backward(r *reverse) {
	g := r.take(v.out)
	dx := r.part(v.in)
	p := v.passage(v.node, unclamped, g, dx)
	p.steps = []step{&reshape{unary: unary{g, dx}}}
	r.emit(p)
}

// backward scales the gradient for the map; that of each scale is the sum of
// the gradient times the map.
func (m *multiply) backward(r *reverse) {
	g := r.take(m.out)
	r.keep(m.a, m.b)
	da, db := r.part(m.a), r.part(m.b)
	channels := m.out.channels()
	r.plan.vector = max(r.plan.vector, channels)
	r.emit(passage{
		node: m.node, inputs: []*buffer{m.a, m.b}, output: m.out, upstream: g, gradients: []*buffer{da, db},
		steps: []step{
			&multiply{binary: binary{a: g, b: m.b, out: da}},
			&channelProducts{binary{a: g, b: m.a, out: db}},
		},
	})
}

// channelProducts is for each channel the sum of the products of two maps.
type channelProducts struct{ binary }

// groupChannels is the least number of channels that a worker takes by itself.
const groupChannels = 64

func (p *channelProducts) groups(threads int) int {
	return max(1, min(threads, p.out.channels()/groupChannels))
}

func (p *channelProducts) tasks(threads int) int { return p.out.shape[0] * p.groups(threads) }

func (p *channelProducts) run(s *Session, w *worker, task int) {
	groups, channels := p.groups(s.pool.Threads()), p.out.channels()
	picture, group := task/groups, task%groups
	first, end := group*channels/groups, (group+1)*channels/groups
	size := p.a.size() / p.a.shape[0]
	a, b := p.a.in(s.arena)[picture*size:][:size], p.b.in(s.arena)[picture*size:][:size]
	out, partial := p.out.in(s.arena)[picture*channels:][first:end], w.vector[:end-first]
	clear(out)
	// Short runs of pixels are added up before they are added, as in mean.
	run := runPixels * channels
	for from := 0; from < size; from += run {
		clear(partial)
		for at := from; at < min(from+run, size); at += channels {
			s.plan.set.ScaleShift(partial, a[at+first:at+end], b[at+first:at+end], partial, negativeInfinity, infinity)
		}
		s.plan.set.Accumulate(out, partial)
	}
}

// backward takes the channels of each input.
func (c *concatenate) backward(r *reverse) {
	g := r.take(c.out)
	p := passage{node: c.node, inputs: slices.Clone(c.in), output: c.out, upstream: g}
	first := 0
	for _, in := range c.in {
		dx := r.part(in)
		p.gradients = append(p.gradients, dx)
		p.steps = append(p.steps, &slice{unary: unary{g, dx}, first: first})
		first += in.channels()
	}
	r.emit(p)
}

// slice copies some channels of a feature map.
type slice struct {
	unary
	first int
}

func (c *slice) tasks(int) int { return c.out.shape[0] * c.out.shape[1] }

func (c *slice) run(s *Session, _ *worker, task int) {
	width, all, some := c.out.shape[2], c.in.channels(), c.out.channels()
	in, out := c.in.in(s.arena)[task*width*all:][:width*all], c.out.in(s.arena)[task*width*some:]
	for x := range width {
		copy(out[x*some:][:some], in[x*all+c.first:])
	}
}

func (a *sigmoid) backward(r *reverse) {
	g := r.take(a.out)
	dx := r.overwritable(g)
	kept, kind := a.out, Sigmoid
	if a.swish {
		kept, kind = a.in, Swish
	}
	r.keep(kept)
	p := a.passage(a.node, unclamped, g, dx)
	p.activation = kind
	p.steps = []step{&sigmoidGradient{unary: unary{g, dx}, kept: kept, swish: a.swish}}
	r.emit(p)
	r.give(a.in, dx)
}

// sigmoidGradient is the gradient of sigmoid, from its output, or with swish
// that of swish, from its input.
type sigmoidGradient struct {
	unary
	kept  *buffer
	swish bool
}

func (a *sigmoidGradient) tasks(int) int { return ceilDiv(a.out.size(), chunk) }

func (a *sigmoidGradient) run(s *Session, _ *worker, task int) {
	from, to := task*chunk, min((task+1)*chunk, a.out.size())
	out, g, kept := a.out.in(s.arena)[from:to], a.in.in(s.arena)[from:to], a.kept.in(s.arena)[from:to]
	if a.swish {
		s.plan.set.SwishGradient(out, g, kept)
		return
	}
	s.plan.set.SigmoidGradient(out, g, kept)
}

func (x *softmax) backward(r *reverse) {
	g := r.take(x.out)
	dx := r.overwritable(g)
	r.keep(x.out)
	p := x.passage(x.node, unclamped, g, dx)
	p.activation = Softmax
	p.steps = []step{&softmaxGradient{unary: unary{g, dx}, y: x.out}}
	r.emit(p)
	r.give(x.in, dx)
}

// softmaxGradient is y * (g - Σ y*g) of each row. The probabilities are rounded
// and do not quite add up to 1; where one of them nearly does, the difference
// is as large as the gradient, so the mean of g is divided by their sum.
type softmaxGradient struct {
	unary
	y *buffer
}

func (x *softmaxGradient) tasks(int) int { return x.out.size() / x.out.channels() }

func (x *softmaxGradient) run(s *Session, _ *worker, task int) {
	units := x.out.channels()
	row := func(b *buffer) []float32 { return b.in(s.arena)[task*units:][:units] }
	out, g, y := row(x.out), row(x.in), row(x.y)
	var mean, sum float64
	for i := range y {
		mean += float64(y[i]) * float64(g[i])
		sum += float64(y[i])
	}
	mean /= sum
	for i := range y {
		out[i] = float32(float64(y[i]) * (float64(g[i]) - mean))
	}
}
