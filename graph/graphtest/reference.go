// Package graphtest computes networks by nested loops in float64: the slow
// and plain truth that graph is tested against.
package graphtest

import (
	"fmt"
	"math"

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

// Run computes the output of every node for one picture.
func Run(g *graph.Graph, weights map[string]tensor.Tensor, picture []float32) map[string]Map {
	outputs := map[string]Map{}
	for _, node := range g.Nodes() {
		var inputs []Map
		for _, input := range node.Inputs {
			inputs = append(inputs, outputs[input.Name])
		}
		weight := func(name string) []float32 { return weights[node.Name+"/"+name].Data }
		outputs[node.Name] = compute(node, inputs, weight, picture)
	}
	return outputs
}

func compute(node *graph.Node, inputs []Map, weight func(string) []float32, picture []float32) Map {
	out := newMap(node.Shape)
	switch op := node.Op.(type) {
	case graph.Input:
		for i, x := range picture {
			out.Data[i] = float64(x)
		}
	case graph.Conv2D:
		each(out, func(y, x, c int) float64 {
			sum := biasOf(weight("bias"), c)
			for ky := range op.Kernel {
				for kx := range op.Kernel {
					for k := range inputs[0].Channels {
						w := weight("kernel")[((ky*op.Kernel+kx)*inputs[0].Channels+k)*op.Filters+c]
						sum += float64(w) * inputs[0].at(y*op.Stride-op.Padding.Top+ky*op.Dilation, x*op.Stride-op.Padding.Left+kx*op.Dilation, k)
					}
				}
			}
			return sum
		})
		activate(out, op.Activation)
	case graph.DepthwiseConv2D:
		each(out, func(y, x, c int) float64 {
			sum := biasOf(weight("bias"), c)
			for ky := range op.Kernel {
				for kx := range op.Kernel {
					w := weight("depthwise_kernel")[(ky*op.Kernel+kx)*out.Channels+c]
					sum += float64(w) * inputs[0].at(y*op.Stride-op.Padding.Top+ky*op.Dilation, x*op.Stride-op.Padding.Left+kx*op.Dilation, c)
				}
			}
			return sum
		})
		activate(out, op.Activation)
	case graph.Dense:
		each(out, func(_, _, c int) float64 {
			sum := biasOf(weight("bias"), c)
			for k, x := range inputs[0].Data {
				sum += x * float64(weight("kernel")[k*op.Units+c])
			}
			return sum
		})
		activate(out, op.Activation)
	case graph.ZeroPadding2D:
		each(out, func(y, x, c int) float64 { return inputs[0].at(y-op.Padding.Top, x-op.Padding.Left, c) })
	case graph.BatchNormalization:
		each(out, func(y, x, c int) float64 {
			scale := float64(weight("gamma")[c]) / math.Sqrt(float64(weight("moving_variance")[c])+op.Epsilon)
			return (inputs[0].at(y, x, c)-float64(weight("moving_mean")[c]))*scale + float64(weight("beta")[c])
		})
	case graph.Activate:
		copy(out.Data, inputs[0].Data)
		activate(out, op.Activation)
	case graph.Add:
		each(out, func(y, x, c int) float64 { return inputs[0].at(y, x, c) + inputs[1].at(y, x, c) })
	case graph.Dropout:
		copy(out.Data, inputs[0].Data)
	case graph.GlobalAveragePooling2D:
		each(out, func(_, _, c int) float64 {
			sum := 0.0
			for i := c; i < len(inputs[0].Data); i += out.Channels {
				sum += inputs[0].Data[i]
			}
			return sum / float64(inputs[0].Height*inputs[0].Width)
		})
	case graph.GlobalMaxPooling2D:
		each(out, func(_, _, c int) float64 {
			greatest := math.Inf(-1)
			for i := c; i < len(inputs[0].Data); i += out.Channels {
				greatest = math.Max(greatest, inputs[0].Data[i])
			}
			return greatest
		})
	default:
		panic(fmt.Sprintf("graphtest: no reference for %T", op))
	}
	return out
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

func activate(m Map, a graph.Activation) {
	switch a {
	case graph.ReLU:
		for i, x := range m.Data {
			m.Data[i] = math.Max(x, 0)
		}
	case graph.ReLU6:
		for i, x := range m.Data {
			m.Data[i] = math.Min(math.Max(x, 0), 6)
		}
	case graph.Softmax:
		for from := 0; from < len(m.Data); from += m.Channels {
			softmax(m.Data[from : from+m.Channels])
		}
	}
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
