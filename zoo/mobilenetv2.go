package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// MobileNetV2: Sandler, Howard, Zhu, Zhmoginov and Chen, MobileNetV2: Inverted
// Residuals and Linear Bottlenecks (2018), https://arxiv.org/abs/1801.04381.
//
// The layers follow keras/src/applications/mobilenet_v2.py with alpha 1.

var mobileNetV2 = Architecture{
	Name: "mobilenetv2", Title: "MobileNetV2", Family: "MobileNet",
	Size: 224, MinSize: 32, Preprocessing: tfMode,
	SearchLayers: []string{
		"Conv1", "block_1_expand", "block_2_add", "block_5_add", "block_9_add", "block_12_add", "block_15_add", "out_relu",
	},
	Licence: "Apache-2.0", Source: "https://github.com/tensorflow/models",
	Weights: Weights{
		Top:   File{URL: kerasFiles + "mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"},
		NoTop: File{URL: kerasFiles + "mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"},
	},
	layers: mobileNetV2Layers,
}

// invertedStages is the paper's table 2: rows of blocks, of which the first
// strides.
var invertedStages = []struct{ filters, stride, expansion, blocks int }{
	{filters: 16, stride: 1, expansion: 1, blocks: 1},
	{filters: 24, stride: 2, expansion: 6, blocks: 2},
	{filters: 32, stride: 2, expansion: 6, blocks: 3},
	{filters: 64, stride: 2, expansion: 6, blocks: 4},
	{filters: 96, stride: 1, expansion: 6, blocks: 3},
	{filters: 160, stride: 2, expansion: 6, blocks: 3},
	{filters: 320, stride: 1, expansion: 6, blocks: 1},
}

func mobileNetV2Layers(b *graph.Builder, x *graph.Node, o Options) {
	x = b.Conv2D("Conv1", x, graph.Conv2D{Filters: 32, Kernel: graph.Square(3), Stride: 2, Same: true})
	x = b.BatchNormalization("bn_Conv1", x, mobileNetEpsilon)
	x = b.ReLU("Conv1_relu", x, graph.ReLU6)

	id := 0
	for _, stage := range invertedStages {
		for i := range stage.blocks {
			stride := 1
			if i == 0 {
				stride = stage.stride
			}
			x = invertedResidualBlock(b, x, stage.expansion, stride, stage.filters, id)
			id++
		}
	}

	x = b.Conv2D("Conv_1", x, graph.Conv2D{Filters: 1280, Kernel: graph.Square(1)})
	x = b.BatchNormalization("Conv_1_bn", x, mobileNetEpsilon)
	x = b.ReLU("out_relu", x, graph.ReLU6)

	if !o.Top {
		return
	}
	x = b.GlobalAveragePooling2D("global_average_pooling2d", x)
	b.Dense("predictions", x, graph.Dense{Units: o.Classes, Bias: true, Activation: graph.Softmax})
}

// invertedResidualBlock expands, filters each channel by itself and projects;
// the very first block does not expand.
func invertedResidualBlock(b *graph.Builder, inputs *graph.Node, expansion, stride, filters, id int) *graph.Node {
	x := inputs
	prefix := "expanded_conv_"
	if id > 0 {
		prefix = fmt.Sprintf("block_%d_", id)
		x = b.Conv2D(prefix+"expand", x, graph.Conv2D{Filters: expansion * channelsOf(inputs), Kernel: graph.Square(1), Same: true})
		x = b.BatchNormalization(prefix+"expand_BN", x, mobileNetEpsilon)
		x = b.ReLU(prefix+"expand_relu", x, graph.ReLU6)
	}

	if stride == 2 {
		x = b.ZeroPadding2D(prefix+"pad", x, correctPadding(x, 3))
	}
	x = b.DepthwiseConv2D(prefix+"depthwise", x, graph.DepthwiseConv2D{Kernel: graph.Square(3), Stride: stride, Same: stride == 1})
	x = b.BatchNormalization(prefix+"depthwise_BN", x, mobileNetEpsilon)
	x = b.ReLU(prefix+"depthwise_relu", x, graph.ReLU6)

	x = b.Conv2D(prefix+"project", x, graph.Conv2D{Filters: filters, Kernel: graph.Square(1), Same: true})
	x = b.BatchNormalization(prefix+"project_BN", x, mobileNetEpsilon)

	if channelsOf(inputs) == filters && stride == 1 {
		return b.Add(prefix+"add", inputs, x)
	}
	return x
}
