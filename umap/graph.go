package umap

import (
	"context"
	"math"
	"slices"
)

// graph is the fuzzy simplicial set of the paper, section 3.1: a symmetric
// graph whose weights, in (0, 1], say how surely two vectors are neighbours.
type graph struct {
	ends    []int32 // [n]: where the edges of each vertex end
	to      []int32 // the edges of vertex 0, of vertex 1, …, each by rising vertex
	weights []float32
}

func (g *graph) n() int { return len(g.ends) }

func (g *graph) of(i int) (to []int32, weights []float32) {
	start := int32(0)
	if i > 0 {
		start = g.ends[i-1]
	}
	return g.to[start:g.ends[i]], g.weights[start:g.ends[i]]
}

// fuzzy makes the graph of nb: what each vector holds of its neighbours,
// joined with what they hold of it by the probabilistic sum a + b - ab.
func fuzzy(ctx context.Context, w workers, nb *neighbours) (*graph, error) {
	outward, err := memberships(ctx, w, nb, 1)
	if err != nil {
		return nil, err
	}
	inward := outward.transposed()
	// Joined in parts, so that no part needs to know how many edges the others have.
	parts := make([]graph, (nb.n+rowsAtOnce-1)/rowsAtOnce)
	err = w.ranges(ctx, nb.n, rowsAtOnce, func(_, first, end int) {
		part := &parts[first/rowsAtOnce]
		for i := first; i < end; i++ {
			part.union(outward, inward, i)
		}
	})
	if err != nil {
		return nil, err
	}
	g := &graph{}
	for _, part := range parts {
		before := int32(len(g.to))
		for _, end := range part.ends {
			g.ends = append(g.ends, before+end)
		}
		g.to, g.weights = append(g.to, part.to...), append(g.weights, part.weights...)
	}
	return g, nil
}

// union appends a vertex to g, with the edges that vertex i has in a or in b.
func (g *graph) union(a, b *graph, i int) {
	toA, weightsA := a.of(i)
	toB, weightsB := b.of(i)
	for len(toA) > 0 || len(toB) > 0 {
		var p, q float64
		j := min(head(toA), head(toB))
		if head(toA) == j {
			p, toA, weightsA = float64(weightsA[0]), toA[1:], weightsA[1:]
		}
		if head(toB) == j {
			q, toB, weightsB = float64(weightsB[0]), toB[1:], weightsB[1:]
		}
		if weight := float32(p + q - p*q); weight > 0 {
			g.to, g.weights = append(g.to, j), append(g.weights, weight)
		}
	}
	g.ends = append(g.ends, int32(len(g.to)))
}

// head is the first of ids, or a number above all if there is none.
func head(ids []int32) int32 {
	if len(ids) == 0 {
		return math.MaxInt32
	}
	return ids[0]
}

// memberships is the directed graph from each vector to its neighbours.
func memberships(ctx context.Context, w workers, nb *neighbours, connectivity int) (*graph, error) {
	g := &graph{ends: make([]int32, nb.n), to: slices.Clone(nb.ids), weights: make([]float32, len(nb.ids))}
	for i := range g.ends {
		g.ends[i] = int32((i + 1) * nb.k)
	}
	all := mean(nb.distances, len(nb.distances)+nb.n)
	err := w.ranges(ctx, nb.n, rowsAtOnce, func(_, first, end int) {
		for i := first; i < end; i++ {
			_, distances := nb.of(i)
			to, weights := g.of(i)
			local := smooth(distances, all, connectivity)
			for e, d := range distances {
				weights[e] = local.weight(d)
			}
			sortEdges(to, weights)
		}
	})
	return g, err
}

// mean is that of distances with zeros added to them up to n in all.
func mean(distances []float32, n int) float64 {
	var sum float64
	for _, d := range distances {
		sum += float64(d)
	}
	return sum / float64(max(1, n))
}

// ball is the local notion of distance around one vector: rho is the distance
// to the nearest neighbour, at which the weight begins to fall from 1, and
// sigma the scale on which it falls.
type ball struct{ rho, sigma float64 }

func (b ball) weight(distance float32) float32 {
	d := float64(distance) - b.rho
	if d <= 0 || b.sigma == 0 {
		return 1
	}
	return float32(math.Exp(-d / b.sigma))
}

const (
	sumTolerance = 1e-5 // of the weights around a vector
	// leastScale bounds sigma from below, as a share of the mean distance.
	leastScale = 1e-3
)

// smooth finds the ball around a vector with neighbours at distances, so that
// their weights sum up to log2 of their number, the vector itself counted
// (algorithm 3 of the paper). connectivity is how many of the neighbours apart
// from equal ones are fully connected, 0 or 1. all is the mean distance in the
// whole set. Where many are equal sigma does not vanish, as in umap-learn.
func smooth(distances []float32, all float64, connectivity int) ball {
	var b ball
	if connectivity > 0 {
		for _, d := range distances {
			if d > 0 {
				b.rho = float64(d)
				break
			}
		}
	}
	b.sigma = scaleFor(distances, b.rho)
	least := leastScale * all
	if b.rho > 0 {
		least = leastScale * mean(distances, len(distances)+1)
	}
	b.sigma = max(b.sigma, least)
	return b
}

func scaleFor(distances []float32, rho float64) float64 {
	target := math.Log2(float64(len(distances) + 1))
	lo, hi, sigma := 0.0, math.Inf(1), 1.0
	if n := len(distances); n > 0 && distances[n-1] > 0 {
		sigma = float64(distances[n-1])
	}
	for range 64 {
		var sum float64
		for _, d := range distances {
			sum += math.Exp(-max(float64(d)-rho, 0) / sigma)
		}
		if math.Abs(sum-target) < sumTolerance {
			break
		}
		if sum > target {
			hi = sigma
		} else {
			lo = sigma
		}
		if math.IsInf(hi, 1) {
			sigma *= 2
		} else {
			sigma = (lo + hi) / 2
		}
	}
	return sigma
}

// sortEdges sorts the edges of one vertex by where they lead. There are few.
func sortEdges(to []int32, weights []float32) {
	for e := range to {
		for ; e > 0 && to[e] < to[e-1]; e-- {
			to[e], to[e-1] = to[e-1], to[e]
			weights[e], weights[e-1] = weights[e-1], weights[e]
		}
	}
}

// transposed is the graph with each edge turned round.
func (g *graph) transposed() *graph {
	t := &graph{ends: make([]int32, g.n()), to: make([]int32, len(g.to)), weights: make([]float32, len(g.to))}
	for _, j := range g.to {
		t.ends[j]++
	}
	var sum int32
	for j, count := range t.ends {
		t.ends[j] = sum // the start, which the loop below moves to the end
		sum += count
	}
	for i := range g.n() {
		to, weights := g.of(i)
		for e, j := range to {
			t.to[t.ends[j]], t.weights[t.ends[j]] = int32(i), weights[e]
			t.ends[j]++
		}
	}
	return t
}

// connected tells whether edges lead from any vertex to any other.
func (g *graph) connected() bool {
	if g.n() == 0 {
		return true
	}
	reached := make([]bool, g.n())
	reached[0] = true
	count, open := 1, []int32{0}
	for len(open) > 0 {
		to, _ := g.of(int(open[len(open)-1]))
		open = open[:len(open)-1]
		for _, j := range to {
			if !reached[j] {
				reached[j] = true
				count++
				open = append(open, j)
			}
		}
	}
	return count == g.n()
}
