package keras

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/convnetplayground/convnet/weights/hdf5"
)

// stored is a layer with weights, as it lies in the file.
type stored struct {
	name       string   // with the names of the models around it; empty where not known
	path       string   // in the file
	parameters []string // names of the tensors
	tensors    []*hdf5.Dataset
	fitted     bool // name is one of the network's
}

// alike tells layers apart by the ranks of their weights: [4 1] is a convolution.
func (s stored) alike() string {
	ranks := make([]int, len(s.tensors))
	for i, t := range s.tensors {
		ranks[i] = len(t.Shape())
	}
	return fmt.Sprint(ranks)
}

// alike is what the weights of the layer would say in a file.
func (l Layer) alike() string {
	ranks := make([]int, len(l.Parameters))
	for i, parameter := range l.Parameters {
		switch {
		case strings.HasSuffix(parameter, "kernel") && l.Class == "Dense":
			ranks[i] = 2
		case strings.HasSuffix(parameter, "kernel"):
			ranks[i] = 4
		case parameter != "count":
			ranks[i] = 1
		}
	}
	return fmt.Sprint(ranks)
}

// madeUp reports whether a session numbered the layer, so that its name says nothing.
func (l Layer) madeUp() bool {
	number, ok := strings.CutPrefix(l.Name, snakeCase(l.Class))
	return ok && (number == "" || number[0] == '_' && strings.Trim(number[1:], "0123456789") == "")
}

// fitting finds the layers of a network among the stored ones. Each is found once.
type fitting struct {
	all    []stored
	layers []Layer
	taken  map[string]bool // names that are given
}

// fit gives stored layers the names of the network's. Names that people chose decide.
// Layers that a session numbered are found as Keras finds them: in the groups of Keras 3
// by class and counter, elsewhere by their order.
func fit(all []stored, layers []Layer, groups bool) {
	f := &fitting{all, layers, map[string]bool{}}
	f.byName()
	if groups {
		f.byGroup()
	}
	f.byOrder()
	f.rest()
}

func (f *fitting) take(s *stored, l Layer) {
	if s.fitted || f.taken[l.Name] || len(l.Parameters) == 0 {
		return
	}
	s.fitted, s.name = true, l.Name
	f.taken[l.Name] = true
	if len(s.parameters) == len(l.Parameters) {
		s.parameters = l.Parameters
	}
}

func (f *fitting) byName() {
	chosen := map[string]Layer{}
	for _, l := range f.layers {
		if !l.madeUp() {
			chosen[l.Name] = l
		}
	}
	for i := range f.all {
		s := &f.all[i]
		f.take(s, chosen[s.name])
		f.take(s, chosen[last(s.name)])
	}
}

// byGroup looks in the largest model of the file first: the network may be a layer of
// another.
func (f *fitting) byGroup() {
	counted := map[string]Layer{}
	counts := counter{}
	for _, l := range f.layers {
		counted["layers/"+counts.next(l.Class)] = l
	}
	size := map[string]int{}
	order := make([]*stored, len(f.all))
	for i := range f.all {
		order[i] = &f.all[i]
		size[model(order[i].path)]++
	}
	slices.SortStableFunc(order, func(a, b *stored) int { return cmp.Compare(size[model(b.path)], size[model(a.path)]) })
	for _, s := range order {
		f.take(s, counted[s.path[len(model(s.path)):]])
	}
}

// model is the part of a group's path before the last "layers/".
func model(path string) string { return path[:max(0, strings.LastIndex(path, "layers/"))] }

// byOrder gives the n-th of the stored layers that are left the n-th name of those that
// are alike. Kinds are told apart since within a nested model trainable weights come
// first in legacy files.
func (f *fitting) byOrder() {
	left := map[string][]Layer{}
	for _, l := range f.layers {
		if !f.taken[l.Name] {
			left[l.alike()] = append(left[l.alike()], l)
		}
	}
	for i := range f.all {
		s := &f.all[i]
		kind := s.alike()
		if s.fitted || len(left[kind]) == 0 {
			continue
		}
		f.take(s, left[kind][0])
		left[kind] = left[kind][1:]
	}
}

// rest leaves layers that the network does not have their own names, or their paths
// where the names are not known or given.
func (f *fitting) rest() {
	for i := range f.all {
		s := &f.all[i]
		if s.fitted {
			continue
		}
		if s.name == "" || f.taken[s.name] {
			s.name = strings.ReplaceAll(s.path, "layers/", "")
		}
		if f.taken[s.name] {
			s.name = s.path
		}
		f.taken[s.name] = true
	}
}

// last is the last name of a path.
func last(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
