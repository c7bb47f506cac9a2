package graph

import (
	"fmt"
	"math"

	"github.com/convnetplayground/convnet/tensor"
)

// Op is what a node computes. The set is closed: Plan knows how to run each.
type Op interface {
	// Type is the name of the Keras layer class.
	Type() string
	// shape is the output's, without the batch.
	shape(inputs []tensor.Shape) (tensor.Shape, error)
	// parameters lists the weights, without the node's name.
	parameters(input tensor.Shape) []Parameter
}

// Activation is a function applied to each value, or for Softmax to each row.
type Activation string

// The activations that layers can have.
const (
	Linear  Activation = "linear"
	ReLU    Activation = "relu"
	ReLU6   Activation = "relu6"
	Softmax Activation = "softmax"
)

// bounds returns the limits of an activation that is a clamp.
func (a Activation) bounds() (lo, hi float32, isClamp bool) {
	inf := float32(math.Inf(1))
	switch a {
	case Linear, "":
		return -inf, inf, true
	case ReLU:
		return 0, inf, true
	case ReLU6:
		return 0, 6, true
	}
	return 0, 0, false
}

// Padding is the number of rows and columns of zeros around a feature map.
type Padding struct{ Top, Bottom, Left, Right int }

// Same is TensorFlow's SAME padding: the output has ceil(size/stride) pixels,
// and where the zeros do not halve, the bottom and right get the odd one.
func Same(height, width, kernel, stride int) Padding {
	total := func(size int) int {
		return max((ceilDiv(size, stride)-1)*stride+kernel-size, 0)
	}
	v, h := total(height), total(width)
	return Padding{Top: v / 2, Bottom: v - v/2, Left: h / 2, Right: h - h/2}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// Input is where the picture enters.
type Input struct{ Shape tensor.Shape }

// Conv2D is a convolution, square in kernel, stride and dilation, over all
// channels.
type Conv2D struct {
	Filters  int
	Kernel   int
	Stride   int // 1 when left out
	Dilation int // 1 when left out
	Padding  Padding
	// Same pads as TensorFlow's SAME; Padding is then filled in.
	Same       bool
	Bias       bool
	Activation Activation
}

// DepthwiseConv2D is a convolution of each channel by itself.
type DepthwiseConv2D struct {
	Kernel   int
	Stride   int // 1 when left out
	Dilation int // 1 when left out
	Padding  Padding
	// Same pads as TensorFlow's SAME; Padding is then filled in.
	Same       bool
	Bias       bool
	Activation Activation
}

// ZeroPadding2D puts zeros around a feature map.
type ZeroPadding2D struct{ Padding Padding }

// BatchNormalization is gamma * (x - moving mean) / sqrt(moving variance +
// epsilon) + beta per channel.
type BatchNormalization struct{ Epsilon float64 }

// Activate applies an activation.
type Activate struct{ Activation Activation }

// Add is the sum of two feature maps of one shape.
type Add struct{}

// Dropout does nothing: networks are only run, not trained.
type Dropout struct{}

// GlobalAveragePooling2D is the mean of each channel.
type GlobalAveragePooling2D struct{}

// GlobalMaxPooling2D is the greatest value of each channel.
type GlobalMaxPooling2D struct{}

// Dense is a full matrix product.
type Dense struct {
	Units      int
	Bias       bool
	Activation Activation
}

// Type implements Op.
func (Input) Type() string                  { return "InputLayer" }
func (Conv2D) Type() string                 { return "Conv2D" }
func (DepthwiseConv2D) Type() string        { return "DepthwiseConv2D" }
func (ZeroPadding2D) Type() string          { return "ZeroPadding2D" }
func (BatchNormalization) Type() string     { return "BatchNormalization" }
func (Activate) Type() string               { return "Activation" }
func (Add) Type() string                    { return "Add" }
func (Dropout) Type() string                { return "Dropout" }
func (GlobalAveragePooling2D) Type() string { return "GlobalAveragePooling2D" }
func (GlobalMaxPooling2D) Type() string     { return "GlobalMaxPooling2D" }
func (Dense) Type() string                  { return "Dense" }

func (op Input) shape([]tensor.Shape) (tensor.Shape, error) {
	if len(op.Shape) != 3 {
		return nil, fmt.Errorf("input %v, want [height, width, channels]", op.Shape)
	}
	return op.Shape, nil
}

func (op Conv2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	if op.Filters < 1 {
		return nil, fmt.Errorf("%d filters", op.Filters)
	}
	height, width, err := slide(inputs[0], op.Kernel, op.Stride, op.Dilation, op.Padding)
	return tensor.Shape{height, width, op.Filters}, err
}

func (op DepthwiseConv2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	height, width, err := slide(inputs[0], op.Kernel, op.Stride, op.Dilation, op.Padding)
	if err != nil {
		return nil, err
	}
	return tensor.Shape{height, width, inputs[0][2]}, nil
}

// slide counts the positions of a kernel on a padded feature map.
func slide(input tensor.Shape, kernel, stride, dilation int, p Padding) (height, width int, err error) {
	if err := wantMap(input); err != nil {
		return 0, 0, err
	}
	if kernel < 1 || stride < 1 || dilation < 1 || min(p.Top, p.Bottom, p.Left, p.Right) < 0 {
		return 0, 0, fmt.Errorf("kernel %d, stride %d, dilation %d, padding %v", kernel, stride, dilation, p)
	}
	extent := (kernel-1)*dilation + 1
	height = (input[0]+p.Top+p.Bottom-extent)/stride + 1
	width = (input[1]+p.Left+p.Right-extent)/stride + 1
	if input[0]+p.Top+p.Bottom < extent || input[1]+p.Left+p.Right < extent {
		return 0, 0, fmt.Errorf("input %v is smaller than the kernel's %dx%d", input, extent, extent)
	}
	return height, width, nil
}

func wantMap(input tensor.Shape) error {
	if len(input) != 3 {
		return fmt.Errorf("input %v, want [height, width, channels]", input)
	}
	return nil
}

func (op ZeroPadding2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	if err := wantMap(inputs[0]); err != nil {
		return nil, err
	}
	p := op.Padding
	return tensor.Shape{inputs[0][0] + p.Top + p.Bottom, inputs[0][1] + p.Left + p.Right, inputs[0][2]}, nil
}

func (BatchNormalization) shape(inputs []tensor.Shape) (tensor.Shape, error) { return inputs[0], nil }
func (Dropout) shape(inputs []tensor.Shape) (tensor.Shape, error)            { return inputs[0], nil }

func (op Activate) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	if _, _, isClamp := op.Activation.bounds(); !isClamp && op.Activation != Softmax {
		return nil, fmt.Errorf("unknown activation %q", op.Activation)
	}
	return inputs[0], nil
}

