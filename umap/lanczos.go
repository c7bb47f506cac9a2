package umap

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// symmetric is a symmetric matrix of order n, known by what it does to a vector.
type symmetric struct {
	n     int
	apply func(ctx context.Context, dst, v []float64) error // dst = A v
}

// A basis of this many vectors is searched for eigenvectors, and shrunk to the
// best few when it is full.
const (
	basisSize = 36
	basisKept = 12
)

// eigenvectors returns the eigenvectors of length 1 of the k greatest
// eigenvalues of a, greatest first, that are at right angles to the orthonormal
// vectors without, by the Lanczos method with thick restarts (Wu and Simon
// 2000). It ends when |A v - λ v| <= tolerance·|λ| for each, or after products
// multiplications, with what it has by then. There are fewer than k vectors if
// a.n - len(without) < k. The sign of a vector is such that its entry of the
// largest magnitude is positive.
func eigenvectors(ctx context.Context, a symmetric, k int, without [][]float64, tolerance float64, products int, seed uint64) ([][]float64, error) {
	k = min(k, a.n-len(without))
	if k <= 0 {
		return nil, nil
	}
	l := newLanczos(a, without, seed)
	for {
		for l.size < l.most {
			if err := l.extend(ctx); err != nil {
				return nil, err
			}
			products--
		}
		l.solve()
		if products <= 0 || l.most == a.n-len(without) || l.converged(k, tolerance) {
			return l.ritz(k), nil
		}
		l.restart(max(k, min(basisKept, l.most/2)))
	}
}

// lanczos is the state of the method: an orthonormal basis of a space that
// comes to hold the eigenvectors, and the matrix restricted to it.
type lanczos struct {
	matrix    symmetric
	fixed     int            // the first rows of basis are no part of the search
	size      int            // vectors in the basis, not counting the fixed and the next one
	most      int            // that the basis grows to
	basis     blas64.General // [fixed + most + 1, n]; the last row in use is the next vector
	spare     blas64.General // as basis
	projected *mat.SymDense  // [most, most]: the matrix on the basis
	residual  float64        // the length of what the last product had outside the basis
	values    []float64      // after solve: the eigenvalues of projected, rising
	vectors   mat.Dense      // and its eigenvectors, in columns
	overlaps  []float64      // scratch, [fixed + most + 1]
	seed      uint64
	draws     uint64
}

func newLanczos(a symmetric, without [][]float64, seed uint64) *lanczos {
	fixed := len(without)
	most := min(basisSize, a.n-fixed)
	rows := fixed + most + 1
	l := &lanczos{
		matrix: a, fixed: fixed, most: most, seed: seed,
		basis:     blas64.General{Rows: rows, Cols: a.n, Stride: a.n, Data: make([]float64, rows*a.n)},
		spare:     blas64.General{Rows: rows, Cols: a.n, Stride: a.n, Data: make([]float64, rows*a.n)},
		projected: mat.NewSymDense(most, nil),
		overlaps:  make([]float64, rows),
	}
	for i, v := range without {
		copy(l.row(i), v)
	}
	l.randomise(l.next())
	return l
}

func (l *lanczos) row(i int) []float64 { return l.basis.Data[i*l.matrix.n : (i+1)*l.matrix.n] }

func (l *lanczos) next() []float64 { return l.row(l.fixed + l.size) }

// randomise sets v, the next vector, to a random one at right angles to the basis.
func (l *lanczos) randomise(v []float64) {
	for range 3 { // enough, but for a basis of the whole space
		for i := range v {
			l.draws++
			v[i] = uniform(draw(l.seed, l.draws))
		}
		scale := 1 / norm(v)
		blas64.Scal(scale, vector(v))
		l.orthogonalise(v)
		l.orthogonalise(v)
		if length := norm(v); length > 1e-8 {
			blas64.Scal(1/length, vector(v))
			return
		}
	}
	clear(v)
}

// orthogonalise subtracts from v what it has of the basis, and sets overlaps to that.
func (l *lanczos) orthogonalise(v []float64) {
	rows := l.fixed + l.size
	if rows == 0 {
		return
	}
	basis := l.basis
	basis.Rows = rows
	overlaps := vector(l.overlaps[:rows])
	blas64.Gemv(blas.NoTrans, 1, basis, vector(v), 0, overlaps)
	blas64.Gemv(blas.Trans, -1, basis, overlaps, 1, vector(v))
}

// extend takes the next vector into the basis and finds another.
func (l *lanczos) extend(ctx context.Context) error {
	current := l.next()
	l.size++
	v := l.next()
	if err := l.matrix.apply(ctx, v, current); err != nil {
		return err
	}
	before := norm(v)
	l.orthogonalise(v)
	for i, x := range l.overlaps[l.fixed : l.fixed+l.size] {
		l.projected.SetSym(i, l.size-1, x)
	}
	l.orthogonalise(v)
	l.residual = norm(v)
	if l.residual <= 1e-12*before {
		l.residual = 0 // the basis holds the product: go on elsewhere
		l.randomise(v)
		return nil
	}
	blas64.Scal(1/l.residual, vector(v))
	return nil
}

// solve finds the eigenvectors of the matrix on the basis.
func (l *lanczos) solve() {
	var eigen mat.EigenSym
	if !eigen.Factorize(l.projected, true) {
		panic("umap: eigenvalues of a finite symmetric matrix do not converge")
	}
	l.values = eigen.Values(nil)
	eigen.VectorsTo(&l.vectors)
}

// column is that of vectors for the i-th greatest eigenvalue.
func (l *lanczos) column(i int) int { return l.most - 1 - i }

func (l *lanczos) converged(k int, tolerance float64) bool {
	for i := range k {
		c := l.column(i)
		if l.residual*math.Abs(l.vectors.At(l.most-1, c)) > tolerance*math.Abs(l.values[c]) {
			return false
		}
	}
	return true
}

// rotate sets the first count rows of spare to the approximate eigenvectors of
// the greatest eigenvalues.
func (l *lanczos) rotate(count int) blas64.General {
	coefficients := mat.NewDense(l.most, count, nil)
	for i := range count {
		for row := range l.most {
			coefficients.Set(row, i, l.vectors.At(row, l.column(i)))
		}
	}
	basis, rotated := l.basis, l.spare
	basis.Data, basis.Rows = basis.Data[l.fixed*l.matrix.n:], l.most
	rotated.Rows = count
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, coefficients.RawMatrix(), basis, 0, rotated)
	return rotated
}

// restart shrinks the basis to the best count approximate eigenvectors.
func (l *lanczos) restart(count int) {
	rotated := l.rotate(count)
	next := l.next()
	l.projected.Zero()
	for i := range count {
		copy(l.row(l.fixed+i), rotated.Data[i*l.matrix.n:(i+1)*l.matrix.n])
		l.projected.SetSym(i, i, l.values[l.column(i)])
	}
	l.size = count
	copy(l.next(), next)
}

// ritz returns the best k approximate eigenvectors.
func (l *lanczos) ritz(k int) [][]float64 {
	rotated := l.rotate(k)
	found := make([][]float64, k)
	for i := range found {
		found[i] = rotated.Data[i*l.matrix.n : (i+1)*l.matrix.n]
		if largest := found[i][blas64.Iamax(vector(found[i]))]; largest < 0 {
			blas64.Scal(-1, vector(found[i]))
		}
	}
	return found
}

func vector(v []float64) blas64.Vector { return blas64.Vector{N: len(v), Inc: 1, Data: v} }

func norm(v []float64) float64 { return blas64.Nrm2(vector(v)) }
