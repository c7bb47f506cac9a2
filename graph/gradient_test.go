package graph_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/graph/graphtest"
	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/tensor"
)

func TestGradientOfEveryOperationEqualsFiniteDifferences(t *testing.T) {
	pool := graph.NewPool(3)
	defer pool.Close()
	for _, operation := range slices.Compact(slices.Clone(operations)) {
		t.Run(operation, func(t *testing.T) {
			eachSet(t, func(t *rapid.T, set *kernel.Set) {
				b := graph.NewBuilder()
				draw := func(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, label) }
				channels := rapid.OneOf(rapid.IntRange(1, 4), rapid.IntRange(1, 60)).Draw(t, "channels")
				x := b.Input("input", draw("height", 1, 12), draw("width", 1, 12), channels)
				drawLayer(t, b, operation, "layer", x, []*graph.Node{x}, limits{filters: 40})
				g, err := b.Graph()
				if err != nil {
					t.Fatal(err)
				}
				checkGradient(t, set, pool, g)
			})
		})
	}
}

func TestGradientOfVectorsEqualsFiniteDifferences(t *testing.T) {
	eachSet(t, func(t *rapid.T, set *kernel.Set) {
		b := graph.NewBuilder()
		draw := func(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, label) }
		x := b.Input("input", draw("height", 1, 4), draw("width", 1, 4), draw("channels", 1, 40))
		x = b.Flatten("flat", x)
		x = b.Dense("hidden", x, graph.Dense{Units: draw("hidden", 1, 60), Bias: true, Activation: graph.ReLU})
		b.Dense("classes", x, graph.Dense{Units: draw("classes", 1, 60), Bias: true, Activation: graph.Softmax})
		g, err := b.Graph()
		if err != nil {
			t.Fatal(err)
		}
		checkGradient(t, set, nil, g)
	})
}

func TestGradientOfRandomNetworksEqualsFiniteDifferences(t *testing.T) {
	pool := graph.NewPool(3)
	defer pool.Close()
	eachSet(t, func(t *rapid.T, set *kernel.Set) {
		checkGradient(t, set, pool, drawGraph(t, limits{side: 9, channels: 5, filters: 9, layers: 6}))
	})
}

func eachSet(t *testing.T, check func(t *rapid.T, set *kernel.Set)) {
	for _, set := range sets(t) {
		t.Run(string(set.Level), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { check(t, set) })
		})
	}
}

// checkGradient compares slopes of a random objective with its gradient.
func checkGradient(t *rapid.T, set *kernel.Set, pool *graph.Pool, g *graph.Graph) {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	weights := randomWeights(random, g)
	network, err := graph.NewNetwork(g, graph.Tensors(weights))
	if err != nil {
		t.Fatal(err)
	}
	batch := rapid.IntRange(1, 3).Draw(t, "batch")
	taps := drawTaps(t, g)
	plan, err := network.CompileGradientFor(context.Background(), set, batch, taps...)
	if err != nil {
		t.Fatal(err)
	}
	session := plan.NewSession(pool)
	for range 2 { // the second pass meets what the first left in the buffers
		fill(random, session.Input())
		for i := range taps {
			fill(random, session.Upstream(i))
		}
		if err := session.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := session.Backward(context.Background()); err != nil {
			t.Fatal(err)
		}
		for n := range batch {
			comparePicture(t, random, session, g, weights, taps, n)
		}
	}
}

func fill(random *rand.Rand, x tensor.Tensor) {
	for i := range x.Data {
		x.Data[i] = float32(random.NormFloat64())
	}
}

// ulp is a unit in the last place of a float32 of 1: where the terms of a
// gradient cancel, what is left cannot be more exact than the terms.
const ulp = 0x1p-23

// comparePicture compares the gradient of one picture along some of its values
// and along a random direction.
func comparePicture(t *rapid.T, random *rand.Rand, session *graph.Session, g *graph.Graph, weights map[string]tensor.Tensor, taps []graph.Tap, n int) {
	picture := part(session.Input(), n)
	gradient := part(session.InputGradient(), n)
	o := graphtest.Objective{Taps: taps}
	for i, tap := range taps {
		w := part(session.Upstream(i), n)
		if tap.Reduce == graph.Summary {
			clear(w[len(w)/3*2:]) // places have no gradient
		}
		o.Weights = append(o.Weights, w)
	}
	const rounding = 3e-6
	if graphtest.Run(g, weights, picture).Margin() < rounding {
		return
	}
	largest := magnitude(gradient)
	slack := 0.0
	for _, upstream := range o.Weights {
		slack = math.Max(slack, ulp*magnitude(upstream))
	}
	for range 6 {
		direction := make([]float64, len(picture))
		at := random.IntN(len(picture))
		direction[at] = 1
		compareSlope(t, g, weights, picture, direction, o, gradient, 1e-4*largest+slack)
	}
	direction := make([]float64, len(picture))
	for i := range direction {
		direction[i] = random.NormFloat64()
	}
	compareSlope(t, g, weights, picture, direction, o, gradient, (1e-4*largest+slack)*math.Sqrt(float64(len(picture))))
}

