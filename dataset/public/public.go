// Package public knows the four sets of 200 pictures that the first ConvNet
// Playground (2019) showed: where their pictures are published, and which 200
// of them, in which order, make up the set.
//
// A set is taken from its official archive or from a folder in the layout of
// that playground: pictures 0.jpg to 199.jpg, numbered in the order of the set,
// with or without a classes.json that lists the class of each.
package public

import (
	"slices"
	"strings"

	"github.com/convnetplayground/convnet/dataset"
)

const (
	// Pictures is the size of every set.
	Pictures = 200
	// perClass is the size of every class.
	perClass = 20
)

// Set is one of the sets.
type Set struct {
	Name, Title, Description, Licence string

	Page    string   // where the pictures come from, for people
	ByHand  string   // what to download where this program cannot, for people
	Sources []Source // where the pictures are published; the first is pulled unless told otherwise

	order    []string      // the class of every picture
	numbers  []string      // the classes in the order in which they were only numbered; nil for all others
	official func() layout // of the official archive; nil where there is none
}

// Source is a published archive, or a folder in the layout of the first playground.
type Source struct {
	Address string // of a folder if it ends with a slash
	SHA256  string // "" where it is not known
	Bytes   int64  // 0 where it is not known
	Private bool   // may lie in a private network or on this machine
}

// Folder reports whether the source is a folder of single pictures.
func (s Source) Folder() bool { return strings.HasSuffix(s.Address, "/") }

// Classes lists the classes of the set in their natural order.
func (s *Set) Classes() []string {
	classes := slices.Clone(s.order)
	slices.SortFunc(classes, dataset.NaturalCompare)
	return slices.Compact(classes)
}

// Source returns the set's source of that address. One that the set does not
// know is the choice of the user, who may name private addresses too.
func (s *Set) Source(address string) Source {
	for _, known := range s.Sources {
		if known.Address == address {
			return known
		}
	}
	return Source{Address: address, Private: true}
}

// Find returns the set of that name, or nil.
func Find(name string) *Set {
	for _, s := range Sets() {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// blocks is the order of a set that has its classes one after the other.
func blocks(classes ...string) []string {
	var order []string
	for _, class := range classes {
		order = append(order, slices.Repeat([]string{class}, perClass)...)
	}
	return order
}
