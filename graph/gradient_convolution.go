package graph

import "github.com/convnetplayground/convnet/tensor"

// backward is a convolution of the output's gradient with turned weights. Of a
// dense layer it is the product with the weights as they stand: they are the
// largest of a network, and each is used once.
func (c *convolution) backward(r *reverse) {
	g := r.unclamp(c.clamp, c.out, r.take(c.out))
	dx := r.part(c.in)
	p := c.passage(c.node, c.clamp, g, dx)
	if _, ok := c.node.Op.(Dense); ok {
		r.plan.vector = max(r.plan.vector, r.plan.set.Panels[0])
		p.steps = []step{&denseGradient{unary: unary{g, dx}, forward: c}}
		r.emit(p)
		return
	}
	turned := func(phase phase, out *buffer) {
		conv := r.newConvolution(c.node, phase.window, fusion{norm: c.norm, clamp: unclamped}, phase.turn)
		conv.unary = unary{g, out}
		p.steps = append(p.steps, conv)
	}
	if c.window.folds() {
		phase := c.window.folded(c.out.channels())
		w := &phase.window
		blocks := r.fresh(tensor.Shape{w.batch, w.outHeight, w.outWidth, c.window.stride * c.window.stride * c.window.channels})
		turned(phase, blocks)
		p.steps = append(p.steps, &unfold{unary: unary{blocks, dx}, side: c.window.stride})
		r.emit(p)
		return
	}
	phases, complete := c.window.gradient(c.out.channels())
	if !complete {
		p.steps = append(p.steps, &zero{dx})
	}
	for _, phase := range phases {
		turned(phase, dx)
	}
	r.emit(p)
}

// denseGradient multiplies the output's gradient with the packed weights.
type denseGradient struct {
	unary
	forward *convolution
}

// denseRows is how many inputs a task has: their weights for a panel stay in
// the second-level cache from picture to picture.
const denseRows = 512

func (d *denseGradient) tasks(int) int { return ceilDiv(d.out.channels(), denseRows) }

func (d *denseGradient) run(s *Session, w *worker, task int) {
	inputs, outputs := d.out.channels(), d.in.channels()
	first, end := task*denseRows, min((task+1)*denseRows, inputs)
	g, dx := d.in.in(s.arena), d.out.in(s.arena)
	for picture := range s.plan.batch {
		clear(dx[picture*inputs:][first:end])
	}
	weights := d.forward.weights
	for _, p := range weights.panels {
		width := s.plan.set.Panels[p.kernel]
		rows := weights.data[p.start+(1+first)*width : p.start+(1+end)*width]
		part := w.vector[:width]
		for picture := range s.plan.batch {
			clear(part[copy(part, g[picture*outputs+p.first:][:p.channels]):])
			s.plan.set.Products(dx[picture*inputs:][first:end], rows, part)
		}
	}
}

// backward is a depthwise convolution of the output's gradient with turned
// weights.
func (d *depthwise) backward(r *reverse) {
	g := r.unclamp(d.clamp, d.out, r.take(d.out))
	dx := r.part(d.in)
	phases, complete := d.window.gradient(d.out.channels())
	p := d.passage(d.node, d.clamp, g, dx)
	if !complete {
		p.steps = append(p.steps, &zero{dx})
	}
	for _, phase := range phases {
		turned := r.newDepthwise(d.node, phase.window, fusion{norm: d.norm, clamp: unclamped}, phase.turn)
		turned.unary = unary{g, dx}
		p.steps = append(p.steps, turned)
	}
	r.emit(p)
}

// passage is that of a step with one input, without its clamp.
func (u *unary) passage(n *Node, c clamp, g, dx *buffer) passage {
	p := passage{node: n, inputs: []*buffer{u.in}, output: u.out, upstream: g, gradients: []*buffer{dx}}
	if c.kind != Linear {
		p.output = nil // is that of the clamp
	}
	return p
}

// phase computes the gradient at the input pixels that lie alike under a
// kernel: all of them at stride 1, one of stride x stride sets otherwise.
type phase struct {
	window window
	turn   turn
}

