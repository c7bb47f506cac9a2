package featurevis

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/convnetplayground/convnet/tensor"
)

// lucid is what tools/oracle/featurevis.py writes.
type lucid struct {
	Spectrum []struct {
		Size               int
		Decay              float64
		Parameters, Planes []float32
	}
	Colour struct{ Planes, Pixels []float32 }
	View   []struct {
		Size, Top, Left, Window, Scaled, Degrees, Y, X, Seen, Fixed int

		Picture, Want []float32
	}
	Diversity struct {
		Features, Gradient []float32
		Value              float64
	}
}

func golden(t *testing.T) lucid {
	t.Helper()
	content, err := os.ReadFile("testdata/lucid.json")
	if err != nil {
		t.Fatal(err)
	}
	var l lucid
	if err := json.Unmarshal(content, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// near compares to a share of the greatest value wanted.
func near(t testing.TB, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	greatest := 0.0
	for _, w := range want {
		greatest = max(greatest, math.Abs(float64(w)))
	}
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - float64(w)); !(d <= tolerance*greatest) {
			t.Fatalf("value %d is %v, want %v", i, got[i], w)
		}
	}
}

func TestSpectraBecomeThePicturesOfLucid(t *testing.T) {
	for _, g := range golden(t).Spectrum {
		s := newSpectrum(1, g.Size, g.Decay, nil)
		planes := make([]float32, len(g.Planes))
		s.paint(planes, g.Parameters)
		near(t, planes, g.Planes, 1e-6)
	}
}

func TestColoursAreThoseOfLucid(t *testing.T) {
	g := golden(t).Colour
	n := len(g.Planes) / colours
	p := newPalette(decorrelated)
	row := make([]float32, len(g.Pixels))
	p.paint(row, g.Planes[:n], g.Planes[n:2*n], g.Planes[2*n:])
	near(t, row, g.Pixels, 1e-6)
}

func TestViewsAreThoseOfTensorFlow(t *testing.T) {
	for _, g := range golden(t).View {
		v := view{top: g.Top, left: g.Left, window: g.Window, scaled: g.Scaled, degrees: g.Degrees, y: g.Y, x: g.X, seen: g.Seen}
		if g.Fixed != 0 {
			v = v.within(g.Fixed)
		}
		l := newLens(1, g.Size, []view{v}, identity, nil)
		for y := range g.Size {
			copy(l.row(0, y), g.Picture[y*g.Size*colours:])
		}
		got := make([]float32, len(g.Want))
		l.use(v)
		l.show(got)
		near(t, got, g.Want, 2e-5)
	}
}

func TestDiversityIsThatOfLucid(t *testing.T) {
	g := golden(t).Diversity
	const weight = 0.7
	d := newDiversity(weight, 3, nil)
	features := tensor.Tensor{Shape: tensor.Shape{3, 2, 3, 5}, Data: g.Features}
	if got := d.value(features); math.Abs(got-g.Value) > 1e-6 {
		t.Errorf("value %v, want %v", got, g.Value)
	}
	slope := make([]float32, len(g.Features))
	for i := range slope {
		slope[i] = 1
	}
	d.add(slope, features, 2)
	for i := range slope {
		slope[i] = (1 - slope[i]) / (2 * weight) // it is taken off what was there
	}
	near(t, slope, g.Gradient, 1e-5)
}

// identity leaves colours as they are.
var identity = inputRange{scale: [colours]float32{1, 1, 1}, order: [colours]int{0, 1, 2}}
