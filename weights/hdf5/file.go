// Package hdf5 reads what Keras writes into HDF5 files: groups, datasets of numbers
// and attributes of strings. It knows superblocks 0, 2 and 3, groups of both styles,
// contiguous, compact and chunked storage, and the gzip and shuffle filters.
//
// Source: HDF5 File Format Specification 3.0,
// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
package hdf5

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// Signature begins every HDF5 file.
const Signature = "\x89HDF\r\n\x1a\n"

var (
	// ErrCorrupt means that the file contradicts itself or the format.
	ErrCorrupt = errors.New("damaged HDF5 file")
	// ErrUnsupported means a part of the format that Keras does not write.
	ErrUnsupported = errors.New("HDF5 file of a kind that Keras does not write")
)

// undefined is the address of what was never stored.
const undefined = ^uint64(0)

// maxBlock caps what one piece of structure may take in memory, in bytes. Values are
// measured against the file instead.
const maxBlock = 64 << 20

// maxReadings is how often all bytes of a file may be read as structure before it is
// taken for one that leads in circles. Small files have freeMemory bytes in any case.
const maxReadings = 8

// File is an open HDF5 file. It and its objects may be used from many goroutines.
type File struct {
	r     io.ReaderAt
	size  int64
	label string
	root  *Object
	bands bands
	heaps heaps
	spent atomic.Int64 // bytes of structure read so far
}

// Read checks the head of the size bytes in r and opens the root group; all else is
// read on demand. Name stands for the file in errors, which wrap ErrCorrupt or
// ErrUnsupported and name the object and the place in the file. The caller keeps r
// open and closes it.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{r: r, size: size, label: name, bands: bands{limit: int(max(freeMemory, size/8) / 4)}}
	at, err := f.superblock()
	if err != nil {
		return nil, err
	}
	f.root, err = f.object("/", at)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Root is the group that holds all objects.
func (f *File) Root() *Object { return f.root }

// superblock returns the address of the root group's header.
func (f *File) superblock() (uint64, error) {
	p := place{f, "superblock"}
	b, err := p.block(0, 9, "the signature")
	if err != nil {
		return 0, err
	}
	if string(b.take(8)) != Signature {
		return 0, p.corrupt(0, "the HDF5 signature is missing")
	}
	version := b.uint8()
	var end, root uint64
	switch version {
	case 0:
		end, root, err = p.superblock0()
	case 2, 3:
		end, root, err = p.superblock2()
	default:
		return 0, p.unsupported(8, "version %d", version)
	}
	if err != nil {
		return 0, err
	}
	if end > uint64(f.size) {
		return 0, p.corrupt(0, "the file has %d bytes, its head says %d", f.size, end)
	}
	return root, nil
}

func (p place) superblock0() (end, root uint64, err error) {
	b, err := p.block(0, 96, "superblock")
	if err != nil {
		return 0, 0, err
	}
	b.take(13)
	offsets, lengths := b.uint8(), b.uint8()
	b.take(9)
	base := b.uint64()
	b.take(8)
	end = b.uint64()
	b.take(16)
	root = b.uint64()
	return end, root, p.widths(13, offsets, lengths, base)
}

func (p place) superblock2() (end, root uint64, err error) {
	b, err := p.block(0, 48, "superblock")
	if err != nil {
		return 0, 0, err
	}
	b.take(9)
	offsets, lengths := b.uint8(), b.uint8()
	b.take(1)
	base := b.uint64()
	b.take(8)
	end, root = b.uint64(), b.uint64()
	if err := p.widths(9, offsets, lengths, base); err != nil {
		return 0, 0, err
	}
	return end, root, p.checksum(b)
}

// widths refuses addresses of another width than eight bytes and files inside others.
func (p place) widths(at int64, offsets, lengths uint8, base uint64) error {
	if offsets != 8 || lengths != 8 {
		return p.unsupported(at, "addresses of %d and lengths of %d bytes", offsets, lengths)
	}
	if base != 0 {
		return p.unsupported(at, "a base address of %d", base)
	}
	return nil
}

// place is an object of a file, or a part with a name of its own, as errors say it.
type place struct {
	file *File
	path string
}

