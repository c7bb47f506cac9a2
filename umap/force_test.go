package umap

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestForcesAreTheGradients(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := fitCurve(rapid.Float64Range(0, 1).Draw(t, "minimal distance"), 1)
		attraction, repulsion := newForces(a, b)
		squared := math.Pow(2, rapid.Float64Range(forceLow, forceHigh-1).Draw(t, "log2 of squared distance"))
		wantA := -2 * a * b * math.Pow(squared, b-1) / (1 + a*math.Pow(squared, b))
		wantR := 2 * b / ((0.001 + squared) * (1 + a*math.Pow(squared, b)))
		for _, test := range []struct {
			name      string
			got, want float64
		}{{"attraction", float64(attraction.at(float32(squared))), wantA}, {"repulsion", float64(repulsion.at(float32(squared))), wantR}} {
			if math.Abs(test.got-test.want) > 1e-3*math.Abs(test.want) {
				t.Fatalf("%s at %v is %v, want %v", test.name, squared, test.got, test.want)
			}
		}
	})
}

func TestForcesAreFiniteAnywhere(t *testing.T) {
	for _, minDist := range []float64{0, 0.1, 1} {
		attraction, repulsion := newForces(fitCurve(minDist, 1))
		for _, x := range []float32{0, math.SmallestNonzeroFloat32, 1e-20, 1e-6, 1, 1e6, 1e19, math.MaxFloat32} {
			for _, f := range []*force{attraction, repulsion} {
				dx, dy := f.along(Point{x, 0}, Point{0, x})
				if dx-dx != 0 || dy-dy != 0 || dx < -4 || dx > 4 {
					t.Errorf("minimal distance %v: force %v, %v at %v", minDist, dx, dy, x)
				}
				if dx, dy := f.along(Point{x, x}, Point{x, x}); dx != 0 || dy != 0 {
					t.Errorf("minimal distance %v: force %v, %v between equal points", minDist, dx, dy)
				}
			}
		}
	}
}