func magnitude(values []float64) float64 {
	largest := 0.0
	for _, v := range values {
		largest = math.Max(largest, math.Abs(v))
	}
	return largest
}

func compareSlope(t *rapid.T, g *graph.Graph, weights map[string]tensor.Tensor, picture, direction []float64, o graphtest.Objective, gradient []float64, allowed float64) {
	want, smooth := graphtest.Slope(g, weights, picture, direction, o)
	if !smooth {
		return
	}
	got := 0.0
	for i, d := range direction {
		got += d * gradient[i]
	}
	if e := math.Abs(got - want); !(e <= allowed) {
		t.Fatalf("slope %g, want %g, off by %.2g (allowed %.2g)", got, want, e, allowed)
	}
}

// part is what a tensor [batch, …] holds for one picture.
func part(x tensor.Tensor, n int) []float64 {
	size := len(x.Data) / x.Shape[0]
	return doubles(x.Data[n*size:][:size])
}

func TestBackwardAllocatesNothing(t *testing.T) {
	pool := graph.NewPool(2)
	defer pool.Close()
	for _, workers := range []*graph.Pool{nil, pool} {
		plan, err := small(t).CompileGradient(context.Background(), 2, graph.Tap{Node: "add", Reduce: graph.Mean}, graph.Tap{Node: "classes"})
		if err != nil {
			t.Fatal(err)
		}
		session := plan.NewSession(workers)
		ctx := context.Background()
		for _, rules := range [][]graph.Rule{nil, {graph.Guided{}}, {graph.Redirected{}}} {
			if n := testing.AllocsPerRun(20, func() {
				if err := errors.Join(session.Run(ctx), session.Backward(ctx, rules...)); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%d workers, rules %v: %v allocations per pass", workers.Threads(), rules, n)
			}
		}
	}
}

func TestBackwardCanBeCalledAgain(t *testing.T) {
	plan, err := small(t).CompileGradient(context.Background(), 1, graph.Tap{Node: "classes", Linear: true})
	if err != nil {
		t.Fatal(err)
	}
	session := plan.NewSession(nil)
	fill(rand.New(rand.NewPCG(3, 4)), session.Input())
	if err := session.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	gradient := func(class int) []float32 {
		upstream := session.Upstream(0).Data
		clear(upstream)
		upstream[class] = 1
		if err := session.Backward(context.Background()); err != nil {
			t.Fatal(err)
		}
		if upstream[class] != 1 {
			t.Errorf("Backward left %g in Upstream", upstream[class])
		}
		return slices.Clone(session.InputGradient().Data)
	}
	logits := slices.Clone(session.Tap(0).Data)
	first, second := gradient(0), gradient(1)
	if slices.Equal(first, second) {
		t.Error("two classes have the same gradient")
	}
	if !slices.Equal(first, gradient(0)) {
		t.Error("the same class has another gradient the second time")
	}
	if !slices.Equal(logits, session.Tap(0).Data) {
		t.Error("the tap does not hold the logits any more")
	}
}

func TestBackwardErrors(t *testing.T) {
	ctx := context.Background()
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	session := func(compile func(context.Context, int, ...graph.Tap) (*graph.Plan, error)) *graph.Session {
		plan, err := compile(ctx, 1, graph.Tap{Node: "classes"})
		if err != nil {
			t.Fatal(err)
		}
		return plan.NewSession(nil)
	}
	forward, gradient := session(small(t).Compile), session(small(t).CompileGradient)
	want := func(err error, message string) {
		t.Helper()
		if err == nil || err.Error() != message {
			t.Errorf("error %v, want %s", err, message)
		}
	}
	want(forward.Backward(ctx), "backward pass: the plan was not compiled for gradients")
	want(gradient.Backward(ctx), "backward pass: no forward pass before it")
	if err := gradient.Run(ctx); err != nil {
		t.Fatal(err)
	}
	want(gradient.Backward(cancelled), "backward pass: context canceled")
	want(gradient.Run(cancelled), "forward pass: context canceled")
	want(gradient.Backward(ctx), "backward pass: no forward pass before it")
}

// activated is a session of one activation of four values.
func activated(t *testing.T, a graph.Activation, batch int) *graph.Session {
	t.Helper()
	b := graph.NewBuilder()
	b.Activation("clamp", b.Input("input", 1, 1, 4), a)
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	network, err := graph.NewNetwork(g, graph.Tensors{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := network.CompileGradient(context.Background(), batch, graph.Tap{Node: "clamp"})
	if err != nil {
		t.Fatal(err)
	}
	return plan.NewSession(nil)
}

func TestRules(t *testing.T) {
	tests := []struct {
		name                  string
		activation            graph.Activation
		rule                  graph.Rule
		input, upstream, want []float32
	}{
		{"guided relu", graph.ReLU, graph.Guided{}, []float32{-1, 1, 9, 2}, []float32{3, 3, -3, 4}, []float32{0, 3, 0, 4}},
		{"guided relu6", graph.ReLU6, graph.Guided{}, []float32{-1, 1, 9, 2}, []float32{3, 3, 3, -4}, []float32{0, 3, 0, 0}},
		{"guided is for relu", graph.Linear, graph.Guided{}, []float32{-1, 1, 9, 2}, []float32{3, 3, -3, 4}, []float32{3, 3, -3, 4}},
		{"redirected relu that lets some through", graph.ReLU, graph.Redirected{}, []float32{-1, 1, -9, 2}, []float32{3, 3, -3, -4}, []float32{0, 3, 0, -4}},
		{"redirected relu that is dead", graph.ReLU, graph.Redirected{}, []float32{-1, -2, -9, 2}, []float32{3, 5, -3, 0}, []float32{3, 5, 0, 0}},
		{"redirected relu6 that lets some through", graph.ReLU6, graph.Redirected{}, []float32{-1, 7, 8, 2}, []float32{3, 3, -3, 1}, []float32{0, 0, 0, 1}},
		{"redirected relu6 that is saturated", graph.ReLU6, graph.Redirected{}, []float32{-1, 7, 8, -2}, []float32{3, 3, -3, -4}, []float32{3, 0, -3, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// The other picture lets its gradient through.
			session := activated(t, test.activation, 2)
			copy(session.Input().Data, append([]float32{1, 1, 1, 1}, test.input...))
			copy(session.Upstream(0).Data, append([]float32{1, 1, 1, 1}, test.upstream...))
			ctx := context.Background()
			if err := errors.Join(session.Run(ctx), session.Backward(ctx, test.rule)); err != nil {
				t.Fatal(err)
			}
			if got := session.InputGradient().Data[4:]; !slices.Equal(got, test.want) {
				t.Errorf("gradient %v, want %v", got, test.want)
			}
		})
	}
}

// scaled is a rule for one node that shows what it is given: the gradient is
// 10 * input * upstream.
type scaled struct{ node string }

func (s scaled) Replaces(o *graph.Operation) bool { return o.Node.Name == s.node && o.Activation == "" }

func (s scaled) Gradient(o *graph.Operation, picture int) {
	size := len(o.Upstream.Data) / o.Upstream.Shape[0]
	for i := picture * size; i < (picture+1)*size; i++ {
		o.Gradients[0].Data[i] = 10 * o.Inputs[0].Data[i] * o.Upstream.Data[i]
	}
}

func TestRulesReplaceAnyOperation(t *testing.T) {
	b := graph.NewBuilder()
	x := b.Rescaling("first", b.Input("input", 1, 1, 2), 0, 3)
	b.Rescaling("second", x, 1, 2)
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	network, err := graph.NewNetwork(g, graph.Tensors{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := network.CompileGradient(context.Background(), 1, graph.Tap{Node: "second"}, graph.Tap{Node: "first"})
	if err != nil {
		t.Fatal(err)
	}
	session := plan.NewSession(nil)
	copy(session.Input().Data, []float32{1, -1})
	copy(session.Upstream(0).Data, []float32{5, 7})
	for _, test := range []struct {
		rules []graph.Rule
		want  []float32
	}{
		{nil, []float32{30, 42}},
		{[]graph.Rule{scaled{"second"}}, []float32{450, -630}}, // 3 * 10 * 3x * upstream
		{[]graph.Rule{graph.Guided{}, scaled{"first"}}, []float32{100, -140}},
		{nil, []float32{30, 42}},
	} {
		ctx := context.Background()
		if err := errors.Join(session.Run(ctx), session.Backward(ctx, test.rules...)); err != nil {
			t.Fatal(err)
		}
		if got := session.InputGradient().Data; !slices.Equal(got, test.want) {
			t.Errorf("rules %v: gradient %v, want %v", test.rules, got, test.want)
		}
	}
}

func TestGradientOfTheInputItself(t *testing.T) {
	plan, err := small(t).CompileGradient(context.Background(), 1, graph.Tap{Node: "input"}, graph.Tap{Node: "input", Reduce: graph.Mean})
	if err != nil {
		t.Fatal(err)
	}
	session := plan.NewSession(nil)
	session.Upstream(0).Data[5] = 2
	session.Upstream(1).Data[1] = 256
	ctx := context.Background()
	if err := errors.Join(session.Run(ctx), session.Backward(ctx)); err != nil {
		t.Fatal(err)
	}
	for i, got := range session.InputGradient().Data {
		want := float32(0)
		if i == 5 {
			want = 2
		}
		if i%3 == 1 {
			want++
		}
		if got != want {
			t.Fatalf("value %d is %g, want %g", i, got, want)
		}
	}
}
