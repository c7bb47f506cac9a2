package keras

import "encoding/json"

// maxNested caps how deep models lie in each other.
const maxNested = 16

// config is what a model's JSON says of one layer or of the model itself.
type config struct {
	Class  string `json:"class_name"`
	Config struct {
		Name string `json:"name"`

		// Layers of other classes may have such keys with values of other types.
		Layers json.RawMessage `json:"layers"` // of models
		Scale  json.RawMessage `json:"scale"`  // of batch normalisations
		Center json.RawMessage `json:"center"`
	} `json:"config"`
}

// layers lists what a model holds; nothing for layers.
func (c config) layers() []config {
	var inner []config
	if json.Unmarshal(c.Config.Layers, &inner) != nil {
		return nil
	}
	return inner
}

// described is a layer of the JSON.
type described struct {
	name  string // with the names of the models around it
	class string
	bare  config
}

// parameters names n weights of the layer.
func (d described) parameters(n int) []string {
	if d.class != "BatchNormalization" {
		return parameters(d.class, n)
	}
	var known []string
	if string(d.bare.Config.Scale) != "false" {
		known = append(known, "gamma")
	}
	if string(d.bare.Config.Center) != "false" {
		known = append(known, "beta")
	}
	if known = append(known, "moving_mean", "moving_variance"); len(known) != n {
		return parameters(d.class, n)
	}
	return known
}

// parseConfig reads a model's JSON.
func (f *File) parseConfig(text []byte) (config, error) {
	var c config
	if err := json.Unmarshal(text, &c); err != nil {
		return c, f.corrupt("the model's configuration is no JSON of Keras: %v", err)
	}
	return c, nil
}

// byGroup lists the layers of a model by the groups in which Keras 3 keeps them, and
// the groups in the model's order.
func (c config) byGroup() (map[string]described, []string) {
	found := map[string]described{}
	var order []string
	var visit func(c config, group, name string, depth int)
	visit = func(c config, group, name string, depth int) {
		counts := counter{}
		for _, l := range c.layers() {
			d := described{name + l.Config.Name, l.Class, l}
			at := group + "layers/" + counts.next(l.Class)
			found[at] = d
			order = append(order, at)
			if depth < maxNested {
				visit(l, at+"/", d.name+"/", depth+1)
			}
		}
	}
	visit(c, "", "", 0)
	return found, order
}

// byName lists the layers of a model by their names, those of models inside with the
// models' names before them.
func (c config) byName() map[string]described {
	groups, _ := c.byGroup()
	names := map[string]described{}
	for _, d := range groups {
		names[d.name] = d
	}
	return names
}
