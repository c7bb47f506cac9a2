package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// constant is a float32 in all lanes of the widest vector, written when it is
// first asked for. There are too few registers to hold all that exp needs.
func constant(x float32) Mem { return pattern(math.Float32bits(x)) }

func pattern(bits uint32) Mem {
	if table, ok := patterns[bits]; ok {
		return table
	}
	table := GLOBL(fmt.Sprintf("all%08x", bits), RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(bits))
	}
	patterns[bits] = table
	return table
}

var patterns = map[uint32]Mem{}

const signBit = 1 << 31

// exponential is e^-|x|, and 0 below the least normal number.
//
// With n = round(t / ln 2) it is 2^n * e^r for the rest r = t - n*ln 2, of at
// most ln 2 / 2. The polynomial and the two parts of ln 2 are those of expf in
// Moshier's Cephes library; its error is below 2 units in the last place.
func (l level) exponential(x reg.VecVirtual) reg.VecVirtual {
	t, n, r, e := l.vector(), l.vector(), l.vector(), l.vector()
	VORPS(pattern(signBit), x, t)
	VMULPS(constant(math.Log2E), t, n)
	VCVTPS2DQ(n, n)
	VCVTDQ2PS(n, e)
	VMOVAPS(t, r)
	VFNMADD231PS(constant(0.693359375), e, r)
	VFNMADD231PS(constant(-2.12194440e-4), e, r)
	VMOVUPS(constant(1.9875691500e-4), e)
	for _, c := range []float32{1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, 1} {
		VFMADD213PS(constant(c), r, e)
	}
	const exponentBias, mantissaBits = 127, 23
	VPADDD(pattern(exponentBias), n, n)
	VPSLLD(Imm(mantissaBits), n, n)
	VMULPS(n, e, e)
	// NaN passes, as it is not below.
	least := constant(-126 * math.Ln2)
	if l.opmasks {
		k := K()
		VCMPPS(Imm(notLess), least, t, k)
		VMOVAPS_Z(e, k, e)
	} else {
		VCMPPS(Imm(notLess), least, t, t)
		VANDPS(t, e, e)
	}
	return e
}

// sides returns p where the sign of x is set and q elsewhere.
func (l level) sides(x, p, q reg.VecVirtual) reg.VecVirtual {
	chosen := l.vector()
	if l.opmasks {
		k := K()
		VPMOVD2M(x, k)
		VBLENDMPS(p, q, k, chosen)
		return chosen
	}
	VBLENDVPS(x, p, q, chosen)
	return chosen
}

func (l level) one() reg.VecVirtual {
	one := l.vector()
	VMOVUPS(constant(1), one)
	return one
}

// logistic is 1/(1+e^-x) for x >= 0 and e^x/(1+e^x) below, so that no digits
// are lost on either side.
func (l level) logistic(x reg.VecVirtual) reg.VecVirtual {
	e, one := l.exponential(x), l.one()
	numerator := l.sides(x, e, one)
	VADDPS(one, e, e)
	VDIVPS(e, numerator, numerator)
	return numerator
}

func (l level) sigmoid() {
	l.function("sigmoid", "func(dst, x *float32, n int)", "dst[i] = 1 / (1 + exp(-x[i]))")
	l.elementwise("dst", []string{"x"}, func(x []reg.VecVirtual) reg.VecVirtual { return l.logistic(x[0]) })
}

func (l level) swish() {
	l.function("swish", "func(dst, x *float32, n int)", "dst[i] = x[i] / (1 + exp(-x[i]))")
	l.elementwise("dst", []string{"x"}, func(x []reg.VecVirtual) reg.VecVirtual {
		s := l.logistic(x[0])
		VMULPS(x[0], s, s)
		return s
	})
}

func (l level) sigmoidGradient() {
	l.function("sigmoidGradient", "func(dst, gradient, y *float32, n int)", "dst[i] = gradient[i] * (y[i] * (1 - y[i]))")
	l.elementwise("dst", []string{"gradient", "y"}, func(x []reg.VecVirtual) reg.VecVirtual {
		rest := l.one()
		VSUBPS(x[1], rest, rest)
		VMULPS(x[1], rest, rest)
		VMULPS(x[0], rest, rest)
		return rest
	})
}

func (l level) swishGradient() {
	l.function("swishGradient", "func(dst, gradient, x *float32, n int)", "s := 1 / (1 + exp(-x[i])); dst[i] = gradient[i] * (s * (1 + x[i]*(1-s)))")
	l.elementwise("dst", []string{"gradient", "x"}, func(v []reg.VecVirtual) reg.VecVirtual {
		gradient, x := v[0], v[1]
		e, one := l.exponential(x), l.one()
		s, rest := l.sides(x, e, one), l.sides(x, one, e)
		inverse := l.vector()
		VADDPS(one, e, e)
		VDIVPS(e, one, inverse)
		VMULPS(inverse, s, s)
		VMULPS(inverse, rest, rest)
		VFMADD213PS(one, x, rest)
		VMULPS(rest, s, s)
		VMULPS(gradient, s, s)
		return s
	})
}
