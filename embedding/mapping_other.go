//go:build !unix

package embedding

import (
	"errors"
	"io"
	"math"
	"os"
)

// openMapping reads the first size bytes of f.
func openMapping(f *os.File, size int64) (mapping, error) {
	if size > math.MaxInt {
		return mapping{}, errors.New("too large for this machine's memory")
	}
	bytes := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, size), bytes); err != nil {
		return mapping{}, err
	}
	return mapping{bytes: bytes, release: func() error { return nil }}, nil
}
