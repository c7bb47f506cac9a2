package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// VGG16 and VGG19: Simonyan and Zisserman, Very Deep Convolutional Networks for
// Large-Scale Image Recognition (2014), https://arxiv.org/abs/1409.1556.
//
// The layers follow keras/src/applications/vgg16.py and vgg19.py.

var vgg16 = vgg(16, [5]int{2, 2, 3, 3, 3}, []string{
	"block1_conv1", "block1_conv2", "block3_conv1", "block3_conv3",
	"block4_conv1", "block4_conv3", "block5_conv1", "block5_conv3",
}, "64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc")

var vgg19 = vgg(19, [5]int{2, 2, 4, 4, 4}, []string{
	"block1_conv1", "block1_conv2", "block3_conv1", "block3_conv4",
	"block4_conv1", "block4_conv4", "block5_conv1", "block5_conv4",
}, "cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6")

// vgg has five blocks of so many convolutions.
func vgg(number int, convolutions [5]int, searchLayers []string, md5, md5NoTop string) Architecture {
	name := fmt.Sprintf("vgg%d", number)
	return Architecture{
		Name: name, Title: fmt.Sprintf("VGG%d", number), Family: "VGG",
		Size: 224, MinSize: 32, Preprocessing: caffeMode, SearchLayers: searchLayers,
		Licence: "CC-BY-4.0", Source: "https://www.robots.ox.ac.uk/~vgg/research/very_deep/",
		Weights: kerasWeights(name+"/"+name+"_weights_tf_dim_ordering_tf_kernels", md5, md5NoTop),
		layers:  func(b *graph.Builder, x *graph.Node, o Options) { vggLayers(b, x, o, convolutions) },
	}
}

func vggLayers(b *graph.Builder, x *graph.Node, o Options, convolutions [5]int) {
	filters := [5]int{64, 128, 256, 512, 512}
	for i, count := range convolutions {
		block := fmt.Sprintf("block%d_", i+1)
		for j := range count {
			x = b.Conv2D(fmt.Sprintf("%sconv%d", block, j+1), x, graph.Conv2D{
				Filters: filters[i], Kernel: graph.Square(3), Same: true, Bias: true, Activation: graph.ReLU,
			})
		}
		x = b.MaxPooling2D(block+"pool", x, graph.MaxPooling2D{Size: graph.Square(2), Stride: 2})
	}

	if !o.Top {
		return
	}
	x = b.Flatten("flatten", x)
	x = b.Dense("fc1", x, graph.Dense{Units: 4096, Bias: true, Activation: graph.ReLU})
	x = b.Dense("fc2", x, graph.Dense{Units: 4096, Bias: true, Activation: graph.ReLU})
	b.Dense("predictions", x, graph.Dense{Units: o.Classes, Bias: true, Activation: graph.Softmax})
}
