// Package graphtest computes networks by nested loops in float64: the slow
// and plain truth that graph is tested against.
package graphtest

import (
	"fmt"
	"math"
	"slices"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
)

// Map is a feature map [height, width, channels], or a vector as [1, 1, units].
type Map struct {
	Height, Width, Channels int
	Data                    []float64
}

func newMap(shape tensor.Shape) Map {
	if len(shape) == 1 {
		shape = tensor.Shape{1, 1, shape[0]}
	}
	return Map{shape[0], shape[1], shape[2], make([]float64, shape.Elements())}
}

// at reads a value; outside of the map there are zeros.
func (m Map) at(y, x, c int) float64 {
	if y < 0 || x < 0 || y >= m.Height || x >= m.Width {
		return 0
	}
	return m.Data[(y*m.Width+x)*m.Channels+c]
}

// Pass is a forward pass of one picture.
type Pass struct {
	outputs map[string]Map
	linear  map[string]Map // before the node's own activation
	kinks   kinks
}

// Run computes the output of every node for one picture.
func Run(g *graph.Graph, weights map[string]tensor.Tensor, picture []float64) *Pass {
	p := &Pass{outputs: map[string]Map{}, linear: map[string]Map{}, kinks: newKinks()}
	for _, node := range g.Nodes() {
		var inputs []Map
		for _, input := range node.Inputs {
			inputs = append(inputs, p.outputs[input.Name])
		}
		weight := func(name string) []float32 { return weights[node.Name+"/"+name].Data }
		linear, activation := p.compute(node, inputs, weight, picture)
		p.linear[node.Name] = linear
		p.outputs[node.Name] = p.activate(linear, activation)
	}
	return p
}

// Tap is what a tap of a Plan holds for the picture.
func (p *Pass) Tap(tap graph.Tap) Map {
	m := p.outputs[tap.Node]
	if tap.Linear {
		m = p.linear[tap.Node]
	}
	switch tap.Reduce {
	case graph.Mean:
		return mean(m)
	case graph.Maximum:
		return p.maximum(m)
	case graph.Summary:
		return p.summary(m)
	}
	return m
}

// compute returns what a node computes before its own activation.
func (p *Pass) compute(node *graph.Node, inputs []Map, weight func(string) []float32, picture []float64) (Map, graph.Activation) {
	out, activation := newMap(node.Shape), graph.Linear
	switch op := node.Op.(type) {
	case graph.Input:
		copy(out.Data, picture)
	case graph.Conv2D:
		convolve(out, inputs[0], weight("kernel"), weight("bias"), op.Kernel, op.Stride, op.Dilation, op.Padding)
		activation = op.Activation
	case graph.DepthwiseConv2D:
		convolveEach(out, inputs[0], weight("depthwise_kernel"), weight("bias"), op.Kernel, op.Stride, op.Dilation, op.Padding)
		activation = op.Activation
	case graph.SeparableConv2D:
		half := newMap(tensor.Shape{out.Height, out.Width, inputs[0].Channels})
		convolveEach(half, inputs[0], weight("depthwise_kernel"), nil, op.Kernel, op.Stride, 1, op.Padding)
		convolve(out, half, weight("pointwise_kernel"), weight("bias"), graph.Square(1), 1, 1, graph.Padding{})
		activation = op.Activation
	case graph.MaxPooling2D:
		slide(out, inputs[0], op.Size, op.Stride, op.Padding, p.greatest)
	case graph.AveragePooling2D:
		slide(out, inputs[0], op.Size, op.Stride, op.Padding, func(values []float64) float64 {
			sum := 0.0
			for _, x := range values {
				sum += x
			}
			return sum / float64(len(values))
		})
	case graph.Cropping2D:
		each(out, func(y, x, c int) float64 { return inputs[0].at(y+op.Crop.Top, x+op.Crop.Left, c) })
	case graph.Rescaling:
		each(out, func(y, x, c int) float64 { return inputs[0].at(y, x, c)*op.Scale[c%len(op.Scale)] + op.Offset })
	case graph.Normalization:
		each(out, func(y, x, c int) float64 {
			return (inputs[0].at(y, x, c) - float64(weight("mean")[c])) / math.Sqrt(float64(weight("variance")[c]))
		})
	case graph.Multiply:
		each(out, func(y, x, c int) float64 { return inputs[0].at(y, x, c) * inputs[1].at(0, 0, c) })
	case graph.Concatenate:
		each(out, func(y, x, c int) float64 {
			for _, input := range inputs {
				if c < input.Channels {
					return input.at(y, x, c)
				}
				c -= input.Channels
			}
			panic("graphtest: more channels than inputs have")
		})
	case graph.Reshape:
		copy(out.Data, inputs[0].Data)
	case graph.Dense:
		each(out, func(_, _, c int) float64 {
			sum := biasOf(weight("bias"), c)
			for k, x := range inputs[0].Data {
				sum += x * float64(weight("kernel")[k*op.Units+c])
			}
			return sum
		})
		activation = op.Activation
	case graph.ZeroPadding2D:
		each(out, func(y, x, c int) float64 { return inputs[0].at(y-op.Padding.Top, x-op.Padding.Left, c) })
	case graph.BatchNormalization:
		each(out, func(y, x, c int) float64 {
			scale := 1 / math.Sqrt(float64(weight("moving_variance")[c])+op.Epsilon)
			if !op.Unscaled {
				scale *= float64(weight("gamma")[c])
			}
			return (inputs[0].at(y, x, c)-float64(weight("moving_mean")[c]))*scale + float64(weight("beta")[c])
		})
	case graph.Activate:
		copy(out.Data, inputs[0].Data)
		activation = op.Activation
	case graph.Add:
		each(out, func(y, x, c int) float64 { return inputs[0].at(y, x, c) + inputs[1].at(y, x, c) })
	case graph.Dropout:
		copy(out.Data, inputs[0].Data)
	case graph.GlobalAveragePooling2D:
		copy(out.Data, mean(inputs[0]).Data)
	case graph.GlobalMaxPooling2D:
		copy(out.Data, p.maximum(inputs[0]).Data)
	default:
		panic(fmt.Sprintf("graphtest: no reference for %T", op))
	}
	return out, activation
}

