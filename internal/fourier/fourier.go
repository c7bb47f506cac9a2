// Package fourier computes discrete Fourier transforms of many signals of one
// length at once, in float32.
//
// A length whose prime factors are small is taken apart by Stockham's form of
// the fast transform (Van Loan, Computational Frameworks for the Fast Fourier
// Transform, 1992, section 1.7), which needs no reordering; the signals lie
// side by side, so that its inner loops are long. Any other length becomes a
// convolution (Bluestein 1970).
package fourier

import (
	"math"
	"math/cmplx"
)

// Transform holds what all transforms of one length share. It is immutable.
type Transform struct {
	length int
	stages []stage
	chirp  *chirp // instead of stages
}

// New prepares transforms of signals of length values, at least one.
func New(length int) *Transform {
	if length < 1 {
		panic("fourier: signals without values")
	}
	t := &Transform{length: length}
	radices, ok := factors(length)
	if !ok {
		t.chirp = newChirp(length)
		return t
	}
	stride := 1
	for _, radix := range radices {
		t.stages = append(t.stages, newStage(radix, length/stride, stride))
		stride *= radix
	}
	return t
}

// Length is the number of values of a signal.
func (t *Transform) Length() int { return t.length }

// Scratch is how many float32 the transform of so many signals needs for
// itself.
func (t *Transform) Scratch(signals int) int {
	if t.chirp != nil {
		return 4 * t.chirp.inner.length * signals
	}
	return 2 * t.length * signals
}

// Inverse computes x[t] = Σ_k X[k] exp(2πi k t / length), not divided by
// length, of signals that stand in re and im as [length, signals]. The result
// of that form is in the slices returned: in re and im or in scratch. What
// was in all of them is gone.
func (t *Transform) Inverse(re, im []float32, signals int, scratch []float32) (outRe, outIm []float32) {
	if t.chirp != nil {
		return t.chirp.inverse(re, im, signals, scratch)
	}
	n := t.length * signals
	re, im = re[:n], im[:n]
	toRe, toIm := scratch[:n], scratch[n:2*n]
	for i := range t.stages {
		t.stages[i].run(toRe, toIm, re, im, signals)
		re, im, toRe, toIm = toRe, toIm, re, im
	}
	return re, im
}

// Forward computes X[k] = Σ_t x[t] exp(-2πi k t / length) as Inverse does:
// exchanging real and imaginary parts conjugates before and after.
func (t *Transform) Forward(re, im []float32, signals int, scratch []float32) (outRe, outIm []float32) {
	outIm, outRe = t.Inverse(im, re, signals, scratch)
	return outRe, outIm
}

// maxRadix is the greatest prime that a length is taken apart by; past it the
// detour over a convolution is shorter.
const maxRadix = 31

// factors takes a length apart; false where a prime is left that is too great.
func factors(n int) ([]int, bool) {
	var radices []int
	for radix := 4; n > 1 && radix <= maxRadix; {
		if n%radix == 0 {
			radices = append(radices, radix)
			n /= radix
			continue
		}
		switch radix {
		case 4:
			radix = 2
		case 2:
			radix = 3
		default:
			radix += 2
		}
	}
	return radices, n == 1
}

// chirp is Bluestein's algorithm: k t = (k² + t² - (k-t)²) / 2 makes the
// transform a convolution with exp(-πi j² / length), done by transforms of a
// length that is a power of two.
type chirp struct {
	inner  *Transform
	factor []complex64 // exp(πi k² / length)
	filter []complex64 // transform of the conjugate factors, over the inner length
}

func newChirp(n int) *chirp {
	m := 1
	for m < 2*n-1 {
		m *= 2
	}
	c := &chirp{inner: New(m), factor: make([]complex64, n), filter: make([]complex64, m)}
	re, im := make([]float32, m), make([]float32, m)
	for k := range n {
		// k² counts modulo 2n: the angle stays exact for long signals.
		c.factor[k] = complex64(turn(k*k%(2*n), 2*n))
		for _, j := range []int{k, (m - k) % m} {
			re[j], im[j] = real(c.factor[k]), -imag(c.factor[k])
		}
	}
	re, im = c.inner.Forward(re, im, 1, make([]float32, c.inner.Scratch(1)))
	for j := range c.filter {
		c.filter[j] = complex(re[j]/float32(m), im[j]/float32(m))
	}
	return c
}

func (c *chirp) inverse(re, im []float32, signals int, scratch []float32) (outRe, outIm []float32) {
	n, size := len(c.factor)*signals, c.inner.length*signals
	wideRe, wideIm, rest := scratch[:size], scratch[size:2*size], scratch[2*size:]
	clear(wideRe[n:])
	clear(wideIm[n:])
	multiply(wideRe[:n], wideIm[:n], re[:n], im[:n], c.factor, signals)
	wideRe, wideIm = c.inner.Forward(wideRe, wideIm, signals, rest)
	multiply(wideRe, wideIm, wideRe, wideIm, c.filter, signals)
	if len(c.inner.stages)%2 == 1 {
		rest = scratch[:2*size] // the result stands in what was the rest
	}
	wideRe, wideIm = c.inner.Inverse(wideRe, wideIm, signals, rest)
	multiply(re[:n], im[:n], wideRe[:n], wideIm[:n], c.factor, signals)
	return re[:n], im[:n]
}

// multiply sets row k of dst to factor[k] times that of src, which may be the
// same.
func multiply(dstRe, dstIm, srcRe, srcIm []float32, factor []complex64, signals int) {
	for k, f := range factor {
		fr, fi := real(f), imag(f)
		sr, si := srcRe[k*signals:][:signals], srcIm[k*signals:][:signals]
		dr, di := dstRe[k*signals:][:signals], dstIm[k*signals:][:signals]
		for i, r := range sr {
			dr[i], di[i] = r*fr-si[i]*fi, r*fi+si[i]*fr
		}
	}
}

// turn is exp(2πi k / n).
func turn(k, n int) complex128 {
	return cmplx.Rect(1, 2*math.Pi*float64(k)/float64(n))
}
