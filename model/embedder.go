package model

import (
	"context"
	"fmt"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/preprocess"
)

// Embedder turns pictures into vectors. It serves one goroutine at a time.
type Embedder struct {
	recipe  preprocess.Recipe
	session *graph.Session
	shapes  [][]int
	vectors [][]float32
}

// Embedder prepares one forward pass of pictures of the recipe's size, which
// must be square, that fills the given layers. It reads the weights that are
// not in memory yet. A nil pool runs it in the caller's goroutine alone.
// Unknown layers are an *UnknownError; the error wraps ErrSize for layers that
// the network has only at its native size.
func (m *Model) Embedder(ctx context.Context, layers []string, p Pooling, r preprocess.Recipe, pool *graph.Pool) (*Embedder, error) {
	if r.Width != r.Height {
		return nil, fmt.Errorf("model %s: pictures of %dx%d are not square", m.info.Name, r.Width, r.Height)
	}
	plan, err := m.plan(ctx, r.Width, layers, p)
	if err != nil {
		return nil, err
	}
	e := &Embedder{recipe: r, session: plan.NewSession(pool)}
	for i := range layers {
		tap := e.session.Tap(i)
		shape := []int{len(tap.Data)}
		if p == None {
			shape = tap.Shape[1:]
		}
		e.shapes = append(e.shapes, shape)
		e.vectors = append(e.vectors, tap.Data)
	}
	return e, nil
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
