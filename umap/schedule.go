package umap

// schedule is the edges of a graph in the order in which an epoch works on
// them. Vertices are cut into blocks, and an edge belongs to the pair of blocks
// that its ends lie in. The pairs of one round have no block in common, so that
// any number of goroutines can move the ends of their edges without ever
// touching the same vertex: what comes out is what one goroutine would make
// (stratified SGD: Gemulla, Nijkamp, Haas and Sismanis 2011).
type schedule struct {
	rounds [][]pair
	ends   [][2]int32 // of each edge, the lower vertex first; edges come pair after pair
	period []float32  // epochs from one turn of the edge to the next
	due    []float32  // the epoch of its next turn
}

// pair is the edges of two blocks: those from first up to end.
type pair struct{ first, end int }

// blocksFor is into how many blocks n vertices are cut, an even number. Rounds
// of few edges cost more to begin than to work on, so small maps have few.
func blocksFor(n int) int { return 2 * min(max(n/2048, 1), 16) }

// newSchedule gives each edge of g a number of turns in proportion to its
// weight: one in each epoch for the heaviest. Edges that would have less than
// one turn in all are left out.
func newSchedule(g *graph, epochs int) *schedule {
	var heaviest float32
	for _, weight := range g.weights {
		heaviest = max(heaviest, weight)
	}
	least := heaviest / float32(epochs)
	blocks := blocksFor(g.n())
	size := (g.n() + blocks - 1) / blocks
	numbers, rounds := tournament(blocks)
	edges := func(do func(i, j int32, weight float32, pair int)) {
		for i := range g.n() {
			to, weights := g.of(i)
			for e, j := range to {
				if i < int(j) && weights[e] >= least {
					do(int32(i), j, weights[e], numbers[i/size][int(j)/size])
				}
			}
		}
	}

	pairs := make([]pair, blocks*(blocks+1)/2)
	edges(func(_, _ int32, _ float32, p int) { pairs[p].end++ })
	total := 0
	for p := range pairs {
		count := pairs[p].end
		pairs[p] = pair{total, total} // the end moves as the edges come in
		total += count
	}
	s := &schedule{ends: make([][2]int32, total), period: make([]float32, total), due: make([]float32, total)}
	edges(func(i, j int32, weight float32, p int) {
		e := pairs[p].end
		pairs[p].end++
		s.ends[e] = [2]int32{i, j}
		s.period[e] = heaviest / weight
		s.due[e] = s.period[e]
	})
	for _, count := range rounds {
		s.rounds = append(s.rounds, pairs[:count])
		pairs = pairs[count:]
	}
	return s
}

// tournament numbers the pairs of an even number of blocks: first each block
// with itself, and then, by the circle method, in rounds in which each meets one
// other. numbers is [blocks, blocks] and symmetric; rounds is the number of
// pairs in each.
func tournament(blocks int) (numbers [][]int, rounds []int) {
	numbers = make([][]int, blocks)
	for i := range numbers {
		numbers[i] = make([]int, blocks)
		numbers[i][i] = i
	}
	rounds = []int{blocks}
	next, others := blocks, blocks-1
	for round := range others {
		for p := range blocks / 2 {
			i, j := (round+p)%others, (round-p+others)%others
			if p == 0 {
				j = others
			}
			numbers[i][j], numbers[j][i] = next, next
			next++
		}
		rounds = append(rounds, blocks/2)
	}
	return numbers, rounds
}
