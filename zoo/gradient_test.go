package zoo_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/zoo"
)

// kerasGradients is what tools/oracle/keras_gradients.py writes: samples of
// gradients with respect to the input.
type kerasGradients struct {
	Gain      float64
	Size      int
	Pictures  []int // their places in a long batch
	Gradients []gradientSample
}

type gradientSample struct {
	Objective string // mean of the channel of a layer, or logit of the class
	Name      string // of the layer
	Channel   int
	MaxAbs    float64 `json:"max_abs"`
	Sum       float64
	Positions []int
	Values    []float64
}

func TestInputGradientsEqualTensorFlow(t *testing.T) {
	pool := graph.NewPool(2)
	defer pool.Close()
	for _, name := range kerasModels {
		t.Run(name, func(t *testing.T) {
			var golden kerasGradients
			readGolden(t, name+".gradients", &golden)
			network := formulaNetwork(t, find(t, name), zoo.Options{Size: golden.Size, Top: true}, golden.Gain)
			if len(golden.Gradients) != 2 {
				t.Fatalf("%d gradients", len(golden.Gradients))
			}
			for _, want := range golden.Gradients {
				compareGradient(t, inputGradient(t, network, pool, name, golden.Pictures, want), want)
			}
		})
	}
}

// inputGradient is the gradient of the sample's objective.
func inputGradient(t *testing.T, network *graph.Network, pool *graph.Pool, name string, pictures []int, want gradientSample) []float32 {
	t.Helper()
	tap := graph.Tap{Node: want.Name, Linear: true}
	if want.Objective == "mean" {
		tap = graph.Tap{Node: want.Name, Reduce: graph.Mean}
	}
	ctx := context.Background()
	plan, err := network.CompileGradient(ctx, len(pictures), tap)
	if err != nil {
		t.Fatal(err)
	}
	session := plan.NewSession(pool)
	input, upstream := session.Input().Data, session.Upstream(0)
	size := len(input) / len(pictures)
	for n, picture := range pictures {
		fillPictures(input[n*size:][:size], name, picture)
		upstream.Data[n*upstream.Shape[1]+want.Channel] = 1
	}
	if err := errors.Join(session.Run(ctx), session.Backward(ctx)); err != nil {
		t.Fatal(err)
	}
	return session.InputGradient().Data
}

func compareGradient(t *testing.T, got []float32, want gradientSample) {
	t.Helper()
	const tolerance = 1e-3 // of the largest value
	for i, at := range want.Positions {
		if e := math.Abs(float64(got[at]) - want.Values[i]); !(e <= tolerance*want.MaxAbs) {
			t.Errorf("%s of %s [%d] = %g, want %g: off by %.2g of the largest value", want.Objective, want.Name, at, got[at], want.Values[i], e/want.MaxAbs)
			return
		}
	}
	var sum float64
	for _, v := range got {
		sum += float64(v)
	}
	if !(math.Abs(sum-want.Sum) <= tolerance*want.MaxAbs*float64(len(got))) {
		t.Errorf("%s of %s: sum %g, want %g", want.Objective, want.Name, sum, want.Sum)
	}
}

// fillPictures writes pictures of the Keras goldens: what input holds at this
// place in a long batch.
func fillPictures(input []float32, name string, place int) {
	for i := range input {
		input[i] = pixel(place*len(input) + i)
		if strings.HasPrefix(name, "efficientnet") { // preprocesses inside
			input[i] = float32((float64(input[i]) + 1) * 127.5)
		}
	}
}
