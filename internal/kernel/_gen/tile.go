package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tileUnroll is the number of depth values per turn of the inner loop: four
// and eight measured no faster than two.
const tileUnroll = 2

func (l level) tile(vectors int) {
	panel := vectors * l.lanes
	name := fmt.Sprintf("tile%dx%d%s", l.tileRows, panel, l.suffix)
	TEXT(name, NOSPLIT, "func(t *Tile)")
	Doc(
		fmt.Sprintf("%s computes a tile of %d rows and a panel of %d channels.", name, l.tileRows, panel),
		"",
		"\tfor m := range t.Rows {",
		"\t\tfor n := range t.Channels {",
		"\t\t\tsum := bias[n]",
		"\t\t\tfor tap := range t.Taps {",
		"\t\t\t\tfor k := range t.Depth {",
		"\t\t\t\t\tsum += input[offsets[tap][m]+k] * weights[tap][k][n]",
		"\t\t\t\t}",
		"\t\t\t}",
		"\t\t\toutput[m][n] = clamp(sum, t.Lo, t.Hi)",
		"\t\t}",
		"\t}")
	Pragma("noescape")
	t := Dereference(Param("t"))

	weights := Load(t.Field("Panel"), GP64())
	sums := make([][]reg.VecVirtual, l.tileRows)
	for m := range sums {
		sums[m] = l.loads(weights, 0, vectors)
	}
	ADDQ(I32(4*panel), weights)

	Comment("Rows are counted from their ends, so that one register is index and counter.")
	offsets := Load(t.Field("Offsets"), GP64())
	taps := Load(t.Field("Taps"), GP64())
	depth := Load(t.Field("Depth"), GP64())
	end := Load(t.Field("Input"), GP64())
	LEAQ(Mem{Base: end, Index: depth, Scale: 4}, end)
	NEGQ(depth)

	Label("tap")
	rows := make([]reg.GPVirtual, l.tileRows)
	for m := range rows {
		rows[m] = GP64()
		MOVQ(Mem{Base: offsets, Disp: 8 * m}, rows[m])
		LEAQ(Mem{Base: end, Index: rows[m], Scale: 4}, rows[m])
	}
	ADDQ(I32(8*l.tileRows), offsets)

	k := GP64()
	step := func(ahead, value int) {
		w := l.loads(weights, panel*ahead, vectors)
		for m := range rows {
			pixel := Mem{Base: rows[m], Index: k, Scale: 4, Disp: 4 * value}
			if l.opmasks && vectors == 1 {
				// Where a pixel serves one vector only, a broadcast of its own
				// bounds the loop: 81 GFLOP/s against 117 on Zen 4.
				VFMADD231PS_BCST(pixel, w[0], sums[m][0])
				continue
			}
			x := l.vector()
			VBROADCASTSS(pixel, x)
			for v := range w {
				VFMADD231PS(w[v], x, sums[m][v])
			}
		}
	}
	MOVQ(depth, k)
	ADDQ(I32(tileUnroll), k)
	JG(LabelRef("tail"))
	Label("depth")
	for u := range tileUnroll {
		step(u, u-tileUnroll)
	}
	ADDQ(I32(4*panel*tileUnroll), weights)
	ADDQ(I32(tileUnroll), k)
	JLE(LabelRef("depth"))
	Label("tail")
	SUBQ(I32(tileUnroll), k)
	JZ(LabelRef("next"))
	Label("single")
	step(0, 0)
	ADDQ(I32(4*panel), weights)
	INCQ(k)
	JNZ(LabelRef("single"))
	Label("next")
	DECQ(taps)
	JNZ(LabelRef("tap"))

	t = Dereference(Param("t"))
	l.clampRows(sums, t)
	output := Load(t.Field("Output"), GP64())
	stride := Load(t.Field("Stride"), GP64())
	SHLQ(Imm(2), stride)
	left := Load(t.Field("Rows"), GP64())
	channels := Load(t.Field("Channels"), GP64())
	CMPQ(channels, I32(panel))
	JL(LabelRef("narrow"))
	storeRows(sums, output, stride, left, "stored", l.store)
	Label("narrow")
	storeRows(sums, output, stride, left, "stored", l.masks(channels, vectors).store)
	Label("stored")
	VZEROUPPER()
	RET()
}

