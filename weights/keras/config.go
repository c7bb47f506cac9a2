package keras

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Caps on a model's configuration: its bytes, its layers, and how deep models lie in
// each other.
const (
	maxConfig = 16 << 20
	maxLayers = 1 << 16
	maxNested = 8
)

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

// described is a layer of a model's JSON.
type described struct {
	config
	name  string // with the names of the models around it
	group string // where Keras 3 keeps its weights
	outer string // the outermost of the models around it
}

// parameters names n weights of the layer.
func (d described) parameters(n int) []string {
	if d.Class != "BatchNormalization" {
		return parameters(d.Class, n)
	}
	var known []string
	if string(d.Config.Scale) != "false" {
		known = append(known, "gamma")
	}
	if string(d.Config.Center) != "false" {
		known = append(known, "beta")
	}
	if known = append(known, "moving_mean", "moving_variance"); len(known) != n {
		return parameters(d.Class, n)
	}
	return known
}

// outline lists the layers of a model in its order, and those of each model in it behind
// that one.
type outline struct {
	layers  []described
	byName  map[string]int
	byGroup map[string]int
	inner   map[[2]string]int // by outermost model and own name
}

// readOutline reads a model's JSON.
func (f *File) readOutline(text []byte) (*outline, error) {
	if len(text) > maxConfig {
		return nil, f.corrupt("the model's configuration has %d bytes, more than the cap of %d", len(text), maxConfig)
	}
	var model described
	if err := json.Unmarshal(text, &model.config); err != nil {
		return nil, f.corrupt("the model's configuration is no JSON of Keras: %v", err)
	}
	o := &outline{byName: map[string]int{}, byGroup: map[string]int{}, inner: map[[2]string]int{}}
	if err := o.add(model, 0); err != nil {
		return nil, f.corrupt("the model's configuration: %v", err)
	}
	return o, nil
}

// add lists the layers of a model.
func (o *outline) add(model described, depth int) error {
	items := json.NewDecoder(bytes.NewReader(model.Config.Layers))
	if begin, err := items.Token(); err != nil || begin != json.Delim('[') {
		return nil // no model
	}
	counts := counter{}
	for items.More() {
		var d described
		if items.Decode(&d.config) != nil {
			return nil
		}
		d.name, d.group, d.outer = d.Config.Name, "layers/"+counts.next(d.Class), model.outer
		if depth > 0 {
			d.name, d.group = model.name+"/"+d.name, model.group+"/"+d.group
			o.inner[[2]string{d.outer, d.Config.Name}] = len(o.layers)
		} else {
			d.outer = d.name
		}
		if len(d.name) > maxName || len(d.group) > maxName {
			return fmt.Errorf("a name of %d bytes, more than the cap of %d", max(len(d.name), len(d.group)), maxName)
		}
		if len(o.layers) == maxLayers {
			return fmt.Errorf("more than %d layers", maxLayers)
		}
		o.byName[d.name], o.byGroup[d.group] = len(o.layers), len(o.layers)
		o.layers = append(o.layers, d)
		if depth == maxNested {
			continue
		}
		if err := o.add(d, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// list is the outline as others see it.
func (o *outline) list() []Layer {
	layers := make([]Layer, len(o.layers))
	for i, d := range o.layers {
		layers[i] = Layer{Name: d.name, Class: d.Class}
	}
	return layers
}
