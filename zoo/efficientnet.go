package zoo

import (
	"fmt"
	"math"

	"github.com/convnetplayground/convnet/graph"
)

// EfficientNetB0 to B7: Tan and Le, EfficientNet: Rethinking Model Scaling for
// Convolutional Neural Networks (2019), https://arxiv.org/abs/1905.11946.
//
// The layers follow keras/src/applications/efficientnet.py.

var efficientNetSearchLayers = []string{
	"stem_conv", "block2a_expand_conv", "block2b_se_reduce", "block3b_se_reduce",
	"block4c_expand_conv", "block5b_se_reduce", "block6d_se_expand", "top_conv",
}

// efficientNets are B0 to B7.
var efficientNets = [8]Architecture{
	efficientNet(0, 1.0, 1.0, 224, efficientNetSearchLayers,
		"902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"),
	efficientNet(1, 1.0, 1.1, 240, efficientNetSearchLayers,
		"1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"),
	efficientNet(2, 1.1, 1.2, 260, efficientNetSearchLayers,
		"b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"),
	efficientNet(3, 1.2, 1.4, 300, efficientNetSearchLayers,
		"ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"),
	efficientNet(4, 1.4, 1.8, 380, efficientNetSearchLayers,
		"18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"),
	efficientNet(5, 1.6, 2.2, 456, []string{
		"stem_conv", "block2b_expand_conv", "block3e_project_conv", "block4g_project_conv",
		"block5f_expand_conv", "block5f_se_reduce", "block6f_project_conv", "top_conv",
	}, "ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"),
	efficientNet(6, 1.8, 2.6, 528, efficientNetSearchLayers,
		"165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"),
	efficientNet(7, 2.0, 3.1, 600, efficientNetSearchLayers,
		"8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"),
}

func efficientNet(number int, width, depth float64, size int, searchLayers []string, md5, md5NoTop string) Architecture {
	name := fmt.Sprintf("efficientnetb%d", number)
	return Architecture{
		Name: name, Title: fmt.Sprintf("EfficientNetB%d", number), Family: "EfficientNet",
		Size: size, MinSize: 32, Preprocessing: insideMode, SearchLayers: searchLayers,
		Licence: "Apache-2.0", Source: "https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet",
		Weights: Weights{
			Top:   File{efficientNetFiles + name + ".h5", md5},
			NoTop: File{efficientNetFiles + name + "_notop.h5", md5NoTop},
		},
		layers: func(b *graph.Builder, x *graph.Node, o Options) { efficientNetLayers(b, x, o, width, depth) },
	}
}

const efficientNetEpsilon = 1e-3

// efficientStage is a row of the paper's table 1.
type efficientStage struct {
	kernel, repeats, filtersIn, filtersOut, expand, stride int
}

var efficientStages = [7]efficientStage{
	{kernel: 3, repeats: 1, filtersIn: 32, filtersOut: 16, expand: 1, stride: 1},
	{kernel: 3, repeats: 2, filtersIn: 16, filtersOut: 24, expand: 6, stride: 2},
	{kernel: 5, repeats: 2, filtersIn: 24, filtersOut: 40, expand: 6, stride: 2},
	{kernel: 3, repeats: 3, filtersIn: 40, filtersOut: 80, expand: 6, stride: 2},
	{kernel: 5, repeats: 3, filtersIn: 80, filtersOut: 112, expand: 6, stride: 1},
	{kernel: 5, repeats: 4, filtersIn: 112, filtersOut: 192, expand: 6, stride: 2},
	{kernel: 3, repeats: 1, filtersIn: 192, filtersOut: 320, expand: 6, stride: 1},
}

