package cli

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/playground"
)

const side = 224

// values reads the floats of a .npy file of a shape.
func values(t *testing.T, file, shape string) []float32 {
	t.Helper()
	content := read(t, file)
	header, data, _ := strings.Cut(content, "\n")
	if !strings.Contains(header, "'descr': '<f4', 'fortran_order': False, 'shape': "+shape) {
		t.Fatalf("the header is %q, want shape %s", header, shape)
	}
	all := make([]float32, len(data)/4)
	for i := range all {
		all[i] = math.Float32frombits(binary.LittleEndian.Uint32([]byte(data[4*i:])))
	}
	return all
}

// draw writes a picture of soft waves.
func draw(t *testing.T, file string, change func(m *image.NRGBA)) {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	wave := func(x float64) uint8 { return uint8(128 + 60*math.Sin(x)) }
	for y := range side {
		for x := range side {
			m.SetNRGBA(x, y, color.NRGBA{wave(float64(x) / 9), wave(float64(y) / 7), wave(float64(x+y) / 11), 255})
		}
	}
	change(m)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

// TestGradientIsWhatAStepChanges compares the gradient with what happens to
// the mean of the channel when every value takes a step along it. The first
// convolution is linear: a step may be as long as a level of an 8-bit picture.
func TestGradientIsWhatAStepChanges(t *testing.T) {
	const layer, channel, levelsOfOne = "stem_conv", 5, 128 // Lite's input is (x-127)/128
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	draw(t, file("still.png"), func(*image.NRGBA) {})
	r := mustJSON[playground.GradientReport](t, "gradient", "--layer", layer, "--channel", "5", "--out", file("g.npy"), file("still.png"))
	gradient := values(t, file("g.npy"), "(224, 224, 3)")
	largest, want := 0.0, 0.0
	for _, g := range gradient {
		largest = max(largest, math.Abs(float64(g)))
		want += math.Abs(float64(g)) / levelsOfOne
	}
	if len(gradient) != side*side*3 || r.Largest != largest || largest == 0 {
		t.Fatalf("%d values, the largest is %g; the report is %+v", len(gradient), largest, r)
	}
	mean := func(levels int) float64 {
		draw(t, file("moved.png"), func(m *image.NRGBA) {
			for i, g := range gradient {
				by := levels
				if g < 0 {
					by = -levels
				}
				m.Pix[i/3*4+i%3] = uint8(int(m.Pix[i/3*4+i%3]) + by)
			}
		})
		must(t, "embed", "--layer", layer, "--out", file("mean.npy"), file("moved.png"))
		return float64(values(t, file("mean.npy"), "(1, 32)")[channel])
	}
	if still := mean(0); math.Abs(still-r.Mean) > 1e-6 {
		t.Errorf("the mean is %g, reported is %g", still, r.Mean)
	}
	if got := (mean(1) - mean(-1)) / 2; math.Abs(got-want) > 1e-3*want {
		t.Errorf("a step of one level changes the mean by %g, the gradient says by %g", got, want)
	}
}

func TestGradientTakesUnitsAndSizes(t *testing.T) {
	out := filepath.Join(t.TempDir(), "g.npy")
	stdout := must(t, "gradient", "--layer", "predictions", "--channel", "97", "--size", "96", "--out", out, duckFile)
	if !strings.HasPrefix(stdout, out+": float32 [96 96 3], largest magnitude ") {
		t.Errorf("gradient prints %q", stdout)
	}
	if got := len(values(t, out, "(96, 96, 3)")); got != 96*96*3 {
		t.Errorf("%d values", got)
	}
}
