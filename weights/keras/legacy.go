package keras

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/convnetplayground/convnet/weights/hdf5"
)

// legacy finds the group with the weights of a legacy file; nil where the file is no
// such one.
func (f *File) legacy(root *hdf5.Object) (*hdf5.Object, error) {
	group, err := root.Open("model_weights")
	if err != nil {
		return nil, err
	}
	if group == nil {
		group = root
	}
	if _, found, err := f.list(group, "layer_names"); err != nil || !found {
		return nil, err
	}
	return group, nil
}

// list reads an attribute of names, not too many and not too long.
func (f *File) list(o *hdf5.Object, attribute string) (names []string, found bool, err error) {
	names, found, err = parts(o, attribute)
	if len(names) > maxTensors {
		return nil, true, f.corrupt("%s: more than %d %s", o.Path(), maxTensors, attribute)
	}
	for _, name := range names {
		if len(name) > maxName {
			return nil, true, f.corrupt("%s: one of %s has %d bytes, more than the cap of %d", o.Path(), attribute, len(name), maxName)
		}
	}
	return names, found, err
}

// parts reads an attribute that Keras cuts into name0, name1, … where it is too large
// for an object header.
func parts(o *hdf5.Object, name string) (values []string, found bool, err error) {
	values, found, err = o.Strings(name)
	if err != nil || found {
		return values, found, err
	}
	for i := 0; len(values) <= maxTensors; i++ {
		part, more, err := o.Strings(fmt.Sprint(name, i))
		if err != nil {
			return nil, false, err
		}
		if !more {
			return values, i > 0, nil
		}
		values = append(values, part...)
	}
	return values, true, nil
}

// readLegacy reads a legacy file whose weights are in a group.
func (f *File) readLegacy(root, group *hdf5.Object) ([]stored, error) {
	names, _, err := f.list(group, "layer_names")
	if err != nil {
		return nil, err
	}
	o := &outline{}
	text, _, err := root.Strings("model_config")
	if err == nil && len(text) == 1 {
		o, err = f.readOutline([]byte(text[0]))
	}
	if err != nil {
		return nil, err
	}
	var all []stored
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			return nil, f.corrupt("the layer %q is listed twice", name)
		}
		seen[name] = true
		found, err := f.legacyLayer(group, name, o)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
		f.layers = append(f.layers, Layer{Name: name, Class: classOf(name)})
	}
	if len(o.layers) > 0 {
		f.layers = o.list()
	}
	return all, nil
}

// legacyLayer reads the weights of an entry of layer_names: of a layer, or of a model
// inside the model with several.
func (f *File) legacyLayer(group *hdf5.Object, name string, o *outline) ([]stored, error) {
	layer, err := group.Open(name)
	if err != nil {
		return nil, err
	}
	if layer == nil {
		return nil, f.corrupt("the layer %q is listed, its group is missing", name)
	}
	found, err := f.scopes(layer, name)
	if err != nil {
		return nil, err
	}
	for i := range found {
		s := &found[i]
		scope := s.name
		at, ok := o.inner[[2]string{name, last(scope)}]
		switch {
		case ok:
			s.name = o.layers[at].name
		case len(found) > 1:
			s.name = name + "/" + scope
		default:
			s.name = name
		}
		s.nameDepthwise(o)
	}
	// Trainable weights come first in a model inside, so some layers are out of order.
	slices.SortStableFunc(found, func(a, b stored) int { return cmp.Compare(o.byName[a.name], o.byName[b.name]) })
	return found, nil
}

// nameDepthwise tells depthwise kernels from others, as Keras 3 does not.
func (s *stored) nameDepthwise(o *outline) {
	class := classOf(last(s.name))
	if at, ok := o.byName[s.name]; ok {
		class = o.layers[at].Class
	}
	if class == "DepthwiseConv2D" && s.parameters[0] == "kernel" {
		s.parameters[0] = "depthwise_kernel"
	}
}

// scopes reads the weights of a group by the scopes in their names.
func (f *File) scopes(layer *hdf5.Object, name string) ([]stored, error) {
	weights, _, err := f.list(layer, "weight_names")
	if err != nil {
		return nil, err
	}
	var found []stored
	byScope := map[string]int{}
	groups := map[string]*hdf5.Object{"": layer}
	seen := map[string]bool{}
	for _, weight := range weights {
		if seen[weight] {
			return nil, f.corrupt("layer %q: the weight %q is listed twice", name, weight)
		}
		seen[weight] = true
		values, err := openIn(groups, weight)
		if err != nil {
			return nil, err
		}
		if values == nil {
			return nil, f.corrupt("layer %q: the weight %q is listed, its values are missing", name, weight)
		}
		scope, role := split(weight)
		i, ok := byScope[scope]
		if !ok {
			i = len(found)
			byScope[scope] = i
			found = append(found, stored{name: scope, path: layer.Path() + "/" + scope})
		}
		found[i].parameters = append(found[i].parameters, role)
		found[i].tensors = append(found[i].tensors, values)
	}
	return found, nil
}

// openIn opens the dataset at a path; nil where there is none. Groups on the way are
// kept in a map by their paths, since the weights of a layer lie in the same.
func openIn(groups map[string]*hdf5.Object, path string) (*hdf5.Dataset, error) {
	scope, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		scope, name = path[:i], path[i+1:]
	}
	group, ok := groups[scope]
	if !ok {
		var err error
		if group, err = groups[""].Open(scope); err != nil {
			return nil, err
		}
		groups[scope] = group
	}
	if group == nil {
		return nil, nil
	}
	o, err := group.Open(name)
	if err != nil || o == nil {
		return nil, err
	}
	return o.Dataset()
}
