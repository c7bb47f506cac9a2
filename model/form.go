package model

import (
	"math"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/weights"
	"github.com/convnetplayground/convnet/zoo"
)

// open opens a weight file of an architecture and tells in which of its forms
// the network is that the weights were trained in: with a classifier or
// without, for how many classes, and whether it scales its input as
// EfficientNet's official weights want it.
func open(a zoo.Architecture, path string) (weights.Source, zoo.Options, error) {
	whole, err := a.Build(zoo.Options{Top: true})
	if err != nil {
		return nil, zoo.Options{}, err
	}
	source, err := weights.Open(path, whole)
	if err != nil {
		return nil, zoo.Options{}, err
	}
	var o zoo.Options
	o.Classes, o.Top = classes(whole, source)
	o.ImageNet = scaledVariance(source)
	return source, o, nil
}

// classes is how many classes the classifier in a file knows; false where
// there is none.
func classes(g *graph.Graph, s weights.Source) (int, bool) {
	nodes := g.Nodes()
	for i := len(nodes) - 1; i >= 0; i-- {
		if len(nodes[i].Parameters) == 0 {
			continue
		}
		shape, ok := s.Shape(nodes[i].Parameters[0].Name)
		if !ok || len(shape) == 0 {
			return 0, false
		}
		return shape[len(shape)-1], true
	}
	return 0, false
}

// scaledVariance tells whether the variances by which a network normalises its
// input are ImageNet's standard deviations, as in the official weights of
// EfficientNet and all that was trained from them: to use them, Keras divides
// by their square root once more.
func scaledVariance(s weights.Source) bool {
	var variance [3]float32
	if shape, ok := s.Shape("normalization/variance"); !ok || shape.Elements() != len(variance) {
		return false
	}
	if s.Read(variance[:], "normalization/variance", 0) != nil {
		return false // binding the weights reports it
	}
	for c, deviation := range [3]float64{0.229, 0.224, 0.225} {
		if math.Abs(float64(variance[c])-deviation) > 1e-6 {
			return false
		}
	}
	return true
}
