package umap

// schedule is the edges of a graph in the order in which an epoch works on
// them. Vertices are cut into blocks, and an edge belongs to the pair of blocks
// that its ends lie in. The pairs of one round have no block in common, so that
// any number of goroutines can move the ends of their edges without ever
// touching the same vertex: what comes out is what one goroutine would make
// (stratified SGD: Gemulla, Nijkamp, Haas and Sismanis 2011).
type schedule struct {
	blocks int
	pairs  []pair     // round after round; each block is in one pair of each round
	ends   [][2]int32 // of each edge, the lower vertex first; edges come pair after pair
	period []float32  // epochs from one turn of the edge to the next
	due    []float32  // the epoch of its next turn
}

// pair is two blocks, or one twice, and their edges: those from first up to end.
type pair struct {
	blocks     [2]int
	round      int
	first, end int
}

// blocksFor is into how many blocks n vertices are cut, an even number. Pairs
// of few edges take longer to begin than to work on, so small maps have few.
func blocksFor(n int) int { return 2 * min(max(n/512, 1), 16) }

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
	pairs := tournament(blocks)
	numbers := make([][]int, blocks)
	for i := range numbers {
		numbers[i] = make([]int, blocks)
	}
	for p, pair := range pairs {
		i, j := pair.blocks[0], pair.blocks[1]
		numbers[i][j], numbers[j][i] = p, p
	}
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

	edges(func(_, _ int32, _ float32, p int) { pairs[p].end++ })
	total := 0
	for p := range pairs {
		count := pairs[p].end
		pairs[p].first, pairs[p].end = total, total // the end moves as edges come in
		total += count
	}
	s := &schedule{
		blocks: blocks, pairs: pairs,
		ends: make([][2]int32, total), period: make([]float32, total), due: make([]float32, total),
	}
	edges(func(i, j int32, weight float32, p int) {
		e := pairs[p].end
		pairs[p].end++
		s.ends[e] = [2]int32{i, j}
		s.period[e] = heaviest / weight
		s.due[e] = s.period[e]
	})
	return s
}

// tournament is the pairs of an even number of blocks: first each block with
// itself, and then, by the circle method, in rounds in which each meets one other.
func tournament(blocks int) []pair {
	var pairs []pair
	for i := range blocks {
		pairs = append(pairs, pair{blocks: [2]int{i, i}})
	}
	others := blocks - 1
	for round := range others {
		pairs = append(pairs, pair{blocks: [2]int{round, others}, round: 1 + round})
		for p := 1; p < blocks/2; p++ {
			i, j := (round+p)%others, (round-p+others)%others
			pairs = append(pairs, pair{blocks: [2]int{i, j}, round: 1 + round})
		}
	}
	return pairs
}