func (p place) corrupt(at int64, format string, args ...any) error {
	return p.fail(ErrCorrupt, at, "fetch the file again", format, args)
}

func (p place) unsupported(at int64, format string, args ...any) error {
	return p.fail(ErrUnsupported, at, "save it again with Keras", format, args)
}

func (p place) fail(kind error, at int64, hint, format string, args []any) error {
	return fmt.Errorf("hdf5 %s: %w: %s at byte %d: %s; %s", p.file.label, kind, p.path, uint64(at), fmt.Sprintf(format, args...), hint)
}

// within reports whether the file has n bytes at an address.
func (f *File) within(at, n uint64) bool {
	return at <= uint64(f.size) && n <= uint64(f.size)-at
}

// block reads n bytes of structure at an address.
func (p place) block(at, n uint64, what string) (*block, error) {
	if !p.file.within(at, n) {
		return nil, p.corrupt(int64(at), "%s of %d bytes passes the end of the file at %d", what, n, p.file.size)
	}
	if n > maxBlock {
		return nil, p.corrupt(int64(at), "%s claims %d bytes, more than the cap of %d", what, n, maxBlock)
	}
	if limit := max(freeMemory, maxReadings*p.file.size); p.file.spent.Add(int64(n)) > limit {
		return nil, p.corrupt(int64(at), "the structure leads in circles: more than %d bytes read of a file of %d", limit, p.file.size)
	}
	raw := make([]byte, n)
	if err := p.fill(raw, int64(at)); err != nil {
		return nil, err
	}
	return &block{raw: raw, start: int64(at)}, nil
}

// fill reads the bytes at an address. Failing is the disk's fault.
func (p place) fill(raw []byte, at int64) error {
	if n, err := p.file.r.ReadAt(raw, at); n < len(raw) {
		return fmt.Errorf("hdf5 %s: %s at byte %d: %w", p.file.label, p.path, at, noEOF(err))
	}
	return nil
}

// signed reads n bytes of structure that begin with a signature.
func (p place) signed(at, n uint64, signature string) (*block, error) {
	b, err := p.block(at, n, signature)
	if err != nil {
		return nil, err
	}
	if found := b.take(len(signature)); string(found) != signature {
		return nil, p.corrupt(b.start, "the signature %q is missing, found %q", signature, found)
	}
	return b, nil
}

// checksum compares the last four bytes of a block with the sum of those before.
func (p place) checksum(b *block) error {
	body := len(b.raw) - 4
	if body < 0 {
		return p.corrupt(b.start, "no room for a checksum")
	}
	if want, got := binary.LittleEndian.Uint32(b.raw[body:]), lookup3(b.raw[:body]); want != got {
		return p.corrupt(b.start, "the checksum is %#08x, the bytes have %#08x", want, got)
	}
	return nil
}

// block is a piece of the file that is read from front to back. Reading past its end
// gives zeros and sets short.
type block struct {
	raw   []byte
	start int64 // of the first byte in the file
	pos   int
	short bool
}

func (b *block) at() int64 { return b.start + int64(b.pos) }

func (b *block) left() int { return len(b.raw) - b.pos }

func (b *block) take(n int) []byte {
	if n < 0 || n > b.left() {
		b.short, b.pos = true, len(b.raw)
		return nil
	}
	b.pos += n
	return b.raw[b.pos-n : b.pos]
}

// part cuts off the next n bytes as a block of their own.
func (b *block) part(n int) *block {
	at := b.at()
	raw := b.take(n)
	return &block{raw: raw, start: at, short: b.short}
}

// uint reads a little-endian number of up to eight bytes.
func (b *block) uint(width int) uint64 {
	var v uint64
	for i, c := range b.take(width) {
		v |= uint64(c) << (8 * i)
	}
	return v
}

func (b *block) uint8() uint8   { return uint8(b.uint(1)) }
func (b *block) uint16() uint16 { return uint16(b.uint(2)) }
func (b *block) uint32() uint32 { return uint32(b.uint(4)) }
func (b *block) uint64() uint64 { return b.uint(8) }
