package preprocess

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// MaxPixels caps the width times height that a picture's header may claim.
const MaxPixels = 64 << 20

// maxSide caps one side, because the tables of a resize grow with it.
const maxSide = 1 << 20

// Reasons for which a picture is refused. Decode and DecodeInfo wrap one of them,
// unless reading itself failed.
var (
	// ErrFormat means the content is none of the known picture formats, or a kind of
	// one that nothing here can read.
	ErrFormat = errors.New("not a picture of a known format")
	// ErrTooLarge means the header claims more than MaxPixels, or more than 1,048,576
	// on a side. No memory was taken for the pixels.
	ErrTooLarge = errors.New("picture too large")
	// ErrCorrupt means the content starts as a picture but is cut short or damaged.
	ErrCorrupt = errors.New("damaged picture")
)

// Info is what a picture's header tells. Width and Height are as Decode would return
// them, after orientation.
type Info struct {
	Width, Height int
	Format        string // "jpeg", "png", "gif", "webp", "bmp" or "tiff"
}

// format is one kind of picture file, told by its first bytes.
type format struct {
	name   string
	starts []string // "?" stands for any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	jumps  bool // the decoder does not read in order
}

var formats = []format{
	{"jpeg", []string{"\xff\xd8\xff"}, jpeg.DecodeConfig, jpeg.Decode, false},
	{"png", []string{"\x89PNG\r\n\x1a\n"}, png.DecodeConfig, png.Decode, false},
	{"gif", []string{"GIF87a", "GIF89a"}, gif.DecodeConfig, gif.Decode, false},
	{"webp", []string{"RIFF????WEBPVP8"}, webp.DecodeConfig, webp.Decode, false},
	{"bmp", []string{"BM????\x00\x00\x00\x00"}, bmp.DecodeConfig, bmp.Decode, false},
	{"tiff", []string{"II*\x00", "MM\x00*"}, tiff.DecodeConfig, tiff.Decode, true},
}

// header is what is known of a picture before its pixels are read. Width and Height
// are those of the stored pixels.
type header struct {
	format
	width, height int
	orientation   int
}

// Decode reads a JPEG, PNG, GIF (the first frame), WebP, BMP or TIFF from the start of
// r, whatever its name. The picture comes upright by its EXIF orientation, with
// transparent parts over white, 16-bit values cut to their upper byte, and grey and CMYK
// turned into RGB as Pillow does, save that Pillow saturates 16-bit grey. Colour profiles
// are ignored, as Keras ignores them. Values of a JPEG differ from those of libjpeg by 3
// at most, all others are equal.
func Decode(r io.ReadSeeker) (*Image, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	pixels, err := read(r, h.format, h.decode)
	if err != nil {
		return nil, refusal(h.name, err)
	}
	im, err := h.toRGB(pixels)
	if err != nil {
		return nil, err
	}
	return im.upright(h.orientation), nil
}

// DecodeInfo reads the header of a picture from the start of r. The pixels may still
// prove damaged.
func DecodeInfo(r io.ReadSeeker) (Info, error) {
	h, err := readHeader(r)
	if err != nil {
		return Info{}, err
	}
	if swapsSides(h.orientation) {
		h.width, h.height = h.height, h.width
	}
	return Info{Width: h.width, Height: h.height, Format: h.name}, nil
}

func readHeader(r io.ReadSeeker) (header, error) {
	f, err := sniff(r)
	if err != nil {
		return header{}, err
	}
	if f.name == "webp" {
		if err := checkWebP(r); err != nil {
			return header{}, err
		}
	}
	config, err := read(r, f, f.config)
	if err != nil {
		return header{}, refusal(f.name, err)
	}
	if err := checkSize(config.Width, config.Height); err != nil {
		return header{}, err
	}
	return header{f, config.Width, config.Height, orientation(r, f.name)}, nil
}

