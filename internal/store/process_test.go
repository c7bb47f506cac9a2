//go:build linux || darwin || freebsd

package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/internal/store"
)

// The tests below need other processes: this binary, run again with one of
// these names in helperVariable and a data directory as its argument.
const helperVariable = "STORE_TEST_HELPER"

func TestMain(m *testing.M) {
	switch os.Getenv(helperVariable) {
	case "":
		goleak.VerifyTestMain(m)
	case "use":
		fmt.Println(useStore(os.Args[1]))
	case "hit a full disk":
		hitFullDisk(os.Args[1])
	case "open without permission":
		openUnpermitted(os.Args[1])
	}
}

func helper(name, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], dir)
	cmd.Env = append(os.Environ(), helperVariable+"="+name)
	cmd.Stderr = os.Stderr
	return cmd
}

// useStore does a little of everything that writes.
func useStore(dir string) error {
	s, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer s.Close()
	for i := range 20 {
		if _, err := s.Thumbnail(ctx, dataset.Stamps(), i); err != nil {
			return err
		}
		if err := s.RecordRun(ctx, store.Run{Verb: "test", Detail: fmt.Sprint(os.Getpid())}); err != nil {
			return err
		}
		if _, err := s.AddPicture(ctx, fmt.Appendf(nil, "%d %d", os.Getpid(), i)); err != nil {
			return err
		}
	}
	return nil
}

func TestManyProcessesShareANewDirectory(t *testing.T) {
	dir := t.TempDir() + "/data"
	const processes = 4
	var group sync.WaitGroup
	for range processes {
		group.Go(func() {
			out, err := helper("use", dir).Output()
			if err != nil || string(out) != "<nil>\n" {
				t.Errorf("helper: %s, %v", out, err)
			}
		})
	}
	group.Wait()
	runs, err := open(t, dir).Runs(ctx, 1000)
	if err != nil || len(runs) != processes*20 {
		t.Errorf("%d runs, %v; expected %d", len(runs), err, processes*20)
	}
}

func TestAnotherProcessSeesWhatThisOneAdded(t *testing.T) {
	dir := t.TempDir()
	here, there := open(t, dir), open(t, dir)
	importPets(t, here, petsFolder(t))
	d, err := there.Dataset(ctx, "pets")
	if err != nil {
		t.Fatal(err)
	}
	if err := there.RemoveDataset(ctx, "pets"); err != nil {
		t.Fatal(err)
	}
	if _, err := here.Dataset(ctx, "pets"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after its removal elsewhere: %v", err)
	}
	other := importPets(t, here, petsFolder(t))
	if again, err := there.Dataset(ctx, "pets"); err != nil || again.Dir != other.Dir || again.Dir == d.Dir {
		t.Errorf("after it was added anew elsewhere: %v, %v", again, err)
	}
}

// hitFullDisk writes with a limit on the size of files, which the kernel
// enforces where it would tell of a full disk.
func hitFullDisk(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 200_000, Max: 200_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Println(err)
		return
	}
	s, err := store.Open(ctx, dir)
	for i := 0; err == nil && i < 1000; i++ {
		err = s.RecordRun(ctx, store.Run{Verb: "test", Detail: strings.Repeat("long ", 1000)})
	}
	fmt.Println(errors.Is(err, store.ErrDiskFull), err)
	for i := range 100 {
		if _, err := s.Thumbnail(ctx, dataset.Stamps(), i); err != nil {
			fmt.Println("thumbnail", i, err)
		}
	}
}

func TestFullDiskNamesTheFileAndTheWayOut(t *testing.T) {
	dir := t.TempDir()
	out, err := helper("hit a full disk", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "true write " + dir + "/convnet.db: no room left on the disk: "
	hint := "; free some space or choose another data directory\n"
	if !strings.HasPrefix(string(out), want) || !strings.HasSuffix(string(out), hint) || bytes.Count(out, []byte("\n")) != 1 {
		t.Errorf("message %q, expected %q … %q", out, want, hint)
	}
	if runs, err := open(t, dir).Runs(ctx, 1000); err != nil || len(runs) == 0 {
		t.Errorf("what was written before: %d runs, %v", len(runs), err)
	}
}

// openUnpermitted opens as a user who may not write, whoever runs the tests.
func openUnpermitted(dir string) {
	if os.Getuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, path := range []string{dir, dir + "/new"} {
		_, err := store.Open(ctx, path)
		fmt.Println(errors.Is(err, store.ErrUnwritable), err)
	}
}

func TestUnwritableDirectoryNamesItselfAndTheWayOut(t *testing.T) {
	dir := t.TempDir()
	for path, mode := range map[string]os.FileMode{dir: 0o555, dir + "/..": 0o755} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	out, err := helper("open without permission", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(out), "\n")
	for i, want := range [][2]string{
		{"true write " + dir + "/convnet.db: not writable: ", "; choose a data directory that can be written"},
		{"true data directory " + dir + "/new: not writable: mkdir " + dir + "/new: permission denied", "; choose another"},
	} {
		if !strings.HasPrefix(lines[i], want[0]) || !strings.HasSuffix(lines[i], want[1]) {
			t.Errorf("message %q, expected %q … %q", lines[i], want[0], want[1])
		}
	}
}

func TestFileInPlaceOfTheDirectoryIsNamed(t *testing.T) {
	path := t.TempDir() + "/file"
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{path, path + "/data"} {
		_, err := store.Open(ctx, dir)
		if !errors.Is(err, store.ErrUnwritable) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%v, expected ErrUnwritable that names %s", err, dir)
		}
	}
}
