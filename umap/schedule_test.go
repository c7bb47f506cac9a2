package umap

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Every two blocks meet once, and each block is in one pair of each round.
func TestTournament(t *testing.T) {
	for blocks := 2; blocks <= 32; blocks += 2 {
		met, busy := map[[2]int]bool{}, map[[2]int]bool{}
		round := 0
		for _, p := range tournament(blocks) {
			if p.round < round {
				t.Fatalf("%d blocks: round %d comes after round %d", blocks, p.round, round)
			}
			round = p.round
			met[p.blocks], met[[2]int{p.blocks[1], p.blocks[0]}] = true, true
			for _, b := range p.blocks[:2-boolean(p.blocks[0] == p.blocks[1])] {
				if busy[[2]int{round, b}] {
					t.Fatalf("%d blocks: block %d meets two in round %d", blocks, b, round)
				}
				busy[[2]int{round, b}] = true
			}
		}
		if len(met) != blocks*blocks || len(busy) != blocks*blocks || round != blocks-1 {
			t.Fatalf("%d blocks: %d meetings, %d of a block in a round, %d rounds", blocks, len(met), len(busy), round+1)
		}
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The schedule has each edge heavy enough for a turn once, and the pairs of a
// round touch different vertices.
func TestSchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9000).Draw(t, "n")
		g := ring(n, rapid.IntRange(1, n).Draw(t, "step"))
		const epochs = 50
		s := newSchedule(g, epochs)
		want := weightsOf(g)
		owner := map[int32]int{} // of the round: the pair that moves a vertex
		for p, pair := range s.pairs {
			if p > 0 && pair.round != s.pairs[p-1].round {
				clear(owner)
			}
			for e := pair.first; e < pair.end; e++ {
				weight, ok := want[s.ends[e]]
				if !ok || math.Abs(float64(s.period[e])*weight-1) > 1e-6 {
					t.Fatalf("edge %v of weight %v every %v epochs", s.ends[e], weight, s.period[e])
				}
				delete(want, s.ends[e])
				for _, i := range s.ends[e] {
					if other, ok := owner[i]; ok && other != p {
						t.Fatalf("vertex %d is in two pairs of one round", i)
					}
					owner[i] = p
				}
			}
		}
		for ends, weight := range want {
			if weight >= 1.0/epochs {
				t.Fatalf("edge %v of weight %v has no turn", ends, weight)
			}
		}
	})
}

// ring joins each vertex with the next one and with the one step further on.
func ring(n, step int) *graph {
	nb := newNeighbours(n, 2)
	for i := range n {
		next, far := (i+1)%n, (i+step)%n
		nb.ids[2*i], nb.ids[2*i+1] = int32(next), int32(far)
	}
	g := &graph{ends: make([]int32, n), to: nb.ids, weights: make([]float32, 2*n)}
	for i := range n {
		g.ends[i] = int32(2*i + 2)
		g.weights[2*i], g.weights[2*i+1] = 1, 1/float32(1+i%80)
		if step%n <= 1 || i == (i+step)%n {
			g.weights[2*i+1] = 0
		}
	}
	both := &graph{}
	back := g.transposed()
	for i := range n {
		to, weights := g.of(i)
		sortEdges(to, weights)
		both.union(g, back, i)
	}
	return both
}
