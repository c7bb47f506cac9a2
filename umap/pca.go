package umap

import (
	"context"
	"fmt"

	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/internal/kernel"
)

// PCA projects vectors, [n, dim], onto their two principal components and
// returns their n points: the quick map, on which far apart is far
// apart, but near need not be near. It is centred on the mean; the first
// coordinate is that of the greater variance. Where the vectors vary in fewer
// than two directions, the others are 0. Units are those of the vectors, times
// a power of two where values are below 2⁻⁴⁰ or above 2⁴⁰. threads <= 0 means
// as many as there are cores; the answer does not depend on it. Errors are
// those of New.
func PCA(ctx context.Context, vectors []float32, dim, threads int) ([]Point, error) {
	points, err := pca(ctx, newWorkers(threads), vectors, dim)
	if err != nil {
		return nil, fmt.Errorf("pca: %w", err)
	}
	return points, nil
}

func pca(ctx context.Context, w workers, vectors []float32, dim int) ([]Point, error) {
	largest, err := survey(ctx, w, vectors, dim)
	if err != nil {
		return nil, err
	}
	s, err := newSpace(ctx, w, vectors, dim, index.Metric{}, exponentOf(largest))
	if err != nil {
		return nil, err
	}
	return principal(ctx, w, s)
}

const (
	pcaTolerance = 1e-4
	pcaProducts  = 300
)

// principal is PCA of the vectors of s.
func principal(ctx context.Context, w workers, s *space) ([]Point, error) {
	points := make([]Point, s.n)
	if s.n == 0 {
		return points, nil
	}
	mean, err := meanOf(ctx, w, s)
	if err != nil {
		return nil, err
	}
	axes, err := eigenvectors(ctx, scatter(w, s, mean), 2, nil, pcaTolerance, pcaProducts, 0)
	if err != nil {
		return nil, err
	}
	along := func(axis []float64, set func(i int, x float32)) error {
		direction := narrowed(axis)
		offset := dot(mean, direction)
		return w.ranges(ctx, s.n, rowsAtOnce, func(_, first, end int) {
			for i := first; i < end; i++ {
				set(i, float32(kernel.Dot(s.row(i), direction)-offset))
			}
		})
	}
	if err := along(axes[0], func(i int, x float32) { points[i].X = x }); err != nil || len(axes) == 1 {
		return points, err
	}
	return points, along(axes[1], func(i int, y float32) { points[i].Y = y })
}

// meanOf is the mean of the vectors of s, of which there is at least one.
func meanOf(ctx context.Context, w workers, s *space) ([]float64, error) {
	mean, err := w.sum(ctx, s.n, s.dim, func(sums []float64, first, end int) {
		for i := first; i < end && ctx.Err() == nil; i++ {
			for c, x := range s.row(i) {
				sums[c] += float64(x)
			}
		}
	})
	for c := range mean {
		mean[c] /= float64(s.n)
	}
	return mean, err
}

// scatter is the matrix Σ (x-mean)(x-mean)ᵀ over the vectors x of s, [dim, dim].
func scatter(w workers, s *space, mean []float64) symmetric {
	apply := func(ctx context.Context, dst, v []float64) error {
		direction := narrowed(v)
		offset := dot(mean, direction)
		sums, err := w.sum(ctx, s.n, s.dim+1, func(sums []float64, first, end int) {
			for i := first; i < end && ctx.Err() == nil; i++ {
				row := s.row(i)
				along := kernel.Dot(row, direction) - offset
				addScaled(sums, along, row)
				sums[s.dim] += along
			}
		})
		if err != nil {
			return err
		}
		for c := range dst {
			dst[c] = sums[c] - sums[s.dim]*mean[c]
		}
		return nil
	}
	return symmetric{n: s.dim, apply: apply}
}

// addScaled adds scale·x to the first len(x) of sums.
func addScaled(sums []float64, scale float64, x []float32) {
	sums = sums[:len(x)]
	for c, x := range x {
		sums[c] += scale * float64(x)
	}
}

func narrowed(v []float64) []float32 {
	narrow := make([]float32, len(v))
	for i, x := range v {
		narrow[i] = float32(x)
	}
	return narrow
}

func dot(a []float64, b []float32) float64 {
	var sum float64
	for i, x := range b {
		sum += a[i] * float64(x)
	}
	return sum
}
