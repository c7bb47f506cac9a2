package featurevis

import (
	"math"

	"github.com/convnetplayground/convnet/internal/kernel"
)

const colours = 3

// decorrelated is the square root of the correlation of ImageNet's colours,
// divided by the greatest norm of its columns: rows are red, green and blue,
// columns the axes along which photos vary independently. The numbers are
// Lucid's.
var decorrelated = normalised([colours][colours]float64{
	{0.26, 0.09, 0.02},
	{0.27, 0.00, -0.05},
	{0.27, -0.09, 0.03},
})

// plain leaves red, green and blue as they are.
var plain = [colours][colours]float32{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}

func normalised(m [colours][colours]float64) (scaled [colours][colours]float32) {
	greatest := 0.0
	for j := range colours {
		greatest = max(greatest, math.Sqrt(m[0][j]*m[0][j]+m[1][j]*m[1][j]+m[2][j]*m[2][j]))
	}
	for i := range m {
		for j := range m[i] {
			scaled[i][j] = float32(m[i][j] / greatest)
		}
	}
	return scaled
}

// palette turns values of the planes into colours in [0, 1]: a sigmoid of the
// matrix times them.
type palette struct {
	matrix [colours][colours]float32
	set    *kernel.Set
}

func newPalette(matrix [colours][colours]float32) palette {
	set, _ := kernel.Active()
	return palette{matrix, set}
}

// paint writes one row of pixels [width, 3] of the rows of three planes.
func (p *palette) paint(row []float32, a, b, c []float32) {
	m := &p.matrix
	b, c = b[:len(a)], c[:len(a)]
	for x, u := range a {
		v, w := b[x], c[x]
		pixel := (*[colours]float32)(row[colours*x:])
		pixel[0] = m[0][0]*u + m[0][1]*v + m[0][2]*w
		pixel[1] = m[1][0]*u + m[1][1]*v + m[1][2]*w
		pixel[2] = m[2][0]*u + m[2][1]*v + m[2][2]*w
	}
	p.set.Sigmoid(row, row)
}

// pull turns the gradient by a row that paint wrote into that by the planes.
func (p *palette) pull(a, b, c []float32, row, gradient []float32) {
	m := &p.matrix
	b, c = b[:len(a)], c[:len(a)]
	for x := range a {
		pixel, g := (*[colours]float32)(row[colours*x:]), (*[colours]float32)(gradient[colours*x:])
		u := g[0] * pixel[0] * (1 - pixel[0])
		v := g[1] * pixel[1] * (1 - pixel[1])
		w := g[2] * pixel[2] * (1 - pixel[2])
		a[x] = m[0][0]*u + m[1][0]*v + m[2][0]*w
		b[x] = m[0][1]*u + m[1][1]*v + m[2][1]*w
		c[x] = m[0][2]*u + m[1][2]*v + m[2][2]*w
	}
}
