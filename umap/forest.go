package umap

import (
	"context"
	"math"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// leafSize is the most vectors that a tree leaves together.
const leafSize = 40

// forest splits the vectors of s into leaves of near ones, once per tree: each
// node of a tree parts its vectors by the plane between two of them, drawn at
// random (Dasgupta and Freund 2008). It returns the trees, each the numbers
// 0 … n-1 leaf after leaf, and the ends of their leaves.
func forest(ctx context.Context, w workers, s *space, trees int, seed uint64) (order, ends [][]int32, err error) {
	order, ends = make([][]int32, trees), make([][]int32, trees)
	err = w.run(ctx, trees, func(_, t int) {
		ids := make([]int32, s.n)
		for i := range ids {
			ids[i] = int32(i)
		}
		tree := &tree{space: s, angular: s.metric.Name() == "cosine", normal: make([]float32, s.dim), seed: draw(seed, forForest, uint64(t))}
		tree.split(ctx, ids, 0)
		order[t], ends[t] = ids, tree.ends
	})
	return order, ends, err
}

type tree struct {
	space   *space
	angular bool // planes go through the origin, between the directions of two vectors
	normal  []float32
	seed    uint64
	draws   uint64
	ends    []int32
}

func (t *tree) random() uint64 {
	t.draws++
	return draw(t.seed, t.draws)
}

// split sorts ids, which begin at position first of the tree, into leaves.
func (t *tree) split(ctx context.Context, ids []int32, first int) {
	if len(ids) <= leafSize || ctx.Err() != nil {
		t.ends = append(t.ends, int32(first+len(ids)))
		return
	}
	middle := t.part(ids, t.plane(ids))
	t.split(ctx, ids[:middle], first)
	t.split(ctx, ids[middle:], first+middle)
}

// plane sets normal to that of the plane midway between two of ids, and returns
// the plane's offset along it.
func (t *tree) plane(ids []int32) float64 {
	x := t.random()
	i := below(uint32(x), len(ids))
	j := (i + 1 + below(uint32(x>>32), len(ids)-1)) % len(ids)
	a, b := t.space.row(int(ids[i])), t.space.row(int(ids[j]))
	if t.angular {
		scaleA := 1 / math.Sqrt(max(t.space.moments[ids[i]].Square, math.SmallestNonzeroFloat64))
		scaleB := 1 / math.Sqrt(max(t.space.moments[ids[j]].Square, math.SmallestNonzeroFloat64))
		for c := range t.normal {
			t.normal[c] = float32(float64(a[c])*scaleA - float64(b[c])*scaleB)
		}
		return 0
	}
	for c := range t.normal {
		t.normal[c] = a[c] - b[c]
	}
	return (kernel.Dot(t.normal, a) + kernel.Dot(t.normal, b)) / 2
}

// part moves the ids on one side of the plane before those on the other and
// returns how many there are. Sides are drawn for vectors on the plane, and for
// all where it leaves next to none on one side, as with many equal vectors.
func (t *tree) part(ids []int32, offset float64) int {
	coins := uint64(1)
	middle := partition(ids, func(id int32) bool {
		margin := kernel.Dot(t.normal, t.space.row(int(id))) - offset
		if margin == 0 {
			return t.coin(&coins)
		}
		return margin > 0
	})
	if middle*50 < len(ids) || middle*50 > len(ids)*49 {
		middle = partition(ids, func(int32) bool { return t.coin(&coins) })
	}
	if middle == 0 || middle == len(ids) {
		return len(ids) / 2
	}
	return middle
}

// coin tosses with the lowest bit of coins; 1 says that they are used up.
func (t *tree) coin(coins *uint64) bool {
	if *coins == 1 {
		*coins = t.random() | 1<<63
	}
	side := *coins&1 == 1
	*coins >>= 1
	return side
}

func partition(ids []int32, first func(id int32) bool) int {
	middle := 0
	for i, id := range ids {
		if first(id) {
			ids[i], ids[middle] = ids[middle], id
			middle++
		}
	}
	return middle
}
