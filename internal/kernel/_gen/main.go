// The program that writes the assembly of package kernel. Run it with
// go generate ./internal/kernel.
package main

import (
	"log"
	"os"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// level is what differs between the instruction sets.
type level struct {
	suffix string
	lanes  int // float32 in a vector
	vector func() reg.VecVirtual

	opmasks       bool // has mask registers, and all else of AVX-512
	tileRows      int
	panels        []int // in vectors
	depthwiseRows int
}

// A tile keeps rows x panel sums in registers, next to the weights and one
// or two pixels: 12+2+2 of 16 registers, 24+3+1 of 32. Seven depthwise rows
// fill 14+2 of the 16, divide the common widths 7, 14, 28, 56 and 112, and
// measured 8% above four; fourteen with AVX-512 would add another 4% and
// waste half a tile at the end of a 7x7 layer.
var levels = []level{
	{suffix: "AVX2", lanes: 8, vector: YMM, tileRows: 6, panels: []int{2, 1}, depthwiseRows: 7},
	{suffix: "AVX512", lanes: 16, vector: ZMM, opmasks: true, tileRows: 8, panels: []int{3, 2, 1}, depthwiseRows: 7},
}

func main() {
	readPackage()
	ConstraintExpr("amd64,!noasm")
	for _, l := range levels {
		for _, vectors := range l.panels {
			l.tile(vectors)
		}
		l.depthwise()
		l.add()
		l.scaleShift()
		l.accumulate()
		l.maximum()
		l.clampGradient()
		l.maximumGradient()
		l.sigmoid()
		l.swish()
		l.sigmoidGradient()
		l.swishGradient()
		l.products()
		l.distances()
	}
	Generate()
}

// readPackage loads the types of package kernel, for the offsets of struct
// fields. It is read without assembly: the declarations of that may be
// missing or old.
func readPackage() {
	for _, err := range []error{os.Chdir(".."), os.Setenv("GOFLAGS", "-tags=noasm")} {
		if err != nil {
			log.Fatal(err)
		}
	}
	Package(".")
}
