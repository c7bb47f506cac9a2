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
// NaN. dst may be x or shift.
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

// ClampGradient sets dst[i] = gradient[i] where lo < y[i] < hi, and 0
// elsewhere: the gradient of y = clamp(x, lo, hi). dst may be gradient.
func (s *Set) ClampGradient(dst, gradient, y []float32, lo, hi float32) {
	sameLength(len(dst), len(gradient))
	sameLength(len(dst), len(y))
	if len(dst) > 0 {
		s.clampGradient(&dst[0], &gradient[0], &y[0], len(dst), lo, hi)
	}
}

// MaximumGradient moves gradient[i] to sum[i] where x[i] is the greatest: it
// adds it there and leaves 0. Called for each x that greatest was taken from,
// one after the other, it gives the gradient to the first that is equal.
func (s *Set) MaximumGradient(sum, gradient, x, greatest []float32) {
	sameLength(len(sum), len(gradient))
	sameLength(len(sum), len(x))
	sameLength(len(sum), len(greatest))
	if len(sum) > 0 {
		s.maximumGradient(&sum[0], &gradient[0], &x[0], &greatest[0], len(sum))
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

// SigmoidGradient sets dst[i] = gradient[i] * y[i] * (1 - y[i]): the gradient
// of y = sigmoid(x), which is 0 to 1. dst may be gradient.
func (s *Set) SigmoidGradient(dst, gradient, y []float32) {
	sameLength(len(dst), len(gradient))
	sameLength(len(dst), len(y))
	if len(dst) > 0 {
		s.sigmoidGradient(&dst[0], &gradient[0], &y[0], len(dst))
	}
}

// SwishGradient sets dst[i] = gradient[i] * σ * (1 + x[i]*(1-σ)), with σ the
// sigmoid of x[i]: the gradient of y = swish(x). dst may be gradient.
func (s *Set) SwishGradient(dst, gradient, x []float32) {
	sameLength(len(dst), len(gradient))
	sameLength(len(dst), len(x))
	if len(dst) > 0 {
		s.swishGradient(&dst[0], &gradient[0], &x[0], len(dst))
	}
}

// Products multiplies a matrix [len(sum), len(x)] with x and adds the result:
// sum[i] += Σ_k rows[i*len(x)+k] * x[k]. The length of x is a multiple of Lanes,
// as that of a panel is.
func (s *Set) Products(sum, rows, x []float32) {
	sameLength(len(rows), len(sum)*len(x))
	if len(x)%s.Lanes != 0 {
		panic("kernel: length that is no multiple of a vector")
	}
	if len(rows) > 0 {
		s.products(&sum[0], &rows[0], &x[0], len(sum), len(x))
	}
}

func sameLength(n, m int) {
	if n != m {
		panic("kernel: slices of different length")
	}
}
