package graphtest

import (
	"math"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
)

// kinks are the places where a pass has no derivative.
type kinks struct {
	sides  uint64  // a hash of the side of each kink that the pass is on
	margin float64 // how near it comes to one, relative to the map that has it
}

func newKinks() kinks { return kinks{sides: 14695981039346656037, margin: math.Inf(1)} }

// side notes on which side of a kink a value is.
func (k *kinks) side(which int) { k.sides = (k.sides ^ uint64(which)) * 1099511628211 }

// near notes how far from a kink a value is, in a map of that size.
func (k *kinks) near(distance, largest float64) {
	if largest > 0 {
		k.margin = math.Min(k.margin, math.Abs(distance)/largest)
	}
}

// Margin is how near the pass comes to a kink, relative to the largest value
// of the map that has it: closer than the rounding of float32, the engine may
// be on the other side of it.
func (p *Pass) Margin() float64 { return p.kinks.margin }

// clamp cuts values off.
func (p *Pass) clamp(m Map, lo, hi float64) {
	largest := largestOf(m.Data)
	for i, x := range m.Data {
		p.kinks.near(x-lo, largest)
		p.kinks.near(x-hi, largest)
		m.Data[i] = math.Min(math.Max(x, lo), hi)
		switch m.Data[i] {
		case x:
			p.kinks.side(0)
		case lo:
			p.kinks.side(1)
		case hi:
			p.kinks.side(2)
		}
	}
}

// greatest is the greatest value. Equal values come of clamps, or do not depend on the
// picture: they are no kink of their own.
func (p *Pass) greatest(values []float64) float64 {
	at, largest := 0, largestOf(values)
	for i, x := range values {
		if x > values[at] {
			at = i
		}
	}
	for _, x := range values {
		if x != values[at] {
			p.kinks.near(values[at]-x, largest)
		}
	}
	p.kinks.side(at)
	return values[at]
}

func largestOf(values []float64) float64 {
	largest := 0.0
	for _, x := range values {
		largest = math.Max(largest, math.Abs(x))
	}
	return largest
}

// Objective is the sum of what taps hold times weights [values].
type Objective struct {
	Taps    []graph.Tap
	Weights [][]float64
}

func (o Objective) of(p *Pass) float64 {
	sum := 0.0
	for i, tap := range o.Taps {
		for j, x := range p.Tap(tap).Data {
			sum += x * o.Weights[i][j]
		}
	}
	return sum
}

// Slope is the derivative of an objective along a direction [values], by
// central differences; false where a kink lies within the step.
func Slope(g *graph.Graph, weights map[string]tensor.Tensor, picture, direction []float64, o Objective) (slope float64, smooth bool) {
	const step = 1e-6
	at := func(distance float64) (float64, uint64) {
		moved := make([]float64, len(picture))
		for i, x := range picture {
			moved[i] = x + distance*direction[i]
		}
		p := Run(g, weights, moved)
		return o.of(p), p.kinks.sides
	}
	before, sidesBefore := at(-step)
	after, sidesAfter := at(step)
	return (after - before) / (2 * step), sidesBefore == sidesAfter
}
