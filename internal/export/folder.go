package export

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/convnetplayground/convnet/internal/playground"
)

// Part is how much of an export is of one kind.
type Part struct {
	Name  string `json:"name"`
	Files int    `json:"files"`
	Bytes int64  `json:"bytes"`
}

// folder is a folder that appears under its name only when all of it is
// written. Until then it lies beside it.
type folder struct {
	out    string // absolute
	staged string

	mu    sync.Mutex
	parts []Part
}

// newFolder begins a folder. What would overwrite anything, or lies in the data
// directory, is refused.
func newFolder(out, data string) (*folder, error) {
	path, err := resolved(out)
	if err != nil {
		return nil, failed(out, err)
	}
	if inside, err := isInside(path, data); err != nil || inside {
		return nil, refuse(out, "it lies in the data directory "+data, "choose a folder outside of it", err)
	}
	switch info, err := os.Stat(path); {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, failed(out, err)
	case !info.IsDir():
		return nil, refuse(out, "there is a file of that name", "name a new folder, or an empty one", nil)
	default:
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, failed(out, err)
		}
		if len(entries) > 0 {
			return nil, refuse(out, "the folder is not empty", "name a new folder, or an empty one", nil)
		}
	}
	parent := filepath.Dir(path)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, failed(out, err)
	}
	staged, err := os.MkdirTemp(parent, "."+filepath.Base(path)+".partial-*")
	if err != nil {
		return nil, failed(out, err)
	}
	return &folder{out: path, staged: staged}, nil
}

func refuse(out, why, hint string, cause error) error {
	if cause != nil {
		return failed(out, cause)
	}
	return &playground.Error{Kind: playground.Conflict, What: "cannot export to " + out, Why: why, Hint: hint}
}

func failed(out string, err error) error { return playground.Explain("cannot export to "+out, err) }

// resolved is a path without symbolic links, as far as it exists.
func resolved(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if err == nil || !errors.Is(err, os.ErrNotExist) || filepath.Dir(path) == path {
		return real, err
	}
	parent, err := resolved(filepath.Dir(path))
	return filepath.Join(parent, filepath.Base(path)), err
}

// isInside tells whether path is dir or below it.
func isInside(path, dir string) (bool, error) {
	dir, err := resolved(dir)
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)), nil
}

// write adds a file. Its path has slashes, and counts to a part. write may be
// called from several goroutines, for paths that differ.
func (f *folder) write(part, path string, write func(io.Writer) error) error {
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		return fmt.Errorf("export: %q is no path below the folder", path)
	}
	name := filepath.Join(f.staged, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return failed(f.out, err)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return failed(f.out, err)
	}
	buffered := bufio.NewWriterSize(file, 64<<10)
	err = write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	size, seekErr := file.Seek(0, io.SeekCurrent)
	if err = errors.Join(err, seekErr, file.Close()); err != nil {
		return failed(f.out, err)
	}
	f.count(part, size)
	return nil
}

func (f *folder) count(part string, size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.parts {
		if p := &f.parts[i]; p.Name == part {
			p.Files++
			p.Bytes += size
			return
		}
	}
	f.parts = append(f.parts, Part{Name: part, Files: 1, Bytes: size})
}

func (f *folder) writeBytes(part, path string, content []byte) error {
	return f.write(part, path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

func (f *folder) writeJSON(part, path string, value any) error {
	return f.write(part, path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(value)
	})
}

// finish gives the folder its name.
func (f *folder) finish() error {
	if err := os.Chmod(f.staged, 0o755); err != nil {
		return failed(f.out, err)
	}
	// An empty one may be there; one that is no longer empty stays.
	if err := os.Remove(f.out); err != nil && !errors.Is(err, os.ErrNotExist) {
		return failed(f.out, err)
	}
	if err := os.Rename(f.staged, f.out); err != nil {
		return failed(f.out, err)
	}
	return nil
}

// discard removes what is not finished.
func (f *folder) discard() { os.RemoveAll(f.staged) }
