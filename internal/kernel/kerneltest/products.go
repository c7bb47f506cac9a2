package kerneltest

import (
	"math/rand/v2"
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// Products checks the product of a matrix with a vector against sums in
// float64.
func Products(t *testing.T, set *kernel.Set) {
	p := newProducts(set)
	for n := range 14 {
		for vectors := 1; vectors <= 6; vectors++ {
			for _, special := range []bool{false, true} {
				p.check(t, n, vectors*set.Lanes, special)
			}
		}
	}
	p.check(t, 1001, set.Panels[0], false)
}

// products makes and checks products.
type products struct {
	set    *kernel.Set
	fill   func(x []float32, special bool)
	rows   fence
	x      fence
	output fence
	offset int
}

func newProducts(set *kernel.Set) *products {
	random := rand.New(rand.NewPCG(5, 0))
	return &products{set: set, fill: func(x []float32, special bool) { fill(random, x, special) }}
}

// check multiplies a matrix [n, width].
func (p *products) check(t *testing.T, n, width int, special bool) {
	t.Helper()
	p.offset = (p.offset + 1) % 8
	rows, x := p.rows.last(t, n*width), p.x.last(t, width)
	output := p.output.target(t, p.offset, n, 5*(n%2))
	sums := output.values()
	p.fill(rows, special)
	p.fill(x, special)
	p.fill(sums, special)
	before := append([]float32(nil), sums...)
	p.set.Products(sums, rows, x)
	output.check(t, everywhere)
	for i, got := range sums {
		want := sumOf(float64(before[i]))
		for k, v := range x {
			want.add(float64(rows[i*width+k]) * float64(v))
		}
		if !want.near(got, -infinity, infinity) {
			t.Fatalf("product %d of %d rows of %d is %v, want %v", i, n, width, got, want.value)
		}
	}
}
