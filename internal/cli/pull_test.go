package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/dataset/public"
	"github.com/convnetplayground/convnet/dataset/public/publictest"
	"github.com/convnetplayground/convnet/internal/playground"
)

func TestPublicSetsArePulledListedAndRemoved(t *testing.T) {
	data := t.TempDir()
	for _, s := range public.Sets() {
		archive := publictest.File(t, "a", publictest.Zip(t, publictest.Official(t, s.Name)))
		stdout := must(t, "datasets", "pull", s.Name, "--from", archive, "--data", data)
		if want := fmt.Sprintf("dataset %s: 200 pictures in 10 classes\n", s.Name); stdout != want {
			t.Errorf("a pull prints %q, want %q", stdout, want)
		}
	}
	if stdout := must(t, "datasets", "pull", "cifar10", "--data", data); stdout != "dataset cifar10 is here already: 200 pictures in 10 classes\n" {
		t.Errorf("a second pull prints %q", stdout)
	}
	if stdout := must(t, "datasets", "pull", "--all", "--data", data); stdout != "all public datasets are here already\n" {
		t.Errorf("a pull of all prints %q", stdout)
	}
	if reports := mustJSON[[]playground.PullReport](t, "datasets", "pull", "--all", "--data", data); reports == nil || len(reports) > 0 {
		t.Errorf("a pull of all reports %v", reports)
	}
	var names []string
	for _, d := range mustJSON[[]playground.DatasetSummary](t, "datasets", "list", "--data", data) {
		names = append(names, d.Name)
		if d.Pulled == d.BuiltIn {
			t.Errorf("%s: pulled %v", d.Name, d.Pulled)
		}
	}
	if diff := cmp.Diff([]string{"stamps", "cifar10", "fashion200", "iconic200", "tinyimagenet"}, names); diff != "" {
		t.Error(diff)
	}
	if stdout := must(t, "datasets", "remove", "cifar10", "--data", data); stdout != "dataset cifar10 is removed with its pictures\n" {
		t.Errorf("a removal prints %q", stdout)
	}
	if _, err := os.Stat(filepath.Join(data, "datasets", "cifar10")); !os.IsNotExist(err) {
		t.Errorf("its folder: %v", err)
	}
	available := mustJSON[[]playground.PublicDataset](t, "datasets", "list", "--available", "--data", data)
	if len(available) != 1 || available[0].Name != "cifar10" || available[0].Bytes != 170_052_171 || len(available[0].Classes) != 10 {
		t.Errorf("available are %+v", available)
	}
	report := mustJSON[playground.PullReport](t, "datasets", "pull", "cifar10", "--data", data,
		"--from", publictest.Folder(t, publictest.Official(t, "cifar10")))
	if !report.Pulled || report.Images != 200 || len(report.Classes) != 10 || report.Classes[0] != (playground.ClassCount{Name: "airplane", Images: 20}) {
		t.Errorf("a pull reports %+v", report)
	}
}

// slowServer serves files; the one at stuck only up to the half, until it is
// set free.
type slowServer struct {
	files map[string][]byte
	stuck string

	mu   sync.Mutex
	free bool
	sent map[string]int // bytes asked for
	half chan struct{}  // told when the half is sent
	done chan struct{}
}

func startSlowServer(t *testing.T, files map[string][]byte, stuck string) (*slowServer, string) {
	t.Helper()
	s := &slowServer{files: files, stuck: stuck, sent: map[string]int{}, half: make(chan struct{}, 1), done: make(chan struct{})}
	server := httptest.NewServer(s)
	t.Cleanup(func() { close(s.done); server.Close() })
	return s, server.URL
}

func (s *slowServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, known := s.files[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	stuck := r.URL.Path == s.stuck && !s.free
	from := 0
	fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
	s.sent[r.URL.Path] += len(content) - from
	s.mu.Unlock()
	w.Header().Set("ETag", `"1"`)
	if !stuck {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
		return
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(content)))
	w.Header().Set("Accept-Ranges", "bytes")
	w.Write(content[:len(content)/2])
	http.NewResponseController(w).Flush()
	select {
	case s.half <- struct{}{}:
	default:
	}
	select {
	case <-s.done:
	case <-r.Context().Done():
	}
}

func (s *slowServer) setFree() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = true
}

func TestAKilledPullGoesOn(t *testing.T) {
	pictures := map[string][]byte{}
	for name, content := range publictest.Former(t, "iconic200") {
		pictures["/iconic200/"+path.Base(name)] = content
	}
	archive := publictest.TarGz(t, publictest.Official(t, "cifar10"))
	for _, c := range []struct {
		set, from, stuck, again string
		files                   map[string][]byte
		most                    int // bytes asked for at again
	}{
		{"cifar10", "/cifar.tar.gz", "/cifar.tar.gz", "/cifar.tar.gz", map[string][]byte{"/cifar.tar.gz": archive}, len(archive)*3/2 + 1},
		{"iconic200", "/iconic200/", "/iconic200/150.jpg", "/iconic200/3.jpg", pictures, len(pictures["/iconic200/3.jpg"])},
	} {
		t.Run(c.set, func(t *testing.T) {
			server, address := startSlowServer(t, c.files, c.stuck)
			data := t.TempDir()
			args := []string{"datasets", "pull", c.set, "--from", address + c.from, "--data", data}
			killed := program(t, args...)
			if err := killed.Start(); err != nil {
				t.Fatal(err)
			}
			<-server.half
			time.Sleep(200 * time.Millisecond) // for what was sent to arrive
			if err := killed.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = killed.Wait() // it was killed
			if sets := mustJSON[[]playground.DatasetSummary](t, "datasets", "list", "--data", data); len(sets) != 1 {
				t.Errorf("after the kill there is %s", sets[1].Name)
			}
			server.setFree()
			must(t, args...)
			if sent := server.sent[c.again]; sent > c.most {
				t.Errorf("%d bytes were asked for, at most %d are needed", sent, c.most)
			}
			left, err := os.ReadDir(filepath.Join(data, "datasets"))
			if err != nil || len(left) != 1 || left[0].Name() != c.set {
				t.Errorf("there is %v, %v", left, err)
			}
			if left, err := os.ReadDir(filepath.Join(data, "downloads")); err != nil || len(left) > 0 {
				t.Errorf("the downloads stay: %v, %v", left, err)
			}
		})
	}
}
