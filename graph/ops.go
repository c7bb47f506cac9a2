package graph

import (
	"cmp"
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
	Sigmoid Activation = "sigmoid"
	Swish   Activation = "swish" // x * sigmoid(x)
	Softmax Activation = "softmax"
)

// known tells whether the activation can be run.
func (a Activation) known() bool {
	return a.isClamp() || a == Sigmoid || a == Swish || a == Softmax
}

func (a Activation) isClamp() bool {
	_, _, is := a.bounds()
	return is
}

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

// Size is the extent of a kernel.
type Size struct{ Height, Width int }

// Square is a kernel as high as wide.
func Square(n int) Size { return Size{n, n} }

// dilated is the extent of a kernel whose positions lie apart.
func (s Size) dilated(dilation int) Size {
	return Size{(s.Height-1)*dilation + 1, (s.Width-1)*dilation + 1}
}

// Same is TensorFlow's SAME padding: the output has ceil(size/stride) pixels,
// and where the zeros do not halve, the bottom and right get the odd one.
func Same(height, width int, kernel Size, stride int) Padding {
	total := func(size, kernel int) int {
		return max((ceilDiv(size, stride)-1)*stride+kernel-size, 0)
	}
	v, h := total(height, kernel.Height), total(width, kernel.Width)
	return Padding{Top: v / 2, Bottom: v - v/2, Left: h / 2, Right: h - h/2}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// Input is where the picture enters.
type Input struct{ Shape tensor.Shape }

// Conv2D is a convolution over all channels.
type Conv2D struct {
	Filters  int
	Kernel   Size
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
	Kernel   Size
	Stride   int // 1 when left out
	Dilation int // 1 when left out
	Padding  Padding
	// Same pads as TensorFlow's SAME; Padding is then filled in.
	Same       bool
	Bias       bool
	Activation Activation
}

// SeparableConv2D is a depthwise convolution and a convolution of single
// pixels after it.
type SeparableConv2D struct {
	Filters int
	Kernel  Size
	Stride  int // 1 when left out
	Padding Padding
	// Same pads as TensorFlow's SAME; Padding is then filled in.
	Same       bool
	Bias       bool
	Activation Activation
}

// MaxPooling2D is the greatest value under a sliding window; padding does not
// take part.
type MaxPooling2D struct {
	Size    Size
	Stride  int // 1 when left out
	Padding Padding
	// Same pads as TensorFlow's SAME; Padding is then filled in.
	Same bool
}

// AveragePooling2D is the mean under a sliding window; padding does not take
// part.
type AveragePooling2D struct {
	Size    Size
	Stride  int // 1 when left out
	Padding Padding
	// Same pads as TensorFlow's SAME; Padding is then filled in.
	Same bool
}

// ZeroPadding2D puts zeros around a feature map.
type ZeroPadding2D struct{ Padding Padding }

// Cropping2D cuts rows and columns off a feature map.
type Cropping2D struct{ Crop Padding }

// BatchNormalization is gamma * (x - moving mean) / sqrt(moving variance +
// epsilon) + beta per channel.
type BatchNormalization struct {
	Epsilon  float64
	Unscaled bool // without gamma: Keras' scale=False
}

// Rescaling is x * Scale + Offset per channel. A single Scale holds for all.
type Rescaling struct {
	Scale  []float64
	Offset float64
}

// Normalization is (x - mean) / sqrt(variance) per channel, with statistics of
// the training set.
type Normalization struct{}

// Activate applies an activation. Keras has layers of their own for some.
type Activate struct {
	Activation Activation
	Class      string // of the Keras layer; "Activation" when left out
}

// Add is the sum of two feature maps of one shape.
type Add struct{}

// Multiply scales the channels of a feature map [height, width, channels] by
// a second one [1, 1, channels].
type Multiply struct{}

// Concatenate puts the channels of feature maps side by side.
type Concatenate struct{}

// Reshape gives the same values another shape. Keras has the Flatten layer for
// the shape [values].
type Reshape struct{ Shape tensor.Shape }

// Dropout does nothing: networks are only run, not trained.
type Dropout struct{}

// GlobalAveragePooling2D is the mean of each channel: [channels], or with
// KeepDims [1, 1, channels].
type GlobalAveragePooling2D struct{ KeepDims bool }

// GlobalMaxPooling2D is the greatest value of each channel.
type GlobalMaxPooling2D struct{}

// globalSummary is what a tap of a Summary reads; no network has it as a layer.
type globalSummary struct{}

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
func (SeparableConv2D) Type() string        { return "SeparableConv2D" }
func (MaxPooling2D) Type() string           { return "MaxPooling2D" }
func (AveragePooling2D) Type() string       { return "AveragePooling2D" }
func (ZeroPadding2D) Type() string          { return "ZeroPadding2D" }
func (Cropping2D) Type() string             { return "Cropping2D" }
func (BatchNormalization) Type() string     { return "BatchNormalization" }
func (Rescaling) Type() string              { return "Rescaling" }
func (Normalization) Type() string          { return "Normalization" }
func (op Activate) Type() string            { return cmp.Or(op.Class, "Activation") }
func (Add) Type() string                    { return "Add" }
func (Multiply) Type() string               { return "Multiply" }
func (Concatenate) Type() string            { return "Concatenate" }
func (Dropout) Type() string                { return "Dropout" }
func (GlobalAveragePooling2D) Type() string { return "GlobalAveragePooling2D" }
func (GlobalMaxPooling2D) Type() string     { return "GlobalMaxPooling2D" }
func (globalSummary) Type() string          { return "Summary" }
func (Dense) Type() string                  { return "Dense" }

// Type implements Op.
func (op Reshape) Type() string {
	if len(op.Shape) == 1 && op.Shape[0] == allValues {
		return "Flatten"
	}
	return "Reshape"
}

// allValues as the only extent of a Reshape stands for as many as there are.
const allValues = -1

func (op Input) shape([]tensor.Shape) (tensor.Shape, error) {
	if len(op.Shape) != 3 {
		return nil, fmt.Errorf("input %v, want [height, width, channels]", op.Shape)
	}
	return op.Shape, nil
}

func (op Conv2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return op.Activation.after(convolved(inputs[0], op.Filters, op.Kernel.dilated(op.Dilation), op.Stride, op.Padding))
}

func (op DepthwiseConv2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return op.Activation.after(slide(inputs[0], op.Kernel.dilated(op.Dilation), op.Stride, op.Padding))
}

func (op SeparableConv2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return op.Activation.after(convolved(inputs[0], op.Filters, op.Kernel, op.Stride, op.Padding))
}

func (op MaxPooling2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return slide(inputs[0], op.Size, op.Stride, op.Padding)
}

func (op AveragePooling2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return slide(inputs[0], op.Size, op.Stride, op.Padding)
}

// split takes a layer's own activation off.
func split(op Op) (Op, Activation) {
	a := Linear
	switch layer := op.(type) {
	case Conv2D:
		a, layer.Activation = layer.Activation, Linear
		op = layer
	case DepthwiseConv2D:
		a, layer.Activation = layer.Activation, Linear
		op = layer
	case SeparableConv2D:
		a, layer.Activation = layer.Activation, Linear
		op = layer
	case Dense:
		a, layer.Activation = layer.Activation, Linear
		op = layer
	}
	return op, a
}

// after checks the activation of a layer.
func (a Activation) after(shape tensor.Shape, err error) (tensor.Shape, error) {
	if err == nil && !a.known() {
		err = fmt.Errorf("unknown activation %q", a)
	}
	return shape, err
}

func convolved(input tensor.Shape, filters int, kernel Size, stride int, p Padding) (tensor.Shape, error) {
	shape, err := slide(input, kernel, stride, p)
	if err != nil {
		return nil, err
	}
	if filters < 1 {
		return nil, fmt.Errorf("%d filters", filters)
	}
	return tensor.Shape{shape[0], shape[1], filters}, nil
}

// slide is the map of the positions of a kernel on a padded feature map.
func slide(input tensor.Shape, kernel Size, stride int, p Padding) (tensor.Shape, error) {
	if err := wantMap(input); err != nil {
		return nil, err
	}
	if min(kernel.Height, kernel.Width, stride) < 1 || min(p.Top, p.Bottom, p.Left, p.Right) < 0 {
		return nil, fmt.Errorf("kernel %dx%d, stride %d, padding %v", kernel.Height, kernel.Width, stride, p)
	}
	height := input[0] + p.Top + p.Bottom - kernel.Height
	width := input[1] + p.Left + p.Right - kernel.Width
	if height < 0 || width < 0 {
		return nil, fmt.Errorf("input %v is smaller than the kernel's %dx%d", input, kernel.Height, kernel.Width)
	}
	return tensor.Shape{height/stride + 1, width/stride + 1, input[2]}, nil
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

func (op Cropping2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	if err := wantMap(inputs[0]); err != nil {
		return nil, err
	}
	c := op.Crop
	shape := tensor.Shape{inputs[0][0] - c.Top - c.Bottom, inputs[0][1] - c.Left - c.Right, inputs[0][2]}
	if min(shape[0], shape[1]) < 1 || min(c.Top, c.Bottom, c.Left, c.Right) < 0 {
		return nil, fmt.Errorf("cropping %v of %v", c, inputs[0])
	}
	return shape, nil
}

func (op Rescaling) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	channels := inputs[0][len(inputs[0])-1]
	if len(op.Scale) != 1 && len(op.Scale) != channels {
		return nil, fmt.Errorf("%d scales for %d channels", len(op.Scale), channels)
	}
	return inputs[0], nil
}

func (Normalization) shape(inputs []tensor.Shape) (tensor.Shape, error)      { return inputs[0], nil }
func (BatchNormalization) shape(inputs []tensor.Shape) (tensor.Shape, error) { return inputs[0], nil }
func (Dropout) shape(inputs []tensor.Shape) (tensor.Shape, error)            { return inputs[0], nil }

func (op Activate) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return op.Activation.after(inputs[0], nil)
}

