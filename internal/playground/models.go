package playground

import (
	"github.com/convnetplayground/convnet/model"
)

// Models lists the models that the program knows.
func Models() ([]ModelSummary, error) {
	summaries := []ModelSummary{}
	for _, name := range model.Names() {
		info, err := model.Describe(name)
		if err != nil {
			return nil, explain("cannot describe "+name, err)
		}
		s := ModelSummary{
			Name: info.Name, Title: info.Title, Family: info.Family, Parameters: info.Parameters,
			Input: info.Input, Licence: info.Licence, Weights: info.Weights, SearchLayers: searchLayers(info),
		}
		s.DefaultLayer = last(s.SearchLayers)
		summaries = append(summaries, s)
	}
	return summaries, nil
}

// Model describes a model with all its layers.
func Model(name string) (ModelDetail, error) {
	info, err := describe(name)
	if err != nil {
		return ModelDetail{}, err
	}
	d := ModelDetail{
		Name: info.Name, Title: info.Title, Family: info.Family, Parameters: info.Parameters,
		Input: info.Input, Licence: info.Licence, Weights: info.Weights, Layers: []Layer{},
	}
	for _, l := range info.Layers {
		d.Layers = append(d.Layers, Layer(l))
	}
	return d, nil
}

// searchLayers lists the layers that search offers, shallow to deep.
func searchLayers(info model.Info) []string {
	names := []string{}
	for _, l := range info.Layers {
		if l.Search {
			names = append(names, l.Name)
		}
	}
	return names
}

// defaultLayer is the deepest search layer of a model, "" if it has none.
func defaultLayer(name string) string {
	info, err := model.Describe(name)
	if err != nil {
		return ""
	}
	return last(searchLayers(info))
}

func last(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// keptModels is how many models stay open.
const keptModels = 3

// model opens a model when it is first needed.
func (p *Playground) model(name string) (*model.Model, error) {
	return p.models.get(name, func() (*model.Model, int64, error) {
		m, err := model.Open(name)
		if err != nil {
			return nil, 0, explain("cannot open model "+name, err)
		}
		return m, 1, nil
	})
}

// describe returns what a model is, and checks that it has the layers.
func describe(name string, layers ...string) (model.Info, error) {
	info, err := model.Describe(name)
	if err != nil {
		return info, unknown("model", name, Near(name, model.Names()), "list them with: convnet models list")
	}
	for _, layer := range layers {
		if err := checkLayer(info, layer); err != nil {
			return info, err
		}
	}
	return info, nil
}

func checkLayer(info model.Info, layer string) error {
	var known []string
	for _, l := range info.Layers {
		if l.Name == layer {
			return nil
		}
		known = append(known, l.Name)
	}
	return unknown("layer", layer, Near(layer, known), "list them with: convnet models show "+info.Name)
}
