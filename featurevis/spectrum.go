package featurevis

import (
	"math"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/internal/fourier"
)

// parametrisation is what the optimiser moves instead of the values of a
// picture. It serves one goroutine at a time.
type parametrisation interface {
	// parameters is how many values there are per picture.
	parameters() int
	// paint computes planes [pictures, 3, size, size] of the parameters
	// [pictures, parameters()].
	paint(planes, parameters []float32)
	// pull is the adjoint of paint: the gradient by the parameters of that by
	// the planes.
	pull(gradient, planes []float32)
}

// pixels are their own parameters.
type pixels struct{ size int }

func (p pixels) parameters() int                  { return colours * p.size * p.size }
func (pixels) paint(planes, parameters []float32) { copy(planes, parameters) }
func (pixels) pull(gradient, planes []float32)    { copy(gradient, planes) }

// spectrum has the Fourier coefficients of the planes as parameters
// [pictures, 3, 2, size, half]: real and imaginary parts of the frequencies
// that the planes, being real, leave free, each scaled by its wavelength. A
// step then moves coarse and fine structure alike (Olah, Mordvintsev and
// Schubert, Feature Visualization, 2017, https://distill.pub/2017/feature-visualization/).
//
// The scale is Lucid's: sqrt(w h) / max(f, 1/max(w, h))^decay / 4, f in cycles
// per pixel. Lucid gives pictures of odd width a column more and cuts it off;
// here the transform is of the odd width itself.
type spectrum struct {
	size, half int
	pool       *graph.Pool
	transform  *fourier.Transform
	scale      []float32 // [size, half]; the inverse transform's 1/(w h) with it
	between    []float32 // [pictures, 3, 2, size, half]: transformed down the columns
	workers    []spectrumWorker
	zeros      []float32 // [size]

	parameterValues, planeValues []float32 // of the call under way
	columns, rows                func(worker, task int)
	columnsBack, rowsBack        func(worker, task int)
}

// spectrumWorker is the place for one block of signals.
type spectrumWorker struct{ re, im, scratch, spare []float32 }

// blockSignals is how many signals are transformed at once: as many as stay
// in the first-level cache with all that the transform needs.
const blockSignals = 16

func newSpectrum(pictures, size int, decay float64, pool *graph.Pool) *spectrum {
	s := &spectrum{
		size: size, half: size/2 + 1, pool: pool, transform: fourier.New(size), zeros: make([]float32, size),
	}
	s.scale = make([]float32, size*s.half)
	for y := range size {
		for x := range s.half {
			f := math.Hypot(float64(min(y, size-y)), float64(x)) / float64(size)
			wavelength := math.Pow(max(f, 1/float64(size)), -decay)
			s.scale[y*s.half+x] = float32(wavelength / (4 * float64(size)))
		}
	}
	s.between = make([]float32, pictures*s.parameters())
	s.workers = make([]spectrumWorker, pool.Threads())
	for i := range s.workers {
		n := size * blockSignals
		s.workers[i] = spectrumWorker{
			re: make([]float32, n), im: make([]float32, n),
			scratch: make([]float32, s.transform.Scratch(blockSignals)), spare: make([]float32, size),
		}
	}
	s.columns, s.rows, s.columnsBack, s.rowsBack = s.inverseColumns, s.inverseRows, s.forwardColumns, s.forwardRows
	return s
}

func (s *spectrum) parameters() int { return colours * 2 * s.size * s.half }

func (s *spectrum) paint(planes, parameters []float32) {
	s.planeValues, s.parameterValues = planes, parameters
	s.pool.Do(s.columnTasks(), s.columns)
	s.pool.Do(s.rowTasks(), s.rows)
}

func (s *spectrum) pull(gradient, planes []float32) {
	s.planeValues, s.parameterValues = planes, gradient
	s.pool.Do(s.rowTasks(), s.rowsBack)
	s.pool.Do(s.columnTasks(), s.columnsBack)
}

// pairs is the number of pairs of rows: two real rows are transformed as the
// real and imaginary part of one signal.
func (s *spectrum) pairs() int { return (s.size + 1) / 2 }

func (s *spectrum) planes() int { return len(s.between) / (2 * s.size * s.half) }

func (s *spectrum) columnTasks() int { return s.planes() * blocks(s.half) }

func (s *spectrum) rowTasks() int { return s.planes() * blocks(s.pairs()) }

func blocks(signals int) int { return (signals + blockSignals - 1) / blockSignals }

// block is the part of n signals that a task has, and the plane.
func block(task, n int) (plane, first, count int) {
	number := blocks(n)
	first = task % number * n / number
	return task / number, first, (task%number+1)*n/number - first
}

// parts are the real and imaginary parts of a plane's frequencies.
func (s *spectrum) parts(values []float32, plane int) (re, im []float32) {
	n := s.size * s.half
	values = values[2*plane*n:][:2*n]
	return values[:n], values[n:]
}

