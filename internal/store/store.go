// Package store keeps a data directory: the SQLite file of datasets, images
// and runs, the cache of thumbnails and uploaded pictures, and the embeddings.
// docs/formats describes every file in it.
//
//	<data>/convnet.db      datasets, images, problems, runs
//	<data>/cache.db        thumbnails and uploaded pictures; may be deleted
//	<data>/renders.db      rendered pictures; may be deleted
//	<data>/results.db      maps and scores; may be deleted
//	<data>/embeddings/     matrices, see package embedding
//	<data>/datasets/       pictures of the sets that are kept here
//	<data>/downloads/      files on their way, until a set is made of them
package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/semaphore"

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
	// ErrNewer means that a file was written by a newer program.
	ErrNewer = errors.New("written by a newer convnet")
	// ErrDamaged means that a database file cannot be read.
	ErrDamaged = errors.New("damaged")
	// ErrDiskFull means that a write found no room.
	ErrDiskFull = embedding.ErrDiskFull
)

// Store is an open data directory. All methods may be called from several
// goroutines, and several processes may use one directory. Errors name the
// file or the dataset that they are about.
type Store struct {
	dir        string
	db         *database
	embeddings *embedding.Store
	pixels     *semaphore.Weighted // pixels in memory for thumbnails
	pictureCap int64               // bytes of uploaded pictures
	renderCap  int64               // bytes of rendered pictures
	resultCap  int64               // bytes of maps and scores

	mu        sync.Mutex
	cacheDB   *database                  // opened when first needed
	rendersDB *database                  // opened when first needed
	resultsDB *database                  // opened when first needed
	datasets  map[int64]*dataset.Dataset // by row id, which is never used twice
}

// DefaultDir is the data directory used when none is named:
// $XDG_DATA_HOME/convnet, or ~/.local/share/convnet.
func DefaultDir() (string, error) {
	if base := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "convnet"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("default data directory: %w; name one", err)
	}
	return filepath.Join(home, ".local", "share", "convnet"), nil
}

// Open opens the data directory dir, which is made if it is not there. Errors
// wrap ErrUnwritable, ErrNewer, ErrDamaged or ErrDiskFull where they apply.
func Open(ctx context.Context, dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	// Uploaded pictures are in there: nobody else's business.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory %s: %w: %w; choose another", dir, ErrUnwritable, err)
	}
	db, err := openDatabase(ctx, filepath.Join(dir, "convnet.db"), mainSchema)
	if err != nil {
		return nil, err
	}
	return &Store{
		dir:        dir,
		db:         db,
		embeddings: embedding.Open(filepath.Join(dir, "embeddings")),
		pixels:     semaphore.NewWeighted(thumbnailPixels),
		pictureCap: maxPictures,
		renderCap:  maxRenders,
		resultCap:  maxResults,
		datasets:   map[int64]*dataset.Dataset{},
	}, nil
}

// cache is the database of thumbnails and uploaded pictures.
func (s *Store) cache(ctx context.Context) (*database, error) {
	return s.disposable(ctx, &s.cacheDB, "cache.db", cacheSchema)
}

// disposable opens a database of what can be made again, once. A damaged one
// is made anew.
func (s *Store) disposable(ctx context.Context, at **database, name string, layout schema) (*database, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *at != nil {
		return *at, nil
	}
	path := filepath.Join(s.dir, name)
	db, err := openDatabase(ctx, path, layout)
	if errors.Is(err, ErrDamaged) {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
		db, err = openDatabase(ctx, path, layout)
	}
	if err != nil {
		return nil, err
	}
	*at = db
	return db, nil
}

// Close ends all use of the store. Views of embeddings must not be used any more.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	errs := []error{s.db.Close(), s.embeddings.Close()}
	for _, db := range []*database{s.cacheDB, s.rendersDB, s.resultsDB} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Embeddings is the store of matrices in this data directory.
func (s *Store) Embeddings() *embedding.Store { return s.embeddings }
