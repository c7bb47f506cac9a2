package umap

import "math"

// fitCurve returns a and b of 1 / (1 + a·x^2b), the weight of two points of a
// map at distance x, so that it comes nearest, in least squares, to 1 up to
// minDist and exp(-(x-minDist)/spread) beyond: definition 11 of the paper. As
// umap-learn does, it looks at 300 distances up to 3·spread. minDist is from 0
// to spread.
func fitCurve(minDist, spread float64) (a, b float64) {
	// The fit is made for a spread of 1. Stretching it leaves b as it is.
	c := curve{1, 1}
	for range 20 {
		c = c.improved(minDist / spread)
	}
	return c.a / math.Pow(spread, 2*c.b), c.b
}

// curve is 1 / (1 + a·x^2b).
type curve struct{ a, b float64 }

// samples calls do with distances up to 3 and the weights wanted there; at
// distance 0 every curve is 1.
func samples(minDist float64, do func(x, want float64)) {
	const count = 300
	for i := 1; i < count; i++ {
		x := 3 * float64(i) / (count - 1)
		do(x, math.Exp(-max(x-minDist, 0)))
	}
}

// loss is the summed squares of what c differs from the weights wanted.
func (c curve) loss(minDist float64) float64 {
	var sum float64
	samples(minDist, func(x, want float64) {
		rest := want - 1/(1+c.a*math.Pow(x, 2*c.b))
		sum += rest * rest
	})
	return sum
}

// improved is c after one step of the Gauss-Newton method, shortened until it
// makes the loss smaller.
func (c curve) improved(minDist float64) curve {
	var aa, ab, bb, ra, rb float64 // the normal equations
	samples(minDist, func(x, want float64) {
		power := math.Pow(x, 2*c.b)
		value := 1 / (1 + c.a*power)
		slopeA := -value * value * power
		slopeB := slopeA * c.a * 2 * math.Log(x)
		aa, ab, bb = aa+slopeA*slopeA, ab+slopeA*slopeB, bb+slopeB*slopeB
		ra, rb = ra+slopeA*(want-value), rb+slopeB*(want-value)
	})
	det := aa*bb - ab*ab
	loss := c.loss(minDist)
	for length := 1.0; length > 1e-3; length /= 2 {
		better := curve{c.a + length*(ra*bb-rb*ab)/det, c.b + length*(rb*aa-ra*ab)/det}
		if better.a > 0 && better.loss(minDist) < loss {
			return better
		}
	}
	return c
}
