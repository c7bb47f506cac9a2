package umap

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestCurveOfUMAPLearn(t *testing.T) {
	for _, c := range golden(t).Curves {
		minDist, spread, wantA, wantB := c[0], c[1], c[2], c[3]
		a, b := fitCurve(minDist, spread)
		if math.Abs(a-wantA) > 1e-3*wantA || math.Abs(b-wantB) > 1e-3*wantB {
			t.Errorf("minimal distance %v, spread %v: a = %v and b = %v, by umap-learn %v and %v", minDist, spread, a, b, wantA, wantB)
		}
	}
}

// Where umap-learn's fit fails, at spreads far from 1, the curve is the same
// one stretched.
func TestCurveOfAnySpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.Float64Range(0, 1).Draw(t, "minimal distance as a share")
		spread := math.Pow(10, rapid.Float64Range(-3, 3).Draw(t, "log spread"))
		a1, b1 := fitCurve(share, 1)
		a, b := fitCurve(share*spread, spread)
		x := rapid.Float64Range(0.01, 3).Draw(t, "distance")
		want, got := 1/(1+a1*math.Pow(x, 2*b1)), 1/(1+a*math.Pow(x*spread, 2*b))
		if !(math.Abs(got-want) < 1e-6) || a <= 0 || b <= 0 {
			t.Fatalf("weight %v at %v, want %v", got, x*spread, want)
		}
	})
}
