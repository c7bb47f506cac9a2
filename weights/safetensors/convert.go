package safetensors

import (
	"encoding/binary"
	"math"
)

// encoders append one value as it is stored, rounded to the nearest, ties to even.
var encoders = map[DType]func(dst []byte, v float32) []byte{
	F16: func(dst []byte, v float32) []byte {
		return binary.LittleEndian.AppendUint16(dst, toHalf(v))
	},
	BF16: func(dst []byte, v float32) []byte {
		return binary.LittleEndian.AppendUint16(dst, toBrain(v))
	},
	F32: func(dst []byte, v float32) []byte {
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(v))
	},
	F64: func(dst []byte, v float32) []byte {
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(float64(v)))
	},
}

// toHalf rounds to an IEEE 754 binary16; what passes 65504 becomes infinite.
func toHalf(v float32) uint16 {
	bits := math.Float32bits(v)
	sign := uint16(bits >> 16 & 0x8000)
	magnitude := math.Float32frombits(bits &^ (1 << 31))
	if math.IsNaN(float64(v)) {
		return sign | 0x7e00
	}
	if magnitude >= 65520 {
		return sign | 0x7c00
	}
	if magnitude < 0x1p-14 {
		return sign | uint16(math.RoundToEven(float64(magnitude)*0x1p24))
	}
	fraction, exponent := math.Frexp(float64(magnitude))
	steps := uint16(math.RoundToEven(fraction * 2048)) // 1024…2048: a carry moves on into the exponent
	return sign | (uint16(exponent+13)<<10 + steps)
}

// toBrain rounds to a bfloat16, the upper half of a float32.
func toBrain(v float32) uint16 {
	bits := math.Float32bits(v)
	if math.IsNaN(float64(v)) {
		return uint16(bits>>16) | 0x40
	}
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}
