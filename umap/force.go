package umap

import "math"

// force is a smooth function of a squared distance, tabled: each doubling of
// the argument has 64 pieces of a straight line. The error is below 10⁻³ of the
// value, far below the noise of sampling, and no power is taken. It is largest
// where the curve is steepest, at a minimal distance of 1.
type force struct{ pieces [forceSteps]piece }

type piece struct{ value, slope float32 }

// Arguments below 2^forceLow and above 2^forceHigh have the values of these.
const (
	forceLow   = -24
	forceHigh  = 30
	stepBits   = 6
	forceSteps = (forceHigh - forceLow) << stepBits
	restBits   = 23 - stepBits // of a float's mantissa, within a piece
	firstStep  = (127 + forceLow) << stepBits
)

// newForces tables the gradients of the paper, section 3.2, for the curve of a
// and b: what pulls the ends of an edge together, and pushes others apart, per
// difference of coordinates.
func newForces(a, b float64) (attraction, repulsion *force) {
	attraction = newForce(func(squared float64) float64 {
		return -2 * a * b * math.Pow(squared, b-1) / (1 + a*math.Pow(squared, b))
	})
	repulsion = newForce(func(squared float64) float64 {
		return 2 * b / ((0.001 + squared) * (1 + a*math.Pow(squared, b)))
	})
	return attraction, repulsion
}

func newForce(f func(squared float64) float64) *force {
	at := func(step int) float64 {
		return f(float64(math.Float32frombits(uint32(firstStep+step) << restBits)))
	}
	t := &force{}
	for step := range t.pieces {
		value := at(step)
		t.pieces[step] = piece{float32(value), float32((at(step+1) - value) / (1 << restBits))}
	}
	return t
}

// along is the force on a from b, each coordinate bounded as in umap-learn.
func (f *force) along(a, b Point) (x, y float32) {
	x, y = a.X-b.X, a.Y-b.Y
	strength := f.at(x*x + y*y)
	return clip(strength * x), clip(strength * y)
}

func clip(x float32) float32 {
	if x > 4 {
		return 4
	}
	if x < -4 {
		return -4
	}
	return x
}

func (f *force) at(squared float32) float32 {
	// The bits of a float are its exponent, and then how far it is to the next.
	b := math.Float32bits(squared)
	step := int(b>>restBits) - firstStep
	if step < 0 || step >= forceSteps {
		step, b = min(max(step, 0), forceSteps-1), 0
	}
	p := &f.pieces[step]
	return p.value + p.slope*float32(int32(b&(1<<restBits-1)))
}
