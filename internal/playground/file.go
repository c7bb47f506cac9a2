package playground

import (
	"io"
	"os"
	"path/filepath"
)

// WriteFile writes a file of the user's choice, whole or not at all.
func WriteFile(path string, write func(io.Writer) error) error {
	return explain("cannot write "+path, writeWhole(path, write))
}

// writeWhole writes a file that appears under its name only when write has
// ended well.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".partial-*")
	if err != nil {
		return err
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