// mean is that of each channel.
func mean(m Map) Map {
	out := newMap(tensor.Shape{m.Channels})
	for i, x := range m.Data {
		out.Data[i%m.Channels] += x / float64(m.Height*m.Width)
	}
	return out
}

// maximum is that of each channel.
func (p *Pass) maximum(m Map) Map {
	out := newMap(tensor.Shape{m.Channels})
	for c := range out.Data {
		var values []float64
		for i := c; i < len(m.Data); i += m.Channels {
			values = append(values, m.Data[i])
		}
		out.Data[c] = p.greatest(values)
	}
	return out
}

// summary has the mean, the maximum and the place of the maximum of each
// channel.
func (p *Pass) summary(m Map) Map {
	out := newMap(tensor.Shape{1, 3, m.Channels})
	copy(out.Data, mean(m).Data)
	copy(out.Data[m.Channels:], p.maximum(m).Data)
	for c := range m.Channels {
		for m.Data[int(out.Data[2*m.Channels+c])*m.Channels+c] != out.Data[m.Channels+c] {
			out.Data[2*m.Channels+c]++
		}
	}
	return out
}

func convolve(out, in Map, kernel, bias []float32, size graph.Size, stride, dilation int, p graph.Padding) {
	each(out, func(y, x, c int) float64 {
		sum := biasOf(bias, c)
		for ky := range size.Height {
			for kx := range size.Width {
				for k := range in.Channels {
					w := kernel[((ky*size.Width+kx)*in.Channels+k)*out.Channels+c]
					sum += float64(w) * in.at(y*stride-p.Top+ky*dilation, x*stride-p.Left+kx*dilation, k)
				}
			}
		}
		return sum
	})
}

func convolveEach(out, in Map, kernel, bias []float32, size graph.Size, stride, dilation int, p graph.Padding) {
	each(out, func(y, x, c int) float64 {
		sum := biasOf(bias, c)
		for ky := range size.Height {
			for kx := range size.Width {
				w := kernel[(ky*size.Width+kx)*out.Channels+c]
				sum += float64(w) * in.at(y*stride-p.Top+ky*dilation, x*stride-p.Left+kx*dilation, c)
			}
		}
		return sum
	})
}

// slide reduces the values of the map under each position of a window.
func slide(out, in Map, size graph.Size, stride int, p graph.Padding, reduce func([]float64) float64) {
	each(out, func(y, x, c int) float64 {
		var values []float64
		for ky := range size.Height {
			for kx := range size.Width {
				iy, ix := y*stride-p.Top+ky, x*stride-p.Left+kx
				if iy >= 0 && ix >= 0 && iy < in.Height && ix < in.Width {
					values = append(values, in.at(iy, ix, c))
				}
			}
		}
		return reduce(values)
	})
}

func each(out Map, value func(y, x, c int) float64) {
	i := 0
	for y := range out.Height {
		for x := range out.Width {
			for c := range out.Channels {
				out.Data[i] = value(y, x, c)
				i++
			}
		}
	}
}

func biasOf(bias []float32, c int) float64 {
	if bias == nil {
		return 0
	}
	return float64(bias[c])
}

// activate returns what an activation makes of a map.
func (p *Pass) activate(in Map, a graph.Activation) Map {
	m := in
	m.Data = slices.Clone(in.Data)
	switch a {
	case graph.ReLU:
		p.clamp(m, 0, math.Inf(1))
	case graph.ReLU6:
		p.clamp(m, 0, 6)
	case graph.Sigmoid:
		for i, x := range m.Data {
			m.Data[i] = 1 / (1 + math.Exp(-x))
		}
	case graph.Swish:
		for i, x := range m.Data {
			m.Data[i] = x / (1 + math.Exp(-x))
		}
	case graph.Softmax:
		for from := 0; from < len(m.Data); from += m.Channels {
			softmax(m.Data[from : from+m.Channels])
		}
	}
	return m
}

func softmax(row []float64) {
	sum := 0.0
	for _, x := range row {
		sum += math.Exp(x)
	}
	for i, x := range row {
		row[i] = math.Exp(x) / sum
	}
}