func (s *spectrum) inverseColumns(worker, task int) {
	w := &s.workers[worker]
	plane, first, count := block(task, s.half)
	fromRe, fromIm := s.parts(s.parameterValues, plane)
	toRe, toIm := s.parts(s.between, plane)
	for y := range s.size {
		at := y*s.half + first
		scale := s.scale[at:][:count]
		product(w.re[y*count:][:count], fromRe[at:][:count], scale)
		product(w.im[y*count:][:count], fromIm[at:][:count], scale)
	}
	re, im := s.transform.Inverse(w.re, w.im, count, w.scratch)
	for y := range s.size {
		at := y*s.half + first
		copy(toRe[at:], re[y*count:][:count])
		copy(toIm[at:], im[y*count:][:count])
	}
}

func (s *spectrum) forwardColumns(worker, task int) {
	w := &s.workers[worker]
	plane, first, count := block(task, s.half)
	fromRe, fromIm := s.parts(s.between, plane)
	toRe, toIm := s.parts(s.parameterValues, plane)
	for y := range s.size {
		at := y*s.half + first
		copy(w.re[y*count:][:count], fromRe[at:])
		copy(w.im[y*count:][:count], fromIm[at:])
	}
	re, im := s.transform.Forward(w.re, w.im, count, w.scratch)
	for y := range s.size {
		at := y*s.half + first
		scale := s.scale[at:][:count]
		product(toRe[at:][:count], re[y*count:][:count], scale)
		product(toIm[at:][:count], im[y*count:][:count], scale)
	}
}

func product(dst, x, scale []float32) {
	x, scale = x[:len(dst)], scale[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * scale[i]
	}
}

// inverseRows makes A + iB of the spectra A and B of two rows; that of a real
// row is conjugate at the frequencies past the half.
func (s *spectrum) inverseRows(worker, task int) {
	w := &s.workers[worker]
	plane, first, count := block(task, s.pairs())
	re, im := s.parts(s.between, plane)
	planes := s.planeValues[plane*s.size*s.size:][:s.size*s.size]
	for i := range count {
		y := 2 * (first + i)
		aRe, aIm := s.row(re, y, s.half, s.zeros), s.row(im, y, s.half, s.zeros)
		bRe, bIm := s.row(re, y+1, s.half, s.zeros), s.row(im, y+1, s.half, s.zeros)
		w.re[i], w.im[i] = aRe[0], bRe[0]
		for x := 1; 2*x < s.size; x++ {
			at, mirrored := x*count+i, (s.size-x)*count+i
			w.re[at], w.im[at] = aRe[x]-bIm[x], aIm[x]+bRe[x]
			w.re[mirrored], w.im[mirrored] = aRe[x]+bIm[x], bRe[x]-aIm[x]
		}
		if x := s.size / 2; 2*x == s.size {
			w.re[x*count+i], w.im[x*count+i] = aRe[x], bRe[x]
		}
	}
	re, im = s.transform.Inverse(w.re, w.im, count, w.scratch)
	for i := range count {
		y := 2 * (first + i)
		a, b := s.row(planes, y, s.size, w.spare), s.row(planes, y+1, s.size, w.spare)
		for x := range a {
			a[x], b[x] = re[x*count+i], im[x*count+i]
		}
	}
}

// forwardRows is the adjoint of inverseRows.
func (s *spectrum) forwardRows(worker, task int) {
	w := &s.workers[worker]
	plane, first, count := block(task, s.pairs())
	planes := s.planeValues[plane*s.size*s.size:][:s.size*s.size]
	for i := range count {
		y := 2 * (first + i)
		a, b := s.row(planes, y, s.size, s.zeros), s.row(planes, y+1, s.size, s.zeros)
		for x := range a {
			w.re[x*count+i], w.im[x*count+i] = a[x], b[x]
		}
	}
	re, im := s.transform.Forward(w.re, w.im, count, w.scratch)
	toRe, toIm := s.parts(s.between, plane)
	for i := range count {
		y := 2 * (first + i)
		aRe, aIm := s.row(toRe, y, s.half, w.spare), s.row(toIm, y, s.half, w.spare)
		bRe, bIm := s.row(toRe, y+1, s.half, w.spare), s.row(toIm, y+1, s.half, w.spare)
		aRe[0], aIm[0], bRe[0], bIm[0] = re[i], 0, im[i], 0
		for x := 1; 2*x < s.size; x++ {
			at, mirrored := x*count+i, (s.size-x)*count+i
			aRe[x], aIm[x] = re[at]+re[mirrored], im[at]-im[mirrored]
			bRe[x], bIm[x] = im[at]+im[mirrored], re[mirrored]-re[at]
		}
		if x := s.size / 2; 2*x == s.size {
			aRe[x], aIm[x], bRe[x], bIm[x] = re[x*count+i], 0, im[x*count+i], 0
		}
	}
}

// row is row y of a plane, or spare for the one past the last: the second of
// a pair that the height, being odd, leaves alone.
func (s *spectrum) row(plane []float32, y, width int, spare []float32) []float32 {
	if y == s.size {
		return spare[:width]
	}
	return plane[y*width:][:width]
}
