package zoo_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/graph/graphtest"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/embedded"
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

// The scalar kernels would take minutes for the large networks: at their level
// only the small ones are run, which have all operations but long sums.
func TestInputGradientsEqualTensorFlow(t *testing.T) {
	level, err := graph.CPULevel()
	if err != nil {
		t.Fatal(err)
	}
	pool := graph.NewPool(2)
	defer pool.Close()
	for _, name := range kerasModels {
		t.Run(name, func(t *testing.T) {
			var golden kerasGradients
			readGolden(t, name+".gradients", &golden)
			network := formulaNetwork(t, find(t, name), zoo.Options{Size: golden.Size, Top: true}, golden.Gain)
			if len(golden.Gradients) != 2 || len(golden.Pictures) == 0 {
				t.Fatalf("%d gradients of %d pictures", len(golden.Gradients), len(golden.Pictures))
			}
			if level == "generic" && multiplyAdds(network) > 300e6 {
				t.Skip("large networks are for the vector kernels")
			}
			for _, want := range golden.Gradients {
				compareGradient(t, inputGradient(t, network, pool, name, golden.Pictures, want), want)
			}
		})
	}
}

func multiplyAdds(n *graph.Network) int {
	sum := 0
	for _, node := range n.Graph().Nodes() {
		sum += node.MultiplyAdds()
	}
	return sum
}

// TestLiteGradientsEqualSlopes takes the embedded networks at their least size
// along random directions, in float64.
func TestLiteGradientsEqualSlopes(t *testing.T) {
	const size = 32
	random := rand.New(rand.NewPCG(5, 6))
	for _, name := range embedded.Names() {
		t.Run(name, func(t *testing.T) {
			g := build(t, find(t, name), zoo.Options{Size: size, Top: true})
			weights := embeddedWeights(t, name, g)
			network, err := graph.NewNetwork(g, graph.Tensors(weights))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []gradientSample{
				{Objective: "mean", Name: "block3b_add", Channel: 3},
				{Objective: "logit", Name: "predictions", Channel: 207},
			} {
				gradient := inputGradient(t, network, nil, name, []int{0}, want)
				picture, direction := make([]float64, len(gradient)), make([]float64, len(gradient))
				along, square := 0.0, 0.0
				for i, g := range gradient {
					picture[i], direction[i] = float64(pixel(i)), random.NormFloat64()
					along += float64(g) * direction[i]
					square += float64(g) * float64(g)
				}
				o := graphtest.Objective{Taps: []graph.Tap{want.tap()}}
				channels := g.Node(want.Name).Shape
				o.Weights = [][]float64{make([]float64, channels[len(channels)-1])}
				o.Weights[0][want.Channel] = 1
				slope, smooth := graphtest.Slope(g, weights, picture, direction, o)
				if !smooth {
					t.Errorf("%s of %s: a kink lies in the way", want.Objective, want.Name)
				}
				if e := math.Abs(along-slope) / math.Sqrt(square); !(e <= 1e-3) || square == 0 {
					t.Errorf("%s of %s: slope %g, want %g: off by %.2g of the gradient's length", want.Objective, want.Name, along, slope, e)
				}
			}
		})
	}
}

func embeddedWeights(t *testing.T, name string, g *graph.Graph) map[string]tensor.Tensor {
	t.Helper()
	source, err := embedded.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	all := map[string]tensor.Tensor{}
	for _, p := range g.Parameters() {
		w := tensor.New(p.Shape...)
		if err := source.Read(w.Data, p.Name, 0); err != nil {
			t.Fatal(err)
		}
		all[p.Name] = w
	}
	return all
}

// tap is what the objective is taken of.
func (s gradientSample) tap() graph.Tap {
	if s.Objective == "mean" {
		return graph.Tap{Node: s.Name, Reduce: graph.Mean}
	}
	return graph.Tap{Node: s.Name, Linear: true}
}

// inputGradient is the gradient of the sample's objective.
func inputGradient(t *testing.T, network *graph.Network, pool *graph.Pool, name string, pictures []int, want gradientSample) []float32 {
	t.Helper()
	ctx := context.Background()
	plan, err := network.CompileGradient(ctx, len(pictures), want.tap())
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
		if strings.HasPrefix(name, "efficientnetb") { // preprocesses inside
			input[i] = float32((float64(input[i]) + 1) * 127.5)
		}
	}
}
