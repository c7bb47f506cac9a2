package weights

import (
	"fmt"
	"slices"
	"strings"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
)

// Bind reads the tensors that a network's parameters name. One error lists
// all that are missing, left over or of another shape.
func Bind(parameters []graph.Parameter, s Source) (map[string]tensor.Tensor, error) {
	extra := map[string]bool{}
	for _, name := range s.Names() {
		extra[name] = true
	}
	var missing, misshapen []string
	bound := make(map[string]tensor.Tensor, len(parameters))
	for _, p := range parameters {
		if !extra[p.Name] {
			missing = append(missing, p.Name)
			continue
		}
		delete(extra, p.Name)
		t, err := s.Tensor(p.Name)
		if err != nil {
			return nil, err
		}
		if !t.Shape.Equal(p.Shape) {
			misshapen = append(misshapen, fmt.Sprintf("%s is %v, want %v", p.Name, t.Shape, p.Shape))
			continue
		}
		bound[p.Name] = t
	}
	if len(missing)+len(extra)+len(misshapen) == 0 {
		return bound, nil
	}
	leftOver := make([]string, 0, len(extra))
	for name := range extra {
		leftOver = append(leftOver, name)
	}
	slices.Sort(leftOver)
	return nil, mismatch(missing, misshapen, leftOver)
}

func mismatch(missing, misshapen, leftOver []string) error {
	var parts []string
	for _, group := range []struct {
		what  string
		names []string
	}{{"missing", missing}, {"of another shape", misshapen}, {"not in the network", leftOver}} {
		if len(group.names) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s: %s", len(group.names), group.what, shorten(group.names)))
		}
	}
	return fmt.Errorf("weights do not fit the network: %s", strings.Join(parts, "; "))
}

// shorten keeps the message readable when a file of another network is given.
func shorten(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
