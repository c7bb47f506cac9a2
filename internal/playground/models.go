package playground

import (
	"container/list"
	"context"
	"sync"

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
	info, err := model.Describe(name)
	if err != nil {
		return ModelDetail{}, explain("cannot describe "+name, err)
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

// modelCache opens models when they are first needed and keeps those used last.
type modelCache struct {
	mu     sync.Mutex
	recent list.List // of *openModel, used last in front
}

type openModel struct {
	name  string
	once  sync.Once
	model *model.Model
	err   error
}

func (c *modelCache) open(ctx context.Context, name string) (*model.Model, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m := c.entry(name)
	m.once.Do(func() { m.model, m.err = model.Open(name) })
	if m.err != nil {
		c.drop(m)
		return nil, explain("cannot open model "+name, m.err)
	}
	return m.model, nil
}

func (c *modelCache) entry(name string) *openModel {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.recent.Front(); e != nil; e = e.Next() {
		if m := e.Value.(*openModel); m.name == name {
			c.recent.MoveToFront(e)
			return m
		}
	}
	m := &openModel{name: name}
	c.recent.PushFront(m)
	if c.recent.Len() > keptModels {
		c.recent.Remove(c.recent.Back())
	}
	return m
}

// drop forgets a model that could not be opened, so that it is tried again.
func (c *modelCache) drop(m *openModel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.recent.Front(); e != nil; e = e.Next() {
		if e.Value == m {
			c.recent.Remove(e)
			return
		}
	}
}
