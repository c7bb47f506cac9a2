// Command many writes a folder of many small pictures, crops of those that are
// part of the program with some noise, a folder for each class: a large set to
// measure with. The same seed gives the same pictures.
//
//	go run ./tools/bench/many -n 50000 /tmp/many
package main

import (
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/preprocess"
)

const side = 96

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 50_000, "number of pictures")
	seed := flag.Uint64("seed", 1, "seed of crops and noise")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: many [-n N] [-seed S] DIR")
	}
	if err := write(flag.Arg(0), *n, rand.New(rand.NewPCG(*seed, 0))); err != nil {
		log.Fatal("many: ", err)
	}
}

func write(dir string, n int, random *rand.Rand) error {
	set := dataset.Stamps()
	originals := make([]*preprocess.Image, len(set.Images))
	for i := range originals {
		var err error
		if originals[i], err = set.Decode(i); err != nil {
			return err
		}
	}
	for i := range n {
		from := random.IntN(len(originals))
		folder := filepath.Join(dir, set.Images[from].Class)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := writeJPEG(filepath.Join(folder, fmt.Sprintf("%06d.jpg", i)), crop(originals[from], random)); err != nil {
			return err
		}
	}
	return nil
}

// crop is a random square of a picture, at least half as wide as it, with noise
// and another brightness.
func crop(original *preprocess.Image, random *rand.Rand) *image.RGBA {
	whole := image.NewRGBA(image.Rect(0, 0, original.Width, original.Height))
	for i, j := 0, 0; i < len(original.Pix); i, j = i+3, j+4 {
		copy(whole.Pix[j:], original.Pix[i:i+3])
		whole.Pix[j+3] = 255
	}
	least := min(original.Width, original.Height)
	edge := least/2 + random.IntN(least/2+1)
	x, y := random.IntN(original.Width-edge+1), random.IntN(original.Height-edge+1)
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.BiLinear.Scale(small, small.Bounds(), whole, image.Rect(x, y, x+edge, y+edge), draw.Src, nil)
	light := 0.7 + 0.6*random.Float64()
	for i := range small.Pix {
		if i%4 < 3 {
			small.Pix[i] = uint8(min(max(float64(small.Pix[i])*light+8*random.NormFloat64(), 0), 255))
		}
	}
	return small
}

func writeJPEG(path string, picture image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := jpeg.Encode(f, picture, &jpeg.Options{Quality: 85}); err != nil {
		return err
	}
	return f.Close()
}
