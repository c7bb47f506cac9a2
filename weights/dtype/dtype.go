// Package dtype converts the number types of weight files to float32.
package dtype

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// Type names how a number is stored: little-endian, whole bytes.
type Type string

// The types that weight files hold.
const (
	F16  Type = "float16"
	BF16 Type = "bfloat16"
	F32  Type = "float32"
	F64  Type = "float64"
	I8   Type = "int8"
	I16  Type = "int16"
	I32  Type = "int32"
	I64  Type = "int64"
	U8   Type = "uint8"
	U16  Type = "uint16"
	U32  Type = "uint32"
	U64  Type = "uint64"
)

// Width is the size of one number in bytes; 0 for an unknown type.
func (t Type) Width() int {
	switch t {
	case I8, U8:
		return 1
	case F16, BF16, I16, U16:
		return 2
	case F32, I32, U32:
		return 4
	case F64, I64, U64:
		return 8
	}
	return 0
}

// InPlace is the memory of dst where numbers of this type lie there as they are stored,
// so that they can be read straight into it; nil for all other types.
func (t Type) InPlace(dst []float32) []byte {
	if t != F32 || !littleEndian {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(dst))), 4*len(dst))
}

var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// Decode converts len(dst) stored numbers, rounding those that float32 cannot hold.
// Raw has t.Width() bytes for each.
func (t Type) Decode(dst []float32, raw []byte) {
	order := binary.LittleEndian
	switch t {
	case F16:
		for i := range dst {
			dst[i] = fromHalf(order.Uint16(raw[2*i:]))
		}
	case BF16:
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(order.Uint16(raw[2*i:])) << 16)
		}
	case F32:
		if same := t.InPlace(dst); same != nil {
			copy(same, raw)
			return
		}
		for i := range dst {
			dst[i] = math.Float32frombits(order.Uint32(raw[4*i:]))
		}
	case F64:
		for i := range dst {
			dst[i] = float32(math.Float64frombits(order.Uint64(raw[8*i:])))
		}
	default:
		width := t.Width()
		for i := range dst {
			dst[i] = t.integer(raw[width*i:])
		}
	}
}

func (t Type) integer(raw []byte) float32 {
	order := binary.LittleEndian
	switch t {
	case I8:
		return float32(int8(raw[0]))
	case U8:
		return float32(raw[0])
	case I16:
		return float32(int16(order.Uint16(raw)))
	case U16:
		return float32(order.Uint16(raw))
	case I32:
		return float32(int32(order.Uint32(raw)))
	case U32:
		return float32(order.Uint32(raw))
	case I64:
		return float32(int64(order.Uint64(raw)))
	case U64:
		return float32(order.Uint64(raw))
	}
	panic("dtype: unknown type " + string(t))
}

// fromHalf widens an IEEE 754 binary16. Reading its exponent and fraction as those of
// a float32 makes a number 2^-112 times too small, subnormal ones included.
func fromHalf(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	magnitude := uint32(h&0x7fff) << 13
	if magnitude >= 0x1f<<23 {
		return math.Float32frombits(sign | 0x7f800000 | magnitude&0x007fffff)
	}
	scaled := math.Float32frombits(magnitude) * 0x1p112
	return math.Float32frombits(sign | math.Float32bits(scaled))
}