// gradient lists the phases that take the gradient of the output, of so many
// channels, to that of the input, and tells whether they reach all its pixels:
// a kernel smaller than its stride passes some by.
func (w *window) gradient(channels int) (phases []phase, complete bool) {
	complete = true
	for y := range min(w.stride, w.height) {
		rows := w.back(y, w.height, w.kernel.Height, w.top)
		for x := range min(w.stride, w.width) {
			columns := w.back(x, w.width, w.kernel.Width, w.left)
			if rows.positions == 0 || columns.positions == 0 {
				complete = false
				continue
			}
			p := phase{
				window: window{
					batch: w.batch, height: w.outHeight, width: w.outWidth, channels: channels,
					outHeight: rows.pixels, outWidth: columns.pixels,
					kernel: Size{rows.positions, columns.positions},
					stride: 1, dilation: rows.dilation, top: rows.before, left: columns.before,
				},
				turn: turn{rows.first, columns.first, rows.step, 1},
			}
			if w.stride > 1 {
				p.window.lattice = lattice{w.height, w.width, w.stride, y, x}
			}
			phases = append(phases, p)
		}
	}
	return phases, complete
}

// axis is a phase seen along one axis.
type axis struct {
	pixels      int // of the input: every stride-th from the phase on
	first, step int // kernel positions that reach them
	positions   int // how many these are
	dilation    int // of these positions on the output
	before      int // output pixels that the first of them lies before it
}

// back is the axis of the input pixels i = from, from+stride, … below size.
// Output pixel o reads input pixel i at kernel position k where
// o*stride - pad + k*dilation = i.
func (w *window) back(from, size, kernel, pad int) axis {
	common := gcd(w.stride, w.dilation)
	a := axis{pixels: ceilDiv(size-from, w.stride), step: w.stride / common, dilation: w.dilation / common}
	for a.first < kernel && (from+pad-a.first*w.dilation)%w.stride != 0 {
		a.first++
	}
	if a.first < kernel {
		a.positions = ceilDiv(kernel-a.first, a.step)
		a.before = (a.positions-1)*a.dilation - (from+pad-a.first*w.dilation)/w.stride
	}
	return a
}

// foldedChannels is how many channels the phases may have together to be
// computed side by side: as many as a vector has lanes, which each phase by
// itself would fill in part. Such maps are pictures.
const foldedChannels = 16

// folds tells whether the gradient is better taken for blocks of stride x
// stride input pixels, as channels side by side.
func (w *window) folds() bool {
	return w.stride > 1 && w.dilation == 1 && w.stride*w.stride*w.channels <= foldedChannels
}

// folded is the only phase of blocks: block b holds the input pixels
// b*stride to b*stride + stride-1, and output pixel o reads pixel p of it at
// kernel position (b-o)*stride + p + pad.
func (w *window) folded(channels int) phase {
	above, left := -ceilDiv(w.top, w.stride), -ceilDiv(w.left, w.stride) // the least b-o
	t := turn{w.top + above*w.stride, w.left + left*w.stride, w.stride, w.stride}
	k := t.kernel(w.kernel)
	return phase{
		window: window{
			batch: w.batch, height: w.outHeight, width: w.outWidth, channels: channels,
			outHeight: ceilDiv(w.height, w.stride), outWidth: ceilDiv(w.width, w.stride),
			kernel: k, stride: 1, dilation: 1, top: k.Height - 1 + above, left: k.Width - 1 + left,
		},
		turn: t,
	}
}

// unfold lays the pixels of blocks of side x side out in a map, which may end
// within a block.
type unfold struct {
	unary
	side int
}

// A task is a row of the map.
func (u *unfold) tasks(int) int { return u.out.shape[0] * u.out.shape[1] }

func (u *unfold) run(s *Session, _ *worker, task int) {
	height, row := u.out.shape[1], u.out.shape[2]*u.out.channels()
	picture, y := task/height, task%height
	out := u.out.in(s.arena)[task*row:][:row]
	block, part := u.in.channels(), u.side*u.out.channels()
	in := u.in.in(s.arena)[(picture*u.in.shape[1]+y/u.side)*u.in.shape[2]*block+y%u.side*part:]
	for at := 0; at < row; at += part {
		copy(out[at:min(at+part, row)], in)
		in = in[min(block, len(in)):]
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// zero clears a feature map.
type zero struct{ out *buffer }

func (z *zero) tasks(int) int { return ceilDiv(z.out.size(), chunk) }

func (z *zero) run(s *Session, _ *worker, task int) {
	out := z.out.in(s.arena)
	clear(out[task*chunk : min((task+1)*chunk, len(out))])
}
