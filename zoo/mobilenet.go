package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// MobileNet: Howard and others, MobileNets: Efficient Convolutional Neural
// Networks for Mobile Vision Applications (2017),
// https://arxiv.org/abs/1704.04861.
//
// The layers follow keras/src/applications/mobilenet.py with alpha and
// depth_multiplier 1.

var mobileNet = Architecture{
	Name: "mobilenet", Title: "MobileNet", Family: "MobileNet",
	Size: 224, MinSize: 32, Preprocessing: tfMode,
	SearchLayers: []string{
		"conv1", "conv_pw_2", "conv_dw_3", "conv_dw_4", "conv_dw_6", "conv_dw_9", "conv_pw_12", "conv_pw_13",
	},
	Licence: "Apache-2.0", Source: "https://github.com/tensorflow/models",
	Weights: Weights{
		Top:   File{URL: kerasFiles + "mobilenet/mobilenet_1_0_224_tf.h5"},
		NoTop: File{URL: kerasFiles + "mobilenet/mobilenet_1_0_224_tf_no_top.h5"},
	},
	layers: mobileNetLayers,
}

const mobileNetEpsilon = 1e-3

func mobileNetLayers(b *graph.Builder, x *graph.Node, o Options) {
	x = b.Conv2D("conv1", x, graph.Conv2D{Filters: 32, Kernel: graph.Square(3), Stride: 2, Same: true})
	x = b.BatchNormalization("conv1_bn", x, mobileNetEpsilon)
	x = b.ReLU("conv1_relu", x, graph.ReLU6)

	x = depthwiseConvBlock(b, x, 64, 1, 1)

	x = depthwiseConvBlock(b, x, 128, 2, 2)
	x = depthwiseConvBlock(b, x, 128, 1, 3)

	x = depthwiseConvBlock(b, x, 256, 2, 4)
	x = depthwiseConvBlock(b, x, 256, 1, 5)

	x = depthwiseConvBlock(b, x, 512, 2, 6)
	for id := 7; id <= 11; id++ {
		x = depthwiseConvBlock(b, x, 512, 1, id)
	}

	x = depthwiseConvBlock(b, x, 1024, 2, 12)
	x = depthwiseConvBlock(b, x, 1024, 1, 13)

	if !o.Top {
		return
	}
	x = b.GlobalAverageMap2D("global_average_pooling2d", x)
	x = b.Dropout("dropout", x)
	x = b.Conv2D("conv_preds", x, graph.Conv2D{Filters: o.Classes, Kernel: graph.Square(1), Same: true, Bias: true})
	x = b.Reshape("reshape_2", x, o.Classes)
	b.Activation("predictions", x, graph.Softmax)
}

// depthwiseConvBlock filters each channel by itself and then mixes them.
func depthwiseConvBlock(b *graph.Builder, x *graph.Node, filters, stride, id int) *graph.Node {
	depthwise := graph.DepthwiseConv2D{Kernel: graph.Square(3), Stride: stride, Same: stride == 1}
	if stride != 1 {
		x = b.ZeroPadding2D(fmt.Sprintf("conv_pad_%d", id), x, graph.Padding{Bottom: 1, Right: 1})
	}
	x = b.DepthwiseConv2D(fmt.Sprintf("conv_dw_%d", id), x, depthwise)
	x = b.BatchNormalization(fmt.Sprintf("conv_dw_%d_bn", id), x, mobileNetEpsilon)
	x = b.ReLU(fmt.Sprintf("conv_dw_%d_relu", id), x, graph.ReLU6)

	x = b.Conv2D(fmt.Sprintf("conv_pw_%d", id), x, graph.Conv2D{Filters: filters, Kernel: graph.Square(1), Same: true})
	x = b.BatchNormalization(fmt.Sprintf("conv_pw_%d_bn", id), x, mobileNetEpsilon)
	return b.ReLU(fmt.Sprintf("conv_pw_%d_relu", id), x, graph.ReLU6)
}
