package hdf5

import (
	"fmt"
	"slices"
	"sync"

	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/dtype"
)

// Classes of data layouts.
const (
	layoutCompact    = 0
	layoutContiguous = 1
	layoutChunked    = 2
)

// maxGrowth is more than deflate can compress anything.
const maxGrowth = 1100

// Dataset is an array of numbers in a file. It may be read by many goroutines, which
// wait for each other where it is chunked.
type Dataset struct {
	place
	number dtype.Type
	shape  tensor.Shape
	class  uint8
	inline *block // compact: the values
	at     uint64 // contiguous: the values; chunked: the index

	// Of chunked datasets.
	chunk   tensor.Shape // extents of a chunk
	grid    tensor.Shape // chunks along each axis
	index   uint8
	single  uint64 // a single chunk: its stored size, 0 where not compressed
	skipped uint32 // a single chunk: the filters that it did not go through
	filters []filter
	chunks  func() ([]chunk, error)
	reading sync.Mutex
}

// Dataset opens the values of an object. All that it claims is checked against the
// file; values of other types than numbers are an error.
func (o *Object) Dataset() (*Dataset, error) {
	d := &Dataset{place: o.place}
	d.chunks = sync.OnceValues(d.readChunks)
	parts := map[uint16]*block{}
	for _, kind := range []uint16{messageDataspace, messageDatatype, messageLayout, messageFilters, messageExternalFiles} {
		var err error
		if parts[kind], err = o.find(o.messages, kind); err != nil {
			return nil, err
		}
	}
	for _, kind := range []uint16{messageDataspace, messageDatatype, messageLayout} {
		if parts[kind] == nil {
			return nil, o.corrupt(int64(o.address), "no dataset: header message %d is missing", kind)
		}
	}
	if elsewhere := parts[messageExternalFiles]; elsewhere != nil {
		return nil, o.unsupported(elsewhere.start, "values in another file")
	}
	var err error
	if d.shape, err = o.dataspace(parts[messageDataspace]); err != nil {
		return nil, err
	}
	if err := d.setType(o, parts[messageDatatype]); err != nil {
		return nil, err
	}
	if filters := parts[messageFilters]; filters != nil {
		if d.filters, err = o.pipeline(filters); err != nil {
			return nil, err
		}
	}
	return d, d.setLayout(parts[messageLayout])
}

func (d *Dataset) setType(o *Object, b *block) error {
	kind, err := d.datatype(b)
	if err != nil {
		return err
	}
	if kind.class == classOpaque {
		says, _, err := o.Strings("dtype")
		if err != nil {
			return err
		}
		if !slices.Equal(says, []string{"bfloat16"}) {
			kind.number = ""
		}
	}
	if kind.number == "" {
		return d.unsupported(b.start, "values that are no little-endian numbers of 8 to 64 bits")
	}
	d.number = kind.number
	return nil
}

// checkStored refuses a shape whose place in the file was never filled.
func (d *Dataset) checkStored(b *block) error {
	if d.at == undefined && d.bytes() > 0 {
		return d.corrupt(b.start, "the values were never stored")
	}
	return nil
}

// Shape lists the extents of the axes, outermost first; a scalar has none.
func (d *Dataset) Shape() tensor.Shape { return slices.Clone(d.shape) }

// bytes is what the values take, stored plainly.
func (d *Dataset) bytes() uint64 { return uint64(d.shape.Elements()) * uint64(d.number.Width()) }

func (d *Dataset) setLayout(b *block) error {
	version := b.uint8()
	if version != 3 && version != 4 {
		return d.unsupported(b.start, "data layout version %d", version)
	}
	d.class = b.uint8()
	switch d.class {
	case layoutCompact:
		d.inline = b.part(int(b.uint16()))
		if b.short || uint64(d.inline.left()) != d.bytes() {
			return d.corrupt(b.start, "%d bytes for the shape %v of %s", d.inline.left(), d.shape, d.number)
		}
	case layoutContiguous:
		d.at = b.uint64()
		size := b.uint64()
		if err := d.checkStored(b); err != nil {
			return err
		}
		if b.short || size < d.bytes() {
			return d.corrupt(b.start, "the shape %v of %s claims %d bytes, stored are %d", d.shape, d.number, d.bytes(), size)
		}
		if d.bytes() > 0 && !d.file.within(d.at, d.bytes()) {
			return d.corrupt(b.start, "%d bytes of values at %d, the file has %d", d.bytes(), d.at, d.file.size)
		}
	case layoutChunked:
		return d.setChunks(b, version)
	default:
		return d.unsupported(b.start, "data layout class %d", d.class)
	}
	if len(d.filters) > 0 {
		return d.corrupt(b.start, "filters without chunks")
	}
	return nil
}

// ReadAt fills dst with the values from a flat offset on, in C order, converted to
// float32; float64 and wide integers are rounded. Values outside the shape are an error.
// Chunks are decoded about once by who reads on from where the last piece ended.
func (d *Dataset) ReadAt(dst []float32, offset int) error {
	if n := d.shape.Elements(); offset < 0 || len(dst) > n-offset {
		return fmt.Errorf("hdf5 %s: %s: no values %d to %d in the shape %v", d.file.label, d.path, offset, offset+len(dst), d.shape)
	}
	if len(dst) == 0 {
		return nil
	}
	switch d.class {
	case layoutCompact:
		d.number.Decode(dst, d.inline.raw[offset*d.number.Width():])
		return nil
	case layoutContiguous:
		return d.stream(dst, offset)
	}
	return d.readBands(dst, offset)
}

// stream reads values that lie in the file as they are.
func (d *Dataset) stream(dst []float32, offset int) error {
	width := d.number.Width()
	at := int64(d.at) + int64(offset)*int64(width)
	if same := d.number.InPlace(dst); same != nil {
		return d.fill(same, at)
	}
	raw := make([]byte, min(64<<10, len(dst)*width)) // stays in the processor's cache
	for len(dst) > 0 {
		n := min(len(dst), len(raw)/width)
		if err := d.fill(raw[:n*width], at); err != nil {
			return err
		}
		d.number.Decode(dst[:n], raw)
		dst, at = dst[n:], at+int64(n*width)
	}
	return nil
}
