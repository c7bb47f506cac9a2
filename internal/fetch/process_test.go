//go:build linux || darwin || freebsd

package fetch_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/convnetplayground/convnet/internal/fetch"
)

// The tests below need a second process: this binary, run again with one of
// these names in helperVariable and the JSON of a request as its argument.
const helperVariable = "FETCH_TEST_HELPER"

func TestMain(m *testing.M) {
	switch os.Getenv(helperVariable) {
	case "":
		goleak.VerifyTestMain(m)
	case "hit a full disk":
		signal.Ignore(syscall.SIGXFSZ)
		// The kernel enforces the limit where it would tell of a full disk.
		limit := syscall.Rlimit{Cur: 60_000, Max: 60_000}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			fmt.Println(err)
			return
		}
		getHere()
	case "get":
		getHere()
	}
}

// getHere prints whether the error is one of a full disk, and the error.
func getHere() {
	var r struct {
		Source, Dest string
		Private      bool
	}
	if err := json.Unmarshal([]byte(os.Args[1]), &r); err != nil {
		fmt.Println(err)
		return
	}
	_, err := fetch.Get(context.Background(), fetch.Request{
		Source: r.Source, Dest: r.Dest, Private: r.Private, Tries: 2, Pause: time.Millisecond,
	})
	fmt.Println(errors.Is(err, fetch.ErrDiskFull), err)
}

func helper(t *testing.T, name string, r fetch.Request, environment ...string) *exec.Cmd {
	t.Helper()
	r.Progress = nil
	request, err := json.Marshal(map[string]any{"Source": r.Source, "Dest": r.Dest, "Private": r.Private})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], string(request))
	cmd.Env = append(append(os.Environ(), helperVariable+"="+name), environment...)
	cmd.Stderr = os.Stderr
	return cmd
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestAKilledProgramGoesOnWhereItWas(t *testing.T) {
	content := random(1, 3_000_000)
	s := newSite(t, content, stillAfter(2_000_000))
	r := s.request(t)
	cmd := helper(t, "get", r)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	for range 1000 {
		info, err := os.Stat(r.Dest + ".partial")
		if err == nil && info.Size() == 2_000_000 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	err := fail(t, r, fetch.ErrBusy)
	if !strings.Contains(err.Error(), fmt.Sprint("process ", cmd.Process.Pid)) {
		t.Errorf("%v does not name process %d", err, cmd.Process.Pid)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	expectFiles(t, r.Dest, "weights.h5.lock", "weights.h5.partial", "weights.h5.partial.json")
	get(t, r, content)
	if asked := s.asked(); len(asked) != 2 || asked[1] != "bytes=2000000-" {
		t.Errorf("asked for %q, expected the last third", asked)
	}
}

func TestAFullDiskNamesTheFileAndTheWayOut(t *testing.T) {
	content := random(1, 100_000)
	s := newSite(t, content)
	r := s.request(t)
	out := output(t, helper(t, "hit a full disk", r))
	if !strings.HasPrefix(out, "true fetch "+r.Source+": no room left on the disk: write "+r.Dest+".partial: ") ||
		!strings.HasSuffix(out, "; free some space or choose another data directory") {
		t.Errorf("message is %q", out)
	}
	get(t, r, content)
	if asked := s.asked(); len(asked) != 2 || asked[1] != "bytes=60000-" {
		t.Errorf("asked for %q, expected to keep what had room", asked)
	}
}

// Behind a proxy it is the proxy that connects: names that it alone knows are
// its to judge, addresses that are private for all are not asked for.
func TestProxies(t *testing.T) {
	content := random(1, 1000)
	inner := newSite(t, content)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/file":
			w.Write(content)
		case "/inside":
			http.Redirect(w, r, inner.URL, http.StatusFound)
		case "/inside-proxied":
			http.Redirect(w, r, "http://10.1.2.3/file", http.StatusFound)
		}
	}))
	t.Cleanup(proxy.Close)
	for _, tt := range []struct {
		name, source string
		private      bool
		want         string
	}{
		{"a name outside", "http://files.invalid/file", false, "false <nil>"},
		{"a redirect to this machine", "http://files.invalid/inside", false, "the address is private"},
		{"a redirect to a private address", "http://files.invalid/inside-proxied", false, "10.1.2.3: the address is private"},
		{"a private address", "http://192.168.3.4/file", false, "192.168.3.4: the address is private"},
		{"a private address, allowed", "http://192.168.3.4/file", true, "false <nil>"},
		{"a redirect to this machine, allowed", "http://files.invalid/inside", true, "false <nil>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := fetch.Request{Source: tt.source, Dest: filepath.Join(t.TempDir(), "x"), Private: tt.private}
			out := output(t, helper(t, "get", r, "HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL, "NO_PROXY=", "no_proxy="))
			if !strings.HasSuffix(out, tt.want) {
				t.Errorf("it says %q, expected %q", out, tt.want)
			}
		})
	}
}

func TestSecureAddresses(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("the system keeps its certificates where a test cannot add one")
	}
	content := random(1, 1000)
	plain := newSite(t, content)
	mux := http.NewServeMux()
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) { w.Write(content) })
	mux.HandleFunc("/plain", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, plain.URL, http.StatusFound) })
	mux.HandleFunc("/again", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/file", http.StatusFound) })
	mux.Handle("/cut", newSite(t, content, cutAfter(400)))
	secure := httptest.NewUnstartedServer(mux)
	secure.EnableHTTP2 = true
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	entry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, secure.URL+"/plain", http.StatusFound)
	}))
	t.Cleanup(entry.Close)
	authority := filepath.Join(t.TempDir(), "authority.pem")
	write(t, authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}))
	for _, tt := range []struct{ name, source, authority, want string }{
		{"trusted", secure.URL + "/file", authority, "false <nil>"},
		{"cut on the way", secure.URL + "/cut", authority, "false <nil>"},
		{"redirected within", secure.URL + "/again", authority, "false <nil>"},
		{"redirected to a plain one", secure.URL + "/plain", authority, "redirect not followed: it leads from https to " + plain.URL},
		{"plain at first", entry.URL, authority, "false <nil>"},
		{"not trusted", secure.URL + "/file", os.DevNull, "certificate signed by unknown authority"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := fetch.Request{Source: tt.source, Dest: filepath.Join(t.TempDir(), "x"), Private: true}
			out := output(t, helper(t, "get", r, "SSL_CERT_FILE="+tt.authority, "SSL_CERT_DIR="+t.TempDir()))
			if !strings.HasSuffix(out, tt.want) {
				t.Errorf("it says %q, expected %q", out, tt.want)
			}
		})
	}
}