func (Add) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	if !inputs[0].Equal(inputs[1]) {
		return nil, fmt.Errorf("inputs %v and %v", inputs[0], inputs[1])
	}
	return inputs[0], nil
}

func (GlobalAveragePooling2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return channels(inputs[0])
}

func (GlobalMaxPooling2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return channels(inputs[0])
}

func channels(input tensor.Shape) (tensor.Shape, error) {
	if err := wantMap(input); err != nil {
		return nil, err
	}
	return tensor.Shape{input[2]}, nil
}

func (op Dense) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	if len(inputs[0]) != 1 {
		return nil, fmt.Errorf("input %v, want [units]", inputs[0])
	}
	return tensor.Shape{op.Units}, nil
}

func (Input) parameters(tensor.Shape) []Parameter                  { return nil }
func (ZeroPadding2D) parameters(tensor.Shape) []Parameter          { return nil }
func (Activate) parameters(tensor.Shape) []Parameter               { return nil }
func (Add) parameters(tensor.Shape) []Parameter                    { return nil }
func (Dropout) parameters(tensor.Shape) []Parameter                { return nil }
func (GlobalAveragePooling2D) parameters(tensor.Shape) []Parameter { return nil }
func (GlobalMaxPooling2D) parameters(tensor.Shape) []Parameter     { return nil }

func (op Conv2D) parameters(input tensor.Shape) []Parameter {
	kernel := Parameter{"kernel", tensor.Shape{op.Kernel, op.Kernel, input[2], op.Filters}}
	return withBias(kernel, op.Bias, op.Filters)
}

func (op DepthwiseConv2D) parameters(input tensor.Shape) []Parameter {
	kernel := Parameter{"depthwise_kernel", tensor.Shape{op.Kernel, op.Kernel, input[2], 1}}
	return withBias(kernel, op.Bias, input[2])
}

func (op Dense) parameters(input tensor.Shape) []Parameter {
	kernel := Parameter{"kernel", tensor.Shape{input[0], op.Units}}
	return withBias(kernel, op.Bias, op.Units)
}

func withBias(kernel Parameter, bias bool, n int) []Parameter {
	if !bias {
		return []Parameter{kernel}
	}
	return []Parameter{kernel, {"bias", tensor.Shape{n}}}
}

func (BatchNormalization) parameters(input tensor.Shape) []Parameter {
	channels := tensor.Shape{input[len(input)-1]}
	return []Parameter{
		{"gamma", channels}, {"beta", channels}, {"moving_mean", channels}, {"moving_variance", channels},
	}
}
