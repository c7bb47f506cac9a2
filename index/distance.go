package index

import (
	"math"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// Moments is what cosine and correlation need to know of one vector alone. An
// index computes it once per vector. The other metrics leave it zero.
type Moments struct {
	Mean   float64 // correlation: the mean of the values
	Square float64 // the summed squares of the values; for correlation, of their differences from the mean
}

// Moments computes what Between needs of v.
func (m Metric) Moments(v []float32) Moments {
	switch m.kind {
	case cosine:
		return Moments{Square: kernel.Dot(v, v)}
	case correlation:
		middle := mean(v)
		return Moments{Mean: middle, Square: centredDot(v, v, middle, middle)}
	}
	return Moments{}
}

// Distance measures how far a and b, of equal length and with finite values,
// lie apart. Sums are taken in float64, and a result is never NaN nor negative.
// The definitions are those of scipy.spatial.distance, but for one case: where
// an angle is undefined, because cosine is given a vector of zeros or
// correlation one of equal values, the distance is 1 (scipy: NaN).
func (m Metric) Distance(a, b []float32) float64 {
	return m.Between(a, b, m.Moments(a), m.Moments(b))
}

// Between is Distance with the moments of a and b already known.
func (m Metric) Between(a, b []float32, ma, mb Moments) float64 {
	switch m.kind {
	case euclidean:
		return math.Sqrt(kernel.SquaredDistance(a, b))
	case squaredEuclidean:
		return kernel.SquaredDistance(a, b)
	case minkowski:
		return minkowskiDistance(a, b, m.p)
	case manhattan:
		return kernel.AbsoluteDistance(a, b)
	case chebyshev:
		return kernel.GreatestDistance(a, b)
	case correlation:
		return angular(centredDot(a, b, ma.Mean, mb.Mean), ma.Square, mb.Square)
	}
	return angular(kernel.Dot(a, b), ma.Square, mb.Square)
}

// angular is 1 - cos of the angle between two vectors, given their product and
// their squared lengths. One square root of the product, instead of two roots,
// makes the distance of a vector to its equal exactly 0; float32 values leave
// float64 room enough for the product. Rounding is clipped to [0, 2].
func angular(product, squareA, squareB float64) float64 {
	if squareA == 0 || squareB == 0 {
		return 1
	}
	return min(max(1-product/math.Sqrt(squareA*squareB), 0), 2)
}

// mean is the mean of v. It sums differences from the first value: the mean of
// equal values is then that value exactly, and rounding is small against the
// spread of the values rather than against their size.
func mean(v []float32) float64 {
	if len(v) == 0 {
		return 0
	}
	first := float64(v[0])
	var sum float64
	for _, x := range v {
		sum += float64(x) - first
	}
	return first + sum/float64(len(v))
}

// centredDot is
//
//	for i := range a { sum += (a[i] - meanA) * (b[i] - meanB) }
//
// The means are subtracted value by value: subtracting their product from the
// plain dot product would lose the digits of vectors far from the origin.
func centredDot(a, b []float32, meanA, meanB float64) float64 {
	b = b[:len(a)]
	var s0, s1 float64 // two chains of additions, so that one does not wait for the other
	n := len(a) &^ 1
	for i := 0; i < n; i += 2 {
		s0 += (float64(a[i]) - meanA) * (float64(b[i]) - meanB)
		s1 += (float64(a[i+1]) - meanA) * (float64(b[i+1]) - meanB)
	}
	if n < len(a) {
		s0 += (float64(a[n]) - meanA) * (float64(b[n]) - meanB)
	}
	return s0 + s1
}

// minkowskiDistance is (Σ |a-b|^p)^(1/p). Powers of the differences themselves
// would overflow or vanish at a large p; powers of their shares of the largest
// difference stay within [0, 1], and their sum within [1, len(a)].
func minkowskiDistance(a, b []float32, p float64) float64 {
	switch p {
	case 1:
		return kernel.AbsoluteDistance(a, b)
	case 2:
		return math.Sqrt(kernel.SquaredDistance(a, b))
	case 3:
		return math.Cbrt(kernel.CubedDistance(a, b))
	}
	largest := kernel.GreatestDistance(a, b)
	if largest == 0 {
		return 0
	}
	sum := sumPowers(a, b, largest, p)
	return largest * math.Pow(sum, 1/p)
}

// sumPowers is
//
//	for i := range a { sum += (|a[i]-b[i]| / largest)^p }
//
// Whole and half powers up to 16 are multiplied out, which takes a tenth of the
// time of a logarithm and its exponential.
func sumPowers(a, b []float32, largest, p float64) float64 {
	whole, rest := math.Modf(p)
	if p > 16 || (rest != 0 && rest != 0.5) {
		return sumAnyPowers(a, b, largest, p)
	}
	times, half := int(whole), rest != 0
	scale := 1 / largest
	b = b[:len(a)]
	var sum float64
	for i, x := range a {
		share := math.Abs(float64(x)-float64(b[i])) * scale
		power := 1.0
		if half {
			power = math.Sqrt(share)
		}
		for range times {
			power *= share
		}
		sum += power
	}
	return sum
}

// sumAnyPowers is sumPowers for any p. math.Pow takes twice as long, and its
// care is not needed: a share near 1 has a small logarithm, and any other adds
// next to nothing. The division must stay one: it makes the largest share 1
// exactly, which any power leaves at 1.
func sumAnyPowers(a, b []float32, largest, p float64) float64 {
	b = b[:len(a)]
	var sum float64
	for i, x := range a {
		share := math.Abs(float64(x)-float64(b[i])) / largest
		sum += math.Exp(p * math.Log(share))
	}
	return sum
}
