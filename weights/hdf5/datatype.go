package hdf5

import (
	"math"

	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/dtype"
)

// Classes of datatypes.
const (
	classInteger  = 0
	classFloat    = 1
	classString   = 3
	classOpaque   = 5
	classVariable = 9
)

// datatype says how one element is stored.
type datatype struct {
	class  uint8
	size   int
	number dtype.Type // of integers and floats; empty where no known one
	spaces bool       // strings: padded with spaces
	text   bool       // variable-length: a string
}

func (p place) datatype(b *block) (datatype, error) {
	head := b.uint8()
	flags := b.uint(3)
	t := datatype{class: head & 15, size: int(b.uint32())}
	if b.short {
		return t, p.corrupt(b.start, "the datatype ends early")
	}
	if t.size == 0 {
		return t, p.corrupt(b.start, "a datatype of no bytes")
	}
	switch t.class {
	case classInteger:
		t.number = integer(b, t.size, flags)
	case classFloat:
		t.number = float(b, t.size, flags)
	case classString:
		t.spaces = flags&15 == 2
	case classOpaque:
		if t.size == 2 {
			t.number = dtype.BF16 // so says an attribute of the dataset
		}
	case classVariable:
		t.text = flags&15 == 1
		if t.size != 16 {
			return t, p.corrupt(b.start, "a reference to the global heap of %d bytes", t.size)
		}
	}
	return t, nil
}

func integer(b *block, size int, flags uint64) dtype.Type {
	offset, precision := b.uint16(), int(b.uint16())
	if flags&1 != 0 || offset != 0 || precision != 8*size {
		return ""
	}
	signed := flags&8 != 0
	switch {
	case size == 1 && signed:
		return dtype.I8
	case size == 1:
		return dtype.U8
	case size == 2 && signed:
		return dtype.I16
	case size == 2:
		return dtype.U16
	case size == 4 && signed:
		return dtype.I32
	case size == 4:
		return dtype.U32
	case size == 8 && signed:
		return dtype.I64
	case size == 8:
		return dtype.U64
	}
	return ""
}

// float knows the little-endian formats of IEEE 754 and bfloat16.
func float(b *block, size int, flags uint64) dtype.Type {
	offset, precision := b.uint16(), int(b.uint16())
	exponentAt, exponent, fractionAt, fraction := b.uint8(), b.uint8(), b.uint8(), b.uint8()
	bias := b.uint32()
	if flags&0x41 != 0 || offset != 0 || precision != 8*size || fractionAt != 0 || exponentAt != fraction {
		return ""
	}
	switch [3]uint32{uint32(exponent), uint32(fraction), bias} {
	case [3]uint32{5, 10, 15}:
		return dtype.F16
	case [3]uint32{8, 7, 127}:
		return dtype.BF16
	case [3]uint32{8, 23, 127}:
		return dtype.F32
	case [3]uint32{11, 52, 1023}:
		return dtype.F64
	}
	return ""
}

// maxElements keeps the size of a dataset in bytes far from overflowing.
const maxElements = 1 << 40

// dataspace reads a shape. Each extent fits an int32, their product is at most
// maxElements.
func (p place) dataspace(b *block) (tensor.Shape, error) {
	version, rank := b.uint8(), int(b.uint8())
	flags := b.uint8()
	switch version {
	case 1:
		b.take(5)
	case 2:
		if kind := b.uint8(); kind > 1 {
			return nil, p.unsupported(b.start, "a dataspace without a shape")
		}
	default:
		return nil, p.unsupported(b.start, "dataspace version %d", version)
	}
	if flags&^1 != 0 {
		return nil, p.unsupported(b.start, "a dataspace with flags %#x", flags)
	}
	shape := tensor.Shape{}
	elements := uint64(1)
	for range rank {
		extent := b.uint64()
		if extent > math.MaxInt32 || extent > maxElements/elements {
			return nil, p.corrupt(b.start, "the shape %v x %d has too many values", shape, extent)
		}
		elements *= max(extent, 1)
		shape = append(shape, int(extent))
	}
	if b.short {
		return nil, p.corrupt(b.start, "the dataspace ends early")
	}
	return shape, nil
}
