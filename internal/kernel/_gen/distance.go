package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A step takes a vector of each side into a result.
type step func(x, y, into reg.VecVirtual)

// distances emits the functions of two slices that end in one float64.
func (l level) distances() {
	l.distance("dot", "result += float64(a[i]) * float64(b[i])", l.sum, func() step {
		return func(x, y, into reg.VecVirtual) { VFMADD231PD(y, x, into) }
	})
	l.distance("squaredDistance", "result += square(float64(a[i]) - float64(b[i]))", l.sum, func() step {
		return func(x, y, into reg.VecVirtual) {
			VSUBPD(y, x, x)
			VFMADD231PD(x, x, into)
		}
	})
	l.distance("absoluteDistance", "result += abs(float64(a[i]) - float64(b[i]))", l.sum, func() step {
		difference := l.absolute()
		return func(x, y, into reg.VecVirtual) {
			difference(x, y)
			VADDPD(x, into, into)
		}
	})
	l.distance("cubedDistance", "result += cube(abs(float64(a[i]) - float64(b[i])))", l.sum, func() step {
		difference := l.absolute()
		return func(x, y, into reg.VecVirtual) {
			difference(x, y)
			VMULPD(x, x, y)
			VFMADD231PD(x, y, into)
		}
	})
	l.distance("greatestDistance", "result = max(result, abs(float64(a[i])-float64(b[i])))", l.greatest, func() step {
		difference := l.absolute()
		return func(x, y, into reg.VecVirtual) {
			difference(x, y)
			l.greatest(x, into)
		}
	})
}

// absolute prepares what sets x to |x-y|.
func (l level) absolute() func(x, y reg.VecVirtual) {
	magnitude := l.vector()
	if l.opmasks {
		VPTERNLOGQ(Imm(0xff), magnitude, magnitude, magnitude)
	} else {
		VPCMPEQD(magnitude, magnitude, magnitude)
	}
	Comment("All bits but the sign.")
	VPSRLQ(Imm(1), magnitude, magnitude)
	return func(x, y reg.VecVirtual) {
		VSUBPD(y, x, x)
		VANDPD(magnitude, x, x)
	}
}

// distance emits one of them: prepare runs before the loop and gives the
// step in it, and combine takes one result into another.
func (l level) distance(name, loop string, combine func(x, into reg.Register), prepare func() step) {
	l.function(name, "func(a, b *float32, n int) float64", loop)
	a, b := Load(Param("a"), GP64()), Load(Param("b"), GP64())
	n := Load(Param("n"), GP64())
	results := make([]reg.VecVirtual, vectorUnroll)
	for u := range results {
		results[u] = l.vector()
		l.zero(results[u])
	}
	take := prepare()

	body := func(u, at int) {
		x, y := l.vector(), l.vector()
		VCVTPS2PD(Mem{Base: a, Disp: 4 * at}, x)
		VCVTPS2PD(Mem{Base: b, Disp: 4 * at}, y)
		take(x, y, results[u])
	}
	half := l.half()
	rest := func() {
		masks := half.masks(n, 1)
		x, y := l.vector(), l.vector()
		for _, from := range []struct {
			p reg.Register
			v reg.VecVirtual
		}{{a, x}, {b, y}} {
			values := half.vector()
			masks.load(Mem{Base: from.p}, values)
			VCVTPS2PD(values, from.v)
		}
		take(x, y, results[0])
	}
	sweep(l.lanes/2, n, []reg.Register{a, b}, body, rest)

	combine(results[1], results[0])
	combine(results[3], results[2])
	combine(results[2], results[0])
	l.fold(results[0], combine)
	Store(results[0].AsX(), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// half is the level at half the width, for the float32 that become a vector
// of float64.
func (l level) half() level {
	if l.opmasks {
		return level{lanes: 8, vector: YMM, opmasks: true}
	}
	return level{lanes: 4, vector: XMM}
}

// fold combines the float64 in x into its lowest one.
func (l level) fold(x reg.VecVirtual, combine func(x, into reg.Register)) {
	other := l.vector()
	if l.opmasks {
		VEXTRACTF64X4(Imm(1), x, other.AsY())
		combine(other.AsY(), x.AsY())
	}
	VEXTRACTF128(Imm(1), x.AsY(), other.AsX())
	combine(other.AsX(), x.AsX())
	VPERMILPD(Imm(1), x.AsX(), other.AsX())
	combine(other.AsX(), x.AsX())
}

func (l level) sum(x, into reg.Register) { VADDPD(x, into, into) }

// greatest compares magnitudes as integers: their order is the same, and NaN
// comes out as the greatest of all.
func (l level) greatest(x, into reg.Register) {
	if l.opmasks {
		VPMAXUQ(x, into, into)
		return
	}
	greater := YMM()
	if x.Size() == 16 {
		greater = XMM()
	}
	VPCMPGTQ(into, x, greater)
	VBLENDVPD(greater, x, into, into)
}
