package keras

import (
	"fmt"

	"github.com/convnetplayground/convnet/weights/hdf5"
)

// legacy finds the group with the weights of a legacy file and what it says of the
// model; nil where the file is no such one.
func (f *File) legacy(root *hdf5.Object) (*hdf5.Object, config, error) {
	var c config
	group, err := root.Open("model_weights")
	if err != nil {
		return nil, c, err
	}
	if group == nil {
		group = root
	}
	_, found, err := list(group, "layer_names")
	if err != nil || !found {
		return nil, c, err
	}
	text, found, err := root.Strings("model_config")
	if err != nil {
		return nil, c, err
	}
	if found && len(text) == 1 {
		c, err = f.parseConfig([]byte(text[0]))
	}
	return group, c, err
}

// list reads an attribute of strings that Keras cuts into name0, name1, … where it is
// too large for an object header.
func list(o *hdf5.Object, name string) (values []string, found bool, err error) {
	values, found, err = o.Strings(name)
	if err != nil || found {
		return values, found, err
	}
	for i := 0; ; i++ {
		part, more, err := o.Strings(fmt.Sprint(name, i))
		if err != nil {
			return nil, false, err
		}
		if !more {
			return values, i > 0, nil
		}
		values = append(values, part...)
	}
}

func (f *File) readLegacy(group *hdf5.Object, c config, layers []Layer) ([]stored, error) {
	names, _, err := list(group, "layer_names")
	if err != nil {
		return nil, err
	}
	described := c.byName()
	var all []stored
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			return nil, f.corrupt("the layer %q is listed twice", name)
		}
		seen[name] = true
		found, err := f.legacyLayer(group, name, described)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	fitByOrder(all, layers)
	return all, nil
}

// legacyLayer reads the weights of one entry of layer_names: a layer, or a model inside
// the model with several.
func (f *File) legacyLayer(group *hdf5.Object, name string, described map[string]described) ([]stored, error) {
	layer, err := group.Open(name)
	if err != nil {
		return nil, err
	}
	if layer == nil {
		return nil, f.corrupt("the layer %q is listed, its group is missing", name)
	}
	weights, _, err := list(layer, "weight_names")
	if err != nil {
		return nil, err
	}
	var found []stored
	byScope := map[string]int{}
	seen := map[string]bool{}
	for _, weight := range weights {
		if seen[weight] {
			return nil, f.corrupt("layer %q: the weight %q is listed twice", name, weight)
		}
		seen[weight] = true
		o, err := layer.Open(weight)
		if err != nil {
			return nil, err
		}
		if o == nil {
			return nil, f.corrupt("layer %q: the weight %q is listed, its values are missing", name, weight)
		}
		scope, role := split(weight)
		i, ok := byScope[scope]
		if !ok {
			i = len(found)
			byScope[scope] = i
			found = append(found, stored{name: scope, group: layer.Path()})
		}
		found[i].parameters = append(found[i].parameters, role)
		found[i].objects = append(found[i].objects, o)
	}
	for i := range found {
		s := &found[i]
		if _, ok := described[name+"/"+s.name]; ok || len(found) > 1 {
			s.name = name + "/" + s.name
		} else {
			s.name = name
		}
		if d, ok := described[s.name]; ok && roles[d.class] != nil {
			s.parameters = d.parameters(len(s.objects))
		}
	}
	return found, nil
}

// fitByOrder gives stored layers the names of the network's. Where the network knows
// all of their names, the names decide; where it does not, a session made them up, and
// the n-th layer with weights in the file is the n-th of the network.
func fitByOrder(all []stored, layers []Layer) {
	byName := map[string]Layer{}
	var weighted []Layer
	for _, l := range layers {
		byName[l.Name] = l
		if len(l.Parameters) > 0 {
			weighted = append(weighted, l)
		}
	}
	known := true
	for _, s := range all {
		if len(byName[s.name].Parameters) == 0 {
			known = false
		}
	}
	for i := range all {
		if known {
			all[i].fit(byName[all[i].name])
		} else if i < len(weighted) {
			all[i].fit(weighted[i])
		}
	}
}
