package graph_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/graph/graphtest"
	"github.com/convnetplayground/convnet/tensor"
)

// at is what a node holds at a place, of all channels.
func at(m graphtest.Map, y, x int) string {
	return fmt.Sprint(m.Data[(y*m.Width+x)*m.Channels:][:m.Channels])
}

func drawPlace(t *rapid.T, n *graph.Node) (y, x int) {
	if len(n.Shape) != 3 {
		return 0, 0
	}
	return rapid.IntRange(0, n.Shape[0]-1).Draw(t, "y"), rapid.IntRange(0, n.Shape[1]-1).Draw(t, "x")
}

func TestPixelsOutsideOfTheReceptiveFieldDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t, limits{side: 15, channels: 3, filters: 6, layers: 7})
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		weights := randomWeights(random, g)
		node := rapid.SampledFrom(g.Nodes()).Draw(t, "node")
		y, x := drawPlace(t, node)
		field, err := g.ReceptiveField(node.Name, y, x)
		if err != nil {
			t.Fatal(err)
		}
		input := g.Nodes()[0].Shape
		picture := make([]float64, input.Elements())
		for i := range picture {
			picture[i] = random.NormFloat64()
		}
		value := func() string {
			return at(graphtest.Run(g, weights, picture).Tap(graph.Tap{Node: node.Name}), y, x)
		}
		want := value()
		for i := range picture {
			pixel := i / input[2]
			if !image.Pt(pixel%input[1], pixel/input[1]).In(field) {
				picture[i] += 100 * random.NormFloat64()
			}
		}
		if got := value(); got != want {
			t.Fatalf("%s at %d,%d sees outside of %v: %s, was %s", node.Name, y, x, field, got, want)
		}
	})
}

// Kernels as large as their strides leave no gaps, and positive weights let
// nothing cancel out: then every side of the field matters.
func TestEverySideOfTheReceptiveFieldMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawSolid(t)
		weights := map[string]tensor.Tensor{}
		for _, p := range g.Parameters() {
			w := tensor.New(p.Shape...)
			for i := range w.Data {
				w.Data[i] = 1
			}
			weights[p.Name] = w
		}
		node := rapid.SampledFrom(g.Nodes()).Draw(t, "node")
		y, x := drawPlace(t, node)
		field, err := g.ReceptiveField(node.Name, y, x)
		if err != nil {
			t.Fatal(err)
		}
		input := g.Nodes()[0].Shape
		picture := make([]float64, input.Elements())
		for i := range picture {
			picture[i] = 1
		}
		value := func() string {
			return at(graphtest.Run(g, weights, picture).Tap(graph.Tap{Node: node.Name}), y, x)
		}
		before := value()
		if field.Empty() {
			return
		}
		for side, edge := range map[string]image.Rectangle{
			"top":    {field.Min, image.Pt(field.Max.X, field.Min.Y+1)},
			"bottom": {image.Pt(field.Min.X, field.Max.Y-1), field.Max},
			"left":   {field.Min, image.Pt(field.Min.X+1, field.Max.Y)},
			"right":  {image.Pt(field.Max.X-1, field.Min.Y), field.Max},
		} {
			for i := range picture {
				picture[i] = 1
				if image.Pt(i%input[1], i/input[1]).In(edge) {
					picture[i] = 1e9 // more than any maximum elsewhere
				}
			}
			if value() == before {
				t.Fatalf("%s at %d,%d does not see the %s of %v", node.Name, y, x, side, field)
			}
		}
	})
}

// drawSolid writes a random network of layers without gaps.
func drawSolid(t *rapid.T) *graph.Graph {
	b := graph.NewBuilder()
	draw := func(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, label) }
	x := b.Input("input", draw("height", 5, 20), draw("width", 5, 20), 1)
	maps := []*graph.Node{x}
	for i := range draw("layers", 1, 5) {
		name := fmt.Sprintf("layer%d", i)
		stride := draw("stride", 1, 3)
		size := graph.Size{Height: draw("kernel height", stride, 5), Width: draw("kernel width", stride, 5)}
		same := size.Height > x.Shape[0] || size.Width > x.Shape[1] || rapid.Bool().Draw(t, "same")
		switch rapid.SampledFrom([]string{"convolution", "depthwise", "separable", "max", "average", "padding", "cropping", "concatenation", "global"}).Draw(t, "operation") {
		case "convolution":
			x = b.Conv2D(name, x, graph.Conv2D{Filters: 2, Kernel: size, Stride: stride, Same: same})
		case "depthwise":
			x = b.DepthwiseConv2D(name, x, graph.DepthwiseConv2D{Kernel: size, Stride: stride, Same: same, Activation: graph.ReLU})
		case "separable":
			x = b.SeparableConv2D(name, x, graph.SeparableConv2D{Filters: 2, Kernel: size, Stride: stride, Same: same})
		case "max":
			x = b.MaxPooling2D(name, x, graph.MaxPooling2D{Size: size, Stride: stride, Same: same})
		case "average":
			x = b.AveragePooling2D(name, x, graph.AveragePooling2D{Size: size, Stride: stride, Same: same})
		case "padding":
			x = b.ZeroPadding2D(name, x, graph.Padding{Top: draw("top", 0, 2), Left: draw("left", 0, 2), Right: 1})
			x = b.Rescaling(name+"_shift", x, 1, 1) // a zero would hide what it is multiplied by
		case "cropping":
			x = b.Cropping2D(name, x, graph.Padding{Top: min(1, x.Shape[0]-1), Left: min(2, x.Shape[1]-1)})
		case "concatenation":
			x = b.Concatenate(name, x, rapid.SampledFrom(sameSize(maps, x)).Draw(t, "beside"))
		case "global":
			x = b.Multiply(name, x, b.GlobalAverageMap2D(name+"_mean", x))
		}
		maps = append(maps, x)
	}
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestReceptiveFieldErrors(t *testing.T) {
	g := small(t).Graph()
	for _, test := range []struct {
		node string
		y, x int
		want string
	}{
		{"nothing", 0, 0, `receptive field of "nothing": no such node`},
		{"relu", 8, 0, `receptive field of Activation "relu": row 8, column 0 of 8x8x24`},
		{"relu", 0, -1, `receptive field of Activation "relu": row 0, column -1 of 8x8x24`},
		{"classes", 0, 1, `receptive field of Dense "classes": row 0, column 1 of 10`},
	} {
		if _, err := g.ReceptiveField(test.node, test.y, test.x); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
}
