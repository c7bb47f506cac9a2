package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// NASNet-A Mobile and Large: Zoph, Vasudevan, Shlens and Le, Learning
// Transferable Architectures for Scalable Image Recognition (2017),
// https://arxiv.org/abs/1707.07012.
//
// The layers follow keras/src/applications/nasnet.py.

var nasNetMobile = Architecture{
	Name: "nasnetmobile", Title: "NASNetMobile", Family: "NASNet",
	Size: 224, MinSize: 32, Preprocessing: tfMode,
	SearchLayers: []string{
		"stem_conv1", "reduction_concat_stem_1", "reduction_concat_stem_2", "normal_concat_3",
		"reduction_concat_reduce_4", "normal_concat_8", "reduction_concat_reduce_8", "normal_concat_12",
	},
	Licence: "Apache-2.0", Source: "https://github.com/tensorflow/models",
	Weights: Weights{
		Top:   File{kerasFiles + "nasnet/NASNet-mobile.h5", "020fb642bf7360b370c678b08e0adf61"},
		NoTop: File{kerasFiles + "nasnet/NASNet-mobile-no-top.h5", "1ed92395b5b598bdda52abe5c0dbfd63"},
	},
	layers: func(b *graph.Builder, x *graph.Node, o Options) {
		nasNetLayers(b, x, o, nasNet{penultimateFilters: 1056, blocks: 4, stemFilters: 32})
	},
}

var nasNetLarge = Architecture{
	Name: "nasnetlarge", Title: "NASNetLarge", Family: "NASNet",
	Size: 331, MinSize: 32, Preprocessing: tfMode,
	SearchLayers: []string{
		"stem_conv1", "reduction_concat_stem_1", "reduction_concat_stem_2", "normal_concat_5",
		"reduction_concat_reduce_6", "normal_concat_12", "reduction_concat_reduce_12", "normal_concat_18",
	},
	Licence: "Apache-2.0", Source: "https://github.com/tensorflow/models",
	Weights: Weights{
		Top:   File{kerasFiles + "nasnet/NASNet-large.h5", "11577c9a518f0070763c2b964a382f17"},
		NoTop: File{kerasFiles + "nasnet/NASNet-large-no-top.h5", "d81d89dc07e6e56530c4e77faddd61b5"},
	},
	layers: func(b *graph.Builder, x *graph.Node, o Options) {
		nasNetLayers(b, x, o, nasNet{penultimateFilters: 4032, blocks: 6, stemFilters: 96, skipReduction: true})
	},
}

// nasNet is one size of the network.
type nasNet struct {
	penultimateFilters int
	blocks             int // normal cells between two reductions
	stemFilters        int
	skipReduction      bool // a cell after a reduction looks back past it
}

const nasNetEpsilon = 1e-3

// nasCells writes cells, with names that Keras makes up where its source gives
// none.
type nasCells struct {
	*graph.Builder
	names numbering
}

func nasNetLayers(builder *graph.Builder, x *graph.Node, o Options, n nasNet) {
	const filterMultiplier = 2
	filters := n.penultimateFilters / 24
	b := nasCells{builder, numbering{}}

	x = b.Conv2D("stem_conv1", x, graph.Conv2D{Filters: n.stemFilters, Kernel: graph.Square(3), Stride: 2})
	x = b.BatchNormalization("stem_bn1", x, nasNetEpsilon)

	var p, p0 *graph.Node
	x, p = b.reductionCell(x, p, filters/(filterMultiplier*filterMultiplier), "stem_1")
	x, p = b.reductionCell(x, p, filters/filterMultiplier, "stem_2")

	for i := range n.blocks {
		x, p = b.normalCell(x, p, filters, fmt.Sprint(i))
	}

	x, p0 = b.reductionCell(x, p, filters*filterMultiplier, fmt.Sprintf("reduce_%d", n.blocks))
	if !n.skipReduction {
		p = p0
	}
	for i := range n.blocks {
		x, p = b.normalCell(x, p, filters*filterMultiplier, fmt.Sprint(n.blocks+i+1))
	}

	x, p0 = b.reductionCell(x, p, filters*filterMultiplier*filterMultiplier, fmt.Sprintf("reduce_%d", 2*n.blocks))
	if !n.skipReduction {
		p = p0
	}
	for i := range n.blocks {
		x, p = b.normalCell(x, p, filters*filterMultiplier*filterMultiplier, fmt.Sprint(2*n.blocks+i+1))
	}

	x = b.relu(x)

	if !o.Top {
		return
	}
	x = b.GlobalAveragePooling2D("global_average_pooling2d", x)
	b.Dense("predictions", x, graph.Dense{Units: o.Classes, Bias: true, Activation: graph.Softmax})
}

