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
// have the paths of Keras' variables.
func named(s Source, g *graph.Graph) Source {
	wanted := map[string]bool{}
	for _, p := range g.Parameters() {
		wanted[p.Name] = true
	}
	r := &renamed{Source: s, origin: map[string]string{}}
	for _, name := range s.Names() {
		ours := parameter(name, wanted)
		if _, taken := r.origin[ours]; taken {
			ours = name
		}
		r.names = append(r.names, ours)
		r.origin[ours] = name
	}
	return r
}

// parameter finds the parameter that the path of a Keras variable is: it may have name
// scopes in front and ":0" at its end, and the kernel of a depthwise convolution is just
// a "kernel".
func parameter(path string, wanted map[string]bool) string {
	parts := strings.Split(strings.TrimSuffix(path, ":0"), "/")
	for _, parts := range [][]string{parts, parts[max(len(parts)-2, 0):]} {
		name := strings.Join(parts, "/")
		if wanted[name] {
			return name
		}
		if layer, ok := strings.CutSuffix(name, "/kernel"); ok && wanted[layer+"/depthwise_kernel"] {
			return layer + "/depthwise_kernel"
		}
	}
	return path
}

func (r *renamed) Names() []string { return r.names }

func (r *renamed) Shape(name string) (tensor.Shape, bool) { return r.Source.Shape(r.origin[name]) }

func (r *renamed) Read(dst []float32, name string, offset int) error {
	return r.Source.Read(dst, r.origin[name], offset)
}
