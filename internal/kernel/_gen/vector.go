package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vectorUnroll is the number of vectors per turn of the loops over slices:
// with four results a distance does not wait for its own additions.
const vectorUnroll = 4

// sweep emits the loop over n values of step lanes each: body is called for
// the vectors of one turn with their number and their distance from the
// pointers in values, and rest for the last values, fewer than a vector.
func sweep(step int, n reg.Register, pointers []reg.Register, body func(u, at int), rest func()) {
	advance := func(values int) {
		for _, p := range pointers {
			ADDQ(I32(int32(4*values)), p)
		}
	}
	turn := int32(step * vectorUnroll)
	SUBQ(I32(turn), n)
	JL(LabelRef("vectors"))
	Label("turn")
	for u := range vectorUnroll {
		body(u, u*step)
	}
	advance(int(turn))
	SUBQ(I32(turn), n)
	JGE(LabelRef("turn"))

	Label("vectors")
	ADDQ(I32(turn-int32(step)), n)
	JL(LabelRef("rest"))
	Label("vector")
	body(0, 0)
	advance(step)
	SUBQ(I32(int32(step)), n)
	JGE(LabelRef("vector"))

	Label("rest")
	ADDQ(I32(int32(step)), n)
	JZ(LabelRef("done"))
	rest()
	Label("done")
}

// elementwise emits a function of slices of equal length: value computes a
// vector of the one written from a vector of each of the others, in the order
// of reads.
func (l level) elementwise(written string, reads []string, value func(x []reg.VecVirtual) reg.VecVirtual) {
	n := Load(Param("n"), GP64())
	pointer := map[string]reg.Register{}
	var pointers []reg.Register
	for _, name := range append([]string{written}, reads...) {
		if pointer[name] == nil {
			pointer[name] = Load(Param(name), GP64())
			pointers = append(pointers, pointer[name])
		}
	}
	body := func(_, at int) {
		var x []reg.VecVirtual
		for _, name := range reads {
			x = append(x, l.loads(pointer[name], at, 1)...)
		}
		VMOVUPS(value(x), Mem{Base: pointer[written], Disp: 4 * at})
	}
	rest := func() {
		masks := l.masks(n, 1)
		var x []reg.VecVirtual
		for _, name := range reads {
			v := l.vector()
			masks.load(Mem{Base: pointer[name]}, v)
			x = append(x, v)
		}
		masks.store(0, value(x), Mem{Base: pointer[written]})
	}
	sweep(l.lanes, n, pointers, body, rest)
	VZEROUPPER()
	RET()
}

// function begins a function that is a loop over n values.
func (l level) function(name, signature, loop string) {
	TEXT(name+l.suffix, NOSPLIT, signature)
	Doc(name+l.suffix+" is", "", "\tfor i := range n {", "\t\t"+loop, "\t}")
	Pragma("noescape")
}

func (l level) add() {
	l.function("add", "func(dst, a, b *float32, n int, lo, hi float32)", "dst[i] = clamp(a[i]+b[i], lo, hi)")
	lo, hi := l.broadcast(Param("lo")), l.broadcast(Param("hi"))
	l.elementwise("dst", []string{"a", "b"}, func(x []reg.VecVirtual) reg.VecVirtual {
		VADDPS(x[1], x[0], x[0])
		clamp(x[0], lo, hi)
		return x[0]
	})
}

func (l level) scaleShift() {
	l.function("scaleShift", "func(dst, x, scale, shift *float32, n int, lo, hi float32)", "dst[i] = clamp(x[i]*scale[i]+shift[i], lo, hi)")
	lo, hi := l.broadcast(Param("lo")), l.broadcast(Param("hi"))
	l.elementwise("dst", []string{"x", "scale", "shift"}, func(x []reg.VecVirtual) reg.VecVirtual {
		VFMADD213PS(x[2], x[1], x[0])
		clamp(x[0], lo, hi)
		return x[0]
	})
}

func (l level) accumulate() {
	l.function("accumulate", "func(sum, x *float32, n int)", "sum[i] += x[i]")
	l.elementwise("sum", []string{"sum", "x"}, func(x []reg.VecVirtual) reg.VecVirtual {
		VADDPS(x[1], x[0], x[0])
		return x[0]
	})
}

func (l level) maximum() {
	l.function("maximum", "func(greatest, x *float32, n int)", "greatest[i] = max(greatest[i], x[i])")
	const unordered = 3
	l.elementwise("greatest", []string{"greatest", "x"}, func(x []reg.VecVirtual) reg.VecVirtual {
		// VMAXPS gives x where one of the two is NaN.
		greater := l.vector()
		VMAXPS(x[1], x[0], greater)
		if l.opmasks {
			nan := K()
			VCMPPS(Imm(unordered), x[0], x[0], nan)
			VMOVAPS(x[0], nan, greater)
			return greater
		}
		nan := l.vector()
		VCMPPS(Imm(unordered), x[0], x[0], nan)
		VBLENDVPS(nan, x[0], greater, greater)
		return greater
	})
}
