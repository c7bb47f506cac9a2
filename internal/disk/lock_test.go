package disk_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/convnetplayground/convnet/internal/disk"
)

func TestALockIsHeldByOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lock")
	first, err := disk.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = disk.Acquire(path)
	if !errors.Is(err, disk.ErrLocked) || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("second lock: %v, expected ErrLocked that names this process", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file of the lock stayed: %v", err)
	}
	again, err := disk.Acquire(path)
	if err != nil {
		t.Fatalf("after its release: %v", err)
	}
	again.Release()
}

func TestALockFileWithoutALockIsTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lock")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	lock, err := disk.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	lock.Release()
}

func TestLocksThatComeAndGoNeverOverlap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lock")
	var inside, entered atomic.Int32
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 200 {
				lock, err := disk.Acquire(path)
				if errors.Is(err, disk.ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if inside.Add(1) != 1 {
					t.Error("two hold the lock")
				}
				entered.Add(1)
				inside.Add(-1)
				lock.Release()
			}
		})
	}
	group.Wait()
	if entered.Load() == 0 {
		t.Error("nobody got the lock")
	}
}

func TestALockInAMissingFolderIsAnErrorOfTheFileSystem(t *testing.T) {
	_, err := disk.Acquire(filepath.Join(t.TempDir(), "missing", "x.lock"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, expected that there is no such folder", err)
	}
}
