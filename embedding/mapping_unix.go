//go:build unix

package embedding

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// openMapping maps the first size bytes of f. f may be closed afterwards.
func openMapping(f *os.File, size int64) (mapping, error) {
	if size > math.MaxInt {
		return mapping{}, errors.New("too large for this machine's address space")
	}
	bytes, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return mapping{}, os.NewSyscallError("mmap", err)
	}
	return mapping{bytes: bytes, release: func() error { return unix.Munmap(bytes) }}, nil
}
