//go:build linux || darwin || freebsd

package embedding_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/embedding"
)

// The tests below need a second process: this binary, run again with one of
// these names in helperVariable and a data directory as its argument.
const helperVariable = "EMBEDDING_TEST_HELPER"

const helperRows, helperDim = 64, 1000

func TestMain(m *testing.M) {
	switch os.Getenv(helperVariable) {
	case "":
		os.Exit(m.Run())
	case "write slowly":
		writeSlowly(os.Args[1])
	case "tell slowly":
		tellSlowly(os.Args[1])
	case "hit a full disk":
		hitFullDisk(os.Args[1])
	case "write without permission":
		writeUnpermitted(os.Args[1])
	}
}

func helper(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], dir)
	cmd.Env = append(os.Environ(), helperVariable+"="+name)
	cmd.Stderr = os.Stderr
	return cmd
}

// writeSlowly puts rows, saying so after each, until it is killed or its
// standard input ends.
func writeSlowly(dir string) {
	w, err := embedding.Open(dir).Writer(testKey, helperRows, helperDim)
	if err != nil {
		fmt.Println(err)
		return
	}
	slowly(func(i int) error { return w.Put(i, vector(i, helperDim)) })
}

// slowly puts rows one by one, saying so after each, until standard input ends.
func slowly(put func(i int) error) {
	more := bufio.NewScanner(os.Stdin)
	for i := range helperRows {
		if err := put(i); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("put", i)
		if !more.Scan() {
			return
		}
	}
}

// killAfter kills a helper when it has put so many rows. Before that it calls
// alive with the helper's process id.
func killAfter(t *testing.T, rows int, name, dir string, alive func(pid int)) {
	t.Helper()
	cmd := helper(t, name, dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	said := bufio.NewScanner(out)
	for i := range rows {
		if !said.Scan() || said.Text() != fmt.Sprint("put ", i) {
			t.Fatalf("helper said %q", said.Text())
		}
		if i < rows-1 {
			fmt.Fprintln(in)
		}
	}
	alive(cmd.Process.Pid)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
}

func TestKilledWriterResumes(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	const rows = 10
	// While it lives, nobody else writes the same matrix.
	killAfter(t, rows, "write slowly", dir, func(pid int) {
		_, err := s.Writer(testKey, helperRows, helperDim)
		if !errors.Is(err, embedding.ErrBusy) || !strings.Contains(err.Error(), fmt.Sprint("process ", pid)) {
			t.Fatalf("second writer: %v, expected ErrBusy that names process %d", err, pid)
		}
	})
	if _, err := s.Load(testKey); !errors.Is(err, embedding.ErrNotFound) {
		t.Fatalf("load of half a matrix: %v", err)
	}
	w := openWriter(t, s, testKey, helperRows, helperDim)
	for i := range helperRows {
		if w.Done(i) != (i < rows) {
			t.Errorf("row %d done: %v", i, w.Done(i))
		}
	}
	for i := rows; i < helperRows; i++ {
		if err := w.Put(i, vector(i, helperDim)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	m, err := s.Load(testKey)
	if err != nil {
		t.Fatal(err)
	}
	for i := range helperRows {
		for j, want := range vector(i, helperDim) {
			if m.Row(i)[j] != want {
				t.Fatalf("row %d: %v at %d, expected %v", i, m.Row(i)[j], j, want)
			}
		}
	}
}

var helperTop = embedding.TopShape{Pictures: helperRows, Height: 7, Width: 7, Channels: 300}

func tellSlowly(dir string) {
	w, err := embedding.Open(dir).TopWriter(testKey, helperTop)
	if err != nil {
		fmt.Println(err)
		return
	}
	pictures := drawPictures(7, helperTop)
	slowly(func(i int) error { return w.Put(i, pictures[i].values, pictures[i].positions) })
}

func TestKilledTopWriterResumes(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	const told = 20
	killAfter(t, told, "tell slowly", dir, func(int) {
		if _, err := s.TopWriter(testKey, helperTop); !errors.Is(err, embedding.ErrBusy) {
			t.Errorf("second writer: %v, expected ErrBusy", err)
		}
	})
	if _, err := s.Top(testKey, 0); !errors.Is(err, embedding.ErrNotFound) {
		t.Fatalf("half of them: %v", err)
	}
	w := openTopWriter(t, s, helperTop)
	pictures := drawPictures(7, helperTop)
	for i, p := range pictures {
		if w.Done(i) != (i < told) {
			t.Errorf("picture %d done: %v", i, w.Done(i))
		}
		if !w.Done(i) {
			if err := w.Put(i, p.values, p.positions); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	for c := range helperTop.Channels {
		top, err := s.Top(testKey, c)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(bestOf(pictures, c, nil), top.Peaks); diff != "" {
			t.Fatalf("channel %d: %s", c, diff)
		}
	}
}

// hitFullDisk writes with a limit on the size of files, which the kernel
// enforces where it would tell of a full disk.
func hitFullDisk(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 100_000, Max: 100_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Println(err)
		return
	}
	w, err := embedding.Open(dir).Writer(testKey, helperRows, helperDim)
	if err == nil {
		for i := range helperRows {
			err = errors.Join(err, w.Put(i, vector(i, helperDim)))
		}
	}
	fmt.Println(errors.Is(err, embedding.ErrDiskFull), err)
	top, err := embedding.Open(dir).TopWriter(testKey, helperTop)
	if err == nil {
		for i, p := range drawPictures(7, helperTop) {
			if err = top.Put(i, p.values, p.positions); err != nil {
				break
			}
		}
	}
	fmt.Println(errors.Is(err, embedding.ErrDiskFull), err)
}

func TestFullDiskNamesTheFileAndTheWayOut(t *testing.T) {
	dir := t.TempDir()
	out, err := helper(t, "hit a full disk", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 2 {
		t.Fatalf("messages %q, expected one of the matrix and one of the top pictures", lines)
	}
	for i, kind := range []string{"avg", "top"} {
		for _, want := range []string{"true no room left on the disk", dir + "/pets/efficientnet-lite0/top_activation." + kind + ".", "; free some space or choose another data directory"} {
			if !strings.Contains(lines[i], want) {
				t.Errorf("message %q, expected %q in it", lines[i], want)
			}
		}
	}
	s := openStore(t, dir)
	writeMatrix(t, s, testKey, helperRows, helperDim)
	if _, err := s.Load(testKey); err != nil {
		t.Errorf("after room was made: %v", err)
	}
	writeTop(t, s, helperTop, drawPictures(7, helperTop))
	if _, err := s.Top(testKey, 0); err != nil {
		t.Errorf("after room was made: %v", err)
	}
}

// writeUnpermitted writes as a user who may not, whoever runs the tests.
func writeUnpermitted(dir string) {
	if os.Getuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			fmt.Println(err)
			return
		}
	}
	_, err := embedding.Open(dir+"/embeddings").Writer(testKey, 1, 1)
	fmt.Println(err)
}

func TestUnwritableFolderNamesItselfAndTheWayOut(t *testing.T) {
	dir := t.TempDir()
	for path, mode := range map[string]os.FileMode{dir: 0o555, dir + "/..": 0o755} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	out, err := helper(t, "write without permission", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "mkdir " + dir + "/embeddings: permission denied; choose a data directory that can be written\n"
	if string(out) != want {
		t.Errorf("message %q, expected %q", out, want)
	}
}

func TestFileInPlaceOfAFolderIsNamed(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := embedding.Open(file).Writer(testKey, 1, 1)
	if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "choose a data directory that can be written") {
		t.Errorf("writer: %v", err)
	}
}
