package umap

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	// maxCandidates bounds the new, and again the old, neighbours of a vector
	// that are compared with each other in one round.
	maxCandidates = 60
	// fewFresh is the share of neighbours that are new after a round below
	// which descent ends.
	fewFresh = 0.001
)

// descent finds nearly all of the k nearest others of each vector of s by
// NN-descent (Dong, Moses and Li 2011): neighbours of a neighbour are likely
// neighbours, so those of each vector are compared with each other until few
// comparisons find nearer ones. It starts from the leaves of a forest of random
// projection trees, as umap-learn does.
func descent(ctx context.Context, w workers, s *space, k int, seed uint64) (*neighbours, error) {
	d := newDescending(s, k)
	trees := min(64, 5+int(math.Round(math.Sqrt(float64(s.n))/20)))
	if err := d.plant(ctx, w, trees, seed); err != nil {
		return nil, err
	}
	rounds := max(5, bits.Len(uint(s.n)))
	for round := range rounds {
		if err := d.round(ctx, w, draw(seed, forCandidates, uint64(round))); err != nil {
			return nil, err
		}
		if float64(d.countFresh()) <= fewFresh*float64(s.n*k) {
			break
		}
	}
	return d.lists, nil
}

// descending is the state of a descent. Lists only get nearer, and keep the
// nearest of all offers in whatever order these come, so goroutines may offer
// to all lists at once.
type descending struct {
	space *space
	lists *neighbours
	fresh []bool   // [n, k]: entered the list since the last round began
	held  []int32  // [n]: entries in the list
	worst []uint32 // [n], atomic: the bits of the distance beyond which nothing is let in
	locks []sync.Mutex

	// What a round starts from: the lists as they were.
	before      []int32 // [n, k]
	beforeFresh []bool
	reverse     []int32 // for each vector, those that list it; fresh entries as -1-id
	reverseEnds []int32 // [n]: where the reverse of each vector ends
}

func newDescending(s *space, k int) *descending {
	d := &descending{
		space: s, lists: newNeighbours(s.n, k),
		fresh: make([]bool, s.n*k), held: make([]int32, s.n), worst: make([]uint32, s.n), locks: make([]sync.Mutex, 1<<12),
		before: make([]int32, s.n*k), beforeFresh: make([]bool, s.n*k),
		reverse: make([]int32, s.n*k), reverseEnds: make([]int32, s.n),
	}
	for i := range d.worst {
		d.worst[i] = math.Float32bits(float32(math.Inf(1)))
	}
	return d
}

// compare offers two vectors to each other.
func (d *descending) compare(i, j int32) {
	if i == j {
		return
	}
	distance := d.space.distance(int(i), d.space, int(j))
	d.offer(i, j, distance)
	d.offer(j, i, distance)
}

// offer takes j into the list of i if it is near enough and not in it.
func (d *descending) offer(i, j int32, distance float32) {
	// The bits of floats that are not negative are ordered as the floats are.
	if math.Float32bits(distance) > atomic.LoadUint32(&d.worst[i]) {
		return
	}
	lock := &d.locks[int(i)%len(d.locks)]
	lock.Lock()
	defer lock.Unlock()
	ids, distances := d.lists.of(int(i))
	fresh := d.fresh[int(i)*len(ids):][:len(ids)]
	n := int(d.held[i])
	if n == len(ids) && !before(distance, j, distances[n-1], ids[n-1]) {
		return
	}
	place, _ := slices.BinarySearchFunc(distances[:n], distance, cmp.Compare[float32])
	for place < n && before(distances[place], ids[place], distance, j) {
		place++
	}
	if place < n && ids[place] == j {
		return // the distance is the same each time, so it can only be here
	}
	if n < len(ids) {
		n++
		d.held[i] = int32(n)
	}
	copy(ids[place+1:n], ids[place:])
	copy(distances[place+1:n], distances[place:])
	copy(fresh[place+1:n], fresh[place:])
	ids[place], distances[place], fresh[place] = j, distance, true
	if n == len(ids) {
		atomic.StoreUint32(&d.worst[i], math.Float32bits(distances[n-1]))
	}
}