func (Add) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	if !inputs[0].Equal(inputs[1]) {
		return nil, fmt.Errorf("inputs %v and %v", inputs[0], inputs[1])
	}
	return inputs[0], nil
}

func (Multiply) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	if err := wantMap(inputs[0]); err != nil {
		return nil, err
	}
	if want := (tensor.Shape{1, 1, inputs[0][2]}); !inputs[1].Equal(want) {
		return nil, fmt.Errorf("inputs %v and %v, want the second to be %v", inputs[0], inputs[1], want)
	}
	return inputs[0], nil
}

func (Concatenate) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	channels := 0
	for _, input := range inputs {
		if err := wantMap(input); err != nil {
			return nil, err
		}
		if input[0] != inputs[0][0] || input[1] != inputs[0][1] {
			return nil, fmt.Errorf("inputs %v and %v", inputs[0], input)
		}
		channels += input[2]
	}
	return tensor.Shape{inputs[0][0], inputs[0][1], channels}, nil
}

func (op Reshape) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	shape := op.Shape
	if op.Type() == "Flatten" {
		shape = tensor.Shape{inputs[0].Elements()}
	}
	if shape.Elements() != inputs[0].Elements() {
		return nil, fmt.Errorf("input %v has not the %d values of %v", inputs[0], shape.Elements(), shape)
	}
	return shape, nil
}

