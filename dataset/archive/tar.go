package archive

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// tarHeader is the size of the header before every entry.
const tarHeader = 512

// gzip walks over a tar archive within a gzip stream.
func (w *walk) gzip(packed io.Reader) error {
	stream, err := gzip.NewReader(packed)
	if err != nil {
		return damaged(err)
	}
	defer stream.Close()
	if err := w.tar(stream); err != nil {
		return err
	}
	// The checksum stands behind what is past the end of the tar archive.
	_, err = io.Copy(io.Discard, meter{stream, w})
	return damaged(err)
}

// tar walks over a tar archive.
func (w *walk) tar(stream io.Reader) error {
	r := tar.NewReader(meter{stream, w})
	for {
		header, err := r.Next()
		switch {
		case err == io.EOF:
			return nil
		case w.entries == 0 && errors.Is(err, tar.ErrHeader):
			return ErrFormat
		case err != nil:
			return damaged(err)
		}
		if err := w.tarEntry(r, header); err != nil {
			return named(header.Name, err)
		}
	}
}

func (w *walk) tarEntry(r *tar.Reader, header *tar.Header) error {
	if header.Typeflag == tar.TypeXGlobalHeader { // of git archive: no file
		return nil
	}
	name, err := w.entry(header.Name)
	if err != nil {
		return err
	}
	switch header.Typeflag {
	case tar.TypeReg:
		return w.file(name, header.Size, func() (io.ReadCloser, error) { return io.NopCloser(r), nil })
	case tar.TypeDir:
		return nil
	case tar.TypeSymlink, tar.TypeLink:
		return fmt.Errorf("%w: it is a link", ErrRefused)
	}
	return fmt.Errorf("%w: it is not a regular file", ErrRefused)
}
