// Package weights opens files of trained network weights.
package weights

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/hdf5"
	"github.com/convnetplayground/convnet/weights/keras"
	"github.com/convnetplayground/convnet/weights/pytorch"
	"github.com/convnetplayground/convnet/weights/safetensors"
)

// ErrFormat means that the content is no weight file of a known kind.
var ErrFormat = errors.New("not a weight file")

// Source holds named tensors. Its values are read on demand, so that they can
// go straight to where they are needed. All methods but Close may be called
// from many goroutines.
type Source interface {
	// Names lists the tensors in the order in which the file stores them.
	Names() []string
	// Shape tells the extents of a tensor; false where there is none.
	Shape(name string) (tensor.Shape, bool)
	// Read fills dst with the values of a tensor from the flat offset on, in C
	// order, converted to float32.
	Read(dst []float32, name string, offset int) error
	// Hash is the SHA-256 of the whole file in hexadecimal, computed when it
	// is first asked for.
	Hash() (string, error)
	// Close releases the file. No other method may be called afterwards.
	Close() error
}

var (
	_ Source = (*safetensors.File)(nil)
	_ Source = (*keras.File)(nil)
	_ Source = (*pytorch.File)(nil)
)

// Open opens the weight file at path, whose kind it tells by the content, not the
// name. Its tensors are called as the parameters of g where that is the network they
// were made for, whatever the file calls them. Errors name the file; a file of an
// unknown kind wraps ErrFormat.
func Open(path string, g *graph.Graph) (Source, error) {
	// Opening a named pipe would wait for its other end.
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("weights %s: %w: not a regular file", path, ErrFormat)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	source, err := read(f, path, g)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return source, nil
}

func read(f *os.File, path string, g *graph.Graph) (Source, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	head := make([]byte, 16)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("weights %s: %w", path, err)
	}
	head = head[:n]
	switch {
	case n > 8 && head[8] == '{':
		source, err := safetensors.Read(f, info.Size(), path)
		if err != nil {
			return nil, err
		}
		return named(torchNamed(source, g), g), nil
	case pytorch.Recognise(f, info.Size()):
		source, err := pytorch.Read(f, info.Size(), path)
		if err != nil {
			return nil, err
		}
		return torchNamed(source, g), nil
	case bytes.HasPrefix(head, []byte(hdf5.Signature)), bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return keras.Read(f, info.Size(), path, kerasLayers(g))
	}
	return nil, fmt.Errorf("weights %s: %w: %d bytes with no known beginning; give a Keras .h5 or .keras, a .safetensors or a PyTorch .pth file", path, ErrFormat, info.Size())
}

// torchNamed gives tensors that are called as the PyTorch packages call them Keras' names
// and layouts.
func torchNamed(s Source, g *graph.Graph) Source {
	var parameters []string
	for _, p := range g.Parameters() {
		parameters = append(parameters, p.Name)
	}
	return pytorch.EfficientNetLite(s, parameters)
}

// kerasLayers lists the layers of a network as Keras would.
func kerasLayers(g *graph.Graph) []keras.Layer {
	var layers []keras.Layer
	for _, n := range g.Nodes() {
		l := keras.Layer{Name: n.Name, Class: n.Op.Type()}
		for _, p := range n.Parameters {
			l.Parameters = append(l.Parameters, strings.TrimPrefix(p.Name, n.Name+"/"))
		}
		layers = append(layers, l)
	}
	return layers
}
