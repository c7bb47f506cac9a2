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

// ErrCorrupt means that the file does not hold what its tables say.
var ErrCorrupt = errors.New("damaged Keras file")

// Layer is one layer of a network, as Keras would list it.
type Layer struct {
	Name       string
	Class      string   // of Keras, e.g. "Conv2D"
	Parameters []string // in Keras' order, e.g. "kernel", "bias"; none for many
}

// File is an open file. Its methods may be called from many goroutines.
type File struct {
	r       io.ReaderAt
	label   string
	hash    func() (string, error)
	names   []string
	tensors map[string]*hdf5.Dataset
}

// Read opens the size bytes in r, HDF5 or a .keras archive, as weights of a network
// with these layers, all of them, in the order of the Keras model. Tensors are called
// "<layer>/<parameter>" with the network's names. What the network has no place for
// keeps the file's names, as everything does where layers is nil; a .weights.h5 file
// without layers has names as far as Keras noted them.
//
// Name stands for the file in errors, which wrap ErrCorrupt, hdf5.ErrCorrupt or
// hdf5.ErrUnsupported. Closing the File closes r where r is an io.Closer.
func Read(r io.ReaderAt, size int64, name string, layers []Layer) (*File, error) {
	f := &File{r: r, label: name, tensors: map[string]*hdf5.Dataset{}}
	found, err := f.read(size, layers)
	if err != nil {
		return nil, err
	}
	for _, s := range found {
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

// read lists the layers that have weights, named.
func (f *File) read(size int64, layers []Layer) ([]stored, error) {
	signature := make([]byte, 4)
	if _, err := io.ReadFull(io.NewSectionReader(f.r, 0, size), signature); err != nil {
		return nil, f.corrupt("%d bytes", size)
	}
	if string(signature) == "PK\x03\x04" {
		return f.readArchive(size, layers)
	}
	h, err := hdf5.Read(f.r, size, f.label)
	if err != nil {
		return nil, err
	}
	legacy, config, err := f.legacy(h.Root())
	if err != nil {
		return nil, err
	}
	if legacy == nil {
		return f.readGroups(h.Root(), nil, layers)
	}
	return f.readLegacy(legacy, config, layers)
}

func (f *File) corrupt(format string, args ...any) error {
	return fmt.Errorf("keras %s: %w: %s; fetch the file again", f.label, ErrCorrupt, fmt.Sprintf(format, args...))
}

// stored is a layer with weights, as it lies in the file.
type stored struct {
	name       string
	group      string   // where in the file
	parameters []string // names of the tensors
	objects    []*hdf5.Object
}

// fit gives a stored layer the names of a layer of the network. Tensors past those of
// the network keep their names, so that binding reports them.
func (s *stored) fit(l Layer) {
	s.name = l.Name
	copy(s.parameters, l.Parameters)
}

func (f *File) add(s stored) error {
	for i, o := range s.objects {
		name := s.name + "/" + s.parameters[i]
		if _, ok := f.tensors[name]; ok {
			return f.corrupt("two tensors are called %q, one of them in %s", name, o.Path())
		}
		dataset, err := o.Dataset()
		if err != nil {
			return err
		}
		f.tensors[name] = dataset
		f.names = append(f.names, name)
	}
	return nil
}

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
// converted to float32. An unknown name and values outside the shape are errors.
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
