package kernel_test

import (
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/internal/kernel/kerneltest"
)

// sets are the kernels of all levels of this machine and build.
func sets() []*kernel.Set {
	var sets []*kernel.Set
	for _, level := range kernel.Levels() {
		if set, err := kernel.For(level); err == nil {
			sets = append(sets, set)
		}
	}
	return sets
}

func TestLevels(t *testing.T) {
	for _, set := range sets() {
		t.Run(string(set.Level), func(t *testing.T) {
			t.Run("Tile", func(t *testing.T) { kerneltest.Tile(t, set) })
			t.Run("Vectors", func(t *testing.T) { kerneltest.Vectors(t, set) })
			t.Run("Distances", func(t *testing.T) { kerneltest.Distances(t, set) })
			t.Run("Depthwise", func(t *testing.T) { kerneltest.Depthwise(t, set) })
		})
	}
}
