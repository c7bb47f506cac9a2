package kerneltest

import (
	"math"
	"math/rand/v2"
)

// fill draws values around zero. Special ones hold denormals, and now and
// then NaN and Inf.
func fill(random *rand.Rand, x []float32, special bool) {
	for i := range x {
		x[i] = float32(random.NormFloat64())
		if special {
			x[i] = strange(random, x[i])
		}
	}
}

func strange(random *rand.Rand, x float32) float32 {
	switch random.IntN(200) {
	case 0:
		return float32(math.NaN())
	case 1:
		return infinity
	case 2:
		return -infinity
	case 3:
		return float32(math.Copysign(0, -1))
	}
	if random.IntN(4) == 0 {
		return math.Float32frombits(uint32(1 + random.IntN(1<<23-1)))
	}
	return x
}

// A sum in float64 knows how far one in float32 may be from it.
type sum struct {
	value, magnitude float64
	finite           float64 // magnitude of the finite terms
	terms            int
}

func sumOf(terms ...float64) sum {
	var s sum
	for _, x := range terms {
		s.add(x)
	}
	return s
}

func (s *sum) add(x float64) {
	s.value += x
	s.magnitude += math.Abs(x)
	if !math.IsInf(x, 0) {
		s.finite += math.Abs(x)
	}
	s.terms++
}

func (s *sum) clamped(lo, hi float32) float64 {
	return clamp(s.value, float64(lo), float64(hi))
}

// near tells whether got is the clamped sum up to the rounding of each term.
// A sum that leaves float32 on its way may have any value.
func (s *sum) near(got, lo, hi float32) bool {
	if s.finite > math.MaxFloat32/2 || s.magnitude > math.MaxFloat32/2 && !math.IsInf(s.magnitude, 0) {
		return true
	}
	const rounding, leastDenormal = 0x1p-24, 0x1p-149
	tolerance := float64(s.terms+1) * (rounding*s.magnitude + leastDenormal)
	return close(float64(got), s.clamped(lo, hi), tolerance)
}

// close holds for two NaN, for equal infinities and for numbers not further
// apart than tolerance.
func close(got, want, tolerance float64) bool {
	if math.IsNaN(got) || math.IsNaN(want) {
		return math.IsNaN(got) && math.IsNaN(want)
	}
	if math.IsInf(got, 0) || math.IsInf(want, 0) {
		return got == want
	}
	return math.Abs(got-want) <= tolerance
}

func clamp(x, lo, hi float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	return math.Min(math.Max(x, lo), hi)
}
