// Package keras reads the weights of networks out of the files that Keras writes:
// legacy weight files and whole models in HDF5, Keras 3's .weights.h5, and .keras
// archives.
//
// Keras itself loads by order, not by name: files hold names that a session made up
// (conv2d_97) or, in .weights.h5, only the layers' classes with counters. Read follows
// it where it is given the layers of the network.
package keras

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/hdf5"
)

var (
	// ErrCorrupt means that the file does not hold what its tables say.
	ErrCorrupt = errors.New("damaged Keras file")
	// ErrFormat means that the file is HDF5 or an archive, but not one of Keras.
	ErrFormat = errors.New("not a weight file of Keras")
)

// Layer is one layer of a network, as Keras would list it.
type Layer struct {
	Name       string
	Class      string   // of Keras, e.g. "Conv2D"
	Parameters []string // in Keras' order, e.g. "kernel", "bias"; none for many
}

// Caps on the tensors of a file, and on the bytes of their names.
const (
	maxTensors = 1 << 16
	maxName    = 512
)

// File is an open file. Its methods may be called from many goroutines.
type File struct {
	r       io.ReaderAt
	label   string
	hash    func() (string, error)
	layers  []Layer
	names   []string
	tensors map[string]*hdf5.Dataset
}

// Read opens the size bytes in r, HDF5 or a .keras archive, as weights of a network
// with these layers, all of them, in the order of the Keras model. Tensors are called
// "<layer>/<parameter>" with the network's names, also where the network lies in the
// file as a layer of another, without its classifier or with one for other classes.
// What the network has no place for keeps the file's names, as everything does where
// layers is nil; a .weights.h5 file then has names as far as Keras noted them.
//
// Name stands for the file in errors, which wrap ErrCorrupt, ErrFormat, hdf5.ErrCorrupt
// or hdf5.ErrUnsupported. Closing the File closes r where r is an io.Closer.
func Read(r io.ReaderAt, size int64, name string, layers []Layer) (*File, error) {
	f := &File{r: r, label: name, tensors: map[string]*hdf5.Dataset{}}
	all, groups, err := f.read(size)
	if err != nil {
		return nil, err
	}
	fit(all, layers, groups)
	for _, s := range all {
		if err := f.add(s); err != nil {
			return nil, err
		}
	}
	f.hash = sync.OnceValues(func() (string, error) { return f.sum(size) })
	return f, nil
}

func (f *File) sum(size int64) (string, error) {
	digest := sha256.New()
	if _, err := io.Copy(digest, io.NewSectionReader(f.r, 0, size)); err != nil {
		return "", fmt.Errorf("keras %s: %w", f.label, err)
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}

// read lists the layers that have weights, and whether they lie in groups of Keras 3.
func (f *File) read(size int64) (all []stored, groups bool, err error) {
	signature := make([]byte, 4)
	if size < int64(len(signature)) {
		return nil, false, f.corrupt("%d bytes", size)
	}
	if n, err := f.r.ReadAt(signature, 0); n < len(signature) {
		return nil, false, fmt.Errorf("keras %s: %w", f.label, err)
	}
	if string(signature) == "PK\x03\x04" {
		all, err = f.readArchive(size)
		return all, true, err
	}
	h, err := hdf5.Read(f.r, size, f.label)
	if err != nil {
		return nil, false, err
	}
	group, err := f.legacy(h.Root())
	if err != nil {
		return nil, false, err
	}
	if group == nil {
		all, err = f.readGroups(h.Root(), nil)
		return all, true, err
	}
	all, err = f.readLegacy(h.Root(), group)
	return all, false, err
}

func (f *File) corrupt(format string, args ...any) error {
	return fmt.Errorf("keras %s: %w: %s; fetch the file again", f.label, ErrCorrupt, fmt.Sprintf(format, args...))
}

func (f *File) unknown(what string) error {
	return fmt.Errorf("keras %s: %w: %s; save it with Keras", f.label, ErrFormat, what)
}

func (f *File) add(s stored) error {
	for i, dataset := range s.tensors {
		name := s.name + "/" + s.parameters[i]
		if _, ok := f.tensors[name]; ok {
			return f.corrupt("two tensors are called %q, one of them in %s", name, s.path)
		}
		if len(f.names) == maxTensors {
			return f.corrupt("more than %d tensors", maxTensors)
		}
		f.tensors[name] = dataset
		f.names = append(f.names, name)
	}
	return nil
}

// Layers lists the layers that the file knows of, those without weights too, under the
// file's own names. Classes are told as far as the file says them. Layers of models
// inside carry the models' names: "resnet50/conv1_conv".
func (f *File) Layers() []Layer { return slices.Clone(f.layers) }

// Names lists the tensors, layer by layer.
func (f *File) Names() []string { return slices.Clone(f.names) }

// Shape is the shape of a tensor; false where there is none of that name.
func (f *File) Shape(name string) (tensor.Shape, bool) {
	dataset, ok := f.tensors[name]
	if !ok {
		return nil, false
	}
	return dataset.Shape(), true
}

// Read fills dst with the values of a tensor from the flat offset on, in C order,
// converted to float32. An unknown name and values outside the shape are errors. It is
// fast where pieces are read one after the other.
func (f *File) Read(dst []float32, name string, offset int) error {
	dataset, ok := f.tensors[name]
	if !ok {
		return fmt.Errorf("keras %s: no tensor %q", f.label, name)
	}
	return dataset.ReadAt(dst, offset)
}

// Hash is the SHA-256 of the whole file in hexadecimal, computed when first asked for.
func (f *File) Hash() (string, error) { return f.hash() }

// Close closes the reader that was given to Read, if it can be closed.
func (f *File) Close() error {
	if c, ok := f.r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
