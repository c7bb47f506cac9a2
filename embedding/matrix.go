package embedding

import (
	"fmt"
	"io/fs"
	"os"
)

// Matrix is a read-only array [rows, dim], a row per picture of the dataset.
// Rows that were left out hold NaN.
type Matrix struct {
	rows, dim int
	values    []float32
	leftOut   map[int]string
	file      mapping
	info      fs.FileInfo
}

// Rows is the number of pictures of the dataset, those left out included.
func (m *Matrix) Rows() int { return m.rows }

// Dim is the length of a vector.
func (m *Matrix) Dim() int { return m.dim }

// Row is a view of vector i: read only, valid until Close of the store.
func (m *Matrix) Row(i int) []float32 {
	return m.values[i*m.dim : (i+1)*m.dim : (i+1)*m.dim]
}

// LeftOut reports whether row i has no vector.
func (m *Matrix) LeftOut(i int) bool {
	_, left := m.leftOut[i]
	return left
}

// Problems maps the rows without a vector to the reasons. Read only.
func (m *Matrix) Problems() map[int]string { return m.leftOut }

// loadMatrix maps the matrix at path after checking that manifest, header and
// size agree with each other and with key. Errors name the file.
func loadMatrix(path string, key Key) (*Matrix, error) {
	manifest, err := readManifest(path + manifestSuffix)
	if err != nil {
		return nil, err
	}
	if manifest.Key != key {
		return nil, fmt.Errorf("%s: belongs to another key", path+manifestSuffix)
	}
	f, err := os.Open(path + npySuffix)
	if err != nil {
		return nil, err
	}
	defer f.Close() // the mapping outlives the file descriptor
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != manifest.Bytes {
		return nil, fmt.Errorf("%s: damaged: %d bytes, expected %d", path+npySuffix, info.Size(), manifest.Bytes)
	}
	rows, dim, offset, err := readNPYHeader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: damaged: %w", path+npySuffix, err)
	}
	if rows != manifest.Rows || dim != manifest.Dim || offset != int64(len(NPYHeader(rows, dim))) {
		return nil, fmt.Errorf("%s: damaged: shape %dx%d from byte %d, the manifest has %dx%d", path+npySuffix, rows, dim, offset, manifest.Rows, manifest.Dim)
	}
	file, err := openMapping(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path+npySuffix, err)
	}
	m := &Matrix{
		rows: rows, dim: dim, info: info, file: file,
		values:  file.floats(offset),
		leftOut: make(map[int]string, len(manifest.LeftOut)),
	}
	for _, left := range manifest.LeftOut {
		m.leftOut[left.Row] = left.Reason
	}
	return m, nil
}
