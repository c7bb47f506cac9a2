package keras

import (
	"cmp"
	"maps"
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

// groups are what Keras 3 writes: one per layer, by class and counter, with the weights
// numbered in "vars" and the layer's name beside them.
type groups struct {
	*File
	names   map[string]string // of all layers, by path
	weights map[string]map[uint64]*hdf5.Dataset
}

// readGroups reads the groups below root. A model's outline, where there is one, names
// them and gives their order.
func (f *File) readGroups(root *hdf5.Object, o *outline) ([]stored, error) {
	g := &groups{f, map[string]string{}, map[string]map[uint64]*hdf5.Dataset{}}
	if err := root.Walk(g.visit); err != nil {
		return nil, err
	}
	if len(g.weights) == 0 {
		return nil, f.unknown("it has neither layer_names nor groups of weights")
	}
	var all []stored
	for _, path := range slices.SortedFunc(maps.Keys(g.weights), compareNumbered) {
		s, err := g.stored(path)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if o == nil {
		f.layers = g.list()
		return all, nil
	}
	f.layers = o.list()
	place := map[string]int{}
	for i := range all {
		s := &all[i]
		at, ok := o.byGroup[s.path]
		if !ok {
			at = len(o.layers)
		} else {
			s.name, s.parameters = o.layers[at].name, o.layers[at].parameters(len(s.tensors))
		}
		place[s.path] = at
	}
	slices.SortStableFunc(all, func(a, b stored) int { return cmp.Compare(place[a.path], place[b.path]) })
	return all, nil
}

// visit takes note of each layer's "vars" and of the weights in it.
func (g *groups) visit(o *hdf5.Object) error {
	path, variable, ok := strings.Cut(o.Path()+"/", "/vars/")
	if !ok || noWeights(path) {
		return nil
	}
	// Keras 2.13 called the list of a model's layers so.
	path = strings.ReplaceAll(strings.TrimPrefix(path, "/"), "_layer_checkpoint_dependencies", "layers")
	if variable == "" {
		names, _, err := o.Strings("name")
		if g.names[path] = ""; len(names) == 1 && len(names[0]) <= maxName {
			g.names[path] = names[0]
		}
		return err
	}
	number, err := strconv.ParseUint(strings.TrimSuffix(variable, "/"), 10, 16)
	if err != nil {
		return g.corrupt("%s is no number of a weight", o.Path())
	}
	if g.weights[path] == nil {
		g.weights[path] = map[uint64]*hdf5.Dataset{}
	}
	g.weights[path][number], err = o.Dataset()
	return err
}

// noWeights tells the groups of training and of random numbers.
func noWeights(path string) bool {
	return path == "/optimizer" || strings.HasPrefix(path, "/optimizer/") || strings.HasSuffix(path, "seed_generator")
}

// stored puts the weights of a layer in order and names them as far as the file can.
func (g *groups) stored(path string) (stored, error) {
	weights := g.weights[path]
	s := stored{name: g.name(path), path: path, parameters: parameters(g.class(path), len(weights))}
	for i := range uint64(len(weights)) {
		if weights[i] == nil {
			return s, g.corrupt("%s: weight %d is missing", path, i)
		}
		s.tensors = append(s.tensors, weights[i])
	}
	return s, nil
}

// name is what Keras noted of a layer, with the names of the models around it; empty
// where it noted nothing.
func (g *groups) name(path string) string {
	if g.names[path] == "" {
		return ""
	}
	var parts []string
	for i, c := range path + "/" {
		if name := g.names[path[:i]]; c == '/' && name != "" {
			parts = append(parts, name)
		}
	}
	if name := strings.Join(parts, "/"); len(name) <= maxName {
		return name
	}
	return ""
}

// class is what a layer's path or its name says of its class; empty where they say
// nothing.
func (g *groups) class(path string) string {
	return cmp.Or(classOf(last(path)), classOf(g.names[path]))
}

// list is the layers as others see them.
func (g *groups) list() []Layer {
	var layers []Layer
	for _, path := range slices.SortedFunc(maps.Keys(g.names), compareNumbered) {
		if path != "" { // that is the model itself
			layers = append(layers, Layer{Name: cmp.Or(g.name(path), path), Class: g.class(path)})
		}
	}
	return layers
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