func (op GlobalAveragePooling2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	shape, err := channels(inputs[0])
	if op.KeepDims && err == nil {
		return tensor.Shape{1, 1, shape[0]}, nil
	}
	return shape, err
}

func (GlobalMaxPooling2D) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return channels(inputs[0])
}

func (globalSummary) shape(inputs []tensor.Shape) (tensor.Shape, error) {
	return tensor.Shape{summaryRows, inputs[0][len(inputs[0])-1]}, nil
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
	return op.Activation.after(tensor.Shape{op.Units}, nil)
}

func (Input) parameters(tensor.Shape) []Parameter                  { return nil }
func (ZeroPadding2D) parameters(tensor.Shape) []Parameter          { return nil }
func (MaxPooling2D) parameters(tensor.Shape) []Parameter           { return nil }
func (AveragePooling2D) parameters(tensor.Shape) []Parameter       { return nil }
func (Cropping2D) parameters(tensor.Shape) []Parameter             { return nil }
func (Rescaling) parameters(tensor.Shape) []Parameter              { return nil }
func (Multiply) parameters(tensor.Shape) []Parameter               { return nil }
func (Concatenate) parameters(tensor.Shape) []Parameter            { return nil }
func (Reshape) parameters(tensor.Shape) []Parameter                { return nil }
func (Activate) parameters(tensor.Shape) []Parameter               { return nil }
func (Add) parameters(tensor.Shape) []Parameter                    { return nil }
func (Dropout) parameters(tensor.Shape) []Parameter                { return nil }
func (GlobalAveragePooling2D) parameters(tensor.Shape) []Parameter { return nil }
func (GlobalMaxPooling2D) parameters(tensor.Shape) []Parameter     { return nil }
func (globalSummary) parameters(tensor.Shape) []Parameter          { return nil }

func (op Conv2D) parameters(input tensor.Shape) []Parameter {
	kernel := Parameter{"kernel", tensor.Shape{op.Kernel.Height, op.Kernel.Width, input[2], op.Filters}}
	return withBias(kernel, op.Bias, op.Filters)
}

func (op DepthwiseConv2D) parameters(input tensor.Shape) []Parameter {
	kernel := Parameter{"depthwise_kernel", tensor.Shape{op.Kernel.Height, op.Kernel.Width, input[2], 1}}
	return withBias(kernel, op.Bias, input[2])
}

func (op SeparableConv2D) parameters(input tensor.Shape) []Parameter {
	depthwise := Parameter{"depthwise_kernel", tensor.Shape{op.Kernel.Height, op.Kernel.Width, input[2], 1}}
	pointwise := Parameter{"pointwise_kernel", tensor.Shape{1, 1, input[2], op.Filters}}
	return append([]Parameter{depthwise}, withBias(pointwise, op.Bias, op.Filters)...)
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

func (op BatchNormalization) parameters(input tensor.Shape) []Parameter {
	channels := tensor.Shape{input[len(input)-1]}
	all := []Parameter{
		{"gamma", channels}, {"beta", channels}, {"moving_mean", channels}, {"moving_variance", channels},
	}
	if op.Unscaled {
		return all[1:]
	}
	return all
}

func (Normalization) parameters(input tensor.Shape) []Parameter {
	channels := tensor.Shape{input[len(input)-1]}
	return []Parameter{{"mean", channels}, {"variance", channels}, {"count", tensor.Shape{}}}
}
