package zoo

import "github.com/convnetplayground/convnet/graph"

// After a builder's error its nodes have no shape: what follows reads none.

// channelsOf is the number of channels of x.
func channelsOf(x *graph.Node) int {
	if len(x.Shape) == 0 {
		return 0
	}
	return x.Shape[len(x.Shape)-1]
}

// widthOf is the width of the feature map x.
func widthOf(x *graph.Node) int {
	if len(x.Shape) != 3 {
		return 0
	}
	return x.Shape[1]
}

// evenPadding is n rows and columns of zeros on each side.
func evenPadding(n int) graph.Padding {
	return graph.Padding{Top: n, Bottom: n, Left: n, Right: n}
}

// correctPadding is correct_pad of keras/src/applications/imagenet_utils.py:
// the zeros before a convolution of stride 2.
func correctPadding(x *graph.Node, kernel int) graph.Padding {
	if len(x.Shape) != 3 {
		return graph.Padding{}
	}
	correct := kernel / 2
	return graph.Padding{
		Top: correct - 1 + x.Shape[0]%2, Bottom: correct,
		Left: correct - 1 + x.Shape[1]%2, Right: correct,
	}
}
