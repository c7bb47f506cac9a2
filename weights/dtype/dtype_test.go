package dtype_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/weights/dtype"
)

func TestDecode(t *testing.T) {
	order := binary.LittleEndian
	infinity := float32(math.Inf(1))
	cases := []struct {
		kind dtype.Type
		raw  []byte
		want []float32
	}{
		{dtype.BF16, []byte{0x80, 0x3f, 0x80, 0xff}, []float32{1, -infinity}},
		{dtype.F32, order.AppendUint32(order.AppendUint32(nil, math.Float32bits(0.1)), 1), []float32{0.1, math.SmallestNonzeroFloat32}},
		{dtype.F64, order.AppendUint64(order.AppendUint64(nil, math.Float64bits(0.1)), math.Float64bits(1e300)), []float32{0.1, infinity}},
		{dtype.I8, []byte{0xff, 2}, []float32{-1, 2}},
		{dtype.U8, []byte{0xff, 2}, []float32{255, 2}},
		{dtype.I16, []byte{0xfe, 0xff}, []float32{-2}},
		{dtype.U16, []byte{0xfe, 0xff}, []float32{65534}},
		{dtype.I32, []byte{0xfe, 0xff, 0xff, 0xff}, []float32{-2}},
		{dtype.U32, []byte{0xff, 0xff, 0xff, 0xff}, []float32{1 << 32}},
		{dtype.I64, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, []float32{-1 << 63}},
		{dtype.U64, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, []float32{1 << 63}},
	}
	for _, c := range cases {
		got := make([]float32, len(c.raw)/c.kind.Width())
		c.kind.Decode(got, c.raw)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s, -want +got:\n%s", c.kind, diff)
		}
	}
}

func TestDecodeEveryHalf(t *testing.T) {
	for bits := range 1 << 16 {
		var got [1]float32
		dtype.F16.Decode(got[:], []byte{byte(bits), byte(bits >> 8)})
		want := half(bits)
		if float64(got[0]) != want && !(math.IsNaN(float64(got[0])) && math.IsNaN(want)) || math.Signbit(want) != math.Signbit(float64(got[0])) {
			t.Fatalf("%#04x is %v, want %v", bits, got[0], want)
		}
	}
}

// half is the value of a binary16 by its definition.
func half(bits int) float64 {
	sign := 1 - 2*float64(bits>>15)
	exponent, fraction := bits>>10&31, float64(bits&1023)
	switch {
	case exponent == 31 && fraction > 0:
		return math.Copysign(math.NaN(), sign)
	case exponent == 31:
		return math.Inf(int(sign))
	case exponent == 0:
		return math.Copysign(math.Ldexp(fraction, -24), sign)
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

func TestInPlaceIsTheSameMemory(t *testing.T) {
	values := []float32{0, 0}
	for _, kind := range []dtype.Type{dtype.F16, dtype.F64, dtype.I32} {
		if kind.InPlace(values) != nil {
			t.Errorf("%s does not lie in memory as float32 does", kind)
		}
	}
	raw := dtype.F32.InPlace(values)
	if raw == nil {
		t.Skip("this machine is big-endian")
	}
	copy(raw[4:], []byte{0, 0, 0x80, 0x3f})
	if values[1] != 1 {
		t.Errorf("values are %v", values)
	}
}
