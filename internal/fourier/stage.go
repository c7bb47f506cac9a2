package fourier

// stage is one step of the fast transform: it takes a factor, the radix, off
// the length that is left.
type stage struct {
	radix  int
	parts  int // of the length left after it: length / radix
	stride int // product of the radices before it
	// twiddles are exp(2πi q i / (radix * parts)): [parts, radix], the first
	// of each row is one.
	twiddles []complex64
	// cosines and sines of 2π i j / radix, [half, half], of i and j from 1 to
	// half = (radix-1)/2: for odd radices.
	cosines, sines []float32
}

func newStage(radix, length, stride int) stage {
	s := stage{radix: radix, parts: length / radix, stride: stride}
	for q := range s.parts {
		for i := range radix {
			s.twiddles = append(s.twiddles, complex64(turn(q*i, length)))
		}
	}
	half := (radix - 1) / 2
	for i := 1; radix%2 == 1 && i <= half; i++ {
		for j := 1; j <= half; j++ {
			w := turn(i*j, radix)
			s.cosines = append(s.cosines, float32(real(w)))
			s.sines = append(s.sines, float32(imag(w)))
		}
	}
	return s
}

// run reads radix runs of values that share their twiddles, parts apart, and
// writes them side by side.
func (s *stage) run(toRe, toIm, re, im []float32, signals int) {
	n := s.stride * signals
	for q := range s.parts {
		in := q * n
		out := q * s.radix * n
		w := s.twiddles[q*s.radix:][:s.radix]
		switch s.radix {
		case 2:
			s.two(toRe[out:], toIm[out:], re[in:], im[in:], n, w)
		case 4:
			s.four(toRe[out:], toIm[out:], re[in:], im[in:], n, w)
		default:
			s.odd(toRe[out:], toIm[out:], re[in:], im[in:], n, w)
		}
	}
}

func (s *stage) two(toRe, toIm, re, im []float32, n int, w []complex64) {
	wr, wi := real(w[1]), imag(w[1])
	apart := s.parts * n
	ar, ai := re[:n], im[:n]
	br, bi := re[apart:][:n], im[apart:][:n]
	xr, xi := toRe[:n], toIm[:n]
	yr, yi := toRe[n:][:n], toIm[n:][:n]
	for k := range ar {
		dr, di := ar[k]-br[k], ai[k]-bi[k]
		xr[k], xi[k] = ar[k]+br[k], ai[k]+bi[k]
		yr[k], yi[k] = dr*wr-di*wi, dr*wi+di*wr
	}
}

func (s *stage) four(toRe, toIm, re, im []float32, n int, w []complex64) {
	w1r, w1i, w2r, w2i, w3r, w3i := real(w[1]), imag(w[1]), real(w[2]), imag(w[2]), real(w[3]), imag(w[3])
	apart := s.parts * n
	ar, ai := re[:n], im[:n]
	br, bi := re[apart:][:n], im[apart:][:n]
	cr, ci := re[2*apart:][:n], im[2*apart:][:n]
	dr, di := re[3*apart:][:n], im[3*apart:][:n]
	x0r, x0i := toRe[:n], toIm[:n]
	x1r, x1i := toRe[n:][:n], toIm[n:][:n]
	x2r, x2i := toRe[2*n:][:n], toIm[2*n:][:n]
	x3r, x3i := toRe[3*n:][:n], toIm[3*n:][:n]
	for k := range ar {
		aPlusCr, aPlusCi := ar[k]+cr[k], ai[k]+ci[k]
		bPlusDr, bPlusDi := br[k]+dr[k], bi[k]+di[k]
		aLessCr, aLessCi := ar[k]-cr[k], ai[k]-ci[k]
		bLessDr, bLessDi := br[k]-dr[k], bi[k]-di[k]
		x0r[k], x0i[k] = aPlusCr+bPlusDr, aPlusCi+bPlusDi
		tr, ti := aLessCr-bLessDi, aLessCi+bLessDr
		x1r[k], x1i[k] = tr*w1r-ti*w1i, tr*w1i+ti*w1r
		tr, ti = aPlusCr-bPlusDr, aPlusCi-bPlusDi
		x2r[k], x2i[k] = tr*w2r-ti*w2i, tr*w2i+ti*w2r
		tr, ti = aLessCr+bLessDi, aLessCi-bLessDr
		x3r[k], x3i[k] = tr*w3r-ti*w3i, tr*w3i+ti*w3r
	}
}

// odd pairs the terms j and radix-j: their sum meets a cosine, their
// difference a sine.
func (s *stage) odd(toRe, toIm, re, im []float32, n int, w []complex64) {
	half := (s.radix - 1) / 2
	apart := s.parts * n
	var sumRe, sumIm, difRe, difIm [(maxRadix - 1) / 2]float32
	for k := range n {
		zeroRe, zeroIm := re[k], im[k]
		totalRe, totalIm := zeroRe, zeroIm
		for j := range half {
			a, b := k+(j+1)*apart, k+(s.radix-1-j)*apart
			sumRe[j], sumIm[j] = re[a]+re[b], im[a]+im[b]
			difRe[j], difIm[j] = re[a]-re[b], im[a]-im[b]
			totalRe += sumRe[j]
			totalIm += sumIm[j]
		}
		toRe[k], toIm[k] = totalRe, totalIm
		for i := range half {
			cosines, sines := s.cosines[i*half:][:half], s.sines[i*half:][:half]
			evenRe, evenIm, oddRe, oddIm := zeroRe, zeroIm, float32(0), float32(0)
			for j, c := range cosines {
				evenRe += c * sumRe[j]
				evenIm += c * sumIm[j]
				oddRe -= sines[j] * difIm[j]
				oddIm += sines[j] * difRe[j]
			}
			put(toRe, toIm, k+(i+1)*n, evenRe+oddRe, evenIm+oddIm, w[i+1])
			put(toRe, toIm, k+(s.radix-1-i)*n, evenRe-oddRe, evenIm-oddIm, w[s.radix-1-i])
		}
	}
}

func put(re, im []float32, at int, r, i float32, w complex64) {
	re[at], im[at] = r*real(w)-i*imag(w), r*imag(w)+i*real(w)
}
