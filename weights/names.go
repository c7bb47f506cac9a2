package weights

import (
	"strings"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
)

// renamed is a source under other names.
type renamed struct {
	Source
	names  []string
	origin map[string]string // in the file
}

// named gives the tensors of a source the names of a network's parameters where they
// have the paths of Keras' variables: those may end in ":0", and the kernel of a
// depthwise convolution is just a "kernel".
func named(s Source, g *graph.Graph) Source {
	wanted := map[string]bool{}
	for _, p := range g.Parameters() {
		wanted[p.Name] = true
	}
	r := &renamed{Source: s, origin: map[string]string{}}
	for _, name := range s.Names() {
		ours := strings.TrimSuffix(name, ":0")
		if layer, ok := strings.CutSuffix(ours, "/kernel"); ok && !wanted[ours] && wanted[layer+"/depthwise_kernel"] {
			ours = layer + "/depthwise_kernel"
		}
		if _, taken := r.origin[ours]; taken {
			ours = name
		}
		r.names = append(r.names, ours)
		r.origin[ours] = name
	}
	return r
}

func (r *renamed) Names() []string { return r.names }

func (r *renamed) Shape(name string) (tensor.Shape, bool) { return r.Source.Shape(r.origin[name]) }

func (r *renamed) Read(dst []float32, name string, offset int) error {
	return r.Source.Read(dst, r.origin[name], offset)
}