func (b nasCells) relu(x *graph.Node) *graph.Node {
	return b.Activation(b.names.next("activation"), x, graph.ReLU)
}

// separableConvBlock is twice an activation, a separable convolution and a
// batch normalisation.
func (b nasCells) separableConvBlock(ip *graph.Node, filters, kernel, stride int, id string) *graph.Node {
	x := b.relu(ip)
	first := graph.SeparableConv2D{Filters: filters, Kernel: graph.Square(kernel), Stride: stride, Same: stride == 1}
	if stride == 2 {
		x = b.ZeroPadding2D("separable_conv_1_pad_"+id, x, correctPadding(x, kernel))
	}
	x = b.SeparableConv2D("separable_conv_1_"+id, x, first)
	x = b.BatchNormalization("separable_conv_1_bn_"+id, x, nasNetEpsilon)
	x = b.relu(x)
	x = b.SeparableConv2D("separable_conv_2_"+id, x, graph.SeparableConv2D{Filters: filters, Kernel: graph.Square(kernel), Same: true})
	return b.BatchNormalization("separable_conv_2_bn_"+id, x, nasNetEpsilon)
}

// adjustBlock gives p, the output of the cell before the last one, the size of
// ip and the number of filters.
func (b nasCells) adjustBlock(p, ip *graph.Node, filters int, id string) *graph.Node {
	if p == nil {
		return ip
	}
	if widthOf(p) != widthOf(ip) {
		skip := graph.AveragePooling2D{Size: graph.Square(1), Stride: 2}
		half := graph.Conv2D{Filters: filters / 2, Kernel: graph.Square(1), Same: true}
		p = b.Activation("adjust_relu_1_"+id, p, graph.ReLU)
		p1 := b.AveragePooling2D("adjust_avg_pool_1_"+id, p, skip)
		p1 = b.Conv2D("adjust_conv_1_"+id, p1, half)

		p2 := b.ZeroPadding2D(b.names.next("zero_padding2d"), p, graph.Padding{Bottom: 1, Right: 1})
		p2 = b.Cropping2D(b.names.next("cropping2d"), p2, graph.Padding{Top: 1, Left: 1})
		p2 = b.AveragePooling2D("adjust_avg_pool_2_"+id, p2, skip)
		p2 = b.Conv2D("adjust_conv_2_"+id, p2, half)

		p = b.Concatenate(b.names.next("concatenate"), p1, p2)
		return b.BatchNormalization("adjust_bn_"+id, p, nasNetEpsilon)
	}
	if channelsOf(p) != filters {
		p = b.relu(p)
		p = b.Conv2D("adjust_conv_projection_"+id, p, graph.Conv2D{Filters: filters, Kernel: graph.Square(1), Same: true})
		return b.BatchNormalization("adjust_bn_"+id, p, nasNetEpsilon)
	}
	return p
}

