package relevance

import (
	"cmp"
	"slices"
	"sort"
)

// Rank writes into same the ranking of a query by the distances of all pictures
// from it, those at the same distance in their order. same has a place for every
// picture but the query. right tells whether a picture is of the query's class.
//
// Only the right ones are sorted, r of n: the wrong ones need no order, only
// their number before each of the right. That is O(n log r).
func Rank(same []bool, distances []float64, query int, right func(picture int) bool) {
	var hits []int
	for i := range distances {
		if i != query && right(i) {
			hits = append(hits, i)
		}
	}
	slices.SortFunc(hits, func(a, b int) int {
		return cmp.Or(cmp.Compare(distances[a], distances[b]), cmp.Compare(a, b))
	})
	before := make([]int, len(hits)+1) // wrong ones between a hit and the one before it
	for i, d := range distances {
		if i == query || right(i) {
			continue
		}
		before[sort.Search(len(hits), func(h int) bool {
			other := distances[hits[h]]
			return d < other || d == other && i < hits[h]
		})]++
	}
	clear(same)
	place := 0
	for h := range hits {
		place += before[h]
		same[place] = true
		place++
	}
}
