package model

import (
	"slices"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/zoo"
)

// Layer describes one layer of a network.
type Layer struct {
	Index                int    `json:"index"`
	Name                 string `json:"name"`
	Type                 string `json:"type"`
	Inputs               []int  `json:"inputs"` // indices of the layers whose outputs it takes
	Shape                [3]int `json:"shape"`  // [height, width, channels]; a vector is [1, 1, n]
	Parameters           int    `json:"parameters"`
	ParametersCumulative int    `json:"parameters_cumulative"`
	Search               bool   `json:"search"` // one of the eight that search offers
}

// Info describes a network.
type Info struct {
	Name       string  `json:"name"`
	Title      string  `json:"title"`
	Family     string  `json:"family"`
	Parameters int     `json:"parameters"`
	Classes    int     `json:"classes"` // 0 without a classifier
	Input      [3]int  `json:"input"`   // [height, width, channels]
	Licence    string  `json:"licence"`
	Weights    string  `json:"weights"` // embedded, installed, missing or damaged
	Layers     []Layer `json:"layers"`
}

// What Info.Weights can say.
const (
	Embedded  = "embedded"
	Installed = "installed"
	Missing   = "missing"
	Damaged   = "damaged" // what is installed cannot be read
)

// Names lists the architectures of the zoo.
func Names() []string {
	var names []string
	for _, a := range zoo.All() {
		names = append(names, a.Name)
	}
	return names
}

func describe(a zoo.Architecture, o zoo.Options, g *graph.Graph) Info {
	info := Info{
		Name: a.Name, Title: a.Title, Family: a.Family, Licence: a.Licence,
		Input: [3]int{a.Size, a.Size, 3}, Weights: Missing,
	}
	index := map[*graph.Node]int{}
	for i, node := range g.Nodes() {
		index[node] = i
		inputs := make([]int, len(node.Inputs))
		for j, input := range node.Inputs {
			inputs[j] = index[input]
		}
		info.Parameters += node.ParameterCount()
		info.Layers = append(info.Layers, Layer{
			Index: i, Name: node.Name, Type: node.Op.Type(), Inputs: inputs, Shape: mapShape(node.Shape),
			Parameters: node.ParameterCount(), ParametersCumulative: info.Parameters,
			Search: slices.Contains(a.SearchLayers, node.Name),
		})
	}
	if o.Top {
		info.Classes = info.Layers[len(info.Layers)-1].Shape[2]
	}
	return info
}

// mapShape writes a vector as a feature map of one pixel.
func mapShape(s tensor.Shape) [3]int {
	if len(s) == 1 {
		return [3]int{1, 1, s[0]}
	}
	return [3]int{s[0], s[1], s[2]}
}
