// Package index finds the nearest vectors to a query: the metrics, and the
// contract that every kind of index keeps. Package exact compares the query
// with every vector; package indextest holds the tests of the contract.
package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
)

// Causes of a refusal. The error that wraps one of them names the vector.
var (
	// ErrDimension: a vector has not as many values as the index holds per vector.
	ErrDimension = errors.New("wrong number of values")
	// ErrNotFinite: a vector holds NaN or an infinity, which no metric can rank.
	ErrNotFinite = errors.New("not a finite number")
	// ErrDuplicate: an id is in the index already, or twice in one call.
	ErrDuplicate = errors.New("id added twice")
	// ErrClosed: the index was closed before the call.
	ErrClosed = errors.New("index is closed")
)

// Neighbour is one vector of an index and its distance from the query, in the
// units of the index's metric: smaller is nearer.
type Neighbour struct {
	ID       int
	Distance float64
}

// Compare orders neighbours from near to far, and those at the same distance
// from the lower id to the higher. It is total as long as no distance is NaN,
// which no index returns.
func (n Neighbour) Compare(other Neighbour) int {
	if c := cmp.Compare(n.Distance, other.Distance); c != 0 {
		return c
	}
	return cmp.Compare(n.ID, other.ID)
}

// Index holds vectors of one length under distinct ids and finds the nearest to
// a query. All methods may be called from several goroutines at once.
type Index interface {
	// Add puts len(ids) vectors, given row after row as [len(ids), dim], into the
	// index. It adds all of them or, on an error, none. The index copies what it
	// keeps: both slices are the caller's again on return. Errors wrap
	// ErrDimension, ErrNotFinite, ErrDuplicate or ErrClosed.
	Add(ids []int, vectors []float32) error

	// Search returns the min(k, Len) nearest neighbours of query, in the order of
	// Neighbour.Compare. Ids for which without is true are passed over and do not
	// count towards k; a nil without passes over none. Search may call without
	// from several goroutines at once, and without must not call the index.
	// query is only read, and not kept. An empty index answers with no
	// neighbours. A k below 1 is refused; errors wrap ErrDimension, ErrNotFinite,
	// ErrClosed, or the context's error once ctx is done.
	Search(ctx context.Context, query []float32, k int, without func(id int) bool) ([]Neighbour, error)

	// Len is the number of vectors held, 0 after Close.
	Len() int

	// Close waits for running calls and lets go of the vectors. Closing twice is
	// no error.
	Close() error
}

// Check reports why v is not a vector that an index of dimension dim can take:
// dim values, all finite. The error wraps ErrDimension or ErrNotFinite.
func Check(v []float32, dim int) error {
	if len(v) != dim {
		return fmt.Errorf("%w: has %d, the index holds vectors of %d", ErrDimension, len(v), dim)
	}
	for i, x := range v {
		if x-x != 0 { // true for NaN and the infinities alone
			return fmt.Errorf("%w: value %d is %v", ErrNotFinite, i, x)
		}
	}
	return nil
}
