package preprocess_test

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/preprocess"
)

// The goldens are what Pillow makes of the same files; tools/oracle/pictures.py wrote
// them.
const golden = ".want.png"

func decodeFile(t *testing.T, path string) *preprocess.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	im, err := preprocess.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return im
}

// wanted reads an opaque PNG with the standard library alone.
func wanted(t *testing.T, path string) *preprocess.Image {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	src, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	size := src.Bounds().Size()
	im := &preprocess.Image{Width: size.X, Height: size.Y}
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := src.At(x, y).RGBA()
			im.Pix = append(im.Pix, uint8(r>>8), uint8(g>>8), uint8(b>>8))
		}
	}
	return im
}

// compare returns the largest difference of a value and the mean one.
func compare(t *testing.T, got, want *preprocess.Image) (largest int, mean float64) {
	t.Helper()
	if got.Width != want.Width || got.Height != want.Height || len(got.Pix) != len(want.Pix) {
		t.Fatalf("size is %dx%d (%d bytes), want %dx%d", got.Width, got.Height, len(got.Pix), want.Width, want.Height)
	}
	sum := 0
	for i := range want.Pix {
		d := int(got.Pix[i]) - int(want.Pix[i])
		d = max(d, -d)
		largest, sum = max(largest, d), sum+d
	}
	return largest, float64(sum) / float64(len(want.Pix))
}

func goldens(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*"+golden))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens in testdata/%s: %v", dir, err)
	}
	return paths
}

func TestDecodeSeesWhatPillowSees(t *testing.T) {
	// JPEG decoders may differ by one in the inverse cosine transform: one of luma and,
	// times 1.77, up to two of chroma. All other formats leave no freedom.
	tolerance := func(path string) int {
		if strings.HasSuffix(path, ".jpg") {
			return 3
		}
		return 0
	}
	for _, path := range goldens(t, "decode") {
		source := strings.TrimSuffix(path, golden)
		t.Run(filepath.Base(source), func(t *testing.T) {
			got := decodeFile(t, source)
			largest, mean := compare(t, got, wanted(t, path))
			if largest > tolerance(source) {
				t.Errorf("values differ by up to %d, %.3f on average", largest, mean)
			}
			f, err := os.Open(source)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			info, err := preprocess.DecodeInfo(f)
			if err != nil {
				t.Fatal(err)
			}
			if info.Width != got.Width || info.Height != got.Height {
				t.Errorf("the header says %dx%d, the pixels are %dx%d", info.Width, info.Height, got.Width, got.Height)
			}
		})
	}
}

func TestResizeEqualsPillow(t *testing.T) {
	for _, path := range goldens(t, "resize") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			parts := strings.Split(filepath.Base(path), ".") // source, filter, size
			var width, height int
			if _, err := fmt.Sscanf(parts[2], "%dx%d", &width, &height); err != nil {
				t.Fatal(err)
			}
			source := decodeFile(t, filepath.Join("testdata", "resize", parts[0]+".png"))
			got := source.Resize(width, height, preprocess.Filter(parts[1]))
			if largest, mean := compare(t, got, wanted(t, path)); largest > 0 {
				t.Errorf("values differ by up to %d, %.3f on average", largest, mean)
			}
		})
	}
}

func TestCropKeepsTheCentre(t *testing.T) {
	for _, path := range goldens(t, "crop") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			parts := strings.Split(filepath.Base(path), ".") // source, filter, side
			var side int
			if _, err := fmt.Sscan(parts[2], &side); err != nil {
				t.Fatal(err)
			}
			recipe := preprocess.Recipe{
				Width: side, Height: side, Filter: preprocess.Filter(parts[1]), Aspect: preprocess.Crop,
				Mean: [3]float32{1, 2, 3}, Std: [3]float32{2, 4, 8},
			}
			input := make([]float32, 3*side*side)
			recipe.Fill(input, decodeFile(t, filepath.Join("testdata", "crop", parts[0]+".png")))
			for i, v := range wanted(t, path).Pix {
				c := i % 3
				if want := (float32(v) - recipe.Mean[c]) / recipe.Std[c]; input[i] != want {
					t.Fatalf("value %d is %g, want %g", i, input[i], want)
				}
			}
		})
	}
}