func sniff(r io.ReadSeeker) (format, error) {
	start := make([]byte, 16)
	n, err := readAt(r, start, 0)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return format{}, fmt.Errorf("read picture: %w", err)
	}
	start = start[:n]
	for _, f := range formats {
		for _, pattern := range f.starts {
			if matches(start, pattern) {
				return f, nil
			}
		}
	}
	if n == 0 {
		return format{}, fmt.Errorf("%w: the file is empty; use JPEG, PNG, GIF, WebP, BMP or TIFF", ErrFormat)
	}
	return format{}, fmt.Errorf("%w: the content starts with %q; use JPEG, PNG, GIF, WebP, BMP or TIFF", ErrFormat, start)
}

func matches(start []byte, pattern string) bool {
	if len(start) < len(pattern) {
		return false
	}
	for i := range pattern {
		if pattern[i] != '?' && pattern[i] != start[i] {
			return false
		}
	}
	return true
}

// read calls decode on r from the start. Where the content ends too early or the disk
// fails, that error comes back, whatever the decoder makes of it. A decoder that jumps gets
// the file itself, lest it keep all of it in memory.
func read[T any](r io.ReadSeeker, f format, decode func(io.Reader) (T, error)) (T, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		var none T
		return none, err
	}
	if _, ok := r.(io.ReaderAt); ok && f.jumps {
		return decode(r)
	}
	watched := &watchedReader{r: r}
	result, err := decode(bufio.NewReader(watched))
	if err != nil && watched.err != nil {
		err = watched.err
	}
	return result, err
}

// watchedReader keeps the last error of r.
type watchedReader struct {
	r   io.Reader
	err error
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.err = err
	return n, err
}

// readAt fills b from offset on. It returns the number of bytes read.
func readAt(r io.ReadSeeker, b []byte, offset int64) (int, error) {
	if _, err := r.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	return io.ReadFull(r, b)
}

func checkSize(width, height int) error {
	if width <= 0 || height <= 0 {
		return fmt.Errorf("%w: the header claims %d x %d pixels; save it again", ErrCorrupt, width, height)
	}
	if max(width, height) > maxSide || width*height > MaxPixels {
		return fmt.Errorf("%w: the header claims %d x %d pixels, the cap is %d in all; scale it down", ErrTooLarge, width, height, MaxPixels)
	}
	return nil
}

// checkWebP refuses what the decoder would take memory for before it noticed: a chunk
// may claim up to 4 GB.
func checkWebP(r io.ReadSeeker) error {
	var start [21]byte
	if _, err := readAt(r, start[:], 0); err != nil {
		return refusal("webp", err)
	}
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return refusal("webp", err)
	}
	if 8+int64(binary.LittleEndian.Uint32(start[4:])) > size {
		return refusal("webp", io.ErrUnexpectedEOF)
	}
	const animation = 1 << 1
	if bytes.Equal(start[12:16], []byte("VP8X")) && start[20]&animation != 0 {
		return fmt.Errorf("%w: webp: animated; save its first frame as a picture", ErrFormat)
	}
	return nil
}

// refusal says in the package's terms why a decoder failed.
func refusal(name string, err error) error {
	var (
		reading    *fs.PathError
		jpegKind   jpeg.UnsupportedError
		pngKind    png.UnsupportedError
		tiffKind   tiff.UnsupportedError
		unreadable = errors.As(err, &jpegKind) || errors.As(err, &pngKind) || errors.As(err, &tiffKind) || errors.Is(err, bmp.ErrUnsupported)
	)
	switch {
	case errors.As(err, &reading):
		return fmt.Errorf("read picture: %w", err)
	case unreadable:
		return fmt.Errorf("%w: %w; save it as an ordinary JPEG or PNG", ErrFormat, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: the %s data ends early; fetch or save it again", ErrCorrupt, name)
	}
	return fmt.Errorf("%w: %w; fetch or save it again", ErrCorrupt, err)
}
