package archive

import (
	"archive/zip"
	"fmt"
	"io"
	"math"
)

// maxDirectory caps the table of contents of a zip archive, which is read into
// memory as a whole: 32 MB are some 250,000 entries.
const maxDirectory = 32 << 20

// zip walks over a zip archive.
func (w *walk) zip(archive io.ReaderAt) error {
	directory := &cappedReader{ReaderAt: archive, left: maxDirectory}
	r, err := zip.NewReader(directory, w.packed)
	if err != nil {
		return damaged(err)
	}
	directory.left = math.MaxInt64
	for _, f := range r.File {
		if err := w.zipEntry(f); err != nil {
			return named(f.Name, err)
		}
	}
	return nil
}

func (w *walk) zipEntry(f *zip.File) error {
	name, err := w.entry(f.Name)
	if err != nil || f.Mode().IsDir() {
		return err
	}
	if why := judgeZip(f); why != "" {
		return fmt.Errorf("%w: %s", ErrRefused, why)
	}
	size := int64(min(f.UncompressedSize64, math.MaxInt64))
	return w.file(name, size, func() (io.ReadCloser, error) {
		content, err := f.Open()
		if err != nil {
			return nil, err
		}
		return metered{meter{content, w}, content}, nil
	})
}

func judgeZip(f *zip.File) string {
	const encrypted = 1
	switch {
	case f.Flags&encrypted != 0:
		return "it is encrypted"
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Sprintf("it is packed by method %d; only stored and deflated files can be read", f.Method)
	}
	return judgeMode(f.Mode().Type())
}

// cappedReader reads at most left bytes.
type cappedReader struct {
	io.ReaderAt
	left int64
}

func (c *cappedReader) ReadAt(p []byte, at int64) (int, error) {
	c.left -= int64(len(p))
	if c.left < 0 {
		return 0, fmt.Errorf("%w: its table of contents has more than %d MB", ErrTooLarge, maxDirectory>>20)
	}
	return c.ReaderAt.ReadAt(p, at)
}
