//go:build !linux

package kerneltest

import "testing"

// fenced returns n values. Reads past them go unnoticed here.
func fenced(_ testing.TB, n int) []float32 { return make([]float32, n) }
