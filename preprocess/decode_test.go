package preprocess_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/preprocess"
)

func testdata(tb testing.TB, name string) []byte {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "decode", name))
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

// pngClaiming is the header of a PNG of the given size, without any pixel.
func pngClaiming(width, height uint32) []byte {
	chunk := []byte("IHDR")
	chunk = binary.BigEndian.AppendUint32(chunk, width)
	chunk = binary.BigEndian.AppendUint32(chunk, height)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	file := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	file = append(file, chunk...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(chunk))
}

func TestDecodeSaysWhyAPictureIsRefused(t *testing.T) {
	half := func(name string) []byte {
		content := testdata(t, name)
		return content[:len(content)/2]
	}
	animated := bytes.Clone(testdata(t, "orientation8.webp"))
	animated[20] |= 1 << 1
	bmpOfNothing := bytes.Clone(testdata(t, "rgb.bmp"))
	copy(bmpOfNothing[18:26], make([]byte, 8))
	cases := []struct {
		name    string
		content []byte
		is      error
		want    string
	}{
		{"truncated JPEG", half("chroma420.jpg"), preprocess.ErrCorrupt,
			"damaged picture: the jpeg data ends early; fetch or save it again"},
		{"truncated progressive JPEG", half("chroma420-progressive.jpg"), preprocess.ErrCorrupt,
			"damaged picture: the jpeg data ends early; fetch or save it again"},
		{"truncated PNG", half("rgb.png"), preprocess.ErrCorrupt,
			"damaged picture: the png data ends early; fetch or save it again"},
		{"truncated GIF", half("palette.gif"), preprocess.ErrCorrupt,
			"damaged picture: the gif data ends early; fetch or save it again"},
		{"truncated WebP", half("lossy.webp"), preprocess.ErrCorrupt,
			"damaged picture: the webp data ends early; fetch or save it again"},
		{"truncated BMP", half("rgb.bmp"), preprocess.ErrCorrupt,
			"damaged picture: the bmp data ends early; fetch or save it again"},
		{"truncated TIFF", half("rgb.tif"), preprocess.ErrCorrupt,
			"damaged picture: the tiff data ends early; fetch or save it again"},
		{"PNG of 100,000 x 100,000", pngClaiming(100_000, 100_000), preprocess.ErrTooLarge,
			"picture too large: the header claims 100000 x 100000 pixels, the cap is 67108864 in all; scale it down"},
		{"PNG of one endless row", pngClaiming(60_000_000, 1), preprocess.ErrTooLarge,
			"picture too large: the header claims 60000000 x 1 pixels"},
		{"BMP of nothing", bmpOfNothing, preprocess.ErrCorrupt,
			"damaged picture: the header claims 0 x 0 pixels; save it again"},
		{"text named .jpg", []byte("Dear Anna, here is the photograph.\n"), preprocess.ErrFormat,
			`not a picture of a known format: the content starts with "Dear Anna, here "; use JPEG, PNG, GIF, WebP, BMP or TIFF`},
		{"empty file", nil, preprocess.ErrFormat,
			"not a picture of a known format: the file is empty; use JPEG, PNG, GIF, WebP, BMP or TIFF"},
		{"animated WebP", animated, preprocess.ErrFormat,
			"not a picture of a known format: webp: animated; save its first frame as a picture"},
		{"bit depth that PNG does not have", bytes.Replace(pngClaiming(4, 4), []byte{8, 2, 0, 0, 0}, []byte{9, 2, 0, 0, 0}, 1), preprocess.ErrFormat,
			"not a picture of a known format: png: unsupported feature: bit depth 9, color type 2; save it as an ordinary JPEG or PNG"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := preprocess.Decode(bytes.NewReader(c.content))
			if !errors.Is(err, c.is) {
				t.Fatalf("error is %v, want %v", err, c.is)
			}
			if !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("message is %q, want %q", err, c.want)
			}
		})
	}
}

func TestDecodeTellsAFailingDiskFromADamagedPicture(t *testing.T) {
	broken := &fs.PathError{Op: "read", Path: "/mnt/usb/bird", Err: errors.New("input/output error")}
	for _, name := range []string{"chroma420.jpg", "rgb.png", "palette.gif", "lossless.webp", "rgb.bmp", "rgb.tif"} {
		for _, readable := range []int{0, 16, 400} {
			content := testdata(t, name)
			_, err := preprocess.Decode(&failingDisk{bytes.NewReader(content), min(readable, len(content)/2), broken})
			if !errors.Is(err, broken) || errors.Is(err, preprocess.ErrCorrupt) || errors.Is(err, preprocess.ErrFormat) {
				t.Errorf("%s, %d bytes readable: error is %v", name, readable, err)
			}
		}
	}
}

// failingDisk cannot read past its first bytes.
type failingDisk struct {
	content  *bytes.Reader
	readable int
	err      error
}

func (d *failingDisk) Seek(offset int64, whence int) (int64, error) {
	return d.content.Seek(offset, whence)
}

func (d *failingDisk) Read(p []byte) (int, error) {
	at := int(d.content.Size()) - d.content.Len()
	if at >= d.readable {
		return 0, d.err
	}
	return d.content.Read(p[:min(len(p), d.readable-at)])
}

func TestDecodeInfoNeedsNoPixels(t *testing.T) {
	info, err := preprocess.DecodeInfo(bytes.NewReader(testdata(t, "orientation6.jpg")[:600]))
	if err != nil {
		t.Fatal(err)
	}
	if want := (preprocess.Info{Width: 35, Height: 45, Format: "jpeg"}); info != want {
		t.Errorf("info is %+v, want %+v", info, want)
	}
}

func TestDamagedOrientationIsIgnored(t *testing.T) {
	content := bytes.Clone(testdata(t, "orientation6.jpg"))
	tag := bytes.Index(content, []byte{0x01, 0x12, 0x00, 0x03})
	content[tag+9] = 77
	info, err := preprocess.DecodeInfo(bytes.NewReader(content))
	if err != nil || info.Width != 45 {
		t.Errorf("info is %+v, %v; want the stored 45 x 35", info, err)
	}
}

func FuzzDecode(f *testing.F) {
	paths, err := filepath.Glob("testdata/decode/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		if !strings.HasSuffix(path, golden) {
			f.Add(testdata(f, filepath.Base(path)))
		}
	}
	f.Add(pngClaiming(100_000, 100_000))
	f.Fuzz(func(t *testing.T, content []byte) {
		info, err := preprocess.DecodeInfo(bytes.NewReader(content))
		if err != nil || info.Width*info.Height > 1<<20 {
			return // what is left out is slow, not different
		}
		im, err := preprocess.Decode(bytes.NewReader(content))
		if err != nil {
			return
		}
		if im.Width != info.Width || im.Height != info.Height || len(im.Pix) != 3*im.Width*im.Height {
			t.Errorf("%s: header %dx%d, picture %dx%d of %d bytes", info.Format, info.Width, info.Height, im.Width, im.Height, len(im.Pix))
		}
	})
}
