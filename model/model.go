// Package model joins a network of the zoo with its weights, its
// preprocessing and its labels: pictures in, feature maps, embeddings and
// predictions out.
package model

import (
	"context"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/preprocess"
)

// Layer describes one layer of a network.
type Layer struct {
	Index                int    `json:"index"`
	Name                 string `json:"name"`
	Type                 string `json:"type"`
	Shape                [3]int `json:"shape"` // [height, width, channels]; a vector is [1, 1, n]
	Parameters           int    `json:"parameters"`
	ParametersCumulative int    `json:"parameters_cumulative"`
	Search               bool   `json:"search"` // one of the eight that search offers
}

// Info describes a network.
type Info struct {
	Name       string  `json:"name"`
	Title      string  `json:"title"`
	Family     string  `json:"family"`
	Parameters int     `json:"parameters"`
	Input      [3]int  `json:"input"` // [height, width, channels]
	Licence    string  `json:"licence"`
	Weights    string  `json:"weights"` // embedded, installed or missing
	Layers     []Layer `json:"layers"`
}

// Names lists the known models.
func Names() []string { return nil }

// Describe tells what a model is, without reading weights. An unknown name is
// an *UnknownError.
func Describe(name string) (Info, error) { return Info{}, nil }

// Model is a network with its weights. It is immutable and may be shared.
type Model struct{}

// Open binds the weights that are embedded in the program.
func Open(name string) (*Model, error) { return nil, nil }

// OpenWeights binds the weights of a file.
func OpenWeights(name, path string) (*Model, error) { return nil, nil }

// Random binds random weights and batch-norm statistics.
func Random(name string, seed uint64) (*Model, error) { return nil, nil }

// Info describes the network.
func (m *Model) Info() Info { return Info{} }

// WeightsHash identifies the weights: part of an embedding's key.
func (m *Model) WeightsHash() string { return "" }

// SearchLayers lists the layers that search offers, from input to output.
func (m *Model) SearchLayers() []string { return nil }

// Recipe is the model's preprocessing.
func (m *Model) Recipe(a preprocess.Aspect, f preprocess.Filter) preprocess.Recipe {
	return preprocess.Recipe{}
}

// Embedder turns pictures into vectors. It serves one goroutine at a time.
type Embedder struct{}

// Embedder prepares one forward pass that fills the given layers. A nil pool
// runs it in the caller's goroutine alone. Unknown layers are an *UnknownError.
func (m *Model) Embedder(layers []string, p Pooling, r preprocess.Recipe, pool *graph.Pool) (*Embedder, error) {
	return nil, nil
}

// Shapes lists the shape of each layer's vector: [channels], [height*width*channels]
// or, without pooling, [height, width, channels].
func (e *Embedder) Shapes() [][]int { return nil }

// Embed returns one vector per layer, in the order asked for. They are views,
// valid until the next call.
func (e *Embedder) Embed(ctx context.Context, im *preprocess.Image) ([][]float32, error) {
	return nil, nil
}

// Prediction is one class of a classifier's answer.
type Prediction struct {
	Index       int     `json:"index"`
	Label       string  `json:"label"`
	Probability float64 `json:"probability"`
}

// Predictor classifies pictures. It serves one goroutine at a time.
type Predictor struct{}

// Predictor prepares the forward pass to the last layer.
func (m *Model) Predictor(r preprocess.Recipe, pool *graph.Pool) (*Predictor, error) {
	return nil, nil
}

// Predict returns the top most probable classes, most probable first.
func (p *Predictor) Predict(ctx context.Context, im *preprocess.Image, top int) ([]Prediction, error) {
	return nil, nil
}
