// Package model joins a network of the zoo with its weights, its
// preprocessing and its labels: pictures in, feature maps, embeddings and
// predictions out.
package model

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/preprocess"
	"github.com/convnetplayground/convnet/zoo"
)

// Model is a network with its weights. It may be shared by many goroutines.
type Model struct {
	architecture zoo.Architecture
	options      zoo.Options
	info         Info
	labels       []string
	source       io.Closer // nil for weights in memory
	hash         func() (string, error)

	mu       sync.Mutex
	networks map[int]*graph.Network // by height and width of the input
	plans    map[string]*graph.Plan // by size and taps, for one picture at a time
}

// newModel joins the graph of an architecture in the form of the options with
// its weights.
func newModel(a zoo.Architecture, o zoo.Options, g *graph.Graph, w graph.Weights) (*Model, error) {
	network, err := graph.NewNetwork(g, w)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", a.Name, err)
	}
	m := &Model{
		architecture: a, options: o, info: describe(a, o, g),
		networks: map[int]*graph.Network{a.Size: network}, plans: map[string]*graph.Plan{},
	}
	m.labels = labels(m.info.Classes)
	return m, nil
}

// Info describes the network. The caller leaves the layers as they are.
func (m *Model) Info() Info { return m.info }

// WeightsHash identifies the weights: part of an embedding's key.
func (m *Model) WeightsHash() (string, error) { return m.hash() }

// Close releases the file of the weights. Sessions that were prepared go on;
// nothing new can be prepared. A model that is dropped without it keeps the
// file open until it is collected.
func (m *Model) Close() error {
	if m.source == nil {
		return nil
	}
	return m.source.Close()
}

// SearchLayers lists the layers that search offers, from input to output.
func (m *Model) SearchLayers() []string { return slices.Clone(m.architecture.SearchLayers) }

// Recipe is the preprocessing that the network was trained with, at its native
// size.
func (m *Model) Recipe(a preprocess.Aspect, f preprocess.Filter) preprocess.Recipe {
	p := m.architecture.Preprocessing
	return preprocess.Recipe{
		Width: m.architecture.Size, Height: m.architecture.Size, Aspect: a, Filter: f,
		Divisor: p.Divisor, Mean: p.Mean, Std: p.Std, BGR: p.BGR,
	}
}

// CheckSize tells why the network cannot take pictures of a height and width.
func (m *Model) CheckSize(size int) error {
	o := m.options
	o.Size, o.Top = size, false
	_, err := m.architecture.Build(o)
	return err
}

// plan compiles the forward pass of one picture to the taps, once.
func (m *Model) plan(ctx context.Context, size int, taps []graph.Tap) (*graph.Plan, error) {
	key := fmt.Sprint(size, taps)
	m.mu.Lock()
	defer m.mu.Unlock()
	if plan := m.plans[key]; plan != nil {
		return plan, nil
	}
	network, err := m.network(size)
	if err != nil {
		return nil, err
	}
	for _, tap := range taps {
		if network.Graph().Node(tap.Node) == nil {
			return nil, m.unknownLayer(tap.Node, size)
		}
	}
	plan, err := network.Compile(ctx, 1, taps...)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", m.info.Name, err)
	}
	m.plans[key] = plan
	return plan, nil
}

// network is the network for pictures of a size, kept for the next time. The
// caller holds the lock.
func (m *Model) network(size int) (*graph.Network, error) {
	if n := m.networks[size]; n != nil {
		return n, nil
	}
	n, err := m.resized(size, m.networks[m.architecture.Size])
	if err == nil {
		m.networks[size] = n
	}
	return n, err
}

// Network is the network for square pictures of a size, up to a layer at least.
// It is not kept, other than its weights. An unknown layer is an *UnknownError;
// the error wraps ErrSize for one that the network has only at its native size.
func (m *Model) Network(size int, layer string) (*graph.Network, error) {
	n, err := m.native(), error(nil)
	if size != m.architecture.Size {
		n, err = m.resized(size, n)
	}
	if err != nil {
		return nil, err
	}
	if n.Graph().Node(layer) == nil {
		return nil, m.unknownLayer(layer, size)
	}
	return n, nil
}

// resized is the native network for pictures of another size. A classifier
// that needs the native size is left out.
func (m *Model) resized(size int, native *graph.Network) (*graph.Network, error) {
	o := m.options
	o.Size = size
	n, err := with(native, m.architecture, o)
	if err != nil && o.Top {
		o.Top = false
		n, err = with(native, m.architecture, o)
	}
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", m.info.Name, err)
	}
	return n, nil
}

// with is another form of a network with its weights.
func with(n *graph.Network, a zoo.Architecture, o zoo.Options) (*graph.Network, error) {
	g, err := a.Build(o)
	if err != nil {
		return nil, err
	}
	return n.With(g)
}

// native is the network for pictures of its native size.
func (m *Model) native() *graph.Network {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.networks[m.architecture.Size]
}

// ErrSize means that a layer exists only at the model's native input size.
var ErrSize = errors.New("exists only at the native size")

// unknownLayer tells why the network for pictures of a size has no such layer.
func (m *Model) unknownLayer(name string, size int) error {
	if !m.options.Top {
		whole, err := m.architecture.Build(zoo.Options{Top: true})
		if err == nil && whole.Node(name) != nil {
			return fmt.Errorf("model %s: no layer %s: %w", m.info.Name, name, ErrNoClassifier)
		}
	}
	var known []string
	for _, layer := range m.info.Layers {
		if layer.Name == name {
			return fmt.Errorf("model %s: layer %s %w of %d, not at %d", m.info.Name, name, ErrSize, m.architecture.Size, size)
		}
		known = append(known, layer.Name)
	}
	return &UnknownError{Kind: "layer", Name: name, Near: Near(name, known)}
}
