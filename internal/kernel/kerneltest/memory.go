package kerneltest

import (
	"math"
	"testing"
)

// A fence is memory that ends before a page which cannot be read, where the
// operating system allows that: a kernel that reads too far stops the test.
type fence struct{ memory []float32 }

// last returns the n values before the unreadable page.
func (f *fence) last(t testing.TB, n int) []float32 {
	if n > len(f.memory) {
		f.memory = fenced(t, 2*n)
	}
	return f.memory[len(f.memory)-n:]
}

// guard is a quiet NaN that no kernel computes.
var guard = math.Float32frombits(0x7fd5a5a5)

// A target is memory to be written, with guard words before and behind.
type target struct {
	all          []float32
	before, size int
}

// target returns size values, all guard words, after before more of them and
// before after others; with after 0 the values end at the fence.
func (f *fence) target(t testing.TB, before, size, after int) target {
	all := f.last(t, before+size+after)
	for i := range all {
		all[i] = guard
	}
	return target{all, before, size}
}

func (g target) values() []float32 { return g.all[g.before : g.before+g.size] }

// check fails if a word was written where may does not allow it.
func (g target) check(t testing.TB, may func(i int) bool) {
	t.Helper()
	for i, x := range g.all {
		inside := i >= g.before && i < g.before+g.size && may(i-g.before)
		if !inside && math.Float32bits(x) != math.Float32bits(guard) {
			t.Fatalf("wrote %v at value %d of an output of %d", x, i-g.before, g.size)
		}
	}
}

// everywhere allows all values of a target.
func everywhere(int) bool { return true }
