package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// Xception: Chollet, Xception: Deep Learning with Depthwise Separable
// Convolutions (2016), https://arxiv.org/abs/1610.02357.
//
// The layers follow keras/src/applications/xception.py.

var xception = Architecture{
	Name: "xception", Title: "Xception", Family: "Xception",
	Size: 299, MinSize: 71, Preprocessing: tfMode,
	SearchLayers: []string{
		"block1_conv1", "block1_conv2", "conv2d", "block3_sepconv1",
		"conv2d_2", "block7_sepconv2", "block12_sepconv3", "block14_sepconv2_act",
	},
	Licence: "MIT", Source: "https://github.com/fchollet/deep-learning-models",
	Weights: kerasWeights("xception/xception_weights_tf_dim_ordering_tf_kernels",
		"0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97"),
	layers: xceptionLayers,
}

const xceptionEpsilon = 1e-3

func xceptionLayers(b *graph.Builder, x *graph.Node, o Options) {
	names := numbering{}

	x = b.Conv2D("block1_conv1", x, graph.Conv2D{Filters: 32, Kernel: graph.Square(3), Stride: 2})
	x = b.BatchNormalization("block1_conv1_bn", x, xceptionEpsilon)
	x = b.Activation("block1_conv1_act", x, graph.ReLU)
	x = b.Conv2D("block1_conv2", x, graph.Conv2D{Filters: 64, Kernel: graph.Square(3)})
	x = b.BatchNormalization("block1_conv2_bn", x, xceptionEpsilon)
	x = b.Activation("block1_conv2_act", x, graph.ReLU)

	x = xceptionStride(b, names, x, "block2", 128, 128)
	x = xceptionStride(b, names, x, "block3", 256, 256)
	x = xceptionStride(b, names, x, "block4", 728, 728)

	for i := range 8 {
		residual := x
		prefix := fmt.Sprintf("block%d", i+5)
		for j := 1; j <= 3; j++ {
			x = b.Activation(fmt.Sprintf("%s_sepconv%d_act", prefix, j), x, graph.ReLU)
			x = separableConv(b, x, fmt.Sprintf("%s_sepconv%d", prefix, j), 728)
		}
		x = b.Add(names.next("add"), x, residual)
	}

	x = xceptionStride(b, names, x, "block13", 728, 1024)

	x = separableConv(b, x, "block14_sepconv1", 1536)
	x = b.Activation("block14_sepconv1_act", x, graph.ReLU)

	x = separableConv(b, x, "block14_sepconv2", 2048)
	x = b.Activation("block14_sepconv2_act", x, graph.ReLU)

	if !o.Top {
		return
	}
	x = b.GlobalAveragePooling2D("avg_pool", x)
	b.Dense("predictions", x, graph.Dense{Units: o.Classes, Bias: true, Activation: graph.Softmax})
}

// xceptionStride is a block that halves the size: two separable convolutions
// and a pooling, beside a convolution of single pixels. The first block of this
// kind follows an activation and has none of its own.
func xceptionStride(b *graph.Builder, names numbering, x *graph.Node, prefix string, filters1, filters2 int) *graph.Node {
	residual := b.Conv2D(names.next("conv2d"), x, graph.Conv2D{Filters: filters2, Kernel: graph.Square(1), Stride: 2, Same: true})
	residual = b.BatchNormalization(names.next("batch_normalization"), residual, xceptionEpsilon)

	if prefix != "block2" {
		x = b.Activation(prefix+"_sepconv1_act", x, graph.ReLU)
	}
	x = separableConv(b, x, prefix+"_sepconv1", filters1)
	x = b.Activation(prefix+"_sepconv2_act", x, graph.ReLU)
	x = separableConv(b, x, prefix+"_sepconv2", filters2)

	x = b.MaxPooling2D(prefix+"_pool", x, graph.MaxPooling2D{Size: graph.Square(3), Stride: 2, Same: true})
	return b.Add(names.next("add"), x, residual)
}

func separableConv(b *graph.Builder, x *graph.Node, name string, filters int) *graph.Node {
	x = b.SeparableConv2D(name, x, graph.SeparableConv2D{Filters: filters, Kernel: graph.Square(3), Same: true})
	return b.BatchNormalization(name+"_bn", x, xceptionEpsilon)
}
