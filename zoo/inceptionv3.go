package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// InceptionV3: Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, Rethinking the
// Inception Architecture for Computer Vision (2015),
// https://arxiv.org/abs/1512.00567.
//
// The layers follow keras/src/applications/inception_v3.py.

var inceptionV3 = Architecture{
	Name: "inceptionv3", Title: "InceptionV3", Family: "Inception",
	Size: 299, MinSize: 75, Preprocessing: tfMode,
	SearchLayers: []string{
		"conv2d", "conv2d_2", "conv2d_22", "conv2d_53", "mixed6", "conv2d_74", "conv2d_85", "mixed10",
	},
	Licence: "Apache-2.0", Source: "https://github.com/tensorflow/models",
	Weights: kerasWeights("inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels",
		"9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"),
	layers: inceptionV3Layers,
}

// inception writes convolutions with batch normalisation and activation, and
// poolings, under the names that Keras makes up.
type inception struct {
	*graph.Builder
	names numbering
}

const inceptionEpsilon = 1e-3

// conv2DBN pads to the same size unless it strides.
func (b inception) conv2DBN(x *graph.Node, filters, height, width int) *graph.Node {
	return b.convolution(x, graph.Conv2D{Filters: filters, Kernel: graph.Size{Height: height, Width: width}, Same: true})
}

// validConv2DBN does not pad.
func (b inception) validConv2DBN(x *graph.Node, filters, kernel, stride int) *graph.Node {
	return b.convolution(x, graph.Conv2D{Filters: filters, Kernel: graph.Square(kernel), Stride: stride})
}

func (b inception) convolution(x *graph.Node, op graph.Conv2D) *graph.Node {
	x = b.Conv2D(b.names.next("conv2d"), x, op)
	x = b.UnscaledBatchNormalization(b.names.next("batch_normalization"), x, inceptionEpsilon)
	return b.Activation(b.names.next("activation"), x, graph.ReLU)
}

func (b inception) averagePooling(x *graph.Node) *graph.Node {
	return b.AveragePooling2D(b.names.next("average_pooling2d"), x, graph.AveragePooling2D{Size: graph.Square(3), Same: true})
}

func (b inception) maxPooling(x *graph.Node) *graph.Node {
	return b.MaxPooling2D(b.names.next("max_pooling2d"), x, graph.MaxPooling2D{Size: graph.Square(3), Stride: 2})
}

func inceptionV3Layers(builder *graph.Builder, x *graph.Node, o Options) {
	b := inception{builder, numbering{}}

	x = b.validConv2DBN(x, 32, 3, 2)
	x = b.validConv2DBN(x, 32, 3, 1)
	x = b.conv2DBN(x, 64, 3, 3)
	x = b.maxPooling(x)

	x = b.validConv2DBN(x, 80, 1, 1)
	x = b.validConv2DBN(x, 192, 3, 1)
	x = b.maxPooling(x)

	x = b.mixed5x5(x, "mixed0", 32)
	x = b.mixed5x5(x, "mixed1", 64)
	x = b.mixed5x5(x, "mixed2", 64)
	x = b.mixed3(x)
	x = b.mixed7x7(x, "mixed4", 128)
	x = b.mixed7x7(x, "mixed5", 160)
	x = b.mixed7x7(x, "mixed6", 160)
	x = b.mixed7x7(x, "mixed7", 192)
	x = b.mixed8(x)
	x = b.mixed3x3(x, 0)
	x = b.mixed3x3(x, 1)

	if !o.Top {
		return
	}
	x = b.GlobalAveragePooling2D("avg_pool", x)
	b.Dense("predictions", x, graph.Dense{Units: o.Classes, Bias: true, Activation: graph.Softmax})
}

// mixed5x5 is mixed 0, 1 and 2: 35 x 35.
func (b inception) mixed5x5(x *graph.Node, name string, poolFilters int) *graph.Node {
	branch1x1 := b.conv2DBN(x, 64, 1, 1)

	branch5x5 := b.conv2DBN(x, 48, 1, 1)
	branch5x5 = b.conv2DBN(branch5x5, 64, 5, 5)

	branch3x3dbl := b.conv2DBN(x, 64, 1, 1)
	branch3x3dbl = b.conv2DBN(branch3x3dbl, 96, 3, 3)
	branch3x3dbl = b.conv2DBN(branch3x3dbl, 96, 3, 3)

	branchPool := b.averagePooling(x)
	branchPool = b.conv2DBN(branchPool, poolFilters, 1, 1)
	return b.Concatenate(name, branch1x1, branch5x5, branch3x3dbl, branchPool)
}

