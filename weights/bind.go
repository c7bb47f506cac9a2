package weights

import (
	"fmt"
	"slices"
	"strings"

	"github.com/convnetplayground/convnet/graph"
)

// Check compares a source with the parameters of a network. One error lists all that
// are missing, left over or of another shape. No values are read.
func Check(parameters []graph.Parameter, s Source) error {
	extra := map[string]bool{}
	for _, name := range s.Names() {
		extra[name] = true
	}
	var missing, misshapen []string
	for _, p := range parameters {
		shape, ok := s.Shape(p.Name)
		delete(extra, p.Name)
		switch {
		case !ok:
			missing = append(missing, p.Name)
		case !shape.Equal(p.Shape):
			misshapen = append(misshapen, fmt.Sprintf("%s is %v, want %v", p.Name, shape, p.Shape))
		}
	}
	if len(missing)+len(extra)+len(misshapen) == 0 {
		return nil
	}
	leftOver := make([]string, 0, len(extra))
	for name := range extra {
		leftOver = append(leftOver, name)
	}
	slices.Sort(leftOver)
	return mismatch(missing, misshapen, leftOver)
}

func mismatch(missing, misshapen, leftOver []string) error {
	var parts []string
	for _, group := range []struct {
		what  string
		names []string
	}{{"missing", missing}, {"of another shape", misshapen}, {"not in the network", leftOver}} {
		if len(group.names) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s: %s", len(group.names), group.what, strings.Join(group.names, ", ")))
		}
	}
	return fmt.Errorf("weights do not fit the network: %s", strings.Join(parts, "; "))
}
