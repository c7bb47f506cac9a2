package graph

// backward needs what the greatest values were taken from; of equal ones the
// first in reading order has the gradient, as in TensorFlow.
func (p *pooling) backward(r *reverse) {
	g := r.take(p.out)
	dx := r.part(p.in)
	if !p.average {
		r.keep(p.in, p.out)
	}
	back := &poolingGradient{unary: unary{g, dx}, forward: p, pixels: 1}
	if p.window.stride == 1 {
		back.pixels = p.window.outWidth
	}
	r.plan.vector = max(r.plan.vector, 2*back.pixels*p.window.channels)
	passage := p.passage(p.node, unclamped, g, dx)
	passage.steps = []step{back}
	r.emit(passage)
}

// poolingGradient hands the gradient of each output pixel to those of the
// input that it was made of. At stride 1 it takes whole rows of output pixels
// at once: their windows have each position side by side.
type poolingGradient struct {
	unary
	forward *pooling
	pixels  int // of the output that are taken at once
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
		for x := 0; x < w.outWidth; x += p.pixels {
			p.spread(s, work, picture, y, x, first, end)
		}
	}
}

// spread hands out the gradient of the output pixels from x on to the input
// rows from first to end.
func (p *poolingGradient) spread(s *Session, work *worker, picture, y, x, first, end int) {
	w := &p.forward.window
	top, left := y*w.stride-w.top, x*w.stride-w.left
	out := (picture*w.outHeight + y) * w.outWidth
	size := p.pixels * w.channels
	g, elsewhere := work.vector[:size], work.vector[size:][:size]
	copy(g, p.in.in(s.arena)[(out+x)*w.channels:])
	from := max(top, 0)
	if p.forward.average {
		p.share(g, top, left)
		from = max(from, first)
	}
	for iy := from; iy < min(top+w.kernel.Height, w.height, end); iy++ {
		for kx := range w.kernel.Width {
			// Of the pixels, those whose window has this position on the map.
			from, to := max(0, -left-kx), min(p.pixels, w.width-left-kx)
			if from >= to {
				continue
			}
			in := ((picture*w.height+iy)*w.width + left + kx + from) * w.channels
			part, n := g[from*w.channels:to*w.channels], (to-from)*w.channels
			dx := p.out.in(s.arena)[in:][:n]
			if iy < first {
				dx = elsewhere[:n]
			}
			if p.forward.average {
				s.plan.set.Accumulate(dx, part)
				continue
			}
			greatest := p.forward.out.in(s.arena)[(out+x+from)*w.channels:][:n]
			s.plan.set.MaximumGradient(dx, part, p.forward.in.in(s.arena)[in:][:n], greatest)
		}
	}
}

// share divides gradients by the number of input pixels that each output pixel
// is the mean of; the window of the first is at (top, left).
func (p *poolingGradient) share(g []float32, top, left int) {
	w := &p.forward.window
	rows := min(top+w.kernel.Height, w.height) - max(top, 0)
	for i := range p.pixels {
		left := left + i
		columns := min(left+w.kernel.Width, w.width) - max(left, 0)
		divide(g[i*w.channels:][:w.channels], rows*columns)
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