// plant compares the vectors of each leaf of a forest, and fills lists that are
// then not full with vectors at random.
func (d *descending) plant(ctx context.Context, w workers, trees int, seed uint64) error {
	order, ends, err := forest(ctx, w, d.space, trees, seed)
	if err != nil {
		return err
	}
	for t := range order {
		err := w.run(ctx, len(ends[t]), func(_, leaf int) {
			first := int32(0)
			if leaf > 0 {
				first = ends[t][leaf-1]
			}
			ids := order[t][first:ends[t][leaf]]
			for a, i := range ids {
				for _, j := range ids[:a] {
					d.compare(i, j)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return w.ranges(ctx, d.space.n, rowsAtOnce, func(_, first, end int) {
		for i := first; i < end; i++ {
			d.fill(int32(i), seed)
		}
	})
}

// fill adds vectors from a random one on until the list of i is full.
func (d *descending) fill(i int32, seed uint64) {
	n := d.space.n
	for j := below(uint32(draw(seed, forCandidates, uint64(i))), n); int(d.held[i]) < d.lists.k; j = (j + 1) % n {
		if j != int(i) {
			d.offer(i, int32(j), d.space.distance(int(i), d.space, j))
		}
	}
}

// round compares the neighbours of each vector with each other, as far as one
// of the two is new since the last round.
func (d *descending) round(ctx context.Context, w workers, seed uint64) error {
	d.remember()
	scratch := make([]candidateLists, w)
	return w.ranges(ctx, d.space.n, rowsAtOnce, func(worker, first, end int) {
		lists := &scratch[worker]
		for i := first; i < end; i++ {
			d.candidates(lists, i, seed)
			for a, p := range lists.fresh {
				for _, q := range lists.fresh[:a] {
					d.compare(p, q)
				}
				for _, q := range lists.old {
					d.compare(p, q)
				}
			}
		}
	})
}

// remember copies the lists and sorts their entries by whom they list; all
// entries are old from then on.
func (d *descending) remember() {
	k := d.lists.k
	copy(d.before, d.lists.ids)
	copy(d.beforeFresh, d.fresh)
	clear(d.fresh)
	ends := d.reverseEnds
	clear(ends)
	for _, j := range d.before {
		ends[j]++
	}
	var sum int32
	for j, count := range ends {
		ends[j] = sum // the start, which the loop below moves to the end
		sum += count
	}
	for e, j := range d.before {
		i := int32(e / k)
		if d.beforeFresh[e] {
			i = -1 - i
		}
		d.reverse[ends[j]] = i
		ends[j]++
	}
}

// candidateLists are the neighbours of one vector, in both directions.
type candidateLists struct{ fresh, old []int32 }

// candidates sets lists to what i lists and what lists i. Of vectors that are
// listed by many it takes a sample.
func (d *descending) candidates(lists *candidateLists, i int, seed uint64) {
	lists.fresh, lists.old = lists.fresh[:0], lists.old[:0]
	k := d.lists.k
	for e := i * k; e < (i+1)*k; e++ {
		if d.beforeFresh[e] {
			lists.fresh = append(lists.fresh, d.before[e])
		} else {
			lists.old = append(lists.old, d.before[e])
		}
	}
	freshOwn, oldOwn := len(lists.fresh), len(lists.old)
	start := int32(0)
	if i > 0 {
		start = d.reverseEnds[i-1]
	}
	for _, j := range d.reverse[start:d.reverseEnds[i]] {
		if j < 0 {
			lists.fresh = append(lists.fresh, -1-j)
		} else {
			lists.old = append(lists.old, j)
		}
	}
	seed = draw(seed, uint64(i))
	lists.fresh = sample(lists.fresh, freshOwn, seed)
	lists.old = sample(lists.old, oldOwn, seed)
}

// sample shortens ids to maxCandidates, keeping the first own of them, and
// drops those listed twice.
func sample(ids []int32, own int, seed uint64) []int32 {
	if len(ids) > maxCandidates && own < len(ids) {
		others := ids[own:]
		slices.SortFunc(others, func(a, b int32) int {
			return cmp.Compare(draw(seed, uint64(a)), draw(seed, uint64(b)))
		})
		ids = ids[:max(own, maxCandidates)]
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (d *descending) countFresh() int {
	count := 0
	for _, fresh := range d.fresh {
		if fresh {
			count++
		}
	}
	return count
}
