package fourier

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// direct is the definition, in float64.
func direct(re, im []float32, length, signals, sign int) []complex128 {
	out := make([]complex128, length*signals)
	for k := range length {
		for t := range length {
			w := cmplx.Rect(1, float64(sign)*2*math.Pi*float64(k*t%length)/float64(length))
			for s := range signals {
				out[k*signals+s] += w * complex(float64(re[t*signals+s]), float64(im[t*signals+s]))
			}
		}
	}
	return out
}

func noise(random *rand.Rand, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(random.NormFloat64())
	}
	return values
}

func compare(t interface{ Fatalf(string, ...any) }, re, im []float32, want []complex128, length int) {
	tolerance := 3e-6 * math.Sqrt(float64(length))
	for i, w := range want {
		if d := cmplx.Abs(w - complex(float64(re[i]), float64(im[i]))); !(d <= tolerance*math.Sqrt(float64(length))) {
			t.Fatalf("length %d: value %d is off by %g, want %v", length, i, d, w)
		}
	}
}

func TestTransformsFollowTheDefinition(t *testing.T) {
	lengths := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 31, 32, 37, 45, 62, 64, 74, 96, 97, 100, 121, 128, 131, 210, 224, 254, 255}
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range lengths {
		for _, signals := range []int{1, 3, 16} {
			t.Run(fmt.Sprintf("%d values, %d signals", n, signals), func(t *testing.T) {
				transform := New(n)
				re, im := noise(random, n*signals), noise(random, n*signals)
				scratch := noise(random, transform.Scratch(signals))
				wantForward, wantInverse := direct(re, im, n, signals, -1), direct(re, im, n, signals, 1)
				gotRe, gotIm := transform.Forward(append([]float32(nil), re...), append([]float32(nil), im...), signals, scratch)
				compare(t, gotRe, gotIm, wantForward, n)
				gotRe, gotIm = transform.Inverse(re, im, signals, scratch)
				compare(t, gotRe, gotIm, wantInverse, n)
			})
		}
	}
}

func TestInverseUndoesForwardAtAnyLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1024).Draw(t, "length")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		transform := New(n)
		re, im := noise(random, n), noise(random, n)
		want := make([]complex128, n)
		for i := range want {
			want[i] = complex(float64(re[i]), float64(im[i]))
		}
		re, im = transform.Forward(re, im, 1, make([]float32, transform.Scratch(1)))
		re, im = transform.Inverse(re, im, 1, make([]float32, transform.Scratch(1)))
		for i := range re {
			re[i] /= float32(n)
			im[i] /= float32(n)
		}
		compare(t, re, im, want, 16)
	})
}

func TestTransformsAllocateNothing(t *testing.T) {
	for _, n := range []int{128, 224, 499} {
		transform := New(n)
		re, im, scratch := make([]float32, n*16), make([]float32, n*16), make([]float32, transform.Scratch(16))
		if n := testing.AllocsPerRun(10, func() { transform.Inverse(re, im, 16, scratch) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

func BenchmarkInverse(b *testing.B) {
	for _, n := range []int{96, 128, 224, 499, 512} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			const signals = 16
			transform := New(n)
			random := rand.New(rand.NewPCG(1, 2))
			re, im := noise(random, n*signals), noise(random, n*signals)
			scratch := make([]float32, transform.Scratch(signals))
			for b.Loop() {
				clear(re)
				clear(im)
				transform.Inverse(re, im, signals, scratch)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*signals), "ns/value")
		})
	}
}
