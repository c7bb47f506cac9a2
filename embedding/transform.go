package embedding

import (
	"fmt"
	"math"
	"strings"
)

// Transform is what is done to vectors before they are compared.
type Transform string

// The transforms.
const (
	// None leaves vectors as they are.
	None Transform = "none"
	// Center subtracts the mean vector of the dataset.
	Center Transform = "center"
	// SqrtCenter takes the signed square root of each value, then subtracts
	// the dataset's mean of those.
	SqrtCenter Transform = "sqrt-center"
)

// Transforms lists the names of all transforms.
func Transforms() []string {
	return []string{string(None), string(Center), string(SqrtCenter)}
}

// ParseTransform returns the transform of that name. The error lists the known names.
func ParseTransform(name string) (Transform, error) {
	switch t := Transform(name); t {
	case None, Center, SqrtCenter:
		return t, nil
	}
	return "", fmt.Errorf("unknown transform %.40q; known are %s", name, strings.Join(Transforms(), ", "))
}

// Fitted is a transform with the mean of one dataset. It is immutable.
type Fitted struct {
	transform Transform
	mean      []float32 // nil for None
}

// Fit computes what t needs to know of m: the mean over the rows that are
// present, summed in float64. A matrix without any has the mean zero.
func (t Transform) Fit(m *Matrix) *Fitted {
	if t == None {
		return &Fitted{transform: None}
	}
	sums := make([]float64, m.Dim())
	present := 0
	for i := range m.Rows() {
		if m.LeftOut(i) {
			continue
		}
		present++
		for j, v := range m.Row(i) {
			if t == SqrtCenter {
				v = signedRoot(v)
			}
			sums[j] += float64(v)
		}
	}
	mean := make([]float32, len(sums))
	if present > 0 {
		for j, sum := range sums {
			mean[j] = float32(sum / float64(present))
		}
	}
	return &Fitted{transform: t, mean: mean}
}

// Apply writes the transformed src into dst. Both have the length Dim of the
// fitted matrix; they may be the same slice.
func (f *Fitted) Apply(dst, src []float32) {
	if len(dst) != len(src) || (f.mean != nil && len(src) != len(f.mean)) {
		panic("embedding: transform of a vector of another length")
	}
	switch f.transform {
	case None:
		copy(dst, src)
	case Center:
		for j, v := range src {
			dst[j] = v - f.mean[j]
		}
	case SqrtCenter:
		for j, v := range src {
			dst[j] = signedRoot(v) - f.mean[j]
		}
	}
}

func signedRoot(v float32) float32 {
	return float32(math.Copysign(math.Sqrt(math.Abs(float64(v))), float64(v)))
}
