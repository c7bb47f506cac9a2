package graph

import "github.com/convnetplayground/convnet/internal/kernel"

// CPULevel names the kernels in use: generic, avx2 or avx512. The error tells
// that CONVNET_CPU asks for a level that cannot be had.
func CPULevel() (string, error) {
	set, err := kernel.Active()
	return string(set.Level), err
}
