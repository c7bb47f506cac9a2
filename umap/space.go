package umap

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/convnetplayground/convnet/index"
)

// space is vectors under a metric.
type space struct {
	n, dim  int
	vectors []float32 // [n, dim]
	metric  index.Metric
	moments []index.Moments // one per vector
}

func (s *space) row(i int) []float32 { return s.vectors[i*s.dim : (i+1)*s.dim] }

// distance is that between row i of s and row j of other, both of one metric.
// It is symmetric to the last bit.
func (s *space) distance(i int, other *space, j int) float32 {
	return float32(s.metric.Between(s.row(i), other.row(j), s.moments[i], other.moments[j]))
}

// rowsAtOnce is how many vectors a worker handles before it looks for a
// cancelled context.
const rowsAtOnce = 64

// newSpace brings vectors, [n, dim], into a form that is quick to compare.
// exponent is the power of two by which all are multiplied, see exponentOf. The
// vectors are copied only where they have to change.
func newSpace(ctx context.Context, w workers, vectors []float32, dim int, metric index.Metric, exponent int) (*space, error) {
	s := &space{n: len(vectors) / dim, dim: dim, vectors: vectors, metric: metric}
	s.moments = make([]index.Moments, s.n)
	centred := metric.Name() == "correlation"
	if centred {
		s.metric = index.Metric{} // cosine, once each vector's own mean is gone
	}
	if centred || exponent != 0 {
		s.vectors = make([]float32, len(vectors))
	}
	scale := math.Ldexp(1, exponent)
	err := w.ranges(ctx, s.n, rowsAtOnce, func(_, first, end int) {
		for i := first; i < end; i++ {
			row := s.row(i)
			if centred || exponent != 0 {
				move(row, vectors[i*dim:(i+1)*dim], centred, scale)
			}
			s.moments[i] = s.metric.Moments(row)
		}
	})
	return s, err
}

// move sets dst to scale times src, less the mean of src if it is to be centred.
func move(dst, src []float32, centred bool, scale float64) {
	var mean float64
	if centred {
		first := float64(src[0])
		for _, x := range src {
			mean += float64(x) - first
		}
		mean = first + mean/float64(len(src))
	}
	for i, x := range src {
		dst[i] = float32((float64(x) - mean) * scale)
	}
}

// survey checks that vectors are [n, dim] finite values and returns the largest
// magnitude. The error wraps one of package index.
func survey(ctx context.Context, w workers, vectors []float32, dim int) (largest float32, err error) {
	if dim < 1 || len(vectors)%dim != 0 {
		return 0, fmt.Errorf("%w: %d in all, not rows of %d", index.ErrDimension, len(vectors), dim)
	}
	type found struct {
		largest float32
		err     error
	}
	n := len(vectors) / dim
	parts := make([]found, (n+rowsAtOnce-1)/rowsAtOnce)
	err = w.ranges(ctx, n, rowsAtOnce, func(_, first, end int) {
		part := &parts[first/rowsAtOnce]
		for i := first; i < end && part.err == nil; i++ {
			row := vectors[i*dim : (i+1)*dim]
			if err := index.Check(row, dim); err != nil {
				part.err = fmt.Errorf("vector %d: %w", i, err)
			}
			part.largest = max(part.largest, slices.Max(row), -slices.Min(row))
		}
	})
	if err != nil {
		return 0, err
	}
	for _, part := range parts {
		if part.err != nil {
			return 0, part.err
		}
		largest = max(largest, part.largest)
	}
	return largest, nil
}

// exponentOf is 0 for vectors whose largest value is of ordinary size. Others
// have distances that float32 cannot hold; it is then the power of two that
// makes the largest value less than 1. A map does not change when all its
// vectors are multiplied.
func exponentOf(largest float32) int {
	_, exponent := math.Frexp(float64(largest))
	if -40 < exponent && exponent <= 40 {
		return 0
	}
	return -exponent
}
