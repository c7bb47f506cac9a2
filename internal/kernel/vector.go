package kernel

// The bounds of these functions are lo <= hi.

// Add sets dst[i] = clamp(a[i] + b[i], lo, hi); NaN stays NaN. dst may be a or b.
func (s *Set) Add(dst, a, b []float32, lo, hi float32) {
	sameLength(len(dst), len(a))
	sameLength(len(dst), len(b))
	if len(dst) > 0 {
		s.add(&dst[0], &a[0], &b[0], len(dst), lo, hi)
	}
}

// ScaleShift sets dst[i] = clamp(x[i]*scale[i] + shift[i], lo, hi); NaN stays
// NaN. dst may be x.
func (s *Set) ScaleShift(dst, x, scale, shift []float32, lo, hi float32) {
	sameLength(len(dst), len(x))
	sameLength(len(dst), len(scale))
	sameLength(len(dst), len(shift))
	if len(dst) > 0 {
		s.scaleShift(&dst[0], &x[0], &scale[0], &shift[0], len(dst), lo, hi)
	}
}

// Accumulate adds x to sum.
func (s *Set) Accumulate(sum, x []float32) {
	sameLength(len(sum), len(x))
	if len(sum) > 0 {
		s.accumulate(&sum[0], &x[0], len(sum))
	}
}

// Maximum sets greatest[i] to the greater of itself and x[i]; NaN wins.
func (s *Set) Maximum(greatest, x []float32) {
	sameLength(len(greatest), len(x))
	if len(greatest) > 0 {
		s.maximum(&greatest[0], &x[0], len(greatest))
	}
}

// Sigmoid sets dst[i] = 1 / (1 + exp(-x[i])); NaN stays NaN. dst may be x.
func (s *Set) Sigmoid(dst, x []float32) {
	sameLength(len(dst), len(x))
	if len(dst) > 0 {
		s.sigmoid(&dst[0], &x[0], len(dst))
	}
}

// Swish sets dst[i] = x[i] / (1 + exp(-x[i])); NaN stays NaN. dst may be x.
func (s *Set) Swish(dst, x []float32) {
	sameLength(len(dst), len(x))
	if len(dst) > 0 {
		s.swish(&dst[0], &x[0], len(dst))
	}
}

func sameLength(n, m int) {
	if n != m {
		panic("kernel: slices of different length")
	}
}
