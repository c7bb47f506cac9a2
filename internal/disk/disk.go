// Package disk holds what all that keep files have in common: locks between
// processes, and what an error of the file system means to the user.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// ErrFull means that a write found no room.
var ErrFull = errors.New("no room left on the disk")

// Explain adds to err, which names the path, what it means and the way out. It
// wraps ErrFull where the disk, the quota or the largest file is at its end.
// Others, and nil, it returns as they are.
func Explain(err error) error {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) {
			return fmt.Errorf("%w: %w; free some space or choose another data directory", ErrFull, err)
		}
	}
	for _, unwritable := range []error{fs.ErrPermission, syscall.EROFS, syscall.ENOTDIR} {
		if errors.Is(err, unwritable) {
			return fmt.Errorf("%w; choose a data directory that can be written", err)
		}
	}
	return err
}

// SyncFolder makes renames in dir last. Not every system can do that with a
// folder, and none needs it for anything but a power cut, so errors are not told.
func SyncFolder(dir string) {
	if f, err := os.Open(dir); err == nil {
		f.Sync()
		f.Close()
	}
}
