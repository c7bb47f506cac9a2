// Package preprocess turns picture files into network inputs: it decodes,
// turns upright, resizes by Pillow's rules and normalises.
package preprocess

import (
	"errors"
	"io"
)

// MaxPixels caps the width times height that a picture's header may claim.
const MaxPixels = 64 << 20

// Reasons for which a picture is refused. Decode and DecodeInfo wrap one of them.
var (
	// ErrFormat means the content is none of the known picture formats.
	ErrFormat = errors.New("not a picture")
	// ErrTooLarge means the header claims more than MaxPixels. No pixel memory was taken.
	ErrTooLarge = errors.New("picture too large")
	// ErrCorrupt means the content starts as a picture but is cut short or damaged.
	ErrCorrupt = errors.New("damaged picture")
)

// Image is an upright, opaque sRGB picture. Pix holds rows of [R, G, B]
// bytes from the top, without gaps: len(Pix) = 3*Width*Height.
type Image struct {
	Width, Height int
	Pix           []uint8
}

// Info is what a picture's header tells. Width and Height count as Decode
// would return them, after orientation.
type Info struct {
	Width, Height int
	Format        string // "jpeg", "png", "gif", "webp", "bmp" or "tiff"
}

// Filter names a resampling rule.
type Filter string

// The filters, named as in Keras. Bilinear and Bicubic widen with the scale when
// shrinking, as Pillow's do.
const (
	Nearest  Filter = "nearest"
	Bilinear Filter = "bilinear"
	Bicubic  Filter = "bicubic"
)

// Aspect says how a picture of any shape becomes one of the network's shape.
type Aspect string

const (
	// Squash stretches the whole picture to the target size.
	Squash Aspect = "squash"
	// Crop scales the shorter side to the target size + 32 and keeps the centre.
	Crop Aspect = "crop"
)

// Recipe describes the way from a picture to a network input. Each value becomes
// (x - Mean) / Std for its channel, x in 0…255.
type Recipe struct {
	Width, Height int
	Filter        Filter
	Aspect        Aspect
	Mean, Std     [3]float32
}

func Decode(r io.ReadSeeker) (*Image, error)                { return nil, ErrFormat }
func DecodeInfo(r io.ReadSeeker) (Info, error)              { return Info{}, ErrFormat }
func (im *Image) Resize(width, height int, f Filter) *Image { return nil }
func (im *Image) Thumbnail(longest int) *Image              { return nil }
func (im *Image) EncodeJPEG(w io.Writer, quality int) error { return nil }
func ParseFilter(s string) (Filter, error)                  { return "", nil }
func Filters() []string                                     { return nil }
func ParseAspect(s string) (Aspect, error)                  { return "", nil }
func Aspects() []string                                     { return nil }
func (r Recipe) Fill(dst []float32, im *Image)              {}
func (r Recipe) String() string                             { return "" }
