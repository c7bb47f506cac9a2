// Package model joins a network of the zoo with its weights, its
// preprocessing and its labels: pictures in, feature maps, embeddings and
// predictions out.
package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/preprocess"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights"
	"github.com/convnetplayground/convnet/weights/embedded"
	"github.com/convnetplayground/convnet/zoo"
)

// Model is a network with its weights. It may be shared by many goroutines.
type Model struct {
	architecture zoo.Architecture
	info         Info
	network      *graph.Network
	hash         string

	mu    sync.Mutex
	plans map[string]*graph.Plan // by taps, for one picture at a time
}

// Open binds the weights that are embedded in the program. An unknown name is
// an *UnknownError.
func Open(name string) (*Model, error) {
	if _, ok := zoo.Find(name); !ok {
		return nil, &UnknownError{Kind: "model", Name: name, Near: Near(name, Names())}
	}
	source, err := embedded.Open(name)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", name, err)
	}
	return bind(name, source)
}

// OpenWeights binds the weights of a file.
func OpenWeights(name, path string) (*Model, error) {
	if _, ok := zoo.Find(name); !ok {
		return nil, &UnknownError{Kind: "model", Name: name, Near: Near(name, Names())}
	}
	source, err := weights.Open(path)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", name, err)
	}
	return bind(name, source)
}

// bind reads all tensors and closes the source.
func bind(name string, source weights.Source) (*Model, error) {
	architecture, g, err := build(name)
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	tensors, err := weights.Bind(g.Parameters(), source)
	if err := errors.Join(err, source.Close()); err != nil {
		return nil, fmt.Errorf("model %s: %w", name, err)
	}
	return join(architecture, g, tensors, source.Hash())
}

func join(a zoo.Architecture, g *graph.Graph, tensors map[string]tensor.Tensor, hash string) (*Model, error) {
	network, err := graph.NewNetwork(g, tensors)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", a.Name, err)
	}
	info := describe(a, g)
	if info.Weights == Missing {
		info.Weights = Installed
	}
	return &Model{architecture: a, info: info, network: network, hash: hash, plans: map[string]*graph.Plan{}}, nil
}

// Info describes the network. The caller leaves the layers as they are.
func (m *Model) Info() Info { return m.info }

// WeightsHash identifies the weights: part of an embedding's key.
func (m *Model) WeightsHash() string { return m.hash }

// SearchLayers lists the layers that search offers, from input to output.
func (m *Model) SearchLayers() []string { return slices.Clone(m.architecture.SearchLayers) }

// Recipe is the preprocessing that the network was trained with.
func (m *Model) Recipe(a preprocess.Aspect, f preprocess.Filter) preprocess.Recipe {
	p := m.architecture.Preprocessing
	return preprocess.Recipe{
		Width: m.architecture.Size, Height: m.architecture.Size, Aspect: a, Filter: f,
		Mean: p.Mean, Std: p.Std,
	}
}

// plan compiles the forward pass of one picture to the layers, once.
func (m *Model) plan(layers []string, p Pooling) (*graph.Plan, error) {
	taps := make([]graph.Tap, len(layers))
	for i, layer := range layers {
		if m.network.Graph().Node(layer) == nil {
			return nil, m.unknownLayer(layer)
		}
		taps[i] = graph.Tap{Node: layer, Reduce: p.reduction()}
	}
	key := string(p) + " " + strings.Join(layers, " ")
	m.mu.Lock()
	defer m.mu.Unlock()
	if plan := m.plans[key]; plan != nil {
		return plan, nil
	}
	plan, err := m.network.Compile(1, taps...)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", m.info.Name, err)
	}
	m.plans[key] = plan
	return plan, nil
}

func (m *Model) unknownLayer(name string) error {
	var known []string
	for _, layer := range m.info.Layers {
		known = append(known, layer.Name)
	}
	return &UnknownError{Kind: "layer", Name: name, Near: Near(name, known)}
}
