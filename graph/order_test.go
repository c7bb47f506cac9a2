package graph_test

import (
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/graph"
)

// Keras lists a layer by its distance from the output, not by when it was
// made: the short branch comes late, and the first input of a layer before its
// second one.
func TestInKerasOrder(t *testing.T) {
	b := graph.NewBuilder()
	x := b.Input("input", 4, 4, 3)
	short := b.Activation("short", x, graph.ReLU)
	long := b.Activation("long_1", x, graph.ReLU)
	long = b.Activation("long_2", long, graph.ReLU)
	b.Activation("of no use", long, graph.ReLU)
	b.Add("output", long, short)
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	ordered := g.InKerasOrder()
	var names []string
	for _, n := range ordered.Nodes() {
		names = append(names, n.Name)
	}
	want := []string{"input", "long_1", "long_2", "short", "output"}
	if !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
	if ordered.Node("of no use") != nil || ordered.Node("short") != short {
		t.Error("names find other nodes than the list has")
	}
}
