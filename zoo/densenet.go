package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// DenseNet121, DenseNet169 and DenseNet201: Huang, Liu, van der Maaten and
// Weinberger, Densely Connected Convolutional Networks (2016),
// https://arxiv.org/abs/1608.06993.
//
// The layers follow keras/src/applications/densenet.py.

var denseNet121 = denseNet(121, [4]int{6, 12, 24, 16},
	"9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738")

var denseNet169 = denseNet(169, [4]int{6, 12, 32, 32},
	"d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b")

var denseNet201 = denseNet(201, [4]int{6, 12, 48, 32},
	"1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1")

// denseNet has four dense blocks of so many building blocks.
func denseNet(number int, blocks [4]int, md5, md5NoTop string) Architecture {
	name := fmt.Sprintf("densenet%d", number)
	return Architecture{
		Name: name, Title: fmt.Sprintf("DenseNet%d", number), Family: "DenseNet",
		Size: 224, MinSize: 32, Preprocessing: torchMode,
		SearchLayers: []string{
			"conv2_block1_1_conv",
			"conv2_block6_2_conv",
			"conv3_block5_1_conv",
			"conv4_block9_1_conv",
			fmt.Sprintf("conv4_block%d_2_conv", blocks[2]-1),
			fmt.Sprintf("conv5_block%d_2_conv", blocks[3]-3),
			fmt.Sprintf("conv5_block%d_1_conv", blocks[3]),
			fmt.Sprintf("conv5_block%d_concat", blocks[3]),
		},
		Licence: "BSD-3-Clause", Source: "https://github.com/liuzhuang13/DenseNet",
		Weights: kerasWeights("densenet/"+name+"_weights_tf_dim_ordering_tf_kernels", md5, md5NoTop),
		layers:  func(b *graph.Builder, x *graph.Node, o Options) { denseNetLayers(b, x, o, blocks) },
	}
}

const (
	denseNetEpsilon = 1.001e-5
	denseNetGrowth  = 32
)

func denseNetLayers(b *graph.Builder, x *graph.Node, o Options, blocks [4]int) {
	names := numbering{}

	x = b.ZeroPadding2D(names.next("zero_padding2d"), x, evenPadding(3))
	x = b.Conv2D("conv1_conv", x, graph.Conv2D{Filters: 64, Kernel: graph.Square(7), Stride: 2})
	x = b.BatchNormalization("conv1_bn", x, denseNetEpsilon)
	x = b.Activation("conv1_relu", x, graph.ReLU)
	x = b.ZeroPadding2D(names.next("zero_padding2d"), x, evenPadding(1))
	x = b.MaxPooling2D("pool1", x, graph.MaxPooling2D{Size: graph.Square(3), Stride: 2})

	x = denseBlock(b, x, "conv2", blocks[0])
	x = transitionBlock(b, x, "pool2")
	x = denseBlock(b, x, "conv3", blocks[1])
	x = transitionBlock(b, x, "pool3")
	x = denseBlock(b, x, "conv4", blocks[2])
	x = transitionBlock(b, x, "pool4")
	x = denseBlock(b, x, "conv5", blocks[3])

	x = b.BatchNormalization("bn", x, denseNetEpsilon)
	x = b.Activation("relu", x, graph.ReLU)

	if !o.Top {
		return
	}
	x = b.GlobalAveragePooling2D("avg_pool", x)
	b.Dense("predictions", x, graph.Dense{Units: o.Classes, Bias: true, Activation: graph.Softmax})
}

func denseBlock(b *graph.Builder, x *graph.Node, name string, blocks int) *graph.Node {
	for i := range blocks {
		x = denseConvBlock(b, x, fmt.Sprintf("%s_block%d", name, i+1))
	}
	return x
}

// transitionBlock halves the channels and the size.
func transitionBlock(b *graph.Builder, x *graph.Node, name string) *graph.Node {
	x = b.BatchNormalization(name+"_bn", x, denseNetEpsilon)
	x = b.Activation(name+"_relu", x, graph.ReLU)
	x = b.Conv2D(name+"_conv", x, graph.Conv2D{Filters: channelsOf(x) / 2, Kernel: graph.Square(1)})
	return b.AveragePooling2D(name+"_pool", x, graph.AveragePooling2D{Size: graph.Square(2), Stride: 2})
}

// denseConvBlock adds channels to those of its input.
func denseConvBlock(b *graph.Builder, x *graph.Node, name string) *graph.Node {
	x1 := b.BatchNormalization(name+"_0_bn", x, denseNetEpsilon)
	x1 = b.Activation(name+"_0_relu", x1, graph.ReLU)
	x1 = b.Conv2D(name+"_1_conv", x1, graph.Conv2D{Filters: 4 * denseNetGrowth, Kernel: graph.Square(1)})
	x1 = b.BatchNormalization(name+"_1_bn", x1, denseNetEpsilon)
	x1 = b.Activation(name+"_1_relu", x1, graph.ReLU)
	x1 = b.Conv2D(name+"_2_conv", x1, graph.Conv2D{Filters: denseNetGrowth, Kernel: graph.Square(3), Same: true})
	return b.Concatenate(name+"_concat", x, x1)
}
