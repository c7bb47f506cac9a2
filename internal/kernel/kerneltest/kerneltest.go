// Package kerneltest is the suite that the kernels of every level pass. Their
// results are compared with sums in float64; inputs lie before memory that
// cannot be read, and outputs between guard words.
package kerneltest

import (
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// Run checks all kernels of set.
func Run(t *testing.T, set *kernel.Set) {
	t.Run("Tile", func(t *testing.T) { Tile(t, set) })
	t.Run("Depthwise", func(t *testing.T) { Depthwise(t, set) })
	t.Run("Vectors", func(t *testing.T) { Vectors(t, set) })
	t.Run("Products", func(t *testing.T) { Products(t, set) })
	t.Run("Distances", func(t *testing.T) { Distances(t, set) })
}
