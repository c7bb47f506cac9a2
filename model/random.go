package model

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/zoo"
)

// Random binds random weights, batch-norm statistics included: the network's
// speed without its knowledge. The same seed gives the same weights.
func Random(architecture string, seed uint64) (*Model, error) {
	a, ok := zoo.Find(architecture)
	if !ok {
		return nil, &UnknownError{Kind: "model", Name: architecture, Near: Near(architecture, Names())}
	}
	o := zoo.Options{Top: true}
	g, err := a.Build(o)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(seed, 0))
	tensors := graph.Tensors{}
	for _, p := range g.Parameters() {
		tensors[p.Name] = randomWeights(random, p)
	}
	m, err := newModel(a, o, g, tensors)
	if err != nil {
		return nil, err
	}
	m.hash = func() (string, error) { return "random-" + strconv.FormatUint(seed, 10), nil }
	return m, nil
}

// randomWeights keeps the variance of feature maps about the same from layer
// to layer (He et al. 2015, https://arxiv.org/abs/1502.01852).
func randomWeights(random *rand.Rand, p graph.Parameter) tensor.Tensor {
	t := tensor.New(p.Shape...)
	kind := p.Name[strings.LastIndexByte(p.Name, '/')+1:]
	fanIn := 1
	if axes := len(p.Shape); axes > 1 {
		fanIn = p.Shape.Elements() / p.Shape[axes-1]
	}
	if kind == "depthwise_kernel" {
		fanIn = p.Shape[0] * p.Shape[1]
	}
	deviation := math.Sqrt(2 / float64(fanIn))
	for i := range t.Data {
		switch kind {
		case "gamma", "moving_variance", "variance":
			t.Data[i] = 0.5 + random.Float32()
		case "beta", "moving_mean", "bias", "mean", "count":
			t.Data[i] = 0.2 * (random.Float32() - 0.5)
		default:
			t.Data[i] = float32(deviation * random.NormFloat64())
		}
	}
	return t
}
