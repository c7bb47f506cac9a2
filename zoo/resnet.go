package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// ResNet50, ResNet101 and ResNet152: He, Zhang, Ren and Sun, Deep Residual
// Learning for Image Recognition (2015), https://arxiv.org/abs/1512.03385.
//
// The layers follow keras/src/applications/resnet.py, the first version of the
// blocks.

var resNet50 = resNet(50, [4]int{3, 4, 6, 3}, []string{
	"conv2_block1_1_conv", "conv2_block2_1_conv", "conv3_block2_1_conv", "conv4_block1_1_conv",
	"conv4_block3_1_conv", "conv4_block5_1_conv", "conv5_block1_1_conv", "conv5_block3_3_conv",
}, "2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626")

var resNet101 = resNet(101, [4]int{3, 4, 23, 3}, []string{
	"conv2_block1_1_conv", "conv2_block2_1_conv", "conv3_block2_1_conv", "conv4_block1_1_conv",
	"conv4_block9_1_conv", "conv4_block17_1_conv", "conv5_block1_1_conv", "conv5_block3_3_conv",
}, "f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21")

var resNet152 = resNet(152, [4]int{3, 8, 36, 3}, []string{
	"conv2_block1_1_conv", "conv2_block2_1_conv", "conv3_block4_1_conv", "conv4_block1_1_conv",
	"conv4_block13_1_conv", "conv4_block25_1_conv", "conv5_block1_1_conv", "conv5_block3_3_conv",
}, "100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c")

// resNet has four stacks of so many blocks.
func resNet(number int, blocks [4]int, searchLayers []string, md5, md5NoTop string) Architecture {
	name := fmt.Sprintf("resnet%d", number)
	return Architecture{
		Name: name, Title: fmt.Sprintf("ResNet%d", number), Family: "ResNet",
		Size: 224, MinSize: 32, Preprocessing: caffeMode, SearchLayers: searchLayers,
		Licence: "MIT", Source: "https://github.com/KaimingHe/deep-residual-networks",
		Weights: kerasWeights("resnet/"+name+"_weights_tf_dim_ordering_tf_kernels", md5, md5NoTop),
		layers:  func(b *graph.Builder, x *graph.Node, o Options) { resNetLayers(b, x, o, blocks) },
	}
}

const resNetEpsilon = 1.001e-5

func resNetLayers(b *graph.Builder, x *graph.Node, o Options, blocks [4]int) {
	x = b.ZeroPadding2D("conv1_pad", x, evenPadding(3))
	x = b.Conv2D("conv1_conv", x, graph.Conv2D{Filters: 64, Kernel: graph.Square(7), Stride: 2, Bias: true})
	x = b.BatchNormalization("conv1_bn", x, resNetEpsilon)
	x = b.Activation("conv1_relu", x, graph.ReLU)

	x = b.ZeroPadding2D("pool1_pad", x, evenPadding(1))
	x = b.MaxPooling2D("pool1_pool", x, graph.MaxPooling2D{Size: graph.Square(3), Stride: 2})

	x = residualStack(b, x, "conv2", 64, blocks[0], 1)
	x = residualStack(b, x, "conv3", 128, blocks[1], 2)
	x = residualStack(b, x, "conv4", 256, blocks[2], 2)
	x = residualStack(b, x, "conv5", 512, blocks[3], 2)

	if !o.Top {
		return
	}
	x = b.GlobalAveragePooling2D("avg_pool", x)
	b.Dense("predictions", x, graph.Dense{Units: o.Classes, Bias: true, Activation: graph.Softmax})
}

// residualStack strides in its first block.
func residualStack(b *graph.Builder, x *graph.Node, name string, filters, blocks, stride int) *graph.Node {
	x = residualBlock(b, x, name+"_block1", filters, stride, true)
	for i := 2; i <= blocks; i++ {
		x = residualBlock(b, x, fmt.Sprintf("%s_block%d", name, i), filters, 1, false)
	}
	return x
}

// residualBlock adds what its bottleneck computes to its input, or to a
// convolution of it where the shape changes.
func residualBlock(b *graph.Builder, x *graph.Node, name string, filters, stride int, convolveShortcut bool) *graph.Node {
	shortcut := x
	if convolveShortcut {
		shortcut = b.Conv2D(name+"_0_conv", x, graph.Conv2D{Filters: 4 * filters, Kernel: graph.Square(1), Stride: stride, Bias: true})
		shortcut = b.BatchNormalization(name+"_0_bn", shortcut, resNetEpsilon)
	}

	x = b.Conv2D(name+"_1_conv", x, graph.Conv2D{Filters: filters, Kernel: graph.Square(1), Stride: stride, Bias: true})
	x = b.BatchNormalization(name+"_1_bn", x, resNetEpsilon)
	x = b.Activation(name+"_1_relu", x, graph.ReLU)

	x = b.Conv2D(name+"_2_conv", x, graph.Conv2D{Filters: filters, Kernel: graph.Square(3), Same: true, Bias: true})
	x = b.BatchNormalization(name+"_2_bn", x, resNetEpsilon)
	x = b.Activation(name+"_2_relu", x, graph.ReLU)

	x = b.Conv2D(name+"_3_conv", x, graph.Conv2D{Filters: 4 * filters, Kernel: graph.Square(1), Bias: true})
	x = b.BatchNormalization(name+"_3_bn", x, resNetEpsilon)

	x = b.Add(name+"_add", shortcut, x)
	return b.Activation(name+"_out", x, graph.ReLU)
}
