// Package graph builds networks, compiles them and runs them.
//
// A Builder writes a Graph: named nodes, one per Keras layer, with checked
// shapes. A Network is a Graph with its weights. Compile turns it into a Plan
// for a batch size and a set of taps, the nodes whose feature maps are
// wanted: nodes that no tap needs are left out, batch normalisation and
// activation are fused into the convolution before them unless the map
// between them is tapped, and every feature map gets its place in one arena.
// A Session runs a Plan in buffers of its own.
//
// CompileGradient plans the way back as well: the gradient of an objective,
// any function of the taps, with respect to the input. Run computes the taps,
// the caller writes d objective / d tap into Upstream, and Backward fills
// InputGradient. A Rule replaces the gradient of operations for one Backward:
// Guided, Redirected, or one of the caller's own.
//
// Feature maps are [batch, height, width, channels], vectors [batch, units].
// A node's shape leaves out the batch.
package graph
