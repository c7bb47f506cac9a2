package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// ErrLocked means that somebody else holds the lock.
var ErrLocked = errors.New("being written by another process")

// Lock is an advisory lock that lasts at most as long as its process.
type Lock struct {
	path string
	file *os.File
}

// Acquire takes the lock at path, a file made for it, without waiting. If it is
// held, by this process or another, the error wraps ErrLocked and names the
// holder's process id.
func Acquire(path string) (*Lock, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		free, err := tryLock(f)
		if err != nil || !free {
			holder := readHolder(f)
			f.Close()
			if err != nil {
				return nil, fmt.Errorf("lock %s: %w", path, err)
			}
			return nil, fmt.Errorf("%w (%s)", ErrLocked, holder)
		}
		// The last holder may have removed the file between our open and our
		// lock; then this is the lock of a file that nobody else can see.
		if isAt(f, path) {
			// The process id only serves the message above.
			f.Truncate(0)
			f.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
			return &Lock{path: path, file: f}, nil
		}
		f.Close()
	}
}

// Release lets others have the lock. Its file is removed.
func (l *Lock) Release() error {
	os.Remove(l.path)
	return l.file.Close()
}

func isAt(f *os.File, path string) bool {
	held, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(held, there)
}

func readHolder(f *os.File) string {
	content, err := io.ReadAll(io.LimitReader(f, 20))
	pid, parseErr := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil || parseErr != nil {
		return "process unknown"
	}
	return fmt.Sprintf("process %d", pid)
}
