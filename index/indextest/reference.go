package indextest

import (
	"math"

	"github.com/convnetplayground/convnet/index"
)

// reference is the distance by the textbook formula, in float64 throughout,
// written to be read rather than to be fast. It shares no code with index.
func reference(m index.Metric, a, b []float32) float64 {
	u, v := widen(a), widen(b)
	switch m.Name() {
	case "cosine":
		return angle(u, v)
	case "correlation":
		return angle(centre(u), centre(v))
	case "euclidean":
		return math.Sqrt(powers(u, v, 2))
	case "sqeuclidean":
		return powers(u, v, 2)
	case "manhattan":
		return powers(u, v, 1)
	case "minkowski":
		return math.Pow(powers(u, v, m.P()), 1/m.P())
	case "chebyshev":
		largest := 0.0
		for i := range u {
			largest = math.Max(largest, math.Abs(u[i]-v[i]))
		}
		return largest
	}
	panic("indextest: no reference for metric " + m.Name())
}

func widen(v []float32) []float64 {
	w := make([]float64, len(v))
	for i, x := range v {
		w[i] = float64(x)
	}
	return w
}

// powers is Σ |u-v|^p.
func powers(u, v []float64, p float64) float64 {
	sum := 0.0
	for i := range u {
		sum += math.Pow(math.Abs(u[i]-v[i]), p)
	}
	return sum
}

// angle is 1 - cos of the angle between u and v, and 1 if one of them is zero.
func angle(u, v []float64) float64 {
	var uv, uu, vv float64
	for i := range u {
		uv += u[i] * v[i]
		uu += u[i] * u[i]
		vv += v[i] * v[i]
	}
	if uu == 0 || vv == 0 {
		return 1
	}
	return 1 - uv/(math.Sqrt(uu)*math.Sqrt(vv))
}

// centre subtracts the mean of u from its values.
func centre(u []float64) []float64 {
	mean := 0.0
	for _, x := range u {
		mean += x / float64(len(u))
	}
	centred := make([]float64, len(u))
	for i, x := range u {
		centred[i] = x - mean
	}
	return centred
}
