//go:build unix

package dataset_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/dataset"
)

func TestScanDoesNotWaitForPipes(t *testing.T) {
	dir := folder(t, map[string]string{"cat/a.jpg": jpegPicture(t, 4, 4)})
	if err := syscall.Mkfifo(filepath.Join(dir, "cat", "pipe.jpg"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, problems := scan(t, dir)
	if diff := cmp.Diff([]dataset.Problem{{File: "cat/pipe.jpg", Reason: "not a regular file"}}, problems); diff != "" {
		t.Error(diff)
	}

	// Nor does Open, if a picture becomes one after the scan.
	path := filepath.Join(dir, "cat", "a.jpg")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := d.Open(0); err == nil {
		f.Close()
		t.Error("opened a pipe")
	}
}
