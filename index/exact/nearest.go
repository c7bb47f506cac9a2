package exact

import (
	"slices"

	"github.com/convnetplayground/convnet/index"
)

// nearest keeps the k nearest of the neighbours offered to it. It lets up to 2k
// gather before it sorts them and drops the farther half, so that an offer costs
// one comparison for most rows and O(log k) on average for the rest.
type nearest struct {
	k     int
	kept  []index.Neighbour
	full  bool            // k were kept at the last pruning
	worst index.Neighbour // if full: the k-th nearest at that time; nothing farther is let in
}

func (n *nearest) offer(candidate index.Neighbour) {
	if n.full && candidate.Compare(n.worst) >= 0 {
		return
	}
	n.kept = append(n.kept, candidate)
	if len(n.kept) >= 2*n.k {
		n.prune()
	}
}

// prune leaves the k nearest, in order.
func (n *nearest) prune() {
	slices.SortFunc(n.kept, index.Neighbour.Compare)
	if len(n.kept) < n.k {
		return
	}
	n.kept = n.kept[:n.k]
	n.full, n.worst = true, n.kept[n.k-1]
}
