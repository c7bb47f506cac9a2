package featurevis

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/graph/graphtest"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
	"github.com/convnetplayground/convnet/tensor"
)

func lite0(t testing.TB) *model.Model {
	t.Helper()
	m, err := model.NewLibrary("").Open("efficientnet-lite0")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// recipe is a quick one of Lite0.
func recipe(channel int) Recipe {
	r := Default(channel)
	r.Model, r.Layer, r.Size, r.Steps = "efficientnet-lite0", "block2b_add", 40, 20
	return r
}

func begin(t testing.TB, m *model.Model, r Recipe, pool *graph.Pool) *Render {
	t.Helper()
	p, err := New(m, r, pool)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func steps(t testing.TB, p *Render, n int) {
	t.Helper()
	for range n {
		if err := p.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTheGradientIsThatOfTheDefinition compares the gradient by the parameters
// with finite differences of the whole way in float64: parameters, picture,
// view, network, objective, all by their definitions.
func TestTheGradientIsThatOfTheDefinition(t *testing.T) {
	m := lite0(t)
	random := rand.New(rand.NewPCG(3, 4))
	weights := graph.Tensors{}
	smooth := 0
	for step, r := range []Recipe{recipe(3), recipe(5), recipe(7), recipe(9)} {
		r.Size = 33 + step%2
		r.Parameters = []Parameters{Fourier, Pixels}[step/2]
		r.Deviation = 0.3
		p := begin(t, m, r, nil)
		p.network.network = func(size int) (*graph.Network, error) { return small(size, r.Layer, weights) }
		p.step = 100 + step // no redirection any more
		if _, err := p.slope(t.Context()); err != nil {
			t.Fatal(err)
		}
		v := drawView(r.Transforms, r.Size, r.Seed, p.step)
		network, err := p.network.network(v.seen)
		if err != nil {
			t.Fatal(err)
		}
		tap := graph.Tap{Node: r.Layer, Linear: true}
		shape := network.Graph().Node(r.Layer).Shape
		pixels := shape[0] * shape[1]
		mean := make([]float64, shape.Elements())
		for i := range pixels {
			mean[i*shape[2]+r.Channels[0]] = 1 / float64(pixels)
		}
		objective := graphtest.Objective{Taps: []graph.Tap{tap}, Weights: [][]float64{mean}}
		for range 6 {
			direction := make([]float64, len(p.parameters))
			got := 0.0
			for i := range direction {
				direction[i] = random.NormFloat64()
				got += direction[i] * float64(p.gradient[i])
			}
			input, slope := alongDirection(p, v, direction)
			want, isSmooth := graphtest.Slope(network.Graph(), weights, input, slope, objective)
			if !isSmooth {
				continue
			}
			smooth++
			norm := math.Sqrt(dot(p.gradient, p.gradient))
			if math.Abs(got-want) > 1e-4*norm {
				t.Errorf("%s, %d pixels: slope %v, want %v, of gradient %v", r.Parameters, r.Size, got, want, norm)
			}
		}
	}
	if smooth < 6 {
		t.Errorf("only %d directions without a kink", smooth)
	}
}

// alongDirection is the network's input by definition, and how it moves with
// the parameters.
func alongDirection(p *Render, v view, direction []float64) (input, slope []float64) {
	const h = 1e-5
	at := func(distance float64) []float64 {
		parameters := make([]float64, len(direction))
		for i, x := range p.parameters {
			parameters[i] = float64(x) + distance*direction[i]
		}
		return byDefinition(p.recipe, v, parameters, p.network.input)
	}
	input, slope = at(0), at(h)
	for i, before := range at(-h) {
		slope[i] = (slope[i] - before) / (2 * h)
	}
	return input, slope
}

// byDefinition computes what the network sees of one picture, in float64.
func byDefinition(r Recipe, v view, parameters []float64, to inputRange) []float64 {
	n := r.Size
	planes, matrix := parameters, plain
	if r.Parameters == Fourier {
		planes, matrix = planesByDefinition(parameters, n, r.Decay), decorrelated
	}
	// at is a colour of the picture with its margin.
	at := func(y, x, c int) float64 {
		if y < 0 || x < 0 || y >= n || x >= n {
			return grey
		}
		sum := 0.0
		for j := range colours {
			sum += float64(matrix[c][j]) * planes[(j*n+y)*n+x]
		}
		return 1 / (1 + math.Exp(-sum))
	}
	bilinear := func(y, x float64, at func(y, x int) float64) float64 {
		top, left := math.Floor(y), math.Floor(x)
		down, right := y-top, x-left
		i, j := int(top), int(left)
		return (1-down)*((1-right)*at(i, j)+right*at(i, j+1)) + down*((1-right)*at(i+1, j)+right*at(i+1, j+1))
	}
	scale := float64(v.window) / float64(v.scaled)
	sin, cos := math.Sincos(float64(v.degrees) * math.Pi / 180)
	centre := float64(v.scaled-1) / 2
	input := make([]float64, v.seen*v.seen*colours)
	for y := range v.seen {
		for x := range v.seen {
			down, right := float64(y+v.y)-centre, float64(x+v.x)-centre
			for c := range colours {
				seen := bilinear(centre+down*cos+right*sin, centre-down*sin+right*cos, func(y, x int) float64 {
					if y < 0 || x < 0 || y >= v.scaled || x >= v.scaled {
						return 0
					}
					return bilinear(float64(y)*scale, float64(x)*scale, func(y, x int) float64 {
						return at(min(y, v.window-1)+v.top, min(x, v.window-1)+v.left, c)
					})
				})
				input[(y*v.seen+x)*colours+to.order[c]] = seen*float64(to.scale[c]) + float64(to.shift[c])
			}
		}
	}
	return input
}

func planesByDefinition(parameters []float64, n int, decay float64) []float64 {
	half := n/2 + 1
	planes := make([]float64, colours*n*n)
	for c := range colours {
		re, im := parameters[2*c*n*half:], parameters[(2*c+1)*n*half:]
		for ky := range n {
			for kx := range half {
				f := math.Hypot(math.Min(float64(ky), float64(n-ky)), float64(kx)) / float64(n)
				value := complex(re[ky*half+kx], im[ky*half+kx]) * complex(math.Pow(math.Max(f, 1/float64(n)), -decay)/(4*float64(n)), 0)
				twice := 2.0
				if kx == 0 || 2*kx == n {
					twice = 1
				}
				for y := range n {
					for x := range n {
						turn := cmplx.Rect(1, 2*math.Pi*float64(ky*y+kx*x)/float64(n))
						planes[(c*n+y)*n+x] += twice * real(value*turn)
					}
				}
			}
		}
	}
	return planes
}

// small is a network of three layers, of which the last has 24 channels; it
// draws those of its weights that are not there.
func small(size int, last string, weights graph.Tensors) (*graph.Network, error) {
	b := graph.NewBuilder()
	x := b.Input("input", size, size, 3)
	x = b.Conv2D("first", x, graph.Conv2D{Filters: 8, Kernel: graph.Square(3), Stride: 2, Same: true, Bias: true, Activation: graph.ReLU6})
	x = b.DepthwiseConv2D("middle", x, graph.DepthwiseConv2D{Kernel: graph.Square(5), Same: true, Activation: graph.Swish})
	b.Conv2D(last, x, graph.Conv2D{Filters: 24, Kernel: graph.Square(1), Activation: graph.ReLU})
	g, err := b.Graph()
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(5, 6))
	for _, p := range g.Parameters() {
		if weights[p.Name].Data != nil {
			continue
		}
		weights[p.Name] = tensor.New(p.Shape...)
		for i := range weights[p.Name].Data {
			weights[p.Name].Data[i] = float32(random.NormFloat64()) / 4
		}
	}
	return graph.NewNetwork(g, weights)
}

func TestStepsClimb(t *testing.T) {
	m := lite0(t)
	for _, r := range []Recipe{
		recipe(3),
		func() Recipe { r := recipe(3); r.Negative = true; return r }(),
		func() Recipe { r := recipe(3); r.Objective, r.Transforms = Neuron, Still; return r }(),
		func() Recipe { r := recipe(3); r.Objective, r.Channels = Layer, nil; return r }(),
		func() Recipe { r := recipe(3); r.Channels = []int{3, 9}; return r }(),
		func() Recipe { r := recipe(3); r.Parameters, r.Transforms = Pixels, Still; return r }(),
		func() Recipe { r := recipe(207); r.Layer = "predictions"; return r }(),
	} {
		p := begin(t, m, r, nil)
		before, err := p.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		steps(t, p, r.Steps)
		after, err := p.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !p.Done() || !(after[0] > before[0]+0.5*math.Abs(before[0])) {
			t.Errorf("%s %v of %s: from %v to %v", r.Objective, r.Channels, r.Layer, before, after)
		}
	}
}

func TestARecipeGivesTheSameBytesOnAnyThreads(t *testing.T) {
	m := lite0(t)
	r := recipe(4)
	r.Pictures = 2
	pool := graph.NewPool(3)
	defer pool.Close()
	one, three := begin(t, m, r, nil), begin(t, m, r, pool)
	steps(t, one, r.Steps)
	steps(t, three, r.Steps)
	if !bytes.Equal(one.State(), three.State()) {
		t.Error("three threads gave other bytes than one")
	}
	r.Seed++
	other := begin(t, m, r, nil)
	steps(t, other, r.Steps)
	if bytes.Equal(one.Picture(0).Pix, other.Picture(0).Pix) {
		t.Error("another seed gave the same picture")
	}
	if bytes.Equal(one.Picture(0).Pix, one.Picture(1).Pix) {
		t.Error("two pictures of one rendering are the same")
	}
}

func TestAResumedRenderingIsThatInOneGo(t *testing.T) {
	m := lite0(t)
	r := recipe(4)
	straight := begin(t, m, r, nil)
	steps(t, straight, r.Steps)
	for _, at := range []int{0, 1, 7, r.Steps} {
		first := begin(t, m, r, nil)
		steps(t, first, at)
		second := begin(t, m, r, nil)
		steps(t, second, 3) // what was there before is gone
		if err := second.Restore(first.State()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(second.State(), first.State()) {
			t.Errorf("the state after %d steps is not that restored", at)
		}
		steps(t, second, r.Steps-at)
		if !bytes.Equal(second.State(), straight.State()) || !bytes.Equal(second.Picture(0).Pix, straight.Picture(0).Pix) {
			t.Errorf("resumed after %d steps, the picture is another", at)
		}
	}
}

func TestAnInterruptedStepChangesNothing(t *testing.T) {
	p := begin(t, lite0(t), recipe(4), nil)
	steps(t, p, 2)
	before := p.State()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Step(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if !bytes.Equal(p.State(), before) {
		t.Error("the state has changed")
	}
}

func TestStepsAllocateNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("renders 120 steps")
	}
	r := recipe(4)
	r.Pictures, r.Steps = 2, 1000
	pool := graph.NewPool(2)
	defer pool.Close()
	p := begin(t, lite0(t), r, pool)
	steps(t, p, 80) // every size that views have was seen by then
	if len(p.network.sessions) != scales {
		t.Fatalf("%d sizes after 80 steps", len(p.network.sessions))
	}
	ctx := t.Context()
	if n := testing.AllocsPerRun(40, func() {
		if err := p.Step(ctx); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per step", n)
	}
}

func TestWhatCannotBeRenderedIsAnError(t *testing.T) {
	m := lite0(t)
	for _, tt := range []struct {
		name   string
		change func(*Recipe)
		want   error
	}{
		{"channel past the last", func(r *Recipe) { r.Channels = []int{24} }, ErrRecipe},
		{"channel before the first", func(r *Recipe) { r.Channels = []int{-1} }, ErrRecipe},
		{"no channel", func(r *Recipe) { r.Channels = nil }, ErrRecipe},
		{"three channels", func(r *Recipe) { r.Channels = []int{1, 2, 3} }, ErrRecipe},
		{"a layer's channel", func(r *Recipe) { r.Objective = Layer }, ErrRecipe},
		{"unknown objective", func(r *Recipe) { r.Objective = "beauty" }, ErrRecipe},
		{"unknown parameters", func(r *Recipe) { r.Parameters = "wavelets" }, ErrRecipe},
		{"unknown transforms", func(r *Recipe) { r.Transforms = "all" }, ErrRecipe},
		{"a size of one", func(r *Recipe) { r.Size = 1 }, ErrRecipe},
		{"a size of 100000", func(r *Recipe) { r.Size = 100000 }, ErrRecipe},
		{"a million steps", func(r *Recipe) { r.Steps = 1e6 }, ErrRecipe},
		{"a hundred pictures", func(r *Recipe) { r.Pictures = 100 }, ErrRecipe},
		{"a rate that is no number", func(r *Recipe) { r.Rate = math.NaN() }, ErrRecipe},
		{"infinite decay", func(r *Recipe) { r.Decay = math.Inf(1) }, ErrRecipe},
		{"another version", func(r *Recipe) { r.Version++ }, ErrRecipe},
	} {
		r := recipe(0)
		tt.change(&r)
		if _, err := New(m, r, nil); !errors.Is(err, tt.want) {
			t.Errorf("%s: error %v", tt.name, err)
		}
	}
	r := recipe(0)
	r.Layer = "block2b_ad"
	var unknown *model.UnknownError
	if _, err := New(m, r, nil); !errors.As(err, &unknown) {
		t.Errorf("unknown layer: error %v", err)
	}
}

func TestClassesOfANetworkOfOneSizeAreRenderedAtIt(t *testing.T) {
	if testing.Short() {
		t.Skip("makes the weights of VGG16")
	}
	m, err := model.Random("vgg16", 1)
	if err != nil {
		t.Fatal(err)
	}
	r := Default(3)
	r.Model, r.Layer, r.Size = "vgg16", "predictions", 64
	for _, v := range begin(t, m, r, nil).network.views {
		if v.seen != 224 {
			t.Fatalf("the network sees %d pixels", v.seen)
		}
	}
	r.Layer = "block5_conv3"
	for _, v := range begin(t, m, r, nil).network.views {
		if v.seen > 110 {
			t.Fatalf("the network sees %d pixels of a layer that has no size of its own", v.seen)
		}
	}
}

// of renders with the small network, of weights that change makes.
func of(t *testing.T, r Recipe, change func(weights graph.Tensors)) *Render {
	t.Helper()
	p := begin(t, lite0(t), r, nil)
	weights := graph.Tensors{}
	p.network.network = func(size int) (*graph.Network, error) {
		if _, err := small(size, r.Layer, weights); err != nil {
			return nil, err
		}
		change(weights)
		return small(size, r.Layer, weights)
	}
	return p
}

func TestADeadChannelIsSaidToBeSo(t *testing.T) {
	p := of(t, recipe(3), func(weights graph.Tensors) { clear(weights["block2b_add/kernel"].Data) })
	before := p.State()
	err := p.Step(t.Context())
	if !errors.Is(err, ErrDead) {
		t.Fatalf("error %v", err)
	}
	const want = "it is dead: no gradient from 6 starts, with noise of 0.01 to 2.4, not even past ReLUs that block it"
	if err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	if bytes.Equal(before, p.State()) {
		t.Error("no other start was tried")
	}
}

func TestAChannelBehindReLUsThatBlockEverythingIsRendered(t *testing.T) {
	p := of(t, recipe(3), func(weights graph.Tensors) {
		for i := range weights["first/bias"].Data {
			weights["first/bias"].Data[i] = -20 // nothing gets through at first
		}
	})
	steps(t, p, 1)
	if p.starts != 0 {
		t.Errorf("%d other starts", p.starts)
	}
	if slices.Max(p.gradient) == 0 {
		t.Error("no gradient")
	}
}

func TestANetworkThatPutsOutNonsenseIsAnError(t *testing.T) {
	for _, tt := range []struct {
		name  string
		value float64
	}{{"infinite", math.Inf(1)}, {"not a number", math.NaN()}, {"huge", 1e30}} {
		p := of(t, recipe(3), func(weights graph.Tensors) {
			for i := range weights["block2b_add/kernel"].Data {
				weights["block2b_add/kernel"].Data[i] = float32(tt.value)
			}
			if tt.value > 1e29 {
				weights["middle/depthwise_kernel"].Data[0] = 1e30
			}
		})
		before := p.State()
		if err := p.Step(t.Context()); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%s weights: error %v", tt.name, err)
		}
		if !bytes.Equal(before, p.State()) {
			t.Errorf("%s weights moved the picture", tt.name)
		}
	}
}

func TestThePictureReachesTheNetworkAsAPhotoWould(t *testing.T) {
	for _, name := range []string{"efficientnet-lite0", "resnet50", "mobilenetv2", "densenet121", "efficientnetb0"} {
		m, err := model.Random(name, 1)
		if err != nil {
			t.Fatal(err)
		}
		im := &preprocess.Image{Width: 16, Height: 16, Pix: make([]uint8, 16*16*3)}
		for i := range im.Pix {
			im.Pix[i] = uint8(i)
		}
		recipe := m.Recipe(preprocess.Squash, preprocess.Nearest)
		recipe.Width, recipe.Height = 16, 16
		want, got := make([]float32, len(im.Pix)), make([]float32, len(im.Pix))
		recipe.Fill(want, im)
		l := newLens(1, 16, []view{still(16)}, rangeOf(m), nil)
		for y := range 16 {
			for x, v := range im.Pix[y*16*3:][:16*3] {
				l.row(0, y)[x] = float32(v) / 255
			}
		}
		l.use(still(16))
		l.show(got)
		near(t, got, want, 1e-6)
		// And back, to the byte.
		r := rangeOf(m)
		for i, v := range got {
			c := slices.Index(r.order[:], i%3)
			if x := (v - r.shift[c]) / r.scale[c] * 255; uint8(x+0.5) != im.Pix[i/3*3+c] {
				t.Fatalf("%s: %v came back of %d", name, x, im.Pix[i/3*3+c])
			}
		}
	}
}
