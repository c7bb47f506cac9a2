package preprocess_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/convnetplayground/convnet/preprocess"
)

// photo is a picture of smooth slopes and some texture.
func photo(width, height int) *preprocess.Image {
	im := &preprocess.Image{Width: width, Height: height, Pix: make([]uint8, 3*width*height)}
	for i := range im.Pix {
		x, y := i/3%width, i/3/width
		im.Pix[i] = uint8(x*160/width + y*60/height*(i%3)/2 + i*40503>>11&15)
	}
	return im
}

func encoded(tb testing.TB, width, height int) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := photo(width, height).EncodeJPEG(&b, 88); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func BenchmarkDecodeJPEG(b *testing.B) {
	for _, width := range []int{500, 2000} {
		content := encoded(b, width, width*3/4)
		b.Run(fmt.Sprint(width), func(b *testing.B) {
			b.SetBytes(int64(3 * width * width * 3 / 4))
			for b.Loop() {
				if _, err := preprocess.Decode(bytes.NewReader(content)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFill(b *testing.B) {
	im := photo(500, 375)
	for _, filter := range preprocess.Filters() {
		b.Run(filter, func(b *testing.B) {
			recipe := preprocess.Recipe{
				Width: 224, Height: 224, Filter: preprocess.Filter(filter), Aspect: preprocess.Squash,
				Mean: [3]float32{127, 127, 127}, Std: [3]float32{128, 128, 128},
			}
			dst := make([]float32, 224*224*3)
			for b.Loop() {
				recipe.Fill(dst, im)
			}
		})
	}
}
