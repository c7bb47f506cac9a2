// Package store keeps a data directory: the SQLite file of datasets, pictures
// and runs, the cache of thumbnails and uploaded pictures, and the embeddings.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/embedding"
)

var (
	// ErrNotFound means that there is no dataset or picture of that name.
	ErrNotFound = errors.New("not found")
	// ErrExists means that a dataset of that name is there already.
	ErrExists = errors.New("there is a dataset of that name already")
	// ErrBuiltIn means that a dataset is part of the program and cannot be removed.
	ErrBuiltIn = errors.New("built in")
	// ErrUnwritable means that the data directory cannot be made or written.
	ErrUnwritable = errors.New("not writable")
	// ErrNewer means that the data directory was written by a newer program.
	ErrNewer = errors.New("written by a newer convnet")
	// ErrDiskFull means that a write found no room.
	ErrDiskFull = embedding.ErrDiskFull
)

// Store is an open data directory. All methods may be called from several
// goroutines, and several processes may use one directory.
type Store struct{}

// Run is one finished piece of work, for the record.
type Run struct {
	Verb, Dataset, Model, Layer string
	Started                     time.Time
	Seconds                     float64
	Detail                      string
}

// DefaultDir is the data directory used when none is named.
func DefaultDir() (string, error) { return "", errors.New("not built yet") }

// Open opens the data directory dir, which is made if it is not there.
func Open(ctx context.Context, dir string) (*Store, error) { return nil, errors.New("not built yet") }

// Close ends all use of the store, views of embeddings included.
func (s *Store) Close() error { return nil }

// Embeddings is the store of matrices in this data directory.
func (s *Store) Embeddings() *embedding.Store { return nil }

// Datasets lists all sets: built in first, then by name.
func (s *Store) Datasets(ctx context.Context) ([]*dataset.Dataset, error) { return nil, nil }

// Dataset returns the set of that name, or an error that wraps ErrNotFound.
func (s *Store) Dataset(ctx context.Context, name string) (*dataset.Dataset, error) {
	return nil, ErrNotFound
}

// ImportDataset scans dir, makes the thumbnails in the same pass and adds the
// set: each picture is decoded once.
func (s *Store) ImportDataset(ctx context.Context, name, dir string, progress func(done, total int)) (*dataset.Dataset, []dataset.Problem, error) {
	return nil, nil, errors.New("not built yet")
}

// AddDataset remembers a scanned set and what was left out of it.
func (s *Store) AddDataset(ctx context.Context, d *dataset.Dataset, problems []dataset.Problem) error {
	return nil
}

// RemoveDataset forgets a set, its embeddings and thumbnails; never its pictures.
func (s *Store) RemoveDataset(ctx context.Context, name string) error { return nil }

// Problems lists what was left out of a set when it was added.
func (s *Store) Problems(ctx context.Context, name string) ([]dataset.Problem, error) {
	return nil, nil
}

// Thumbnail is picture i of d as JPEG, its longest side at most 256 pixels.
func (s *Store) Thumbnail(ctx context.Context, d *dataset.Dataset, i int) ([]byte, error) {
	return nil, ErrNotFound
}

// MakeThumbnails makes the thumbnails of d that are not there yet.
func (s *Store) MakeThumbnails(ctx context.Context, d *dataset.Dataset, progress func(done, total int)) error {
	return nil
}

// AddPicture keeps an uploaded picture and returns its id, 16 hexadecimal digits of its content's hash.
func (s *Store) AddPicture(ctx context.Context, jpeg []byte) (id string, err error) {
	return "", errors.New("not built yet")
}

// Picture returns the JPEG of that id, or an error that wraps ErrNotFound.
func (s *Store) Picture(ctx context.Context, id string) ([]byte, error) { return nil, ErrNotFound }

// RecordRun notes a finished run.
func (s *Store) RecordRun(ctx context.Context, r Run) error { return nil }

// Runs lists the latest runs, newest first.
func (s *Store) Runs(ctx context.Context, limit int) ([]Run, error) { return nil, nil }
