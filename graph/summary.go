package graph

// summaryRows are the rows of a Summary: mean, maximum, place.
const summaryRows = 3

// summary is the mean, the maximum and the place of the maximum of each
// channel of a feature map or vector, read once.
type summary struct {
	unary
	node *Node
}

func (u *summary) tasks(int) int { return u.out.shape[0] }

// run goes through the map in the runs of pixels that mean adds up, so that
// both give the same sums, and notes the run that has the maximum; only that
// one is searched for the place.
func (u *summary) run(s *Session, w *worker, task int) {
	in, mean, greatest, place := u.picture(s, task)
	channels := len(mean)
	partial, highest := w.vector[:channels], w.vector[channels:][:channels]
	clear(mean)
	for from := 0; from < len(in); from += runPixels * channels {
		run := in[from:min(from+runPixels*channels, len(in))]
		clear(partial)
		copy(highest, run)
		for at := 0; at < len(run); at += channels {
			s.plan.set.Accumulate(partial, run[at:at+channels])
			s.plan.set.Maximum(highest, run[at:at+channels])
		}
		s.plan.set.Accumulate(mean, partial)
		for c, v := range highest {
			if from == 0 || v > greatest[c] || v != v {
				greatest[c], place[c] = v, float32(from/channels)
			}
		}
	}
	divide(mean, len(in)/channels)
	for c, v := range greatest {
		place[c] = float32(first(v, in[c:], channels, int(place[c])))
	}
}

// picture returns a map and the rows of its summary.
func (u *summary) picture(s *Session, task int) (in, mean, greatest, place []float32) {
	size := u.in.size() / u.in.shape[0]
	channels := u.out.channels()
	out := u.out.in(s.arena)[task*summaryRows*channels:][:summaryRows*channels]
	return u.in.in(s.arena)[task*size:][:size], out[:channels], out[channels : 2*channels], out[2*channels:]
}

// first is the first pixel from a given one on that has a value in a channel;
// the last where none has it, as for NaN.
func first(v float32, channel []float32, stride, pixel int) int {
	for channel[pixel*stride] != v && (pixel+1)*stride < len(channel) {
		pixel++
	}
	return pixel
}

// backward hands the gradient of a mean to all pixels, and that of a maximum
// to its place; the place itself has none.
func (u *summary) backward(r *reverse) {
	g := r.take(u.out)
	dx := r.part(u.in)
	r.keep(u.out)
	r.plan.vector = max(r.plan.vector, u.out.channels())
	back := u.passage(u.node, unclamped, g, dx)
	back.steps = []step{&summaryGradient{unary: unary{g, dx}, forward: u}}
	r.emit(back)
}

type summaryGradient struct {
	unary
	forward *summary
}

func (u *summaryGradient) tasks(int) int { return u.out.shape[0] }

func (u *summaryGradient) run(s *Session, w *worker, task int) {
	_, _, _, place := u.forward.picture(s, task)
	channels := len(place)
	size := u.out.size() / u.out.shape[0]
	dx := u.out.in(s.arena)[task*size:][:size]
	upstream := u.in.in(s.arena)[task*summaryRows*channels:]
	g := w.vector[:channels]
	copy(g, upstream)
	divide(g, size/channels)
	for at := 0; at < size; at += channels {
		copy(dx[at:], g)
	}
	for c, pixel := range place {
		dx[int(pixel)*channels+c] += upstream[channels+c]
	}
}
