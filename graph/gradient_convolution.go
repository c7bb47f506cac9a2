package graph

// backward is a convolution of the output's gradient with turned weights.
func (c *convolution) backward(r *reverse) {
	g := r.unclamp(c.clamp, c.out, r.take(c.out))
	dx := r.part(c.in)
	phases, complete := c.window.gradient(c.out.channels())
	p := c.passage(c.node, c.clamp, g, dx)
	if !complete {
		p.steps = append(p.steps, &zero{dx})
	}
	for _, phase := range phases {
		turned := r.newConvolution(c.node, phase.window, fusion{norm: c.norm, clamp: unclamped}, phase.turn)
		turned.unary = unary{g, dx}
		p.steps = append(p.steps, turned)
	}
	r.emit(p)
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
				turn: turn{rows.first, columns.first, rows.step},
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
