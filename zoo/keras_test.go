package zoo_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/zoo"
)

// kerasModels are those that tools/oracle/keras_activations.py has run.
var kerasModels = []string{
	"mobilenetv2", "mobilenet", "nasnetmobile", "efficientnetb0", "densenet121", "xception",
	"inceptionv3", "resnet50", "efficientnetb5", "vgg16", "vgg19",
}

// kerasActivations is what tools/oracle/keras_activations.py writes: samples of
// the search layers and the predictions, at the native size and at another.
type kerasActivations struct {
	Gain float64
	Runs []kerasRun
}

type kerasRun struct {
	Size, Batch int
	Layers      []sample
}

// The scalar kernels would take a minute for the native sizes: at their level
// only the other size is run, with the same layers.
func TestSearchLayersEqualKeras(t *testing.T) {
	level, err := graph.CPULevel()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range kerasModels {
		a := find(t, name)
		var golden kerasActivations
		readGolden(t, name+".activations", &golden)
		for _, run := range golden.Runs {
			native := run.Size == a.Size
			t.Run(fmt.Sprintf("%s of %d at %d", name, run.Batch, run.Size), func(t *testing.T) {
				if native && level == "generic" {
					t.Skip("native sizes are for the vector kernels")
				}
				network := formulaNetwork(t, a, zoo.Options{Size: run.Size, Top: true, ImageNet: native}, golden.Gain)
				layers := append(slices.Clone(a.SearchLayers), "predictions")
				compareRun(t, network, a, run, layers)
				compareRun(t, network, a, run, layers[8:])
			})
		}
	}
}

func formulaNetwork(t *testing.T, a zoo.Architecture, o zoo.Options, gain float64) *graph.Network {
	t.Helper()
	g := build(t, a, o)
	network, err := graph.NewNetwork(g, newFormula(g, gain))
	if err != nil {
		t.Fatal(err)
	}
	return network
}

// compareRun compares the layers with those of the same names in the golden.
func compareRun(t *testing.T, network *graph.Network, a zoo.Architecture, run kerasRun, layers []string) {
	t.Helper()
	found := forward(t, network, run.Batch, layers, func(input []float32) { fillPictures(input, a.Name, 0) })
	for _, layer := range layers {
		i := slices.IndexFunc(run.Layers, func(s sample) bool { return s.Name == layer })
		if i < 0 {
			t.Errorf("the golden has no %s", layer)
			continue
		}
		want := run.Layers[i]
		want.Shape = append(tensor.Shape{run.Batch}, want.Shape...)
		compareLayer(t, found[layer].Data, want)
	}
}
