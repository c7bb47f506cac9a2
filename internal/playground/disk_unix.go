//go:build linux || darwin

package playground

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// freeBytes is the room on the disk of dir that this user may fill.
func freeBytes(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("cannot ask for the free space at %s: %w", dir, err)
	}
	return s.Bavail * uint64(s.Bsize), nil
}
