package zoo_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights"
	"github.com/convnetplayground/convnet/weights/embedded"
	"github.com/convnetplayground/convnet/zoo"
)

// activations is what tools/oracle/activations.py writes: samples of every
// layer of the reference network.
type activations struct{ Layers []sample }

// sample is what a golden keeps of a layer.
type sample struct {
	Name      string
	Shape     tensor.Shape
	MaxAbs    float64 `json:"max_abs"`
	Sum       float64
	Positions []int
	Values    []float64
}

// tolerance is relative to the largest value of a layer.
const tolerance = 1e-4

func TestEveryLayerEqualsTheReference(t *testing.T) {
	for _, name := range embedded.Names() {
		t.Run(name, func(t *testing.T) {
			architecture := find(t, name)
			var golden activations
			readGolden(t, name+".activations", &golden)
			network := openNetwork(t, architecture)

			var all []string
			for _, layer := range golden.Layers {
				if network.Graph().Node(layer.Name) != nil {
					all = append(all, layer.Name)
				}
			}
			t.Run("all layers at once", func(t *testing.T) { compare(t, network, golden, all) })
			t.Run("the search layers", func(t *testing.T) { compare(t, network, golden, architecture.SearchLayers) })
			for _, layer := range []string{"block2a_dwconv", "block6d_add", "avg_pool", "predictions"} {
				t.Run(layer+" alone", func(t *testing.T) { compare(t, network, golden, []string{layer}) })
			}
		})
	}
}

func compare(t *testing.T, network *graph.Network, golden activations, layers []string) {
	t.Helper()
	const batch = 2
	found := forward(t, network, batch, layers, func(input []float32) {
		picture := input[len(input)/batch:] // the second one
		for i := range picture {
			picture[i] = pixel(i)
		}
	})
	compared := 0
	for _, want := range golden.Layers {
		got, ok := found[want.Name]
		if !ok {
			continue
		}
		compared++
		want.Shape = want.Shape[1:]
		compareLayer(t, got.Data[len(got.Data)/batch:], want)
	}
	if compared != len(layers) {
		t.Errorf("compared %d layers of %d", compared, len(layers))
	}
}

// pixel is the i-th value of the pictures of all references.
func pixel(i int) float32 { return float32(float64(uint32(i)*2654435761)/(1<<32)*2 - 1) }

// forward runs the network on the pictures that fill writes.
func forward(t *testing.T, network *graph.Network, batch int, layers []string, fill func(input []float32)) map[string]tensor.Tensor {
	t.Helper()
	var taps []graph.Tap
	for _, layer := range layers {
		taps = append(taps, graph.Tap{Node: layer})
	}
	plan, err := network.Compile(context.Background(), batch, taps...)
	if err != nil {
		t.Fatal(err)
	}
	pool := graph.NewPool(2)
	defer pool.Close()
	session := plan.NewSession(pool)
	fill(session.Input().Data)
	if err := session.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	found := map[string]tensor.Tensor{}
	for i, layer := range layers {
		found[layer] = session.Tap(i)
	}
	return found
}

func compareLayer(t *testing.T, got []float32, want sample) {
	t.Helper()
	if len(got) != want.Shape.Elements() {
		t.Errorf("%s: %d values, want %v", want.Name, len(got), want.Shape)
		return
	}
	for i, at := range want.Positions {
		if e := math.Abs(float64(got[at]) - want.Values[i]); !(e <= tolerance*want.MaxAbs) {
			t.Errorf("%s[%d] = %g, want %g: off by %.2g of the layer's largest value", want.Name, at, got[at], want.Values[i], e/want.MaxAbs)
			return
		}
	}
	var sum, largest float64
	for _, v := range got {
		sum += float64(v)
		largest = math.Max(largest, math.Abs(float64(v)))
	}
	if !(math.Abs(largest-want.MaxAbs) <= tolerance*want.MaxAbs) {
		t.Errorf("%s: largest value %g, want %g", want.Name, largest, want.MaxAbs)
	}
	if !(math.Abs(sum-want.Sum) <= tolerance*want.MaxAbs*float64(len(got))) {
		t.Errorf("%s: sum %g, want %g", want.Name, sum, want.Sum)
	}
}

// readGolden reads a file of testdata into golden.
func readGolden(t *testing.T, name string, golden any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, golden); err != nil {
		t.Fatal(err)
	}
}

func openNetwork(t *testing.T, a zoo.Architecture) *graph.Network {
	t.Helper()
	g, err := a.Build(zoo.Options{Top: true})
	if err != nil {
		t.Fatal(err)
	}
	source, err := embedded.Open(a.Name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { source.Close() })
	if err := weights.Check(g.Parameters(), source); err != nil {
		t.Fatal(err)
	}
	network, err := graph.NewNetwork(g, source)
	if err != nil {
		t.Fatal(err)
	}
	return network
}
