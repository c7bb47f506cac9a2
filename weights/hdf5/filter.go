package hdf5

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Numbers of the filters that Keras users meet.
const (
	filterDeflate = 1
	filterShuffle = 2
)

// filter is a step that a chunk went through before it was stored.
type filter struct {
	id    uint16
	width int // shuffle: the size of an element
}

// maxFilters is what the format allows.
const maxFilters = 32

func (p place) pipeline(b *block) ([]filter, error) {
	version, count := b.uint8(), int(b.uint8())
	if version != 1 && version != 2 || count > maxFilters {
		return nil, p.corrupt(b.start, "a filter message of version %d with %d filters", version, count)
	}
	if version == 1 {
		b.take(6)
	}
	var filters []filter
	for range count {
		f, err := p.filter(b, version)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(filters, func(g filter) bool { return g.id == f.id }) {
			return nil, p.unsupported(b.start, "filter %d twice", f.id)
		}
		filters = append(filters, f)
	}
	return filters, nil
}

func (p place) filter(b *block, version uint8) (filter, error) {
	f := filter{id: b.uint16()}
	nameLength := 0
	if version == 1 || f.id >= 256 {
		nameLength = int(b.uint16())
	}
	b.take(2)
	parameters := int(b.uint16())
	if version == 1 {
		nameLength = (nameLength + 7) &^ 7
	}
	b.take(nameLength)
	values := b.part(4 * parameters)
	if version == 1 && parameters%2 == 1 {
		b.take(4)
	}
	if f.id == filterShuffle {
		f.width = int(values.uint32())
	}
	if b.short || values.short {
		return f, p.corrupt(b.start, "the filter message ends early")
	}
	if f.id != filterDeflate && f.id != filterShuffle {
		return f, p.unsupported(b.start, "filter %d", f.id)
	}
	if f.id == filterShuffle && (f.width < 1 || f.width > 8) {
		return f, p.corrupt(b.start, "the shuffle filter moves elements of %d bytes", f.width)
	}
	return f, nil
}

// maxStored is more than a chunk of so many bytes takes, compressed badly.
func maxStored(plain int) uint64 { return uint64(plain) + uint64(plain)/64 + 4096 }

// unfilter turns stored chunks into plain ones, in memory that it uses again.
type unfilter struct {
	filters  []filter
	plain    int // bytes of a chunk when nothing is compressed
	stored   []byte
	inflated []byte
	ordered  []byte
	deflate  io.ReadCloser
}

// room is where a stored chunk is read to.
func (u *unfilter) room(c chunk) []byte {
	u.stored = slices.Grow(u.stored[:0], int(c.size))[:c.size]
	return u.stored
}

// undo runs the filters backwards, but for those whose bit in skipped is set. What
// comes out is good until the next call.
func (u *unfilter) undo(raw []byte, skipped uint32) ([]byte, error) {
	for i, f := range slices.Backward(u.filters) {
		if skipped>>i&1 != 0 {
			continue
		}
		switch f.id {
		case filterDeflate:
			var err error
			if raw, err = u.inflate(raw); err != nil {
				return nil, err
			}
		case filterShuffle:
			raw = u.unshuffle(raw, f.width)
		}
	}
	if len(raw) != u.plain {
		return nil, fmt.Errorf("%d bytes, want %d", len(raw), u.plain)
	}
	return raw, nil
}

// inflate gives up past the size of a plain chunk.
func (u *unfilter) inflate(raw []byte) ([]byte, error) {
	var err error
	if u.deflate == nil {
		u.deflate, err = zlib.NewReader(bytes.NewReader(raw))
	} else {
		err = u.deflate.(zlib.Resetter).Reset(bytes.NewReader(raw), nil)
	}
	if err != nil {
		return nil, noEOF(err)
	}
	u.inflated = slices.Grow(u.inflated[:0], u.plain)[:u.plain]
	if n, err := io.ReadFull(u.deflate, u.inflated); err != nil {
		return nil, fmt.Errorf("inflates to %d bytes, want %d: %w", n, u.plain, noEOF(err))
	}
	var more [1]byte
	if n, err := u.deflate.Read(more[:]); n > 0 {
		return nil, fmt.Errorf("inflates to more than %d bytes", u.plain)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return u.inflated, nil
}

// unshuffle puts the bytes of each element, which were sorted by significance, together
// again. What does not fill an element stays at the end.
func (u *unfilter) unshuffle(raw []byte, width int) []byte {
	u.ordered = append(u.ordered[:0], raw...)
	n := len(raw) / width
	for i := range width {
		for j, v := range raw[i*n : (i+1)*n] {
			u.ordered[j*width+i] = v
		}
	}
	return u.ordered
}

// noEOF says that an end came too early, where it did.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
