package model

import (
	"context"
	"fmt"
	"slices"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/preprocess"
)

// Embedder turns pictures into vectors. It serves one goroutine at a time.
type Embedder struct {
	recipe  preprocess.Recipe
	session *graph.Session
	shapes  [][]int
	vectors [][]float32
	peaks   []Peaks
}

// Peaks is where the channels of a layer are greatest in a picture.
type Peaks struct {
	Height, Width int       // of the feature map; a vector is a map of one place
	Values        []float32 // by channel: the greatest value
	Positions     []float32 // by channel: where it is first found, y*Width + x
}

// Embedder prepares one forward pass of pictures of the recipe's size, which
// must be square, that fills the given layers. It reads the weights that are
// not in memory yet. A nil pool runs it in the caller's goroutine alone.
// Unknown layers are an *UnknownError; the error wraps ErrSize for layers that
// the network has only at its native size.
func (m *Model) Embedder(ctx context.Context, layers []string, p Pooling, r preprocess.Recipe, pool *graph.Pool) (*Embedder, error) {
	return m.PeakEmbedder(ctx, layers, p, nil, r, pool)
}

// PeakEmbedder is Embedder for a pass that finds the peaks of some layers, too.
// These need not be the layers of the vectors; either may be none.
func (m *Model) PeakEmbedder(ctx context.Context, layers []string, p Pooling, peaks []string, r preprocess.Recipe, pool *graph.Pool) (*Embedder, error) {
	if r.Width != r.Height {
		return nil, fmt.Errorf("model %s: pictures of %dx%d are not square", m.info.Name, r.Width, r.Height)
	}
	taps := make([]graph.Tap, 0, len(layers)+len(peaks))
	for _, layer := range layers {
		taps = append(taps, graph.Tap{Node: layer, Reduce: p.reductionWith(slices.Contains(peaks, layer))})
	}
	for _, layer := range peaks {
		taps = append(taps, graph.Tap{Node: layer, Reduce: graph.Summary})
	}
	plan, err := m.plan(ctx, r.Width, taps)
	if err != nil {
		return nil, err
	}
	e := &Embedder{recipe: r, session: plan.NewSession(pool)}
	for i, tap := range taps[:len(layers)] {
		e.addVector(i, tap, p)
	}
	for i, layer := range peaks {
		if err := e.addPeaks(m, len(layers)+i, layer); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// addVector has the i-th tap be a vector.
func (e *Embedder) addVector(i int, tap graph.Tap, p Pooling) {
	held := e.session.Tap(i)
	vector, shape := held.Data, []int{len(held.Data)}
	switch {
	case tap.Reduce == graph.Summary:
		mean, greatest, _ := rows(held.Data)
		vector = mean
		if p == Max {
			vector = greatest
		}
		shape = []int{len(vector)}
	case p == None:
		shape = held.Shape[1:]
	}
	e.shapes = append(e.shapes, shape)
	e.vectors = append(e.vectors, vector)
}

// addPeaks has the i-th tap be the peaks of a layer.
func (e *Embedder) addPeaks(m *Model, i int, layer string) error {
	network, err := m.Network(e.recipe.Width, layer)
	if err != nil {
		return err
	}
	shape := mapShape(network.Graph().Node(layer).Shape)
	_, greatest, places := rows(e.session.Tap(i).Data)
	e.peaks = append(e.peaks, Peaks{Height: shape[0], Width: shape[1], Values: greatest, Positions: places})
	return nil
}

// rows takes a graph.Summary apart.
func rows(summary []float32) (mean, greatest, places []float32) {
	n := len(summary) / 3
	return summary[:n], summary[n : 2*n], summary[2*n:]
}

// Shapes lists the shape of each layer's vector: [channels], [height*width*channels]
// or, without pooling, [height, width, channels].
func (e *Embedder) Shapes() [][]int { return e.shapes }

// Embed returns one vector per layer, in the order asked for. They are views,
// valid until the next call.
func (e *Embedder) Embed(ctx context.Context, im *preprocess.Image) ([][]float32, error) {
	e.recipe.Fill(e.session.Input().Data, im)
	if err := e.session.Run(ctx); err != nil {
		return nil, err
	}
	return e.vectors, nil
}

// Peaks are those that the last Embed found, by the layers asked for: views,
// valid until the next one.
func (e *Embedder) Peaks() []Peaks { return e.peaks }
