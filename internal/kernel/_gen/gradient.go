package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Comparisons that raise no exception; all but notLess are false for NaN.
const (
	equal   = 0x00
	less    = 0x11
	greater = 0x1e
	notLess = 0x15 // true for NaN
)

// pick keeps the lanes of x where a comparison of a with b holds and zeros
// the others.
func (l level) pick(x reg.VecVirtual, comparison uint64, a, b reg.VecVirtual) {
	if l.opmasks {
		k := K()
		VCMPPS(Imm(comparison), b, a, k)
		VMOVAPS_Z(x, k, x)
		return
	}
	mask := l.vector()
	VCMPPS(Imm(comparison), b, a, mask)
	VANDPS(mask, x, x)
}

func (l level) clampGradient() {
	l.function("clampGradient", "func(dst, gradient, y *float32, n int, lo, hi float32)", "dst[i] = if lo < y[i] && y[i] < hi { gradient[i] } else { 0 }")
	lo, hi := l.broadcast(Param("lo")), l.broadcast(Param("hi"))
	l.elementwise("dst", []string{"gradient", "y"}, func(x []reg.VecVirtual) reg.VecVirtual {
		l.pick(x[0], greater, x[1], lo)
		l.pick(x[0], less, x[1], hi)
		return x[0]
	})
}

// maximumGradient writes two slices.
func (l level) maximumGradient() {
	l.function("maximumGradient", "func(sum, gradient, x, greatest *float32, n int)", "if x[i] == greatest[i] { sum[i], gradient[i] = sum[i]+gradient[i], 0 }")
	n := Load(Param("n"), GP64())
	var pointers []reg.Register
	for _, name := range []string{"sum", "gradient", "x", "greatest"} {
		pointers = append(pointers, Load(Param(name), GP64()))
	}
	// move returns the sum and what is left of g.
	move := func(sum, g, x, greatest reg.VecVirtual) (reg.VecVirtual, reg.VecVirtual) {
		moved := l.vector()
		if l.opmasks {
			k := K()
			VCMPPS(Imm(equal), greatest, x, k)
			VMOVAPS_Z(g, k, moved)
		} else {
			VCMPPS(Imm(equal), greatest, x, x)
			VANDPS(x, g, moved)
		}
		VADDPS(moved, sum, sum)
		VXORPS(moved, g, g)
		return sum, g
	}
	body := func(_, at int) {
		var v []reg.VecVirtual
		for _, p := range pointers {
			v = append(v, l.loads(p, at, 1)...)
		}
		sum, g := move(v[0], v[1], v[2], v[3])
		VMOVUPS(sum, Mem{Base: pointers[0], Disp: 4 * at})
		VMOVUPS(g, Mem{Base: pointers[1], Disp: 4 * at})
	}
	rest := func() {
		masks := l.masks(n, 1)
		var v []reg.VecVirtual
		for _, p := range pointers {
			x := l.vector()
			masks.load(Mem{Base: p}, x)
			v = append(v, x)
		}
		sum, g := move(v[0], v[1], v[2], v[3])
		masks.store(0, sum, Mem{Base: pointers[0]})
		masks.store(0, g, Mem{Base: pointers[1]})
	}
	sweep(l.lanes, n, pointers, body, rest)
	VZEROUPPER()
	RET()
}
