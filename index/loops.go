package index

import "math"

// The sums that the metrics are made of, over vectors of equal length.

func dot(a, b []float32) float64 {
	var sum float64
	for i, x := range a {
		sum += float64(x) * float64(b[i])
	}
	return sum
}

func squaredDistance(a, b []float32) float64 {
	var sum float64
	for i, x := range a {
		d := float64(x) - float64(b[i])
		sum += d * d
	}
	return sum
}

func absoluteDistance(a, b []float32) float64 {
	var sum float64
	for i, x := range a {
		sum += math.Abs(float64(x) - float64(b[i]))
	}
	return sum
}

func maxDistance(a, b []float32) float64 {
	var largest float64
	for i, x := range a {
		largest = max(largest, math.Abs(float64(x)-float64(b[i])))
	}
	return largest
}

func cubedDistance(a, b []float32) float64 {
	var sum float64
	for i, x := range a {
		d := math.Abs(float64(x) - float64(b[i]))
		sum += d * d * d
	}
	return sum
}
