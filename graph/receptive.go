package graph

import (
	"fmt"
	"image"
)

// ReceptiveField is the part of the input that the values of a node at row y
// and column x of its feature map can depend on, over all paths and all
// channels, in pixels of the input: empty for a place that has only padding,
// and the whole input behind a global pooling or a dense layer. A vector has
// the place 0, 0. It follows the arithmetic of Araujo et al., "Computing
// Receptive Fields of Convolutional Neural Networks" (Distill, 2019), with
// every map cut off at its edges.
func (g *Graph) ReceptiveField(node string, y, x int) (image.Rectangle, error) {
	n := g.Node(node)
	if n == nil {
		return image.Rectangle{}, fmt.Errorf("receptive field of %q: no such node", node)
	}
	place := image.Rect(x, y, x+1, y+1)
	if !place.In(extent(n)) {
		return image.Rectangle{}, fmt.Errorf("receptive field of %s %q: row %d, column %d of %v", n.Op.Type(), node, y, x, n.Shape)
	}
	fields := map[*Node]image.Rectangle{n: place}
	for i := len(g.nodes) - 1; i >= 0; i-- {
		user := g.nodes[i]
		if fields[user].Empty() {
			continue
		}
		if _, ok := user.Op.(Input); ok {
			return fields[user], nil
		}
		for _, input := range user.Inputs {
			field := reach(user, input, fields[user]).Intersect(extent(input))
			fields[input] = fields[input].Union(field)
		}
	}
	return image.Rectangle{}, nil
}

// extent is the rows and columns of a node's feature map; a vector has one of
// each.
func extent(n *Node) image.Rectangle {
	if len(n.Shape) != 3 {
		return image.Rect(0, 0, 1, 1)
	}
	return image.Rect(0, 0, n.Shape[1], n.Shape[0])
}

// reach is what a part of a node's feature map is computed from, on the map of
// one of its inputs and beyond its edges.
func reach(n, input *Node, part image.Rectangle) image.Rectangle {
	switch op := n.Op.(type) {
	case Conv2D:
		return slidOver(part, op.Kernel.dilated(op.Dilation), op.Stride, op.Padding)
	case DepthwiseConv2D:
		return slidOver(part, op.Kernel.dilated(op.Dilation), op.Stride, op.Padding)
	case SeparableConv2D:
		return slidOver(part, op.Kernel, op.Stride, op.Padding)
	case MaxPooling2D:
		return slidOver(part, op.Size, op.Stride, op.Padding)
	case AveragePooling2D:
		return slidOver(part, op.Size, op.Stride, op.Padding)
	case ZeroPadding2D:
		return part.Sub(image.Pt(op.Padding.Left, op.Padding.Top))
	case Cropping2D:
		return part.Add(image.Pt(op.Crop.Left, op.Crop.Top))
	case Multiply:
		if input == n.Inputs[1] {
			return extent(input)
		}
		return part
	case BatchNormalization, Rescaling, Normalization, Activate, Add, Concatenate, Dropout:
		return part
	}
	return extent(input)
}

// slidOver is what a kernel covers whose output is a part of a feature map.
func slidOver(part image.Rectangle, kernel Size, stride int, p Padding) image.Rectangle {
	return image.Rect(
		part.Min.X*stride-p.Left,
		part.Min.Y*stride-p.Top,
		(part.Max.X-1)*stride-p.Left+kernel.Width,
		(part.Max.Y-1)*stride-p.Top+kernel.Height,
	)
}
