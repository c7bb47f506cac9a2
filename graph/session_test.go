package graph_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/graph/graphtest"
	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/tensor"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sets are the kernels of every level that this machine has.
func sets(t testing.TB) []*kernel.Set {
	var all []*kernel.Set
	for _, level := range kernel.Levels() {
		if set, err := kernel.For(level); err == nil {
			all = append(all, set)
		}
	}
	if len(all) == 0 {
		t.Fatal("no kernels")
	}
	return all
}

func TestRandomNetworksEqualNestedLoops(t *testing.T) {
	pool := graph.NewPool(3)
	defer pool.Close()
	for _, set := range sets(t) {
		t.Run(string(set.Level), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				g := drawGraph(t, limits{side: 17, channels: 21, filters: 70, layers: 8})
				checkNetwork(t, set, pool, g)
			})
		})
	}
}

// limits bound a random network.
type limits struct{ side, channels, filters, layers int }

// drawGraph writes a random network: a chain with branches that are added.
func drawGraph(t *rapid.T, l limits) *graph.Graph {
	b := graph.NewBuilder()
	draw := func(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, label) }
	x := b.Input("input", draw("height", 3, l.side), draw("width", 3, l.side), draw("channels", 1, l.channels))
	maps := []*graph.Node{x}
	for i := range draw("layers", 1, l.layers) {
		name := fmt.Sprintf("layer%d", i)
		operation := rapid.SampledFrom(operations).Draw(t, "operation")
		x = drawLayer(t, b, operation, name, x, maps, l)
		for _, m := range maps {
			if m.Shape.Equal(x.Shape) && m != x && rapid.Bool().Draw(t, "add") {
				x = b.Add(name+"_add", x, m)
				break
			}
		}
		maps = append(maps, x)
	}
	if rapid.Bool().Draw(t, "classifier") {
		if rapid.Bool().Draw(t, "flatten") {
			x = b.Flatten("flat", x)
		} else {
			x = b.GlobalAveragePooling2D("pool", x)
		}
		b.Dense("classes", x, graph.Dense{Units: draw("units", 1, 60), Bias: true, Activation: graph.Softmax})
	}
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// operations are the kinds of layers of a random network, the usual ones more
// often.
var operations = []string{
	"convolution", "convolution", "convolution", "depthwise", "depthwise", "normalisation", "activation", "padding", "dropout",
	"separable", "max pooling", "average pooling", "concatenation", "squeeze and excite", "cropping", "rescaling",
}

