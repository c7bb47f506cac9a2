package graph

import (
	"cmp"
	"slices"
)

// InKerasOrder returns the same network with its nodes listed as Keras lists
// model.layers: those farthest from the output first, and those as far as each
// other in the order in which a walk from the output back to the input, first
// inputs first, comes by them. The output is the last node; nodes that it does
// not need are left out.
//
// It follows map_graph in keras/src/ops/function.py.
func (g *Graph) InKerasOrder() *Graph {
	visited := map[*Node]int{} // when the walk came by
	var finished []*Node       // inputs before the nodes that use them
	var visit func(*Node)
	visit = func(n *Node) {
		if _, seen := visited[n]; seen {
			return
		}
		visited[n] = len(visited)
		for _, input := range n.Inputs {
			visit(input)
		}
		finished = append(finished, n)
	}
	visit(g.nodes[len(g.nodes)-1])

	distance := map[*Node]int{} // steps to the output on the longest way
	for _, n := range slices.Backward(finished) {
		for _, input := range n.Inputs {
			distance[input] = max(distance[input], distance[n]+1)
		}
	}
	slices.SortFunc(finished, func(a, b *Node) int {
		return cmp.Or(distance[b]-distance[a], visited[a]-visited[b])
	})
	ordered := &Graph{nodes: finished, byName: map[string]*Node{}}
	for _, n := range finished {
		ordered.byName[n.Name] = n
	}
	return ordered
}
