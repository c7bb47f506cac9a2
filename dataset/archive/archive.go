// Package archive walks over the files of an archive (zip, tar, tar.gz) or of a
// folder, one after the other, without unpacking anything to disk: what becomes
// of a file is up to the visitor, and memory does not grow with its size.
//
// Archives are hostile. Names that lead out, links, devices and files that come
// twice are refused; what may be unpacked is capped before it is. Errors name
// the archive and the entry.
package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

var (
	// ErrFormat means that a file is not a zip, tar or tar.gz archive.
	ErrFormat = errors.New("not a zip, tar or tar.gz archive")
	// ErrDamaged means that an archive is cut short or changed.
	ErrDamaged = errors.New("damaged archive")
	// ErrRefused means that an archive holds what a set of files never does.
	ErrRefused = errors.New("refused")
	// ErrTooLarge means that an archive exceeds one of the limits.
	ErrTooLarge = errors.New("too large")
)

// Limits cap what an archive may hold. A walk that would exceed one ends with
// an error that wraps ErrTooLarge.
type Limits struct {
	Entries    int   // files and folders
	EntryBytes int64 // of one file, unpacked
	TotalBytes int64 // unpacked in the whole walk
}

const (
	// maxRatio is how much larger than the archive its content may be. Deflate
	// reaches 1032 with zeros alone.
	maxRatio = 200
	// ratioFrom is what is harmless to unpack, whatever it is packed into.
	ratioFrom = 256 << 20
)

// File is one regular file of an archive. It can be read until its visitor
// returns, and only once; what is not read of a zip archive or of a folder is
// not unpacked.
type File struct {
	Name string // path below the archive's root: slashes, clean, plain text
	Size int64  // bytes

	open   func() (io.ReadCloser, error)
	source io.ReadCloser // nil until the first Read
	left   int64
}

// Read reads the file's content. A content that is not of the size that the
// archive claims, or not of its checksum, is an error that wraps ErrDamaged.
func (f *File) Read(p []byte) (int, error) {
	if f.source == nil {
		source, err := f.open()
		if err != nil {
			return 0, damaged(err)
		}
		f.source = source
	}
	n, err := f.source.Read(p)
	f.left -= int64(n)
	switch {
	case f.left < 0:
		return 0, fmt.Errorf("%w: it holds more than the %d bytes it claims", ErrDamaged, f.Size)
	case err == io.EOF && f.left > 0:
		return n, fmt.Errorf("%w: %d of its %d bytes are missing", ErrDamaged, f.left, f.Size)
	case err == io.EOF:
		return n, io.EOF
	}
	return n, damaged(err)
}

func (f *File) close() error {
	if f.source == nil {
		return nil
	}
	return f.source.Close()
}

// walk is the state of one call of Walk.
type walk struct {
	ctx    context.Context
	limits Limits
	visit  func(*File) error
	packed int64 // size of the archive

	entries int
	seen    map[string]bool
	bytes   int64 // unpacked
}

// Walk calls visit with every regular file of the archive or folder at path:
// those of an archive in its order, those of a folder by name. The format is
// told by the content. A visit that returns fs.SkipAll ends the walk without an
// error; any other error ends it too. Errors wrap those of this package, of
// visit, of the file system or of ctx.
func Walk(ctx context.Context, path string, limits Limits, visit func(*File) error) error {
	w := &walk{ctx: ctx, limits: limits, visit: visit, seen: map[string]bool{}}
	err := w.walk(path)
	if err == nil || errors.Is(err, fs.SkipAll) {
		return nil
	}
	return fmt.Errorf("%s: %w", path, err)
}

func (w *walk) walk(path string) error {
	// Looked at before it is opened: opening a pipe would wait for a writer.
	info, err := os.Stat(path)
	if err != nil {
		return withoutPath(err)
	}
	if info.IsDir() {
		return w.folder(path)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: it is not a regular file", ErrFormat)
	}
	file, err := os.Open(path)
	if err != nil {
		return withoutPath(err)
	}
	defer file.Close()
	return w.archive(file, info.Size())
}

// archive walks over an archive of size bytes.
func (w *walk) archive(r io.ReaderAt, size int64) error {
	w.packed = size
	stream := bufio.NewReader(io.NewSectionReader(r, 0, size))
	head, err := stream.Peek(int(min(size, tarHeader)))
	if err != nil {
		return withoutPath(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return w.zip(r)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return w.gzip(stream)
	case len(head) == tarHeader && bytes.HasPrefix(head[257:], []byte("ustar")):
		return w.tar(stream)
	}
	return ErrFormat
}

// entry counts an entry and checks its name, which it returns clean.
func (w *walk) entry(name string) (string, error) {
	if err := w.ctx.Err(); err != nil {
		return "", err
	}
	w.entries++
	if w.entries > w.limits.Entries {
		return "", fmt.Errorf("%w: it holds more than %d entries", ErrTooLarge, w.limits.Entries)
	}
	return cleanName(name)
}

// file shows a file with a clean name to the visitor.
func (w *walk) file(name string, size int64, open func() (io.ReadCloser, error)) error {
	if w.seen[name] {
		return fmt.Errorf("%w: it comes twice", ErrRefused)
	}
	w.seen[name] = true
	if size < 0 || size > w.limits.EntryBytes {
		return fmt.Errorf("%w: it claims %d bytes, the cap is %d", ErrTooLarge, size, w.limits.EntryBytes)
	}
	f := &File{Name: name, Size: size, left: size, open: open}
	err := w.visit(f)
	return errors.Join(err, f.close())
}

// count adds to what is unpacked.
func (w *walk) count(n int) error {
	w.bytes += int64(n)
	switch {
	case w.bytes > w.limits.TotalBytes:
		return fmt.Errorf("%w: it unpacks to more than %d bytes", ErrTooLarge, w.limits.TotalBytes)
	case w.bytes > ratioFrom && w.bytes/maxRatio > w.packed:
		return fmt.Errorf("%w: it unpacks to more than %d times its size", ErrTooLarge, maxRatio)
	}
	return nil
}

// meter counts what is read through it and ends with the context.
type meter struct {
	io.Reader
	w *walk
}

func (m meter) Read(p []byte) (int, error) {
	if err := m.w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.Reader.Read(p)
	if over := m.w.count(n); over != nil {
		return 0, over
	}
	return n, err
}

// named puts the name of an entry before its error.
func named(name string, err error) error {
	if err == nil || errors.Is(err, fs.SkipAll) {
		return err
	}
	return fmt.Errorf("%.200q: %w", name, err)
}

// damaged takes an error of reading an archive for a damaged one, unless it
// comes from the file system, from the context or from a cap.
func damaged(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	for _, ours := range []error{ErrFormat, ErrDamaged, ErrRefused, ErrTooLarge} {
		if errors.Is(err, ours) {
			return err
		}
	}
	var system *fs.PathError
	switch {
	case errors.As(err, &system):
		return system.Err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it is cut short", ErrDamaged)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// withoutPath takes the path off an error, since it is named already.
func withoutPath(err error) error {
	var system *fs.PathError
	if errors.As(err, &system) {
		return system.Err
	}
	return err
}
