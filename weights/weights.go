// Package weights opens files of trained network weights.
package weights

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/safetensors"
)

// ErrFormat means that the content is no weight file of a known kind.
var ErrFormat = errors.New("not a weight file")

// Source holds named tensors. All methods may be called from many goroutines.
type Source interface {
	// Names lists the tensors in the order in which the file stores them.
	Names() []string
	// Tensor reads one tensor, converted to float32. The caller owns the copy.
	Tensor(name string) (tensor.Tensor, error)
	// Hash is the SHA-256 of the whole file in hexadecimal.
	Hash() string
	// Close releases the file. No other method may be called afterwards.
	Close() error
}

var _ Source = (*safetensors.File)(nil)

// Open opens the weight file at path, whose kind it tells by the content, not the
// name. Errors name the file; a file of an unknown kind wraps ErrFormat.
func Open(path string) (Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	source, err := read(f, path)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return source, nil
}

func read(f *os.File, path string) (Source, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("weights %s: %w: not a regular file", path, ErrFormat)
	}
	var head [9]byte
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, 9), head[:]); err != nil {
		return nil, fmt.Errorf("weights %s: %w: only %d bytes; give a safetensors file", path, ErrFormat, info.Size())
	}
	if !bytes.HasPrefix(head[8:], []byte("{")) {
		return nil, fmt.Errorf("weights %s: %w: no safetensors header; give a safetensors file", path, ErrFormat)
	}
	return safetensors.Read(f, info.Size(), path)
}