// drawLayer adds a layer; maps are those before it.
func drawLayer(t *rapid.T, b *graph.Builder, operation, name string, x *graph.Node, maps []*graph.Node, l limits) *graph.Node {
	draw := func(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, label) }
	activations := []graph.Activation{graph.Linear, graph.ReLU, graph.ReLU6, graph.Swish, graph.Sigmoid}
	size := graph.Size{Height: min(draw("kernel height", 1, 5), x.Shape[0]), Width: min(draw("kernel width", 1, 5), x.Shape[1])}
	same := rapid.Bool().Draw(t, "same")
	bias := rapid.Bool().Draw(t, "bias")
	activation := rapid.SampledFrom(activations).Draw(t, "activation")
	stride := draw("stride", 1, 3)
	dilation := 1
	if same {
		dilation = draw("dilation", 1, 2)
	}
	padding := graph.Padding{Top: draw("top", 0, 2), Bottom: draw("bottom", 0, 2), Left: draw("left", 0, 2), Right: draw("right", 0, 2)}
	switch operation {
	case "convolution":
		return b.Conv2D(name, x, graph.Conv2D{Filters: draw("filters", 1, l.filters), Kernel: size, Stride: stride, Dilation: dilation, Same: same, Bias: bias, Activation: activation})
	case "depthwise":
		return b.DepthwiseConv2D(name, x, graph.DepthwiseConv2D{Kernel: size, Stride: stride, Dilation: dilation, Same: same, Bias: bias, Activation: activation})
	case "normalisation":
		if rapid.Bool().Draw(t, "scaled") {
			return b.BatchNormalization(name, x, 1e-3)
		}
		return b.UnscaledBatchNormalization(name, x, 1e-3)
	case "activation":
		return b.Activation(name, x, activation)
	case "padding":
		return b.ZeroPadding2D(name, x, padding)
	case "dropout":
		return b.Dropout(name, x)
	case "separable":
		return b.SeparableConv2D(name, x, graph.SeparableConv2D{Filters: draw("filters", 1, l.filters), Kernel: size, Stride: stride, Same: same, Bias: bias, Activation: activation})
	case "max pooling":
		return b.MaxPooling2D(name, x, graph.MaxPooling2D{Size: size, Stride: stride, Same: same})
	case "average pooling":
		return b.AveragePooling2D(name, x, graph.AveragePooling2D{Size: size, Stride: stride, Same: same})
	case "concatenation":
		return b.Concatenate(name, x, rapid.SampledFrom(sameSize(maps, x)).Draw(t, "beside"), x)
	case "squeeze and excite":
		scale := b.GlobalAverageMap2D(name+"_squeeze", x)
		scale = b.Conv2D(name+"_excite", scale, graph.Conv2D{Filters: x.Shape[2], Kernel: graph.Square(1), Bias: true, Activation: graph.Sigmoid})
		return b.Multiply(name, x, scale)
	case "cropping":
		return b.Cropping2D(name, x, graph.Padding{Top: min(padding.Top, x.Shape[0]-1), Left: min(padding.Left, x.Shape[1]-1)})
	case "rescaling":
		return b.Normalization(name+"_normalization", b.Rescaling(name, x, -0.5, 2))
	}
	panic("no operation " + operation)
}

// sameSize lists the maps that are as high and wide as x.
func sameSize(maps []*graph.Node, x *graph.Node) []*graph.Node {
	all := []*graph.Node{x}
	for _, m := range maps {
		if m.Shape[0] == x.Shape[0] && m.Shape[1] == x.Shape[1] {
			all = append(all, m)
		}
	}
	return all
}

func checkNetwork(t *rapid.T, set *kernel.Set, pool *graph.Pool, g *graph.Graph) {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	weights := randomWeights(random, g)
	network, err := graph.NewNetwork(g, graph.Tensors(weights))
	if err != nil {
		t.Fatal(err)
	}
	taps := drawTaps(t, g)
	batch := rapid.IntRange(1, 3).Draw(t, "batch")
	plan, err := network.CompileFor(context.Background(), set, batch, taps...)
	if err != nil {
		t.Fatal(err)
	}
	workers := pool
	if rapid.Bool().Draw(t, "alone") {
		workers = nil
	}
	session := plan.NewSession(workers)
	for range 2 { // the second run meets what the first left in the buffers
		input := session.Input()
		for i := range input.Data {
			input.Data[i] = float32(random.NormFloat64())
		}
		pictures := append([]float32(nil), input.Data...)
		if err := session.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		size := len(pictures) / batch
		for n := range batch {
			want := graphtest.Run(g, weights, doubles(pictures[n*size:(n+1)*size]))
			for i, tap := range taps {
				compareTap(t, tap, session.Tap(i), n, want)
			}
		}
	}
}

func drawTaps(t *rapid.T, g *graph.Graph) []graph.Tap {
	nodes := g.Nodes()
	taps := []graph.Tap{{Node: nodes[len(nodes)-1].Name}}
	for _, node := range nodes {
		if rapid.IntRange(0, 3).Draw(t, "tap") == 0 {
			reduce := rapid.SampledFrom([]graph.Reduction{graph.Whole, graph.Mean, graph.Maximum, graph.Summary}).Draw(t, "reduce")
			taps = append(taps, graph.Tap{Node: node.Name, Reduce: reduce, Linear: rapid.Bool().Draw(t, "linear")})
		}
	}
	return taps
}

