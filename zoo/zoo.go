// Package zoo writes down the architectures of well-known networks, one file
// per family. Layer names, their order and their shapes are those of
// keras.applications, so that its weight files fit.
package zoo

import "github.com/convnetplayground/convnet/graph"

// Architecture is a network without weights.
type Architecture struct {
	Name   string // as in commands and addresses: "efficientnet-lite0"
	Title  string // as people write it
	Family string
	Size   int // native height and width of the input picture
	// A channel of the input is (x - Mean) / Std with x in [0, 255].
	Mean, Std float32
	// SearchLayers are the eight layers that search offers, from the input on.
	SearchLayers []string
	// Licence and Source belong to the weights that come with the program.
	Licence, Source string
	// Build writes the network down.
	Build func() (*graph.Graph, error)
}

// architectures lists every network there is.
var architectures = []Architecture{
	efficientNetLite0,
	efficientNetLite2,
}

// All lists every network. The caller leaves the list as it is.
func All() []Architecture { return architectures }

// Find returns the network of that name.
func Find(name string) (Architecture, bool) {
	for _, a := range architectures {
		if a.Name == name {
			return a, true
		}
	}
	return Architecture{}, false
}
