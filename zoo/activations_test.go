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
type activations struct {
	Layers []struct {
		Name      string
		Shape     []int
		MaxAbs    float64 `json:"max_abs"`
		Sum       float64
		Positions []int
		Values    []float64
	}
}

// tolerance is relative to the largest value of a layer.
const tolerance = 1e-4

func TestEveryLayerEqualsTheReference(t *testing.T) {
	for _, name := range embedded.Names() {
		t.Run(name, func(t *testing.T) {
			architecture := find(t, name)
			golden := readActivations(t, architecture.Name)
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
	input := session.Input().Data
	for i := range input[:len(input)/batch] {
		x := float32(float64(uint32(i)*2654435761)/(1<<32)*2 - 1)
		input[i], input[len(input)/batch+i] = 0, x // the second picture of the batch
	}
	if err := session.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	found := map[string]tensor.Tensor{}
	for i, layer := range layers {
		found[layer] = session.Tap(i)
	}
	compared := 0
	for _, want := range golden.Layers {
		got, ok := found[want.Name]
		if !ok {
			continue
		}
		compared++
		values := got.Data[len(got.Data)/batch:]
		if n := tensor.Shape(want.Shape).Elements(); n != len(values) {
			t.Errorf("%s: %d values, want %v", want.Name, len(values), want.Shape)
			continue
		}
		compareLayer(t, want.Name, values, want.Positions, want.Values, want.MaxAbs, want.Sum)
	}
	if compared != len(layers) {
		t.Errorf("compared %d layers of %d", compared, len(layers))
	}
}

func compareLayer(t *testing.T, name string, got []float32, positions []int, values []float64, maxAbs, sum float64) {
	t.Helper()
	for i, at := range positions {
		if e := math.Abs(float64(got[at]) - values[i]); !(e <= tolerance*maxAbs) {
			t.Errorf("%s[%d] = %g, want %g: off by %.2g of the layer's largest value", name, at, got[at], values[i], e/maxAbs)
			return
		}
	}
	var gotSum, gotMax float64
	for _, v := range got {
		gotSum += float64(v)
		gotMax = math.Max(gotMax, math.Abs(float64(v)))
	}
	if !(math.Abs(gotMax-maxAbs) <= tolerance*maxAbs) {
		t.Errorf("%s: largest value %g, want %g", name, gotMax, maxAbs)
	}
	if !(math.Abs(gotSum-sum) <= tolerance*maxAbs*float64(len(got))) {
		t.Errorf("%s: sum %g, want %g", name, gotSum, sum)
	}
}

func readActivations(t *testing.T, name string) activations {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".activations.json")
	if err != nil {
		t.Fatal(err)
	}
	var a activations
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	return a
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
