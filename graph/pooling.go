package graph

import "github.com/convnetplayground/convnet/internal/kernel"

// pooling is the mean or the maximum under a sliding window; padding does not
// take part.
type pooling struct {
	unary
	node    *Node
	window  window
	average bool
}

// A task is a row of the output.
func (p *pooling) tasks(int) int { return p.window.batch * p.window.outHeight }

func (p *pooling) run(s *Session, _ *worker, task int) {
	w := &p.window
	row := w.outWidth * w.channels
	out := p.out.in(s.arena)[task*row:][:row]
	size := w.height * w.width * w.channels
	in := p.in.in(s.arena)[task/w.outHeight*size:][:size]
	top := task%w.outHeight*w.stride - w.top
	for x := range w.outWidth {
		left := x*w.stride - w.left
		pixel := out[x*w.channels:][:w.channels]
		count := 0
		for y := max(top, 0); y < min(top+w.kernel.Height, w.height); y++ {
			for x := max(left, 0); x < min(left+w.kernel.Width, w.width); x++ {
				p.take(s.plan.set, pixel, in[(y*w.width+x)*w.channels:][:w.channels], count == 0)
				count++
			}
		}
		if p.average {
			divide(pixel, count)
		}
	}
}

func (p *pooling) take(set *kernel.Set, pixel, x []float32, first bool) {
	switch {
	case first:
		copy(pixel, x)
	case p.average:
		set.Accumulate(pixel, x)
	default:
		set.Maximum(pixel, x)
	}
}

func divide(values []float32, by int) {
	scale := float32(1 / float64(by))
	for i := range values {
		values[i] *= scale
	}
}

// globalPooling is the mean or the maximum of each channel of a feature map.
type globalPooling struct {
	unary
	node    *Node
	average bool
}

func (p *globalPooling) tasks(int) int { return p.out.shape[0] }

func (p *globalPooling) run(s *Session, w *worker, task int) {
	channels := p.out.channels()
	size := p.in.size() / p.in.shape[0]
	out := p.out.in(s.arena)[task*channels:][:channels]
	in := p.in.in(s.arena)[task*size:][:size]
	if p.average {
		mean(s.plan.set, out, in, w.vector[:channels])
		return
	}
	copy(out, in)
	for at := channels; at < size; at += channels {
		s.plan.set.Maximum(out, in[at:at+channels])
	}
}

// runPixels is how many pixels are added up by themselves.
const runPixels = 64

// mean adds up short runs of pixels before it adds the runs, so that large
// maps keep their digits.
func mean(set *kernel.Set, out, in, partial []float32) {
	channels := len(out)
	run := runPixels * channels
	clear(out)
	for from := 0; from < len(in); from += run {
		clear(partial)
		for at := from; at < min(from+run, len(in)); at += channels {
			set.Accumulate(partial, in[at:at+channels])
		}
		set.Accumulate(out, partial)
	}
	divide(out, len(in)/channels)
}
