package featurevis

import (
	"math"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
)

// Objective is what a picture is made to excite. Channels and neurons count
// before the activation of their layer: ReLU6 and softmax level off, and no
// gradient is left where they do.
type Objective string

// The objectives.
const (
	// Channel is the mean of a channel over its feature map; of a classifier,
	// the score of a class.
	Channel Objective = "channel"
	// Neuron is the value of a channel at the centre of its feature map.
	Neuron Objective = "neuron"
	// Layer is the mean of the squares of a whole layer: DeepDream.
	Layer Objective = "layer"
)

// Objectives lists all of them.
func Objectives() []Objective { return []Objective{Channel, Neuron, Layer} }

// target is an objective of a recipe, to be climbed.
type target struct {
	kind     Objective
	channels []weighted
	sign     float32
	apart    *diversity // nil: pictures are not pushed apart
}

type weighted struct {
	channel int
	weight  float32
}

// newTarget is the objective for features [pictures, height, width, channels]
// or [pictures, channels].
func newTarget(r Recipe, pool *graph.Pool) *target {
	t := &target{kind: r.Objective, sign: 1}
	if r.Negative {
		t.sign = -1
	}
	weights := [2]float64{1, 0}
	if len(r.Channels) == 2 {
		weights = [2]float64{1 - r.Blend, r.Blend}
	}
	for i, c := range r.Channels {
		t.channels = append(t.channels, weighted{c, float32(weights[i])})
	}
	if r.Pictures > 1 && r.Diversity > 0 {
		t.apart = newDiversity(r.Diversity, r.Pictures, pool)
	}
	return t
}

// evaluate sets values[i] to the objective of picture i, and slope, unless it
// is empty, to the derivatives of what is climbed: the sum of the objectives,
// less what makes the pictures alike, times their mean magnitude: so that a
// weight means the same in every network.
func (t *target) evaluate(values []float64, slope, features tensor.Tensor) {
	n := len(features.Data) / len(values)
	for i := range values {
		f := features.Data[i*n:][:n]
		values[i] = float64(t.sign) * t.value(f, features.Shape[1:])
		if len(slope.Data) > 0 {
			t.derive(slope.Data[i*n:][:n], f, features.Shape[1:])
		}
	}
	if t.apart != nil && len(slope.Data) > 0 {
		t.apart.add(slope.Data, features, magnitude(values))
	}
}

func (t *target) value(features []float32, shape tensor.Shape) float64 {
	sum := 0.0
	if t.kind == Layer {
		for _, x := range features {
			sum += float64(x) * float64(x)
		}
		return sum / float64(len(features))
	}
	from, to, step := t.reach(shape)
	for _, w := range t.channels {
		for at := from + w.channel; at < to; at += step {
			sum += float64(w.weight) * float64(features[at])
		}
	}
	return sum * float64(step) / float64(to-from)
}

// derive sets slope to the derivatives of sign times value.
func (t *target) derive(slope, features []float32, shape tensor.Shape) {
	if t.kind == Layer {
		scale := 2 * t.sign / float32(len(features))
		for i, x := range features {
			slope[i] = scale * x
		}
		return
	}
	clear(slope)
	from, to, step := t.reach(shape)
	for _, w := range t.channels {
		share := t.sign * w.weight * float32(step) / float32(to-from)
		for at := from + w.channel; at < to; at += step {
			slope[at] += share
		}
	}
}

// reach is the part of a feature map that counts: all of it, or the pixel in
// the middle.
func (t *target) reach(shape tensor.Shape) (from, to, channels int) {
	channels = shape[len(shape)-1]
	if t.kind == Channel || len(shape) == 1 {
		return 0, shape.Elements(), channels
	}
	from = (shape[0]/2*shape[1] + shape[1]/2) * channels
	return from, from + channels, channels
}

// magnitude is the mean of the absolute values.
func magnitude(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += math.Abs(v)
	}
	return sum / float64(len(values))
}

// finite tells that no value is infinite or not a number.
func finite(values []float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