func efficientNetLayers(b *graph.Builder, x *graph.Node, o Options, width, depth float64) {
	x = b.Rescaling("rescaling", x, 0, 1.0/255)
	x = b.Normalization("normalization", x)
	if o.ImageNet {
		// The variances in the official files are standard deviations: to
		// divide by the square root of them twice is to divide by them.
		x = b.Rescaling("rescaling_1", x, 0, 1/math.Sqrt(0.229), 1/math.Sqrt(0.224), 1/math.Sqrt(0.225))
	}

	x = b.ZeroPadding2D("stem_conv_pad", x, correctPadding(x, 3))
	x = b.Conv2D("stem_conv", x, graph.Conv2D{Filters: roundFilters(32, width), Kernel: graph.Square(3), Stride: 2})
	x = b.BatchNormalization("stem_bn", x, efficientNetEpsilon)
	x = b.Activation("stem_activation", x, graph.Swish)

	for i, stage := range efficientStages {
		stage.filtersIn = roundFilters(stage.filtersIn, width)
		stage.filtersOut = roundFilters(stage.filtersOut, width)
		for j := range roundRepeats(stage.repeats, depth) {
			if j > 0 {
				stage.stride, stage.filtersIn = 1, stage.filtersOut
			}
			x = efficientBlock(b, x, fmt.Sprintf("block%d%c_", i+1, 'a'+j), stage)
		}
	}

	x = b.Conv2D("top_conv", x, graph.Conv2D{Filters: roundFilters(1280, width), Kernel: graph.Square(1), Same: true})
	x = b.BatchNormalization("top_bn", x, efficientNetEpsilon)
	x = b.Activation("top_activation", x, graph.Swish)
	if !o.Top {
		return
	}
	x = b.GlobalAveragePooling2D("avg_pool", x)
	x = b.Dropout("top_dropout", x)
	b.Dense("predictions", x, graph.Dense{Units: o.Classes, Bias: true, Activation: graph.Softmax})
}

// efficientBlock is an inverted residual block with squeeze and excitation:
// expand, filter each channel by itself, weigh the channels, project, and add
// the input where the shapes agree.
func efficientBlock(b *graph.Builder, inputs *graph.Node, name string, s efficientStage) *graph.Node {
	x := inputs
	filters := s.filtersIn * s.expand
	if s.expand != 1 {
		x = b.Conv2D(name+"expand_conv", x, graph.Conv2D{Filters: filters, Kernel: graph.Square(1), Same: true})
		x = b.BatchNormalization(name+"expand_bn", x, efficientNetEpsilon)
		x = b.Activation(name+"expand_activation", x, graph.Swish)
	}

	if s.stride == 2 {
		x = b.ZeroPadding2D(name+"dwconv_pad", x, correctPadding(x, s.kernel))
	}
	x = b.DepthwiseConv2D(name+"dwconv", x, graph.DepthwiseConv2D{Kernel: graph.Square(s.kernel), Stride: s.stride, Same: s.stride == 1})
	x = b.BatchNormalization(name+"bn", x, efficientNetEpsilon)
	x = b.Activation(name+"activation", x, graph.Swish)

	se := b.GlobalAveragePooling2D(name+"se_squeeze", x)
	se = b.Reshape(name+"se_reshape", se, 1, 1, filters)
	se = b.Conv2D(name+"se_reduce", se, graph.Conv2D{
		Filters: max(1, s.filtersIn/4), Kernel: graph.Square(1), Same: true, Bias: true, Activation: graph.Swish,
	})
	se = b.Conv2D(name+"se_expand", se, graph.Conv2D{
		Filters: filters, Kernel: graph.Square(1), Same: true, Bias: true, Activation: graph.Sigmoid,
	})
	x = b.Multiply(name+"se_excite", x, se)

	x = b.Conv2D(name+"project_conv", x, graph.Conv2D{Filters: s.filtersOut, Kernel: graph.Square(1), Same: true})
	x = b.BatchNormalization(name+"project_bn", x, efficientNetEpsilon)
	if s.stride == 1 && s.filtersIn == s.filtersOut {
		x = b.Dropout(name+"drop", x)
		x = b.Add(name+"add", x, inputs)
	}
	return x
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

// roundRepeats scales a number of blocks.
func roundRepeats(repeats int, depth float64) int {
	return int(math.Ceil(depth * float64(repeats)))
}
