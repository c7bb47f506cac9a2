package archive

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// folder walks over the folder at path, and never out of it.
func (w *walk) folder(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return withoutPath(err)
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return named(name, withoutPath(err))
		}
		return named(name, w.folderEntry(root, name, entry))
	})
}

func (w *walk) folderEntry(root *os.Root, name string, entry fs.DirEntry) error {
	name, err := w.entry(name)
	if err != nil || entry.IsDir() {
		return err
	}
	if why := judgeMode(entry.Type()); why != "" {
		return fmt.Errorf("%w: %s", ErrRefused, why)
	}
	info, err := entry.Info()
	if err != nil {
		return withoutPath(err)
	}
	// There is nothing packed here to compare with.
	w.packed += info.Size()
	return w.file(name, info.Size(), func() (io.ReadCloser, error) {
		f, err := root.Open(filepath.FromSlash(name))
		if err != nil {
			return nil, err
		}
		return metered{meter{f, w}, f}, nil
	})
}

// metered closes what is read through a meter.
type metered struct {
	meter
	io.Closer
}

// judgeMode says why an entry that is no folder must not be read, "" if it may.
func judgeMode(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "it is a link"
	case !mode.IsRegular():
		return "it is not a regular file"
	}
	return ""
}
