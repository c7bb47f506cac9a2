package heatmap

import (
	"bytes"
	"image/color"
	"image/png"
	"io"
	"math"
	"testing"
)

func TestTheRampCanBeShownAndIsEven(t *testing.T) {
	for i := range 1001 {
		for _, x := range ramp(float64(i) / 1000).linear() {
			if x < 0 || x > 1 {
				t.Errorf("no screen shows the colour at %d/1000: %v", i, ramp(float64(i)/1000).linear())
			}
		}
	}
	palette := colours()
	if len(palette) != 256 || palette[0] != ramp(0).rgb() || palette[255] != ramp(1).rgb() {
		t.Errorf("%d colours from %v to %v", len(palette), palette[0], palette[255])
	}
	var steps []float64
	mean := 0.0
	for i := 16; i < len(palette); i += 16 {
		step := lab(palette[i]).distance(lab(palette[i-16]))
		steps = append(steps, step)
		mean += step / 15
	}
	for i, step := range steps {
		if math.Abs(step-mean) > 0.1*mean {
			t.Errorf("step %d is %.4f, the mean is %.4f", i, step, mean)
		}
	}
	for i := 1; i < len(palette); i++ {
		if lab(palette[i]).l <= lab(palette[i-1]).l-1e-3 {
			t.Errorf("colour %d is darker than the one before", i)
		}
	}
}

// lab is the way back from the bytes of a colour.
func lab(c color.Color) oklab {
	rgba := c.(color.RGBA)
	var x [3]float64
	for i, b := range []uint8{rgba.R, rgba.G, rgba.B} {
		v := float64(b) / 255
		if x[i] = v / 12.92; v > 0.04045 {
			x[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	l := math.Cbrt(0.4122214708*x[0] + 0.5363325363*x[1] + 0.0514459929*x[2])
	m := math.Cbrt(0.2119034982*x[0] + 0.6806995451*x[1] + 0.1073969566*x[2])
	s := math.Cbrt(0.0883024619*x[0] + 0.2817188376*x[1] + 0.6299787005*x[2])
	return oklab{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

func TestEveryValueIsASquareOfItsColour(t *testing.T) {
	var b bytes.Buffer
	values := []float32{-1, 0, 3, 1, 1, -1}
	if err := Encode(&b, values, 2, 3, 4); err != nil {
		t.Fatal(err)
	}
	im, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if size := im.Bounds().Size(); size.X != 12 || size.Y != 8 {
		t.Fatalf("the picture is %v, want 12x8", size)
	}
	for y := range 8 {
		for x := range 12 {
			want := colours()[[]int{0, 64, 255, 128, 128, 0}[y/4*3+x/4]]
			if got := color.RGBAModel.Convert(im.At(x, y)); got != want {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, got, want)
			}
		}
	}
}

func TestValuesThatAreAllAlikeAreTheFirstColour(t *testing.T) {
	for _, value := range []float32{0, 5, -math.MaxFloat32} {
		for i, s := range shade([]float32{value, value, value}) {
			if s != 0 {
				t.Errorf("%g: shade %d is %d", value, i, s)
			}
		}
	}
	if got := shade([]float32{-math.MaxFloat32, math.MaxFloat32}); got[0] != 0 || got[1] != 255 {
		t.Errorf("the widest range gives %v", got)
	}
}

func TestEncodeRefusesOtherSizes(t *testing.T) {
	for _, size := range [][3]int{{2, 2, 1}, {0, 0, 1}, {1, 3, 0}, {-1, -3, 1}} {
		if err := Encode(io.Discard, make([]float32, 3), size[0], size[1], size[2]); err == nil {
			t.Errorf("%v: accepted", size)
		}
	}
}
