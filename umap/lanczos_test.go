package umap

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestEigenvectorsOfDenseMatrices compares with gonum's dense eigensolver,
// through restarts, with equal eigenvalues, and with vectors kept out.
func TestEigenvectorsOfDenseMatrices(t *testing.T) {
	for _, test := range []struct {
		name   string
		values func(i int) float64 // falling
		n, k   int
		fixed  int
	}{
		{"all of a small one", func(i int) float64 { return 9 - float64(i) }, 5, 5, 0},
		{"fewer than asked for", func(i int) float64 { return 9 - float64(i) }, 4, 5, 2},
		{"far apart", func(i int) float64 { return math.Pow(2, -float64(i)) }, 60, 3, 0},
		{"close together", func(i int) float64 { return 2 - float64(i)/200 }, 200, 2, 1},
		{"twice the same", func(i int) float64 { return 3 - float64(i/2) }, 80, 2, 0},
		{"of both signs", func(i int) float64 { return 10 - 2*float64(i) }, 100, 4, 0},
		{"one direction", func(i int) float64 { return float64(max(0, 1-i)) }, 50, 2, 0},
		{"nothing", func(int) float64 { return 0 }, 50, 2, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			dense, axes := denseWith(test.n, test.values)
			a := symmetric{n: test.n, apply: func(_ context.Context, dst, v []float64) error {
				mat.NewVecDense(len(dst), dst).MulVec(dense, mat.NewVecDense(len(v), v))
				return nil
			}}
			found, err := eigenvectors(t.Context(), a, test.k, axes[:test.fixed], 1e-9, 5000, 1)
			if err != nil {
				t.Fatal(err)
			}
			if want := min(test.k, test.n-test.fixed); len(found) != want {
				t.Fatalf("%d eigenvectors, want %d", len(found), want)
			}
			product := make([]float64, test.n)
			for i, v := range found {
				if err := a.apply(t.Context(), product, v); err != nil {
					t.Fatal(err)
				}
				value := test.values(test.fixed + i)
				for c := range v {
					if math.Abs(product[c]-value*v[c]) > 1e-7 {
						t.Fatalf("vector %d is no eigenvector of %v: %v becomes %v", i, value, v[c], product[c])
					}
				}
				for j, other := range slices.Concat(axes[:test.fixed], found[:i]) {
					if math.Abs(mat.Dot(mat.NewVecDense(test.n, v), mat.NewVecDense(test.n, other))) > 1e-8 {
						t.Fatalf("vector %d is not at a right angle to %d", i, j)
					}
				}
				if math.Abs(norm(v)-1) > 1e-9 {
					t.Fatalf("vector %d has length %v", i, norm(v))
				}
			}
		})
	}
}

// denseWith is a matrix of order n with these eigenvalues, and its eigenvectors.
func denseWith(n int, values func(i int) float64) (*mat.SymDense, [][]float64) {
	random := rand.New(rand.NewPCG(uint64(n), 1))
	noise := mat.NewDense(n, n, nil)
	noise.Apply(func(_, _ int, _ float64) float64 { return random.NormFloat64() }, noise)
	var qr mat.QR
	qr.Factorize(noise)
	var q mat.Dense
	qr.QTo(&q)
	dense := mat.NewSymDense(n, nil)
	axes := make([][]float64, n)
	for i := range axes {
		axes[i] = mat.Col(nil, i, &q)
		dense.SymRankOne(dense, values(i), mat.NewVecDense(n, axes[i]))
	}
	return dense, axes
}
