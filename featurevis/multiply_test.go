package featurevis

import (
	"testing"

	"pgregory.net/rapid"
)

func TestMultiplierComputesProducts(t *testing.T) {
	m := newMultiplier(nil)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 60)
		rows, deep, wide := size.Draw(t, "rows"), size.Draw(t, "deep"), size.Draw(t, "wide")
		a, b := noise(t, rows*deep), noise(t, deep*wide)
		got := make([]float32, rows*wide)
		m.run(got, a, b, rows, deep, wide)
		for y := range rows {
			for x := range wide {
				want := 0.0
				for k := range deep {
					want += float64(a[y*deep+k]) * float64(b[k*wide+x])
				}
				if d := float64(got[y*wide+x]) - want; d > 1e-4 || d < -1e-4 {
					t.Fatalf("value %d, %d is %v, want %v", y, x, got[y*wide+x], want)
				}
			}
		}
	})
}
