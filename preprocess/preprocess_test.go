package preprocess_test

import (
	"bytes"
	"errors"
	"image"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/preprocess"
)

func TestThumbnailKeepsTheShape(t *testing.T) {
	cases := []struct{ width, height, longest, wantWidth, wantHeight int }{
		{500, 375, 256, 256, 192},
		{375, 500, 256, 192, 256},
		{256, 100, 256, 256, 100},
		{1000, 1, 256, 256, 1},
	}
	for _, c := range cases {
		got := photo(c.width, c.height).Thumbnail(c.longest)
		if got.Width != c.wantWidth || got.Height != c.wantHeight {
			t.Errorf("%dx%d becomes %dx%d, want %dx%d", c.width, c.height, got.Width, got.Height, c.wantWidth, c.wantHeight)
		}
	}
}

func TestEncodeJPEGKeepsThePicture(t *testing.T) {
	im := photo(40, 30)
	var b bytes.Buffer
	if err := im.EncodeJPEG(&b, 95); err != nil {
		t.Fatal(err)
	}
	got, err := preprocess.Decode(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if _, mean := compare(t, got, im); mean > 4 {
		t.Errorf("values differ by %.2f on average", mean)
	}
	full := errors.New("no space left on device")
	if err := im.EncodeJPEG(failing{full}, 95); !errors.Is(err, full) {
		t.Errorf("error is %v, want the writer's", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestRecipeNamesAllItDoes(t *testing.T) {
	recipe := preprocess.Recipe{
		Width: 224, Height: 224, Filter: preprocess.Bilinear, Aspect: preprocess.Squash,
		Mean: [3]float32{127, 127, 127}, Std: [3]float32{128, 128, 128},
	}
	if got, want := recipe.String(), "bilinear-squash-224x224-mean127-std128"; got != want {
		t.Errorf("recipe is %q, want %q", got, want)
	}
	recipe.Mean = [3]float32{123.68, 116.779, 103.939}
	if got, want := recipe.String(), "bilinear-squash-224x224-mean123.68,116.779,103.939-std128"; got != want {
		t.Errorf("recipe is %q, want %q", got, want)
	}
}

func TestParseNamesTheChoices(t *testing.T) {
	for _, name := range preprocess.Filters() {
		if f, err := preprocess.ParseFilter(name); err != nil || string(f) != name {
			t.Errorf("filter %q: %q, %v", name, f, err)
		}
	}
	for _, name := range preprocess.Aspects() {
		if a, err := preprocess.ParseAspect(name); err != nil || string(a) != name {
			t.Errorf("aspect %q: %q, %v", name, a, err)
		}
	}
	if _, err := preprocess.ParseFilter("lanczos"); err == nil || !strings.Contains(err.Error(), `"lanczos": use one of nearest, bilinear, bicubic`) {
		t.Errorf("error is %v", err)
	}
	if _, err := preprocess.ParseAspect("stretch"); err == nil || !strings.Contains(err.Error(), `"stretch": use one of squash, crop`) {
		t.Errorf("error is %v", err)
	}
}

// A picture of one colour stays of one colour, whatever its size becomes.
func TestResizeKeepsFlatColour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 40)
		im := &preprocess.Image{Width: side.Draw(t, "width"), Height: side.Draw(t, "height")}
		colour := rapid.SliceOfN(rapid.Uint8(), 3, 3).Draw(t, "colour")
		im.Pix = bytes.Repeat(colour, im.Width*im.Height)
		filter := rapid.SampledFrom(preprocess.Filters()).Draw(t, "filter")
		recipe := preprocess.Recipe{
			Width: side.Draw(t, "to width"), Height: side.Draw(t, "to height"),
			Filter: preprocess.Filter(filter), Std: [3]float32{1, 1, 1},
			Aspect: preprocess.Aspect(rapid.SampledFrom(preprocess.Aspects()).Draw(t, "aspect")),
		}
		input := make([]float32, 3*recipe.Width*recipe.Height)
		recipe.Fill(input, im)
		for i, v := range input {
			if v != float32(colour[i%3]) {
				t.Fatalf("value %d is %g, want %d", i, v, colour[i%3])
			}
		}
	})
}

func TestFillOfAnExtremeShape(t *testing.T) {
	recipe := preprocess.Recipe{Width: 32, Height: 32, Filter: preprocess.Bicubic, Aspect: preprocess.Crop, Std: [3]float32{1, 1, 1}}
	im := &preprocess.Image{Width: 1, Height: 200_000, Pix: bytes.Repeat([]byte{9, 8, 7}, 200_000)}
	input := make([]float32, 32*32*3)
	recipe.Fill(input, im)
	if input[0] != 9 || input[len(input)-1] != 7 {
		t.Errorf("corners are %g and %g, want 9 and 7", input[0], input[len(input)-1])
	}
}

// A picture whose pixels say where they are shows what an input pixel is made of.
func TestRegionIsWhereTheInputComesFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 120)
		im := &preprocess.Image{Width: side.Draw(t, "width"), Height: side.Draw(t, "height")}
		for y := range im.Height {
			for x := range im.Width {
				im.Pix = append(im.Pix, uint8(x), uint8(y), 0)
			}
		}
		recipe := preprocess.Recipe{
			Width: side.Draw(t, "to width"), Height: side.Draw(t, "to height"), Filter: preprocess.Nearest, Std: [3]float32{1, 1, 1},
			Aspect: preprocess.Aspect(rapid.SampledFrom(preprocess.Aspects()).Draw(t, "aspect")),
		}
		input := make([]float32, 3*recipe.Width*recipe.Height)
		recipe.Fill(input, im)
		x, y := rapid.IntRange(0, recipe.Width-1).Draw(t, "x"), rapid.IntRange(0, recipe.Height-1).Draw(t, "y")
		region := recipe.Region(image.Rect(x, y, x+1, y+1), im.Width, im.Height)
		pixel := input[3*(y*recipe.Width+x):]
		left, top := float64(pixel[0]), float64(pixel[1])
		const rounding = 1e-9
		centreX, centreY := (region.Left+region.Right)/2*float64(im.Width), (region.Top+region.Bottom)/2*float64(im.Height)
		if centreX < left-rounding || centreX > left+1+rounding || centreY < top-rounding || centreY > top+1+rounding {
			t.Fatalf("input %d,%d is made of pixel %g,%g, but %+v has its centre at %g,%g", x, y, left, top, region, centreX, centreY)
		}
	})
}

func TestRegionOfAWholeInput(t *testing.T) {
	recipe := preprocess.Recipe{Width: 224, Height: 224, Aspect: preprocess.Squash}
	whole := image.Rect(0, 0, 224, 224)
	if got, want := recipe.Region(whole, 640, 480), (preprocess.Region{Right: 1, Bottom: 1}); got != want {
		t.Errorf("squashed, it is %+v, want %+v", got, want)
	}
	recipe.Aspect = preprocess.Crop
	// 640x480 becomes 341x256, of which columns 58 to 282 and rows 16 to 240 stay.
	want := preprocess.Region{Left: 58. / 341, Top: 16. / 256, Right: 282. / 341, Bottom: 240. / 256}
	if got := recipe.Region(whole, 640, 480); got != want {
		t.Errorf("cropped, it is %+v, want %+v", got, want)
	}
}