// depthwise works on blocks of two vectors of channels, one after the other.
func (l level) depthwise() {
	const vectors = 2
	block := vectors * l.lanes
	name := "depthwise" + l.suffix
	TEXT(name, NOSPLIT, "func(t *DepthwiseTile)")
	Doc(
		fmt.Sprintf("%s computes a tile of %d rows in blocks of %d channels.", name, l.depthwiseRows, block),
		"",
		"\tfor m := range t.Rows {",
		"\t\tfor c := range t.Channels {",
		"\t\t\tsum := bias[c]",
		"\t\t\tfor tap := range t.Taps {",
		"\t\t\t\tsum += input[offsets[tap][m]+c] * weights[tap][c]",
		"\t\t\t}",
		"\t\t\toutput[m][c] = clamp(sum, t.Lo, t.Hi)",
		"\t\t}",
		"\t}")
	Pragma("noescape")
	t := Dereference(Param("t"))
	input := Load(t.Field("Input"), GP64())
	weights := Load(t.Field("Weights"), GP64())
	output := Load(t.Field("Output"), GP64())
	stride := Load(t.Field("Stride"), GP64())
	SHLQ(Imm(2), stride)
	channels := Load(t.Field("Channels"), GP64())

	Label("block")
	sums := make([][]reg.VecVirtual, l.depthwiseRows)
	for m := range sums {
		sums[m] = l.loads(weights, 0, vectors)
	}
	ADDQ(I32(4*block), weights)
	offsets := Load(t.Field("Offsets"), GP64())
	taps := Load(t.Field("Taps"), GP64())
	Label("tap")
	w := l.loads(weights, 0, vectors)
	for m := range sums {
		pixel := GP64()
		MOVQ(Mem{Base: offsets, Disp: 8 * m}, pixel)
		for v := range w {
			VFMADD231PS(Mem{Base: input, Index: pixel, Scale: 4, Disp: 4 * l.lanes * v}, w[v], sums[m][v])
		}
	}
	ADDQ(I32(8*l.depthwiseRows), offsets)
	ADDQ(I32(4*block), weights)
	DECQ(taps)
	JNZ(LabelRef("tap"))

	l.clampRows(sums, t)
	row := GP64()
	MOVQ(output, row)
	rows := Load(t.Field("Rows"), GP64())
	CMPQ(channels, I32(block))
	JL(LabelRef("narrow"))
	storeRows(sums, row, stride, rows, "stored", l.store)
	Label("stored")
	ADDQ(I32(4*block), input)
	ADDQ(I32(4*block), output)
	SUBQ(I32(block), channels)
	JG(LabelRef("block"))
	VZEROUPPER()
	RET()

	Label("narrow")
	storeRows(sums, row, stride, rows, "end", l.masks(channels, vectors).store)
	Label("end")
	VZEROUPPER()
	RET()
}

// clampRows applies the activation of the tile t.
func (l level) clampRows(sums [][]reg.VecVirtual, t gotypes.Component) {
	lo, hi := l.broadcast(t.Field("Lo")), l.broadcast(t.Field("Hi"))
	for m := range sums {
		for _, x := range sums[m] {
			clamp(x, lo, hi)
		}
	}
}

// storeRows writes the first rows of x and goes to label stored. It uses up
// output and rows.
func storeRows(x [][]reg.VecVirtual, output, stride, rows reg.Register, stored string, store func(v int, x reg.VecVirtual, to Mem)) {
	for m := range x {
		for v := range x[m] {
			store(v, x[m][v], Mem{Base: output})
		}
		if m == len(x)-1 {
			break
		}
		DECQ(rows)
		JZ(LabelRef(stored))
		ADDQ(stride, output)
	}
	JMP(LabelRef(stored))
}
