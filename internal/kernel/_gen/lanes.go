package main

import (
	"sync"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// loads reads n vectors, the first at value first after p.
func (l level) loads(p reg.Register, first, n int) []reg.VecVirtual {
	x := make([]reg.VecVirtual, n)
	for v := range x {
		x[v] = l.vector()
		VMOVUPS(Mem{Base: p, Disp: 4 * (first + l.lanes*v)}, x[v])
	}
	return x
}

func (l level) broadcast(x gotypes.Component) reg.VecVirtual {
	value, err := x.Resolve()
	if err != nil {
		panic(err)
	}
	all := l.vector()
	VBROADCASTSS(value.Addr, all)
	return all
}

// clamp keeps NaN: of two operands that do not compare, VMAXPS and VMINPS
// give the first in Go's order.
func clamp(x, lo, hi reg.VecVirtual) {
	VMAXPS(x, lo, x)
	VMINPS(x, hi, x)
}

// store writes vector v of a row.
func (l level) store(v int, x reg.VecVirtual, row Mem) {
	VMOVUPS(x, row.Offset(4*l.lanes*v))
}

// masks select the values below a count: opmasks, or vectors with ones in
// the chosen lanes for VMASKMOVPS. Neither faults on the lanes left out.
type masks struct {
	level
	of []reg.Register // one for each vector
}

// masks makes n of them for the values before count, which is less than 64.
func (l level) masks(count reg.Register, n int) masks {
	made := masks{level: l}
	if l.opmasks {
		Comment("Ones below the count, as many for each vector as it has lanes.")
		bits := GP64()
		MOVQ(count, reg.RCX)
		MOVQ(I32(-1), bits)
		SHLQ(reg.CL, bits)
		NOTQ(bits)
		for v := range n {
			k := K()
			KMOVW(bits.As32(), k)
			made.of = append(made.of, k)
			if v < n-1 {
				SHRQ(Imm(uint64(l.lanes)), bits)
			}
		}
		return made
	}
	all := l.vector()
	VMOVD(count.(reg.GP).As32(), all.AsX())
	VPBROADCASTD(all.AsX(), all)
	for v := range n {
		mask := l.vector()
		VPCMPGTD(lanes().Offset(4*l.lanes*v), all, mask)
		made.of = append(made.of, mask)
	}
	return made
}

// store writes the chosen lanes of vector v of a row.
func (m masks) store(v int, x reg.VecVirtual, row Mem) {
	at := row.Offset(4 * m.lanes * v)
	if m.opmasks {
		VMOVUPS(x, m.of[v], at)
		return
	}
	VMASKMOVPS(x, m.of[v], at)
}

// load reads the chosen lanes of the first vector and zeros the others.
func (m masks) load(from Mem, x reg.VecVirtual) {
	if m.opmasks {
		VMOVUPS_Z(from, m.of[0], x)
		return
	}
	VMASKMOVPS(from, m.of[0], x)
}

// zero sets all lanes to 0.
func (l level) zero(x reg.VecVirtual) {
	if l.opmasks {
		VPXORD(x, x, x)
		return
	}
	VXORPS(x, x, x)
}

// lanes is the table 0, 1, 2, ... 15, written when it is first asked for.
var lanes = sync.OnceValue(func() Mem {
	table := GLOBL("lanes", RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(uint32(i)))
	}
	return table
})
