package hdf5

import (
	"bytes"
	"compress/zlib"
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
			return nil, p.corrupt(b.start, "the filter message ends early")
		}
		if f.id != filterDeflate && f.id != filterShuffle {
			return nil, p.unsupported(b.start, "filter %d", f.id)
		}
		if f.id == filterShuffle && (f.width < 1 || f.width > 8) {
			return nil, p.corrupt(b.start, "the shuffle filter moves elements of %d bytes", f.width)
		}
		filters = append(filters, f)
	}
	return filters, nil
}

// maxStored is more than a chunk of so many bytes takes, compressed badly.
func maxStored(plain uint64) uint64 { return plain + plain/64 + 4096 }

// undo runs the filters backwards, but for those whose bit in skipped is set. What
// comes out has exactly plain bytes.
func (d *Dataset) undo(raw []byte, skipped uint32, plain uint64) ([]byte, error) {
	for i, f := range slices.Backward(d.filters) {
		if skipped>>i&1 != 0 {
			continue
		}
		switch f.id {
		case filterDeflate:
			var err error
			if raw, err = inflate(raw, plain); err != nil {
				return nil, err
			}
		case filterShuffle:
			raw = unshuffle(raw, f.width)
		}
	}
	if uint64(len(raw)) != plain {
		return nil, fmt.Errorf("%d bytes, want %d", len(raw), plain)
	}
	return raw, nil
}

// inflate gives up past limit bytes.
func inflate(raw []byte, limit uint64) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(z, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if uint64(n) > limit {
		return nil, fmt.Errorf("inflates to more than %d bytes", limit)
	}
	return out.Bytes(), z.Close()
}

// unshuffle puts the bytes of each element, which were sorted by significance, together
// again. What does not fill an element stays at the end.
func unshuffle(raw []byte, width int) []byte {
	out := slices.Clone(raw)
	n := len(raw) / width
	for i := range width {
		for j, v := range raw[i*n : (i+1)*n] {
			out[j*width+i] = v
		}
	}
	return out
}
