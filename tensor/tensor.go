// Package tensor holds shapes and dense float32 arrays. It has no arithmetic.
//
// Feature maps are stored in the order [batch, height, width, channels]
// (NHWC), row-major, without gaps.
package tensor

import (
	"fmt"
	"strings"
)

// Shape lists the extent of each axis, outermost first.
type Shape []int

// Elements is the number of values that a tensor of this shape holds.
// The empty shape is a scalar and holds one.
func (s Shape) Elements() int {
	n := 1
	for _, extent := range s {
		n *= extent
	}
	return n
}

// Equal reports whether both shapes have the same axes.
func (s Shape) Equal(other Shape) bool {
	if len(s) != len(other) {
		return false
	}
	for i := range s {
		if s[i] != other[i] {
			return false
		}
	}
	return true
}

// String writes the shape as "224x224x3".
func (s Shape) String() string {
	parts := make([]string, len(s))
	for i, extent := range s {
		parts[i] = fmt.Sprint(extent)
	}
	return strings.Join(parts, "x")
}

// Tensor is a dense array. Data is row-major and len(Data) = Shape.Elements().
type Tensor struct {
	Shape Shape
	Data  []float32
}

// New returns a tensor of zeros.
func New(shape ...int) Tensor {
	s := Shape(shape)
	return Tensor{Shape: s, Data: make([]float32, s.Elements())}
}