// squeeze gives ip the number of filters of a cell.
func (b nasCells) squeeze(ip *graph.Node, filters int, kind, id string) *graph.Node {
	h := b.relu(ip)
	h = b.Conv2D(kind+"_conv_1_"+id, h, graph.Conv2D{Filters: filters, Kernel: graph.Square(1), Same: true})
	return b.BatchNormalization(kind+"_bn_1_"+id, h, nasNetEpsilon)
}

// normalCell is the left cell of the paper's figure 4. It returns its output
// and the input of the next cell but one.
func (b nasCells) normalCell(ip, p *graph.Node, filters int, id string) (x, next *graph.Node) {
	average := graph.AveragePooling2D{Size: graph.Square(3), Same: true}
	p = b.adjustBlock(p, ip, filters, id)
	h := b.squeeze(ip, filters, "normal", id)

	x1a := b.separableConvBlock(h, filters, 5, 1, "normal_left1_"+id)
	x1b := b.separableConvBlock(p, filters, 3, 1, "normal_right1_"+id)
	x1 := b.Add("normal_add_1_"+id, x1a, x1b)

	x2a := b.separableConvBlock(p, filters, 5, 1, "normal_left2_"+id)
	x2b := b.separableConvBlock(p, filters, 3, 1, "normal_right2_"+id)
	x2 := b.Add("normal_add_2_"+id, x2a, x2b)

	x3 := b.AveragePooling2D("normal_left3_"+id, h, average)
	x3 = b.Add("normal_add_3_"+id, x3, p)

	x4a := b.AveragePooling2D("normal_left4_"+id, p, average)
	x4b := b.AveragePooling2D("normal_right4_"+id, p, average)
	x4 := b.Add("normal_add_4_"+id, x4a, x4b)

	x5 := b.separableConvBlock(h, filters, 3, 1, "normal_left5_"+id)
	x5 = b.Add("normal_add_5_"+id, x5, h)

	return b.Concatenate("normal_concat_"+id, p, x1, x2, x3, x4, x5), ip
}

// reductionCell is the right cell of the paper's figure 4: it halves the size.
// It returns its output and the input of the next cell but one.
func (b nasCells) reductionCell(ip, p *graph.Node, filters int, id string) (x, next *graph.Node) {
	p = b.adjustBlock(p, ip, filters, id)
	h := b.squeeze(ip, filters, "reduction", id)
	h3 := b.ZeroPadding2D("reduction_pad_1_"+id, h, correctPadding(h, 3))

	x1a := b.separableConvBlock(h, filters, 5, 2, "reduction_left1_"+id)
	x1b := b.separableConvBlock(p, filters, 7, 2, "reduction_right1_"+id)
	x1 := b.Add("reduction_add_1_"+id, x1a, x1b)

	x2a := b.MaxPooling2D("reduction_left2_"+id, h3, graph.MaxPooling2D{Size: graph.Square(3), Stride: 2})
	x2b := b.separableConvBlock(p, filters, 7, 2, "reduction_right2_"+id)
	x2 := b.Add("reduction_add_2_"+id, x2a, x2b)

	x3a := b.AveragePooling2D("reduction_left3_"+id, h3, graph.AveragePooling2D{Size: graph.Square(3), Stride: 2})
	x3b := b.separableConvBlock(p, filters, 5, 2, "reduction_right3_"+id)
	x3 := b.Add("reduction_add3_"+id, x3a, x3b)

	x4 := b.AveragePooling2D("reduction_left4_"+id, x1, graph.AveragePooling2D{Size: graph.Square(3), Same: true})
	x4 = b.Add(b.names.next("add"), x2, x4)

	x5a := b.separableConvBlock(x1, filters, 3, 1, "reduction_left4_"+id)
	x5b := b.MaxPooling2D("reduction_right5_"+id, h3, graph.MaxPooling2D{Size: graph.Square(3), Stride: 2})
	x5 := b.Add("reduction_add4_"+id, x5a, x5b)

	return b.Concatenate("reduction_concat_"+id, x2, x3, x4, x5), ip
}