func compareTap(t *rapid.T, tap graph.Tap, got tensor.Tensor, n int, pass *graphtest.Pass) {
	largest := 1.0 // inputs are about 1, and sums of them may cancel
	for _, v := range pass.Tap(graph.Tap{Node: tap.Node, Linear: tap.Linear}).Data {
		largest = math.Max(largest, math.Abs(v))
	}
	want := pass.Tap(tap)
	size := len(got.Data) / got.Shape[0]
	if size != len(want.Data) {
		t.Fatalf("%v: %d values, want %d", tap, size, len(want.Data))
	}
	values := got.Data[n*size:][:size]
	if tap.Reduce == graph.Summary {
		// Rounding may choose among places that are nearly alike.
		whole := pass.Tap(graph.Tap{Node: tap.Node, Linear: tap.Linear})
		for c, place := range values[2*whole.Channels:] {
			there, greatest := whole.Data[int(place)*whole.Channels+c], want.Data[whole.Channels+c]
			if !(greatest-there <= 1e-5*largest) {
				t.Fatalf("%v of picture %d: channel %d is %g at %g, but %g elsewhere", tap, n, c, there, place, greatest)
			}
		}
		values = values[:2*whole.Channels]
	}
	for i, v := range values {
		if e := math.Abs(float64(v) - want.Data[i]); !(e <= 1e-5*largest) {
			t.Fatalf("%v of picture %d: value %d is %g, want %g (largest %g)", tap, n, i, v, want.Data[i], largest)
		}
	}
}

func doubles(x []float32) []float64 {
	wide := make([]float64, len(x))
	for i, v := range x {
		wide[i] = float64(v)
	}
	return wide
}

func randomWeights(random *rand.Rand, g *graph.Graph) map[string]tensor.Tensor {
	weights := map[string]tensor.Tensor{}
	for _, p := range g.Parameters() {
		w := tensor.New(p.Shape...)
		fanIn := 1.0
		if len(p.Shape) > 0 {
			fanIn = float64(p.Shape.Elements() / p.Shape[len(p.Shape)-1])
		}
		for i := range w.Data {
			w.Data[i] = float32(random.NormFloat64() / math.Sqrt(fanIn))
			if strings.HasSuffix(p.Name, "variance") {
				w.Data[i] = 0.5 + random.Float32()
			}
		}
		weights[p.Name] = w
	}
	return weights
}

// small is a network with a little of everything.
func small(t testing.TB) *graph.Network {
	b := graph.NewBuilder()
	x := b.Input("input", 16, 16, 3)
	x = b.ZeroPadding2D("pad", x, graph.Same(16, 16, graph.Square(3), 2))
	x = b.Conv2D("conv", x, graph.Conv2D{Filters: 24, Kernel: graph.Square(3), Stride: 2})
	x = b.BatchNormalization("bn", x, 1e-3)
	x = b.Activation("relu", x, graph.ReLU6)
	y := b.DepthwiseConv2D("depthwise", x, graph.DepthwiseConv2D{Kernel: graph.Square(5), Same: true})
	y = b.BatchNormalization("depthwise_bn", y, 1e-3)
	x = b.Add("add", b.Dropout("drop", y), x)
	x = b.GlobalAveragePooling2D("pool", x)
	b.Dense("classes", x, graph.Dense{Units: 10, Bias: true, Activation: graph.Softmax})
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	network, err := graph.NewNetwork(g, graph.Tensors(randomWeights(rand.New(rand.NewPCG(1, 2)), g)))
	if err != nil {
		t.Fatal(err)
	}
	return network
}

