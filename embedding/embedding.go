// Package embedding keeps what networks made of pictures: one matrix per
// (dataset, model, weights, layer, pooling, preprocessing), a row per picture,
// as a .npy file with a JSON manifest beside it. Matrices are memory-mapped.
package embedding

import (
	"errors"
	"time"
)

var (
	// ErrNotFound means that the store holds no whole matrix of that key.
	ErrNotFound = errors.New("not indexed")
	// ErrBusy means that another writer is at work on the same matrix.
	ErrBusy = errors.New("being written by another process")
	// ErrDiskFull means that a write found no room.
	ErrDiskFull = errors.New("no room left on the disk")
	// ErrNotFinite means that a vector holds NaN or an infinity.
	ErrNotFinite = errors.New("not a finite number")
)

// Key says what a matrix was made of. Equal keys, equal matrices.
type Key struct {
	Dataset       string `json:"dataset"`
	Fingerprint   string `json:"fingerprint"`
	Model         string `json:"model"`
	Weights       string `json:"weights"`
	Layer         string `json:"layer"`
	Pooling       string `json:"pooling"`
	Preprocessing string `json:"preprocessing"`
}

// LeftOut is a row without a vector, and why it has none.
type LeftOut struct {
	Row    int    `json:"row"`
	Reason string `json:"reason"`
}

// Manifest describes one whole matrix in the store.
type Manifest struct {
	Key     Key       `json:"key"`
	Rows    int       `json:"rows"`
	Dim     int       `json:"dim"`
	Bytes   int64     `json:"bytes"`
	Created time.Time `json:"created"`
	LeftOut []LeftOut `json:"left_out"`
}

// Store is a folder of matrices. All methods may be called from several
// goroutines, and several processes may use one folder.
type Store struct{ dir string }

// Open returns the store in dir. Nothing is read or made until it is needed.
func Open(dir string) *Store { return &Store{dir: dir} }

// Load maps the matrix of key. It stays valid until Close of the store.
func (s *Store) Load(key Key) (*Matrix, error) { return nil, ErrNotFound }

// Writer starts or resumes the matrix [rows, dim] of key.
func (s *Store) Writer(key Key, rows, dim int) (*Writer, error) { return nil, ErrNotFound }

// Remove drops all matrices of a dataset.
func (s *Store) Remove(dataset string) error { return nil }

// List describes all whole matrices.
func (s *Store) List() ([]Manifest, error) { return nil, nil }

// Close unmaps every matrix.
func (s *Store) Close() error { return nil }

// Matrix is a read-only array [rows, dim].
type Matrix struct{}

// Rows is the number of pictures of the dataset, those left out included.
func (m *Matrix) Rows() int { return 0 }

// Dim is the length of a vector.
func (m *Matrix) Dim() int { return 0 }

// Row is a view of vector i: read only, valid until Close of the store.
func (m *Matrix) Row(i int) []float32 { return nil }

// LeftOut reports whether row i has no vector.
func (m *Matrix) LeftOut(i int) bool { return false }

// Problems maps the rows without a vector to the reasons.
func (m *Matrix) Problems() map[int]string { return nil }

// Writer fills one matrix, row by row, in any order.
type Writer struct{}

// Done reports whether row i is finished, by this run or an earlier one.
func (w *Writer) Done(i int) bool { return false }

// Put stores the vector of row i.
func (w *Writer) Put(i int, vector []float32) error { return nil }

// LeaveOut notes that row i has no vector.
func (w *Writer) LeaveOut(i int, reason string) error { return nil }

// Commit makes the matrix visible to Load.
func (w *Writer) Commit() error { return nil }

// Close ends writing. What is finished is kept for the next Writer of the key.
func (w *Writer) Close() error { return nil }

// NPYHeader is the header of a .npy file of little-endian float32 values in C order.
func NPYHeader(shape ...int) []byte { return nil }
