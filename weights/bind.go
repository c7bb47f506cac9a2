package weights

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/convnetplayground/convnet/graph"
)

// MismatchError lists everything about a weight file that does not fit a network.
type MismatchError struct {
	Missing   []string // parameters that the file does not have
	Misshapen []string // with the shape that they have and the one wanted
	Extra     []string // tensors that the network has no place for
}

// listed is how many names of a kind a message has: a file of quite another network
// has hundreds.
const listed = 10

func (e *MismatchError) Error() string {
	var parts []string
	for _, group := range []struct {
		what  string
		names []string
	}{{"missing", e.Missing}, {"of another shape", e.Misshapen}, {"not in the network", e.Extra}} {
		n := len(group.names)
		if n == 0 {
			continue
		}
		names := strings.Join(group.names[:min(n, listed)], ", ")
		if n > listed {
			names += fmt.Sprintf(" and %d more", n-listed)
		}
		parts = append(parts, fmt.Sprintf("%d %s (%s)", n, group.what, names))
	}
	return "weights do not fit the network: " + strings.Join(parts, ", ")
}

// Check compares a source with the parameters of a network. No values are read. The
// error is a *MismatchError.
func Check(parameters []graph.Parameter, s Source) error {
	extra := map[string]bool{}
	for _, name := range s.Names() {
		extra[name] = true
	}
	var e MismatchError
	for _, p := range parameters {
		shape, ok := s.Shape(p.Name)
		delete(extra, p.Name)
		switch {
		case !ok:
			e.Missing = append(e.Missing, p.Name)
		case !shape.Equal(p.Shape):
			e.Misshapen = append(e.Misshapen, fmt.Sprintf("%s is %v, want %v", p.Name, shape, p.Shape))
		}
	}
	e.Extra = slices.Sorted(maps.Keys(extra))
	if len(e.Missing)+len(e.Misshapen)+len(e.Extra) == 0 {
		return nil
	}
	return &e
}
