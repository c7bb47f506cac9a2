package keras

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/convnetplayground/convnet/weights/hdf5"
)

// counter makes the names under which Keras 3 keeps the layers of a model: conv2d,
// conv2d_1, …
type counter map[string]int

func (c counter) next(class string) string {
	name := snakeCase(class)
	n := c[name]
	c[name]++
	if n == 0 {
		return name
	}
	return name + "_" + strconv.Itoa(n)
}

// readGroups reads the groups that Keras 3 writes: one per layer, by class and counter,
// with the weights in "vars". A model's configuration, where there is one, names them.
func (f *File) readGroups(root *hdf5.Object, model *config, layers []Layer) ([]stored, error) {
	all, err := f.groups(root)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, f.corrupt("neither layer_names nor a group of weights")
	}
	if model != nil {
		found, order := model.byGroup()
		for i := range all {
			if d, ok := found[all[i].group]; ok {
				all[i].name, all[i].parameters = d.name, d.parameters(len(all[i].objects))
			}
		}
		slices.SortStableFunc(all, func(a, b stored) int {
			return cmp.Compare(index(order, a.group), index(order, b.group))
		})
	}
	fitByGroup(all, layers)
	return all, nil
}

// index is the place of a value in a list, or past its end.
func index(list []string, value string) int {
	if i := slices.Index(list, value); i >= 0 {
		return i
	}
	return len(list)
}

// fitByGroup finds the layers of the network by class and counter, as Keras does. A
// layer that is found in none keeps its name, or takes its group's where the network
// needs the name for another.
func fitByGroup(all []stored, layers []Layer) {
	byGroup := map[string]Layer{}
	counts := counter{}
	for _, l := range layers {
		byGroup["layers/"+counts.next(l.Class)] = l
	}
	taken := map[string]bool{}
	for i := range all {
		if l, ok := byGroup[all[i].group]; ok {
			all[i].fit(l)
			taken[all[i].name] = true
		}
	}
	for i := range all {
		s := &all[i]
		if _, ok := byGroup[s.group]; ok {
			continue
		}
		if s.name == "" || taken[s.name] {
			s.name = s.group
		}
		taken[s.name] = true
	}
}

// groups lists the groups with weights, sorted, conv2d_2 before conv2d_10.
func (f *File) groups(root *hdf5.Object) ([]stored, error) {
	byGroup := map[string]*stored{}
	err := root.Walk(func(o *hdf5.Object) error {
		group, variable, ok := strings.Cut(strings.TrimPrefix(o.Path(), "/"), "/vars/")
		if !ok || !o.IsDataset() || noWeights(group) {
			return nil
		}
		if _, err := strconv.ParseUint(variable, 10, 16); err != nil {
			return f.corrupt("%s is no number of a weight", o.Path())
		}
		s := byGroup[group]
		if s == nil {
			s = &stored{group: group}
			byGroup[group] = s
		}
		s.objects = append(s.objects, o)
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := make([]stored, 0, len(byGroup))
	for _, s := range byGroup {
		if err := f.complete(root, s); err != nil {
			return nil, err
		}
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b stored) int { return compareNumbered(a.group, b.group) })
	return all, nil
}

// noWeights tells the groups of training and of random numbers.
func noWeights(group string) bool {
	first, _, _ := strings.Cut(group, "/")
	return first == "optimizer" || strings.HasSuffix(group, "seed_generator")
}

// complete puts the weights of a layer in order and names them as far as the file can.
func (f *File) complete(root *hdf5.Object, s *stored) error {
	slices.SortFunc(s.objects, func(a, b *hdf5.Object) int { return compareNumbered(a.Path(), b.Path()) })
	vars, err := root.Open(s.group + "/vars")
	if err != nil {
		return err
	}
	for i, o := range s.objects {
		if o.Path() != vars.Path()+"/"+strconv.Itoa(i) {
			return f.corrupt("%s: weight %d is missing", s.group, i)
		}
	}
	if says, _, err := vars.Strings("name"); err != nil {
		return err
	} else if len(says) == 1 {
		s.name = says[0]
	}
	class := s.group[strings.LastIndexByte(s.group, '/')+1:]
	if i := strings.LastIndexByte(class, '_'); i >= 0 && strings.Trim(class[i+1:], "0123456789") == "" {
		class = class[:i]
	}
	s.parameters = parameters(classes[class], len(s.objects))
	return nil
}

// compareNumbered sorts a_2 before a_10: by text, then the numbers at the ends of names.
func compareNumbered(a, b string) int {
	pa, pb := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range min(len(pa), len(pb)) {
		ta, na := numbered(pa[i])
		tb, nb := numbered(pb[i])
		if c := cmp.Or(cmp.Compare(ta, tb), cmp.Compare(na, nb), cmp.Compare(pa[i], pb[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(pa), len(pb))
}

func numbered(name string) (text string, number int) {
	text = strings.TrimRight(name, "0123456789")
	number, _ = strconv.Atoi(name[len(text):]) // none is 0
	return strings.TrimSuffix(text, "_"), number
}
