package graph_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/graph"
)

// padded is a small network with padding, which reads zeros.
func padded(t *testing.T, size, filters int) *graph.Graph {
	t.Helper()
	b := graph.NewBuilder()
	x := b.Input("input", size, size, 3)
	x = b.Conv2D("wide", x, graph.Conv2D{Filters: filters, Kernel: graph.Square(3), Same: true, Activation: graph.ReLU})
	x = b.DepthwiseConv2D("each", x, graph.DepthwiseConv2D{Kernel: graph.Square(3), Same: true})
	b.Conv2D("last", x, graph.Conv2D{Filters: 4, Kernel: graph.Square(3), Stride: 2, Same: true})
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestSessionsThatTakeTurnsMayShareMemory(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	compile := func(g *graph.Graph) *graph.Plan {
		network, err := graph.NewNetwork(g, graph.Tensors(randomWeights(random, g)))
		if err != nil {
			t.Fatal(err)
		}
		plan, err := network.CompileGradient(t.Context(), 1, graph.Tap{Node: "last"})
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	plans := []*graph.Plan{compile(padded(t, 9, 70)), compile(padded(t, 13, 5))}
	memory := make([]float32, max(plans[0].Memory(), plans[1].Memory()))
	for i := range memory {
		memory[i] = float32(math.NaN())
	}
	gradient := func(s *graph.Session) []float32 {
		for i := range s.Input().Data {
			s.Input().Data[i] = float32(i % 7)
		}
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range s.Upstream(0).Data {
			s.Upstream(0).Data[i] = float32(i % 3)
		}
		if err := s.Backward(t.Context()); err != nil {
			t.Fatal(err)
		}
		return slices.Concat(s.Tap(0).Data, s.InputGradient().Data)
	}
	var want [][]float32
	var sharing []*graph.Session
	for _, plan := range plans {
		want = append(want, gradient(plan.NewSession(nil)))
		sharing = append(sharing, plan.NewSessionIn(memory, nil))
	}
	for turn := range 4 {
		if got := gradient(sharing[turn%2]); !slices.Equal(got, want[turn%2]) {
			t.Fatalf("turn %d: %v, want %v", turn, got, want[turn%2])
		}
	}
}
