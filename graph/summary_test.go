package graph_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/graph/graphtest"
	"github.com/convnetplayground/convnet/internal/kernel"
)

// summarised is a session whose first tap is the summary of its input, and
// whose second the mean.
func summarised(t rapid.TB, set *kernel.Set, batch, height, width, channels int) (*graph.Graph, *graph.Session) {
	b := graph.NewBuilder()
	b.Input("input", height, width, channels)
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	network, err := graph.NewNetwork(g, graph.Tensors{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := network.CompileFor(context.Background(), set, batch,
		graph.Tap{Node: "input", Reduce: graph.Summary}, graph.Tap{Node: "input", Reduce: graph.Mean})
	if err != nil {
		t.Fatal(err)
	}
	return g, plan.NewSession(nil)
}

func TestOfEqualMaximaTheFirstHasThePlace(t *testing.T) {
	eachSet(t, func(t *rapid.T, set *kernel.Set) {
		draw := func(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, label) }
		batch, channels := draw("batch", 1, 3), draw("channels", 1, 40)
		g, session := summarised(t, set, batch, draw("height", 1, 20), draw("width", 1, 20), channels)
		input := session.Input().Data
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for i := range input {
			input[i] = float32(random.IntN(5) - 2)
		}
		pictures := doubles(input)
		if err := session.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		size := len(pictures) / batch
		for n := range batch {
			want := graphtest.Run(g, nil, pictures[n*size:][:size]).Tap(graph.Tap{Node: "input", Reduce: graph.Summary})
			got := session.Tap(0).Data[n*3*channels:][:3*channels]
			mean := session.Tap(1).Data[n*channels:][:channels]
			for c := range channels {
				if got[c] != mean[c] {
					t.Fatalf("channel %d: mean %g in the summary, %g by itself", c, got[c], mean[c])
				}
				value, place := float64(got[channels+c]), float64(got[2*channels+c])
				if value != want.Data[channels+c] || place != want.Data[2*channels+c] {
					t.Fatalf("channel %d: %g at %g, want %g at %g", c, value, place, want.Data[channels+c], want.Data[2*channels+c])
				}
			}
		}
	})
}

func TestASummaryKeepsNaN(t *testing.T) {
	for _, set := range sets(t) {
		_, session := summarised(t, set, 1, 12, 12, 2)
		input := session.Input().Data
		for i := range input {
			input[i] = float32(i)
		}
		input[20] = float32(math.NaN())
		if err := session.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := session.Tap(0).Data
		if !math.IsNaN(float64(got[0])) || !math.IsNaN(float64(got[2])) || got[4] < 0 || got[4] > 143 {
			t.Errorf("%s: mean %g, maximum %g at %g; want NaN, somewhere on the map", set.Level, got[0], got[2], got[4])
		}
		if got[3] != 287 || got[5] != 143 {
			t.Errorf("%s: the other channel has %g at %g, want 287 at 143", set.Level, got[3], got[5])
		}
	}
}
