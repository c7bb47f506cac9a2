// Package embedded holds the weights that travel inside the binary.
package embedded

import (
	"fmt"

	"github.com/convnetplayground/convnet/weights"
)

// Open returns the embedded weights of a model, e.g. "efficientnet-lite0".
func Open(model string) (weights.Source, error) {
	return nil, fmt.Errorf("weights of %s: not embedded", model)
}

// Names lists the models whose weights are embedded, in order.
func Names() []string { return nil }
