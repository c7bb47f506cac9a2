package index_test

import (
	"math"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"pgregory.net/rapid"
)

// anyMetric draws any metric; for minkowski also powers that are not whole.
func anyMetric(t *rapid.T) index.Metric {
	name := rapid.SampledFrom(index.Metrics()).Draw(t, "metric")
	return drawn(t, name)
}

// trueMetric draws a metric that keeps the triangle inequality.
func trueMetric(t *rapid.T) index.Metric {
	return drawn(t, rapid.SampledFrom([]string{"euclidean", "minkowski", "manhattan", "chebyshev"}).Draw(t, "metric"))
}

func drawn(t *rapid.T, name string) index.Metric {
	p := 0.0
	if name == "minkowski" {
		p = rapid.OneOf(rapid.Float64Range(1, 30), rapid.SampledFrom([]float64{1, 1.5, 2, 2.5, 3, 7, 16, 16.5})).Draw(t, "p")
	}
	m, err := index.ParseMetric(name, p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// vectors draws n vectors of one length, of ordinary values with some zeros.
func vectors(t *rapid.T, n int) [][]float32 {
	value := rapid.OneOf(rapid.Float32Range(-100, 100), rapid.Just(float32(0)))
	return vectorsOf(t, n, value)
}

func vectorsOf(t *rapid.T, n int, value *rapid.Generator[float32]) [][]float32 {
	dim := rapid.IntRange(1, 40).Draw(t, "dim")
	drawn := make([][]float32, n)
	for i := range drawn {
		drawn[i] = rapid.SliceOfN(value, dim, dim).Draw(t, "vector")
	}
	return drawn
}

func TestDistanceIsANumberWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMetric(t)
		v := vectorsOf(t, 2, rapid.OneOf(
			rapid.Float32Range(-math.MaxFloat32, math.MaxFloat32),
			rapid.Float32Range(-1e-40, 1e-40),
			rapid.SampledFrom([]float32{0, 1, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32}),
		))
		d := m.Distance(v[0], v[1])
		if !(d >= 0) || math.IsInf(d, 1) {
			t.Fatalf("distance %v", d)
		}
		angular := m.Name() == "cosine" || m.Name() == "correlation"
		if angular && d > 2 {
			t.Fatalf("distance %v", d)
		}
		if s := m.Similarity(d); !(s <= 1 && s >= -1) || !angular && s < 0 {
			t.Fatalf("similarity %v at distance %v", s, d)
		}
	})
}

func TestDistanceIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, v := anyMetric(t), vectors(t, 2)
		if ab, ba := m.Distance(v[0], v[1]), m.Distance(v[1], v[0]); ab != ba {
			t.Fatalf("%v one way, %v the other", ab, ba)
		}
	})
}

func TestDistanceToItselfIsExactlyZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, v := anyMetric(t), vectors(t, 1)[0]
		v = append(v, 0, 1) // so that it has a direction, also from its mean
		if d := m.Distance(v, append([]float32(nil), v...)); d != 0 {
			t.Fatalf("distance %v", d)
		}
	})
}

func TestDistinctVectorsAreApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, a := trueMetric(t), vectors(t, 1)[0]
		b := append([]float32(nil), a...)
		i := rapid.IntRange(0, len(a)-1).Draw(t, "place")
		b[i] = math.Nextafter32(b[i], 200)
		if d := m.Distance(a, b); !near(d, float64(b[i])-float64(a[i]), 1e-9) {
			t.Fatalf("distance %v, want the one difference %v", d, float64(b[i])-float64(a[i]))
		}
	})
}

func TestTriangleInequality(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, v := trueMetric(t), vectors(t, 3)
		direct := m.Distance(v[0], v[2])
		detour := m.Distance(v[0], v[1]) + m.Distance(v[1], v[2])
		if direct > detour*(1+1e-12) {
			t.Fatalf("direct %v, by way of a third %v", direct, detour)
		}
	})
}

func TestSquaredEuclideanIsEuclideanSquared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := vectors(t, 2)
		d, squared := distance(t, "euclidean", 0, v[0], v[1]), distance(t, "sqeuclidean", 0, v[0], v[1])
		if !near(d*d, squared, 1e-14) {
			t.Fatalf("%v squared is not %v", d, squared)
		}
	})
}

func TestMinkowskiBecomesTheOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := vectors(t, 2)
		for _, test := range []struct {
			p      float64
			metric string
		}{{1, "manhattan"}, {2, "euclidean"}} {
			if a, b := distance(t, "minkowski", test.p, v[0], v[1]), distance(t, test.metric, 0, v[0], v[1]); a != b {
				t.Fatalf("minkowski at %v is %v, %s is %v", test.p, a, test.metric, b)
			}
		}
		if a, b := distance(t, "minkowski", 1e5, v[0], v[1]), distance(t, "chebyshev", 0, v[0], v[1]); !near(a, b, 1e-4) {
			t.Fatalf("minkowski at 1e5 is %v, chebyshev is %v", a, b)
		}
	})
}

// The paths for p = 3, for whole and half powers and for all others join
// without a step.
func TestMinkowskiIsContinuousInP(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := vectors(t, 2)
		for _, p := range []float64{1, 1.5, 2, 2.5, 3, 4, 7, 10.5, 16, 16.5} {
			at, beside := distance(t, "minkowski", p, v[0], v[1]), distance(t, "minkowski", p+1e-12, v[0], v[1])
			if !near(at, beside, 1e-9) {
				t.Fatalf("%v at p = %v, %v next to it", at, p, beside)
			}
		}
	})
}

func TestMinkowskiShrinksAsPGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := vectors(t, 2)
		p := rapid.Float64Range(1, 20).Draw(t, "p")
		q := rapid.Float64Range(p, 40).Draw(t, "q")
		a, b := distance(t, "minkowski", p, v[0], v[1]), distance(t, "minkowski", q, v[0], v[1])
		if b > a*(1+1e-12) {
			t.Fatalf("%v at p = %v, %v at p = %v", a, p, b, q)
		}
	})
}

func TestCosineIgnoresLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := vectorsOf(t, 2, rapid.Float32Range(1, 100))
		want := distance(t, "cosine", 0, v[0], v[1])
		scale := rapid.Float32Range(1e-3, 1e3).Draw(t, "scale")
		// The scaled values are rounded to float32, by 6e-8 each.
		if got := distance(t, "cosine", 0, changed(v[0], scale, 0), v[1]); math.Abs(got-want) > 1e-6 {
			t.Fatalf("%v, scaled by %v %v", want, scale, got)
		}
		if got := distance(t, "cosine", 0, changed(v[0], 1024, 0), v[1]); !near(got, want, 1e-14) {
			t.Fatalf("%v, scaled exactly %v", want, got)
		}
	})
}

func TestCosineOfAScaledVectorIsZeroOrTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := append(vectors(t, 1)[0], 1)
		if d := distance(t, "cosine", 0, v, changed(v, 4, 0)); d > 1e-15 {
			t.Fatalf("same direction: %v", d)
		}
		if d := distance(t, "cosine", 0, v, changed(v, -0.5, 0)); d < 2-1e-15 {
			t.Fatalf("opposite direction: %v", d)
		}
	})
}

func TestCorrelationIsCosineOfCentredVectors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Whole numbers stay exact in float32 when they are moved off the origin.
		v := vectorsOf(t, 2, wholeNumber())
		a, b := withMeanZero(v[0]), withMeanZero(v[1])
		want := distance(t, "cosine", 0, a, b)
		shift := wholeNumber()
		got := distance(t, "correlation", 0, changed(a, 1, shift.Draw(t, "shift")), changed(b, 1, shift.Draw(t, "shift")))
		if math.Abs(got-want) > 1e-12 {
			t.Fatalf("correlation %v, cosine of the centred %v", got, want)
		}
	})
}

func TestCorrelationIgnoresShiftAndScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := vectorsOf(t, 2, wholeNumber())
		want := distance(t, "correlation", 0, v[0], v[1])
		// A million and a sixteenth of it leave the whole numbers exact in float32.
		got := distance(t, "correlation", 0, changed(v[0], 2, 1<<20), changed(v[1], 0.5, -1<<16))
		if math.Abs(got-want) > 1e-9 {
			t.Fatalf("%v, shifted and scaled %v", want, got)
		}
	})
}

func distance(t *rapid.T, name string, p float64, a, b []float32) float64 {
	m, err := index.ParseMetric(name, p)
	if err != nil {
		t.Fatal(err)
	}
	return m.Distance(a, b)
}

func changed(v []float32, scale, shift float32) []float32 {
	w := make([]float32, len(v))
	for i, x := range v {
		w[i] = x*scale + shift
	}
	return w
}

func wholeNumber() *rapid.Generator[float32] {
	return rapid.Map(rapid.Int32Range(-1000, 1000), func(i int32) float32 { return float32(i) })
}

// withMeanZero appends the value that brings the sum of v to zero.
func withMeanZero(v []float32) []float32 {
	var sum float32
	for _, x := range v {
		sum += x
	}
	return append(v, -sum)
}
