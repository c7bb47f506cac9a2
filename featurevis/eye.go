package featurevis

import (
	"context"
	"errors"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// eye is a network up to a layer, for pictures of every size that the views of
// a recipe have: each in a plan of its own, of which the sessions share their
// memory.
type eye struct {
	network  func(size int) (*graph.Network, error)
	pictures int
	pool     *graph.Pool
	views    []view // the extremes of all views
	fixed    int    // the only size that has the layer; 0: any
	input    inputRange
	channels int
	tap      graph.Tap
	memory   []float32 // of all sessions
	sessions map[int]*graph.Session
}

func newEye(m *model.Model, r Recipe, pool *graph.Pool) (*eye, error) {
	e := &eye{pictures: r.Pictures, pool: pool, input: rangeOf(m), sessions: map[int]*graph.Session{}}
	e.network = func(size int) (*graph.Network, error) { return m.Network(size, r.Layer) }
	if err := m.CheckSize(r.Size); err != nil {
		return nil, refusal{err}
	}
	network, err := e.network(r.Size)
	if errors.Is(err, model.ErrSize) {
		e.fixed = m.Info().Input[0]
		network, err = e.network(e.fixed)
	}
	if err != nil {
		return nil, err
	}
	node := network.Graph().Node(r.Layer)
	e.channels = node.Shape[len(node.Shape)-1]
	e.tap = graph.Tap{Node: r.Layer, Linear: r.Objective != Layer || softmax(node)}
	for _, v := range append(views(r.Transforms, r.Size), still(r.Size)) {
		e.views = append(e.views, e.view(v))
	}
	return e, nil
}

// softmax tells that a layer turns scores into probabilities, which leave
// little gradient where a class is far from the first.
func softmax(n *graph.Node) bool {
	switch op := n.Op.(type) {
	case graph.Dense:
		return op.Activation == graph.Softmax
	case graph.Conv2D:
		return op.Activation == graph.Softmax
	case graph.Activate:
		return op.Activation == graph.Softmax
	}
	return false
}

// view is a view as the network can have it.
func (e *eye) view(v view) view {
	if e.fixed != 0 {
		return v.within(e.fixed)
	}
	return v
}

// session is the network for pictures of a size. What another session left is
// gone when it is used.
func (e *eye) session(ctx context.Context, size int) (*graph.Session, error) {
	if s := e.sessions[size]; s != nil {
		return s, nil
	}
	plan, err := e.compile(ctx, size)
	if err != nil {
		return nil, err
	}
	if len(e.memory) == 0 {
		largest := size
		for _, v := range e.views {
			largest = max(largest, v.seen)
		}
		most, err := e.compile(ctx, largest)
		if err != nil {
			return nil, err
		}
		e.memory = make([]float32, most.Memory())
	}
	memory := e.memory
	if plan.Memory() > len(memory) {
		memory = make([]float32, plan.Memory())
	}
	e.sessions[size] = plan.NewSessionIn(memory, e.pool)
	return e.sessions[size], nil
}

func (e *eye) compile(ctx context.Context, size int) (*graph.Plan, error) {
	network, err := e.network(size)
	if err != nil {
		return nil, err
	}
	return network.CompileGradient(ctx, e.pictures, e.tap)
}

// rangeOf is how a model wants colours in [0, 1].
func rangeOf(m *model.Model) inputRange {
	r := inputRange{order: [colours]int{0, 1, 2}}
	recipe := m.Recipe(preprocess.Squash, preprocess.Bilinear)
	r.scale, r.shift = recipe.Affine()
	if recipe.BGR {
		r.order = [colours]int{2, 1, 0}
	}
	return r
}
