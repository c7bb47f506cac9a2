package graph

// backward needs what the greatest values were taken from; of equal ones the
// first in reading order has the gradient, as in TensorFlow.
func (p *pooling) backward(r *reverse) {
	g := r.take(p.out)
	dx := r.part(p.in)
	if !p.average {
		r.keep(p.in, p.out)
	}
	r.plan.vector = max(r.plan.vector, 2*p.window.channels)
	back := p.passage(p.node, unclamped, g, dx)
	back.steps = []step{&poolingGradient{unary: unary{g, dx}, forward: p}}
	r.emit(back)
}

// poolingGradient hands the gradient of each output pixel to those of the
// input that it was made of.
type poolingGradient struct {
	unary
	forward *pooling
}

// A task is a band of input rows: windows overlap, and each row has one writer.
func (p *poolingGradient) bands(threads int) int {
	if threads == 1 {
		return 1
	}
	return min(p.out.shape[1], ceilDiv(tasksPerThread*threads, p.out.shape[0]))
}

func (p *poolingGradient) tasks(threads int) int { return p.out.shape[0] * p.bands(threads) }

func (p *poolingGradient) run(s *Session, work *worker, task int) {
	w := &p.forward.window
	bands := p.bands(s.pool.Threads())
	picture, band := task/bands, task%bands
	first, end := band*w.height/bands, (band+1)*w.height/bands
	row := w.width * w.channels
	clear(p.out.in(s.arena)[(picture*w.height+first)*row : (picture*w.height+end)*row])
	// Rows of windows that reach into the band.
	from := max(ceilDiv(first+w.top-w.kernel.Height+1, w.stride), 0)
	to := min((end-1+w.top)/w.stride+1, w.outHeight)
	for y := from; y < to; y++ {
		for x := range w.outWidth {
			p.spread(s, work, picture, y, x, first, end)
		}
	}
}

// spread hands out the gradient of one output pixel to the input rows from
// first to end.
func (p *poolingGradient) spread(s *Session, work *worker, picture, y, x, first, end int) {
	w := &p.forward.window
	top, left := y*w.stride-w.top, x*w.stride-w.left
	bottom, right := min(top+w.kernel.Height, w.height), min(left+w.kernel.Width, w.width)
	top, left = max(top, 0), max(left, 0)
	at := ((picture*w.outHeight+y)*w.outWidth + x) * w.channels
	g, elsewhere := work.vector[:w.channels], work.vector[w.channels:][:w.channels]
	copy(g, p.in.in(s.arena)[at:])
	if p.forward.average {
		divide(g, (bottom-top)*(right-left))
		top = max(top, first)
	}
	greatest := p.forward.out.in(s.arena)[at:][:w.channels]
	for iy := top; iy < min(bottom, end); iy++ {
		for ix := left; ix < right; ix++ {
			pixel := ((picture*w.height+iy)*w.width + ix) * w.channels
			dx := p.out.in(s.arena)[pixel:][:w.channels]
			if p.forward.average {
				s.plan.set.Accumulate(dx, g)
				continue
			}
			if iy < first {
				dx = elsewhere
			}
			s.plan.set.MaximumGradient(dx, g, p.forward.in.in(s.arena)[pixel:][:w.channels], greatest)
		}
	}
}

// backward hands the gradient of each channel to all pixels, or to the first
// of the greatest.
func (p *globalPooling) backward(r *reverse) {
	g := r.take(p.out)
	dx := r.part(p.in)
	if !p.average {
		r.keep(p.in, p.out)
	}
	r.plan.vector = max(r.plan.vector, p.out.channels())
	back := p.passage(p.node, unclamped, g, dx)
	back.steps = []step{&globalPoolingGradient{unary: unary{g, dx}, forward: p}}
	r.emit(back)
}

type globalPoolingGradient struct {
	unary
	forward *globalPooling
}

func (p *globalPoolingGradient) tasks(int) int { return p.out.shape[0] }

func (p *globalPoolingGradient) run(s *Session, w *worker, task int) {
	channels := p.out.channels()
	size := p.out.size() / p.out.shape[0]
	dx := p.out.in(s.arena)[task*size:][:size]
	g := w.vector[:channels]
	copy(g, p.in.in(s.arena)[task*channels:])
	if p.forward.average {
		divide(g, size/channels)
		for at := 0; at < size; at += channels {
			copy(dx[at:], g)
		}
		return
	}
	x, greatest := p.forward.in.in(s.arena)[task*size:][:size], p.forward.out.in(s.arena)[task*channels:][:channels]
	clear(dx)
	for at := 0; at < size; at += channels {
		s.plan.set.MaximumGradient(dx[at:at+channels], g, x[at:at+channels], greatest)
	}
}