func TestFusion(t *testing.T) {
	tests := []struct {
		taps  []string
		steps int
	}{
		{[]string{"classes"}, 6},         // conv+bn+relu, depthwise+bn, add, pool, dense, softmax
		{[]string{"relu"}, 1},            // stops at the deepest tap
		{[]string{"conv"}, 1},            // nothing after the tap
		{[]string{"conv", "relu"}, 2},    // conv by itself, bn+relu
		{[]string{"pad", "relu"}, 2},     // the padded picture is wanted
		{[]string{"drop", "classes"}, 6}, // dropout has no step of its own
		{[]string{"input"}, 0},
	}
	for _, test := range tests {
		var taps []graph.Tap
		for _, name := range test.taps {
			taps = append(taps, graph.Tap{Node: name})
		}
		plan, err := small(t).Compile(context.Background(), 1, taps...)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Steps() != test.steps {
			t.Errorf("taps %v: %d steps, want %d", test.taps, plan.Steps(), test.steps)
		}
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	pool := graph.NewPool(2)
	defer pool.Close()
	for _, workers := range []*graph.Pool{nil, pool} {
		plan, err := small(t).Compile(context.Background(), 2, graph.Tap{Node: "add", Reduce: graph.Mean}, graph.Tap{Node: "classes"})
		if err != nil {
			t.Fatal(err)
		}
		session := plan.NewSession(workers)
		ctx := context.Background()
		if n := testing.AllocsPerRun(20, func() {
			if err := session.Run(ctx); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%d workers: %v allocations per run", workers.Threads(), n)
		}
	}
}

func TestSessionsShareAPlanAndAPool(t *testing.T) {
	pool := graph.NewPool(2)
	defer pool.Close()
	plan, err := small(t).Compile(context.Background(), 1, graph.Tap{Node: "classes"})
	if err != nil {
		t.Fatal(err)
	}
	run := func(value float32) []float32 {
		session := plan.NewSession(pool)
		for i := range session.Input().Data {
			session.Input().Data[i] = value
		}
		if err := session.Run(context.Background()); err != nil {
			t.Error(err)
		}
		return session.Tap(0).Data
	}
	want := make([][]float32, 8)
	for i := range want {
		want[i] = run(float32(i))
	}
	var group sync.WaitGroup
	for i := range want {
		group.Go(func() {
			for j, v := range run(float32(i)) {
				if v != want[i][j] {
					t.Errorf("session %d: class %d is %g, want %g", i, j, v, want[i][j])
				}
			}
		})
	}
	group.Wait()
}

func TestRunStopsWithItsContext(t *testing.T) {
	plan, err := small(t).Compile(context.Background(), 1, graph.Tap{Node: "classes"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := plan.NewSession(nil).Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestErrorsNameTheNode(t *testing.T) {
	build := func(write func(b *graph.Builder, x *graph.Node)) error {
		b := graph.NewBuilder()
		write(b, b.Input("input", 8, 8, 3))
		_, err := b.Graph()
		return err
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"kernel larger than the map", build(func(b *graph.Builder, x *graph.Node) {
			x = b.Conv2D("stem", x, graph.Conv2D{Filters: 4, Kernel: graph.Square(9)})
			b.BatchNormalization("after", x, 1e-3)
		}), `Conv2D "stem": input 8x8x3 is smaller than the kernel's 9x9`},
		{"unlike shapes", build(func(b *graph.Builder, x *graph.Node) {
			b.Add("sum", x, b.Conv2D("conv", x, graph.Conv2D{Filters: 4, Kernel: graph.Square(1)}))
		}), `Add "sum": inputs 8x8x3 and 8x8x4`},
		{"a name twice", build(func(b *graph.Builder, x *graph.Node) { b.Dropout("input", x) }),
			`Dropout "input": a node of this name is there already`},
		{"dense on a map", build(func(b *graph.Builder, x *graph.Node) { b.Dense("fc", x, graph.Dense{Units: 3}) }),
			`Dense "fc": input 8x8x3, want [units]`},
		{"unknown tap", func() error {
			_, err := small(t).Compile(context.Background(), 1, graph.Tap{Node: "nothing"})
			return err
		}(), `tap "nothing": no such node`},
		{"missing weights", func() error {
			_, err := graph.NewNetwork(small(t).Graph(), graph.Tensors{})
			return err
		}(), `weights "conv/kernel" are missing`},
	}
	for _, test := range tests {
		if test.err == nil || test.err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.name, test.err, test.want)
		}
	}
}
