// Package embedded holds the weights that travel inside the binary. SOURCE.md tells
// where they come from, LICENSE under which terms.
package embedded

import (
	"embed"
	"fmt"
	"io"
	"strings"

	"github.com/convnetplayground/convnet/weights"
	"github.com/convnetplayground/convnet/weights/safetensors"
)

//go:embed *.safetensors
var files embed.FS

const suffix = ".safetensors"

// Open returns the embedded weights of a model, e.g. "efficientnet-lite0". The bytes
// stay in the binary; only the tensors that are asked for are copied out.
func Open(model string) (weights.Source, error) {
	f, err := files.Open(model + suffix)
	if err != nil {
		return nil, fmt.Errorf("weights of %s: not embedded; embedded are %s", model, strings.Join(Names(), ", "))
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("weights of %s: %w", model, err)
	}
	return safetensors.Read(f.(io.ReaderAt), info.Size(), model)
}

// Names lists the models whose weights are embedded, sorted.
func Names() []string {
	found, _ := files.ReadDir(".") // an embedded directory can always be read
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = strings.TrimSuffix(f.Name(), suffix)
	}
	return names
}
