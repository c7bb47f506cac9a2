package umap

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/blas64"
)

const (
	// extent is the width and height of the map at the start, and noise the
	// most that a point is then off, so that no two begin at the same place.
	extent = 10
	noise  = 1e-3

	// spectralLimit is the largest set that starts from eigenvectors.
	spectralLimit     = 100_000
	spectralTolerance = 1e-4
	spectralProducts  = 300
)

// begin returns where the vectors of s start: where o says or else, if the
// graph is connected, by its eigenvectors. Those of a graph in parts tell
// nothing but the parts, and those of very large ones take long: these start
// from their principal components.
func begin(ctx context.Context, w workers, s *space, g *graph, o Options) ([]Point, error) {
	if o.Start != nil {
		points := slices.Clone(o.Start)
		return stretched(points, false, o.Seed), nil
	}
	start := func() ([]Point, error) { return principal(ctx, w, s) }
	if s.n > 2 && s.n <= spectralLimit && g.connected() {
		start = func() ([]Point, error) { return spectral(ctx, w, g, o.Seed) }
	}
	points, err := start()
	if err != nil {
		return nil, err
	}
	return stretched(points, true, o.Seed), nil
}

// stretched moves points into a square of the size of extent, in place. They
// fill it if both is true; else they keep their proportions.
func stretched(points []Point, both bool, seed uint64) []Point {
	if len(points) == 0 {
		return points
	}
	x := func(a, b Point) int { return cmp.Compare(a.X, b.X) }
	y := func(a, b Point) int { return cmp.Compare(a.Y, b.Y) }
	left, right := float64(slices.MinFunc(points, x).X), float64(slices.MaxFunc(points, x).X)
	low, high := float64(slices.MinFunc(points, y).Y), float64(slices.MaxFunc(points, y).Y)
	width, height := right-left, high-low
	if !both {
		width = max(width, height)
		height = width
	}
	for i, p := range points {
		points[i] = Point{
			X: scaled(float64(p.X)-left, width) + jitter(seed, 2*i),
			Y: scaled(float64(p.Y)-low, height) + jitter(seed, 2*i+1),
		}
	}
	return points
}

func scaled(x, size float64) float32 {
	if size == 0 {
		return 0
	}
	return float32(extent * x / size)
}

func jitter(seed uint64, i int) float32 {
	return float32(noise * uniform(draw(seed, forNoise, uint64(i))))
}

// spectral returns the second and the third eigenvector of the normalised
// Laplacian of a connected graph of more than two vertices, as X and Y
// (definition 10 of the paper; Belkin and Niyogi 2003).
func spectral(ctx context.Context, w workers, g *graph, seed uint64) ([]Point, error) {
	roots := make([]float64, g.n())
	for i := range roots {
		_, weights := g.of(i)
		for _, weight := range weights {
			roots[i] += float64(weight)
		}
		roots[i] = math.Sqrt(roots[i])
	}
	first := slices.Clone(roots)
	blas64.Scal(1/norm(first), vector(first))
	axes, err := eigenvectors(ctx, affinity(w, g, roots), 2, [][]float64{first}, spectralTolerance, spectralProducts, draw(seed, forEigenvectors))
	if err != nil {
		return nil, err
	}
	points := make([]Point, g.n())
	for i := range points {
		points[i] = Point{float32(axes[0][i]), float32(axes[1][i])}
	}
	return points, nil
}

// affinity is 1 + D^(-1/2) W D^(-1/2) for the weights W of g and their sums D,
// given as square roots: two less the normalised Laplacian. The greatest
// eigenvalues of the one are the smallest of the other.
func affinity(w workers, g *graph, roots []float64) symmetric {
	scaled := make([]float64, g.n())
	apply := func(ctx context.Context, dst, v []float64) error {
		for i, root := range roots {
			scaled[i] = v[i] / root
		}
		return w.ranges(ctx, g.n(), 2048, func(_, first, end int) {
			for i := first; i < end; i++ {
				to, weights := g.of(i)
				weights = weights[:len(to)]
				var sum float64
				for e, j := range to {
					sum += float64(weights[e]) * scaled[j]
				}
				dst[i] = v[i] + sum/roots[i]
			}
		})
	}
	return symmetric{n: g.n(), apply: apply}
}
