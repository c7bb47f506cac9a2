package index

import "math"

// power returns the function x -> x^p for x in [0, 1] and p >= 1. Whole and
// half powers up to 16 are multiplied out, which is several times faster than
// math.Pow.
func power(p float64) func(x float64) float64 {
	whole, rest := math.Modf(p)
	if p > 16 || (rest != 0 && rest != 0.5) {
		return func(x float64) float64 { return math.Pow(x, p) }
	}
	times := int(whole)
	return func(x float64) float64 {
		y := 1.0
		if rest != 0 {
			y = math.Sqrt(x)
		}
		for range times {
			y *= x
		}
		return y
	}
}
