package umap

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Every two blocks meet once, and no block is in two pairs of one round.
func TestTournament(t *testing.T) {
	for blocks := 2; blocks <= 32; blocks += 2 {
		numbers, rounds := tournament(blocks)
		roundOf := []int{}
		for round, pairs := range rounds {
			for range pairs {
				roundOf = append(roundOf, round)
			}
		}
		met := make([]bool, len(roundOf))
		busy := map[[2]int]bool{}
		for i := range blocks {
			for j := range i + 1 {
				number := numbers[i][j]
				if numbers[j][i] != number || met[number] {
					t.Fatalf("%d blocks: pair %d-%d has number %d", blocks, i, j, number)
				}
				met[number] = true
				for _, block := range []int{i, j}[:2-boolean(i == j)] {
					if busy[[2]int{roundOf[number], block}] {
						t.Fatalf("%d blocks: block %d meets two in round %d", blocks, block, roundOf[number])
					}
					busy[[2]int{roundOf[number], block}] = true
				}
			}
		}
		if len(met) != blocks*(blocks+1)/2 {
			t.Fatalf("%d blocks: %d pairs", blocks, len(met))
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
		for _, pairs := range s.rounds {
			owner := map[int32]int{}
			for p, pair := range pairs {
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
