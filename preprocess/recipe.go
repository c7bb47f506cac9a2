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
// (x / Divisor - Mean) / Std of its channel, with x in 0…255, in float32 and in this
// order: the steps of Keras' preprocess_input, whose rounding it keeps.
type Recipe struct {
	Width, Height int
	Filter        Filter
	Aspect        Aspect
	Divisor       float32    // 0 is 1
	Mean, Std     [3]float32 // of red, green and blue
	BGR           bool       // blue comes first
}

// Fill writes the network input of a picture to dst, which is [Height, Width, 3].
func (r Recipe) Fill(dst []float32, im *Image) {
	var table [3][256]float32
	for c := range table {
		for x := range table[c] {
			table[c][x] = (float32(x)/r.divisor() - r.Mean[c]) / r.Std[c]
		}
	}
	red, blue := 0, 2
	if r.BGR {
		red, blue = 2, 0
	}
	pix := r.fit(im).Pix
	dst = dst[:len(pix)]
	for i := 0; i+2 < len(pix); i += 3 {
		dst[i+red], dst[i+1], dst[i+blue] = table[0][pix[i]], table[1][pix[i+1]], table[2][pix[i+2]]
	}
}

// Affine is what Fill does to red, green and blue in [0, 1]: x*scale + shift.
// The inverse is (y - shift) / scale.
func (r Recipe) Affine() (scale, shift [3]float32) {
	for c := range scale {
		std := float64(r.Std[c])
		scale[c] = float32(255 / (float64(r.divisor()) * std))
		shift[c] = float32(-float64(r.Mean[c]) / std)
	}
	return scale, shift
}

func (r Recipe) divisor() float32 {
	if r.Divisor == 0 {
		return 1
	}
	return r.Divisor
}

// fit gives the picture the recipe's size.
func (r Recipe) fit(im *Image) *Image {
	if r.Aspect != Crop {
		return im.Resize(r.Width, r.Height, r.Filter)
	}
	scaled, corner := r.window(im.Width, im.Height)
	window := image.Rectangle{Min: corner, Max: corner.Add(image.Pt(r.Width, r.Height))}
	return im.resizeWindow(scaled.X, scaled.Y, window, r.Filter)
}

// window is the size of a scaled picture before a crop, and the corner at which
// the crop begins.
func (r Recipe) window(width, height int) (scaled, corner image.Point) {
	width, height = r.beforeCrop(width, height)
	return image.Pt(width, height), image.Pt((width-r.Width)/2, (height-r.Height)/2)
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

// Region is a part of a picture in fractions of its width and height, from its
// top left corner.
type Region struct{ Left, Top, Right, Bottom float64 }

// Region is where a part of the network input lies in the picture of a width
// and height that it was made of. Resampling mixes in a little of the pixels
// around it.
func (r Recipe) Region(part image.Rectangle, width, height int) Region {
	scaled, corner := image.Pt(r.Width, r.Height), image.Point{}
	if r.Aspect == Crop {
		scaled, corner = r.window(width, height)
	}
	part = part.Add(corner)
	x, y := float64(scaled.X), float64(scaled.Y)
	return Region{float64(part.Min.X) / x, float64(part.Min.Y) / y, float64(part.Max.X) / x, float64(part.Max.Y) / y}
}

// String names all that the recipe does, e.g.
// "bilinear-squash-224x224-mean127-std128". Equal recipes give equal strings.
func (r Recipe) String() string {
	name := fmt.Sprintf("%s-%s-%dx%d", r.Filter, r.Aspect, r.Width, r.Height)
	if d := r.divisor(); d != 1 {
		name += fmt.Sprintf("-by%v", d)
	}
	name += fmt.Sprintf("-mean%s-std%s", channels(r.Mean), channels(r.Std))
	if r.BGR {
		name += "-bgr"
	}
	return name
}

func channels(v [3]float32) string {
	if v[0] == v[1] && v[1] == v[2] {
		return fmt.Sprint(v[0])
	}
	return fmt.Sprintf("%v,%v,%v", v[0], v[1], v[2])
}
