package zoo_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/zoo"
)

// The goldens are what tools/oracle/keras_structure.py writes: how many layers
// and parameters a network of keras.applications has with and without its top,
// and a row for every layer.
func TestLayersAreThoseOfKeras(t *testing.T) {
	for _, a := range zoo.All() {
		if a.Family == "EfficientNet-Lite" {
			continue // Keras has none
		}
		t.Run(a.Name, func(t *testing.T) { checkStructure(t, a, false, a.Name) })
	}
	t.Run("efficientnetb0 for its official weights", func(t *testing.T) {
		checkStructure(t, find(t, "efficientnetb0"), true, "efficientnetb0.imagenet")
	})
}

func checkStructure(t *testing.T, a zoo.Architecture, imageNet bool, golden string) {
	t.Helper()
	whole := build(t, a, zoo.Options{Top: true, ImageNet: imageNet})
	bare := build(t, a, zoo.Options{ImageNet: imageNet})
	got := fmt.Sprintf("# %s\n# without top: %s\n%s", totals(whole), totals(bare), rows(whole))
	if diff := cmp.Diff(readStructure(t, golden), got); diff != "" {
		t.Errorf("Keras (-) and zoo (+) differ:\n%s", diff)
	}
	if !strings.HasPrefix(rows(whole), rows(bare)) {
		t.Error("without its top the network is no beginning of the whole one")
	}
}

// Keras has no EfficientNet-Lite: these goldens are what
// tools/oracle/lite_structure.py writes of the published networks, a row for
// every layer with weights.
func TestLitesHaveTheWeightsOfThePublishedOnes(t *testing.T) {
	for i := range 5 {
		name := fmt.Sprintf("efficientnet-lite%d", i)
		t.Run(name, func(t *testing.T) {
			a := find(t, name)
			g := build(t, a, zoo.Options{Top: true})
			got := fmt.Sprintf("# %d x %d, %d parameters\n", a.Size, a.Size, parameters(g))
			for _, n := range g.Nodes() {
				if len(n.Parameters) > 0 {
					got += fmt.Sprintf("%s\t%s\t%v\t%d\n", n.Name, n.Op.Type(), n.Shape, n.ParameterCount())
				}
			}
			if diff := cmp.Diff(readStructure(t, name), got); diff != "" {
				t.Errorf("published (-) and zoo (+) differ:\n%s", diff)
			}
		})
	}
}

// readStructure reads a golden after the line on who wrote it.
func readStructure(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "\n")
	return rest
}

func totals(g *graph.Graph) string {
	return fmt.Sprintf("%d layers, %d parameters", len(g.Nodes()), parameters(g))
}

func parameters(g *graph.Graph) int {
	count := 0
	for _, n := range g.Nodes() {
		count += n.ParameterCount()
	}
	return count
}

func rows(g *graph.Graph) string {
	var all strings.Builder
	for i, n := range g.Nodes() {
		fmt.Fprintf(&all, "%d\t%s\t%s\t%v\t%d\n", i, n.Name, n.Op.Type(), n.Shape, n.ParameterCount())
	}
	return all.String()
}

func find(t *testing.T, name string) zoo.Architecture {
	t.Helper()
	a, ok := zoo.Find(name)
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	return a
}

func build(t *testing.T, a zoo.Architecture, o zoo.Options) *graph.Graph {
	t.Helper()
	g, err := a.Build(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Search offers eight layers from the input on, and needs no classifier.
func TestSearchLayersGoDeeper(t *testing.T) {
	for _, a := range zoo.All() {
		g := build(t, a, zoo.Options{})
		depth := map[string]int{}
		for i, n := range g.Nodes() {
			depth[n.Name] = i
		}
		deepest := 0
		for _, layer := range a.SearchLayers {
			if depth[layer] <= deepest {
				t.Errorf("%s: search layer %s is at %d, after %d", a.Name, layer, depth[layer], deepest)
			}
			deepest = depth[layer]
		}
		if len(a.SearchLayers) != 8 {
			t.Errorf("%s: %d search layers", a.Name, len(a.SearchLayers))
		}
	}
}
