package graph

import (
	"math"

	"github.com/convnetplayground/convnet/internal/kernel"
)

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
	lo, hi float32
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
	scale, shift []float32 // several pixels of channels, so that kernel calls are long
	lo, hi       float32
}

func newNormalise(a affine, f fusion) *normalise {
	pixels := max(1, 512/len(a.scale))
	n := &normalise{lo: f.lo, hi: f.hi}
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

// globalPooling is the mean or the maximum of each channel of a feature map.
type globalPooling struct {
	unary
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

// mean adds up short runs of pixels before it adds the runs, so that large
// maps keep their digits.
func mean(set *kernel.Set, out, in, partial []float32) {
	channels := len(out)
	run := 64 * channels
	clear(out)
	for from := 0; from < len(in); from += run {
		clear(partial)
		for at := from; at < min(from+run, len(in)); at += channels {
			set.Accumulate(partial, in[at:at+channels])
		}
		set.Accumulate(out, partial)
	}
	scale := float32(1 / float64(len(in)/channels))
	for c := range out {
		out[c] *= scale
	}
}

// softmax turns each row of logits into probabilities.
type softmax struct{ unary }

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
