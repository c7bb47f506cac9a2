package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// productRows is how many rows are added up at once: as many as one vector of
// four sums takes.
const productRows = 4

func (l level) products() {
	TEXT("products"+l.suffix, NOSPLIT, "func(sum, rows, x *float32, n, width int)")
	Doc("products"+l.suffix+" is", "", "\tfor i := range n {", "\t\tfor k := range width {", "\t\t\tsum[i] += rows[i][k] * x[k]", "\t\t}", "\t}")
	Pragma("noescape")
	sum, rows, x := Load(Param("sum"), GP64()), Load(Param("rows"), GP64()), Load(Param("x"), GP64())
	n, width := Load(Param("n"), GP64()), Load(Param("width"), GP64())
	Comment("The width is counted in bytes, from the end of x.")
	SHLQ(Imm(2), width)
	ADDQ(width, x)

	Label("rows")
	SUBQ(I32(productRows), n)
	JL(LabelRef("rest"))
	sums := l.dots(rows, x, width, productRows, "four")
	four := l.foldFour(sums)
	VADDPS(Mem{Base: sum}, four, four)
	VMOVUPS(four, Mem{Base: sum})
	ADDQ(I32(4*productRows), sum)
	JMP(LabelRef("rows"))

	Label("rest")
	ADDQ(I32(productRows), n)
	JZ(LabelRef("done"))
	Label("row")
	one := l.dots(rows, x, width, 1, "one")[0]
	folded := l.foldFour([]reg.VecVirtual{one, one, one, one})
	VADDSS(Mem{Base: sum}, folded, folded)
	VMOVSS(folded, Mem{Base: sum})
	ADDQ(I32(4), sum)
	DECQ(n)
	JNZ(LabelRef("row"))
	Label("done")
	VZEROUPPER()
	RET()
}

// dots multiplies count rows with x, vector by vector, and leaves rows after
// the last of them.
func (l level) dots(rows, x, width reg.Register, count int, label string) []reg.VecVirtual {
	sums := make([]reg.VecVirtual, count)
	ends := make([]reg.Register, count)
	for i := range sums {
		sums[i] = l.vector()
		l.zero(sums[i])
		ADDQ(width, rows)
		end := GP64()
		MOVQ(rows, end)
		ends[i] = end
	}
	k := GP64()
	MOVQ(width, k)
	NEGQ(k)
	Label(label)
	v := l.vector()
	VMOVUPS(Mem{Base: x, Index: k, Scale: 1}, v)
	for i := range sums {
		VFMADD231PS(Mem{Base: ends[i], Index: k, Scale: 1}, v, sums[i])
	}
	ADDQ(I32(4*l.lanes), k)
	JNZ(LabelRef(label))
	return sums
}

// foldFour adds up the lanes of each of four vectors.
func (l level) foldFour(x []reg.VecVirtual) reg.VecVirtual {
	halves := make([]reg.VecVirtual, len(x))
	for i := range x {
		halves[i] = YMM()
		if l.opmasks {
			VEXTRACTF64X4(Imm(1), x[i], halves[i])
			VADDPS(x[i].AsY(), halves[i], halves[i])
		} else {
			VMOVAPS(x[i], halves[i])
		}
	}
	VHADDPS(halves[1], halves[0], halves[0])
	VHADDPS(halves[3], halves[2], halves[2])
	VHADDPS(halves[2], halves[0], halves[0])
	four := XMM()
	VEXTRACTF128(Imm(1), halves[0], four)
	VADDPS(halves[0].AsX(), four, four)
	return four
}
