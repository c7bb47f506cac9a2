package keras

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"

	"github.com/convnetplayground/convnet/weights/hdf5"
)

// What a compressed entry may take in memory: freeMemory bytes in any case, and else not
// much more than it takes in the file. Keras compresses nothing.
const (
	freeMemory = 4 << 20
	maxGrowth  = 8
)

// readArchive reads a .keras archive.
func (f *File) readArchive(size int64) ([]stored, error) {
	archive, err := zip.NewReader(f.r, size)
	if err != nil {
		return nil, f.corrupt("no zip archive: %v", err)
	}
	entries := map[string]*zip.File{}
	for _, e := range archive.File {
		if entries[e.Name] != nil {
			return nil, f.corrupt("the archive holds %q twice", e.Name)
		}
		entries[e.Name] = e
	}
	for _, name := range []string{"config.json", "model.weights.h5"} {
		if entries[name] == nil {
			return nil, f.unknown("the archive holds no " + name)
		}
	}
	text, err := f.inflate(entries["config.json"], size)
	if err != nil {
		return nil, err
	}
	o, err := f.readOutline(text)
	if err != nil {
		return nil, err
	}
	h, err := f.weights(entries["model.weights.h5"], size)
	if err != nil {
		return nil, err
	}
	return f.readGroups(h.Root(), o)
}

// weights opens the HDF5 file in the archive, in place where it is stored as it is.
func (f *File) weights(e *zip.File, size int64) (*hdf5.File, error) {
	label := fmt.Sprintf("%s (%s)", f.label, e.Name)
	if e.Method != zip.Store {
		data, err := f.inflate(e, size)
		if err != nil {
			return nil, err
		}
		return hdf5.Read(bytes.NewReader(data), int64(len(data)), label)
	}
	at, err := e.DataOffset()
	if err != nil {
		return nil, f.corrupt("%s: %v", e.Name, err)
	}
	if at > size || e.UncompressedSize64 != e.CompressedSize64 || e.UncompressedSize64 > uint64(size-at) {
		return nil, f.corrupt("%s claims %d bytes at byte %d of %d", e.Name, e.UncompressedSize64, at, size)
	}
	length := int64(e.UncompressedSize64)
	return hdf5.Read(io.NewSectionReader(f.r, at, length), length, label)
}

// inflate reads an entry of the archive of so many bytes.
func (f *File) inflate(e *zip.File, size int64) ([]byte, error) {
	stored := min(e.CompressedSize64, uint64(size))
	if limit := max(freeMemory, maxGrowth*stored); e.UncompressedSize64 > limit {
		return nil, f.corrupt("%s claims %d bytes, more than the cap of %d", e.Name, e.UncompressedSize64, limit)
	}
	r, err := e.Open()
	if err != nil {
		return nil, f.corrupt("%s: %v", e.Name, err)
	}
	defer r.Close()
	data := make([]byte, e.UncompressedSize64)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, f.corrupt("%s: %v", e.Name, err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // compares the checksum
		return nil, f.corrupt("%s: %v", e.Name, err)
	}
	return data, nil
}
