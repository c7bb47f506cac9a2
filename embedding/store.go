// Package embedding keeps what networks made of pictures: one matrix per
// (dataset, model, weights, layer, pooling, preprocessing), a row per picture.
//
// A matrix is a .npy file with a JSON manifest beside it; docs/formats has
// both. It appears whole or not at all: it is written under another name and
// renamed, the manifest last. Until then its rows lie in a partial file, from
// which the next Writer of the same key goes on.
//
// Matrices are memory-mapped. The size of a file is checked against its
// manifest when it is mapped, and the store never changes a file that it has
// renamed, only replaces or removes it, which leaves existing mappings whole.
// A program that shortens a mapped file in place takes the process down with
// it, as with any mapping.
package embedding

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/convnetplayground/convnet/internal/disk"
)

var (
	// ErrNotFound means that the store holds no whole matrix of that key. A
	// damaged one counts as not there: the error says what is wrong with it,
	// and the next Commit of the key replaces it.
	ErrNotFound = errors.New("not indexed")
	// ErrBusy means that another writer is at work on the same matrix.
	ErrBusy = disk.ErrLocked
	// ErrDiskFull means that a write found no room.
	ErrDiskFull = disk.ErrFull
	// ErrNotFinite means that a vector holds NaN or an infinity.
	ErrNotFinite = errors.New("not a finite number")
)

// manifestFormat and manifestVersion stand in every manifest.
const (
	manifestFormat  = "convnet-embedding"
	manifestVersion = 1
	maxManifest     = 64 << 20 // bytes
)

// LeftOut is a row without a vector, and why it has none.
type LeftOut struct {
	Row    int    `json:"row"`
	Reason string `json:"reason"`
}

// Manifest describes one whole matrix in the store.
type Manifest struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Key     Key       `json:"key"`
	Rows    int       `json:"rows"`
	Dim     int       `json:"dim"`
	Bytes   int64     `json:"bytes"` // size of the .npy file
	Created time.Time `json:"created"`
	LeftOut []LeftOut `json:"left_out"` // by ascending row
}

// Store is a folder of matrices. All methods may be called from several
// goroutines, and several processes may use one folder.
type Store struct {
	dir string

	mu     sync.Mutex
	loaded map[Key]*Matrix
	maps   []mapping // all that were ever made; released by Close
}

// Open returns the store in dir. Nothing is read or made until it is needed.
func Open(dir string) *Store {
	return &Store{dir: dir, loaded: map[Key]*Matrix{}}
}

// Close releases every matrix. Their rows must not be used any more.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, m := range s.maps {
		errs = append(errs, m.release())
	}
	s.maps, s.loaded = nil, map[Key]*Matrix{}
	return errors.Join(errs...)
}

// Load returns the matrix of key, mapped once and kept. It stays valid until
// Close of the store. Errors wrap ErrNotFound unless the file system is at fault.
func (s *Store) Load(key Key) (*Matrix, error) {
	path, err := s.path(key)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := os.Stat(path + npySuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("dataset %s: layer %s of %s: %w", key.Dataset, key.Layer, key.Model, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	// Another process may have replaced the file since it was mapped.
	if m, ok := s.loaded[key]; ok && os.SameFile(m.info, info) && m.info.Size() == info.Size() {
		return m, nil
	}
	m, err := loadMatrix(path, key)
	if err != nil {
		return nil, fmt.Errorf("dataset %s: layer %s of %s: %w: %w", key.Dataset, key.Layer, key.Model, ErrNotFound, err)
	}
	s.maps = append(s.maps, m.file)
	s.loaded[key] = m
	return m, nil
}

// Remove drops all matrices of a dataset, finished or not. Those that are
// loaded stay valid until Close.
func (s *Store) Remove(dataset string) error {
	if err := checkPart("dataset", dataset); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.loaded {
		if key.Dataset == dataset {
			delete(s.loaded, key)
		}
	}
	return os.RemoveAll(filepath.Join(s.dir, dataset))
}

// List describes all whole matrices, by dataset, model, layer and pooling.
// Damaged ones are passed over, as Load would.
func (s *Store) List() ([]Manifest, error) {
	paths, err := filepath.Glob(filepath.Join(escapeGlob(s.dir), "*", "*", "*"+manifestSuffix))
	if err != nil {
		return nil, err
	}
	list := []Manifest{}
	for _, path := range paths {
		m, err := readManifest(path)
		if err != nil {
			continue
		}
		info, err := os.Stat(strings.TrimSuffix(path, manifestSuffix) + npySuffix)
		if err != nil || info.Size() != m.Bytes {
			continue
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b Manifest) int { return a.Key.compare(b.Key) })
	return list, nil
}

// escapeGlob quotes what filepath.Glob would take for a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// readManifest reads and checks the manifest at path. Errors name the file.
func readManifest(path string) (Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return Manifest{}, err
	}
	defer f.Close()
	m, err := decodeManifest(f)
	if err != nil {
		return Manifest{}, fmt.Errorf("%s: damaged manifest: %w", path, err)
	}
	return m, nil
}

// decodeManifest reads one manifest of at most maxManifest bytes and checks
// that it agrees with itself.
func decodeManifest(r io.Reader) (Manifest, error) {
	var m Manifest
	content, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err != nil {
		return m, err
	}
	if len(content) > maxManifest {
		return m, fmt.Errorf("larger than %d MB", maxManifest>>20)
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return m, err
	}
	return m, m.check()
}

func (m *Manifest) check() error {
	if m.Format != manifestFormat || m.Version != manifestVersion {
		return fmt.Errorf("is %.40q version %d, expected %q version %d", m.Format, m.Version, manifestFormat, manifestVersion)
	}
	if err := checkShape(m.Rows, m.Dim); err != nil {
		return err
	}
	if want := fileSize(m.Rows, m.Dim); m.Bytes != want {
		return fmt.Errorf("claims %d bytes, %d rows of %d values are %d", m.Bytes, m.Rows, m.Dim, want)
	}
	return checkLeftOut(m.LeftOut, m.Rows)
}

func checkLeftOut(all []LeftOut, rows int) error {
	last := -1
	for _, left := range all {
		if left.Row <= last || left.Row >= rows {
			return fmt.Errorf("left-out row %d after %d, of %d rows", left.Row, last, rows)
		}
		last = left.Row
	}
	return nil
}
