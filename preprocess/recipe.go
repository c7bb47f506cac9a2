package preprocess

import (
	"fmt"
	"image"
	"slices"
	"strings"
)

// Aspect says how a picture of any shape becomes one of the network's shape.
type Aspect string

const (
	// Squash stretches the whole picture to the target size.
	Squash Aspect = "squash"
	// Crop scales the shorter side to the target size + 32 and keeps the centre.
	Crop Aspect = "crop"
)

// cropMargin is how much longer than the target the shorter side is before a crop.
const cropMargin = 32

// Aspects lists the names of all aspects.
func Aspects() []string { return []string{string(Squash), string(Crop)} }

// ParseAspect returns the aspect of a name.
func ParseAspect(s string) (Aspect, error) {
	if !slices.Contains(Aspects(), s) {
		return "", fmt.Errorf("unknown aspect %q: use one of %s", s, strings.Join(Aspects(), ", "))
	}
	return Aspect(s), nil
}

// Recipe describes the way from a picture to a network input. Each value becomes
// (x - Mean) / Std of its channel, with x in 0…255 and channels in the order R, G, B.
type Recipe struct {
	Width, Height int
	Filter        Filter
	Aspect        Aspect
	Mean, Std     [3]float32
}

// Fill writes the network input of a picture to dst, which is [Height, Width, 3].
func (r Recipe) Fill(dst []float32, im *Image) {
	var table [3][256]float32
	for c := range table {
		for x := range table[c] {
			table[c][x] = (float32(x) - r.Mean[c]) / r.Std[c]
		}
	}
	pix := r.fit(im).Pix
	dst = dst[:len(pix)]
	for i := 0; i+2 < len(pix); i += 3 {
		dst[i], dst[i+1], dst[i+2] = table[0][pix[i]], table[1][pix[i+1]], table[2][pix[i+2]]
	}
}

// fit gives the picture the recipe's size.
func (r Recipe) fit(im *Image) *Image {
	if r.Aspect != Crop {
		return im.Resize(r.Width, r.Height, r.Filter)
	}
	width, height := r.beforeCrop(im.Width, im.Height)
	corner := image.Pt((width-r.Width)/2, (height-r.Height)/2)
	window := image.Rectangle{Min: corner, Max: corner.Add(image.Pt(r.Width, r.Height))}
	return im.resizeWindow(width, height, window, r.Filter)
}

// beforeCrop is the smallest size of the picture's shape that covers the target and
// its margin.
func (r Recipe) beforeCrop(width, height int) (int, int) {
	w, h := r.Width+cropMargin, r.Height+cropMargin
	if width*h < height*w {
		return w, (2*height*w + width) / (2 * width)
	}
	return (2*width*h + height) / (2 * height), h
}

// String names all that the recipe does, e.g.
// "bilinear-squash-224x224-mean127-std128". Equal recipes give equal strings.
func (r Recipe) String() string {
	return fmt.Sprintf("%s-%s-%dx%d-mean%s-std%s", r.Filter, r.Aspect, r.Width, r.Height, channels(r.Mean), channels(r.Std))
}

func channels(v [3]float32) string {
	if v[0] == v[1] && v[1] == v[2] {
		return fmt.Sprint(v[0])
	}
	return fmt.Sprintf("%v,%v,%v", v[0], v[1], v[2])
}