// mixed3 halves the size: 17 x 17 x 768.
func (b inception) mixed3(x *graph.Node) *graph.Node {
	branch3x3 := b.validConv2DBN(x, 384, 3, 2)

	branch3x3dbl := b.conv2DBN(x, 64, 1, 1)
	branch3x3dbl = b.conv2DBN(branch3x3dbl, 96, 3, 3)
	branch3x3dbl = b.validConv2DBN(branch3x3dbl, 96, 3, 2)

	branchPool := b.maxPooling(x)
	return b.Concatenate("mixed3", branch3x3, branch3x3dbl, branchPool)
}

// mixed7x7 is mixed 4 to 7: 17 x 17 x 768.
func (b inception) mixed7x7(x *graph.Node, name string, filters int) *graph.Node {
	branch1x1 := b.conv2DBN(x, 192, 1, 1)

	branch7x7 := b.conv2DBN(x, filters, 1, 1)
	branch7x7 = b.conv2DBN(branch7x7, filters, 1, 7)
	branch7x7 = b.conv2DBN(branch7x7, 192, 7, 1)

	branch7x7dbl := b.conv2DBN(x, filters, 1, 1)
	branch7x7dbl = b.conv2DBN(branch7x7dbl, filters, 7, 1)
	branch7x7dbl = b.conv2DBN(branch7x7dbl, filters, 1, 7)
	branch7x7dbl = b.conv2DBN(branch7x7dbl, filters, 7, 1)
	branch7x7dbl = b.conv2DBN(branch7x7dbl, 192, 1, 7)

	branchPool := b.averagePooling(x)
	branchPool = b.conv2DBN(branchPool, 192, 1, 1)
	return b.Concatenate(name, branch1x1, branch7x7, branch7x7dbl, branchPool)
}

// mixed8 halves the size: 8 x 8 x 1280.
func (b inception) mixed8(x *graph.Node) *graph.Node {
	branch3x3 := b.conv2DBN(x, 192, 1, 1)
	branch3x3 = b.validConv2DBN(branch3x3, 320, 3, 2)

	branch7x7x3 := b.conv2DBN(x, 192, 1, 1)
	branch7x7x3 = b.conv2DBN(branch7x7x3, 192, 1, 7)
	branch7x7x3 = b.conv2DBN(branch7x7x3, 192, 7, 1)
	branch7x7x3 = b.validConv2DBN(branch7x7x3, 192, 3, 2)

	branchPool := b.maxPooling(x)
	return b.Concatenate("mixed8", branch3x3, branch7x7x3, branchPool)
}

// mixed3x3 is mixed 9 and 10: 8 x 8 x 2048.
func (b inception) mixed3x3(x *graph.Node, i int) *graph.Node {
	branch1x1 := b.conv2DBN(x, 320, 1, 1)

	branch3x3 := b.conv2DBN(x, 384, 1, 1)
	branch3x3a := b.conv2DBN(branch3x3, 384, 1, 3)
	branch3x3b := b.conv2DBN(branch3x3, 384, 3, 1)
	branch3x3 = b.Concatenate(fmt.Sprintf("mixed9_%d", i), branch3x3a, branch3x3b)

	branch3x3dbl := b.conv2DBN(x, 448, 1, 1)
	branch3x3dbl = b.conv2DBN(branch3x3dbl, 384, 3, 3)
	branch3x3dbla := b.conv2DBN(branch3x3dbl, 384, 1, 3)
	branch3x3dblb := b.conv2DBN(branch3x3dbl, 384, 3, 1)
	branch3x3dbl = b.Concatenate(b.names.next("concatenate"), branch3x3dbla, branch3x3dblb)

	branchPool := b.averagePooling(x)
	branchPool = b.conv2DBN(branchPool, 192, 1, 1)
	return b.Concatenate(fmt.Sprintf("mixed%d", 9+i), branch1x1, branch3x3, branch3x3dbl, branchPool)
}
