package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/safetensors"
	"github.com/convnetplayground/convnet/zoo"
)

// mobilenet is a file with random weights of a MobileNet that knows three classes.
var mobilenet = sync.OnceValue(func() []byte { return mobilenetOf(3) })

func mobilenetOf(classes int) []byte {
	a, _ := zoo.Find("mobilenet")
	g, err := a.Build(zoo.Options{Top: true, Classes: classes})
	if err != nil {
		panic(err)
	}
	random := mathrand.New(mathrand.NewPCG(1, 2))
	var entries []safetensors.Entry
	for _, p := range g.Parameters() {
		w := tensor.New(p.Shape...)
		for i := range w.Data {
			w.Data[i] = 0.1 * random.Float32()
		}
		entries = append(entries, safetensors.Entry{Name: p.Name, DType: safetensors.F16, Tensor: w})
	}
	var file bytes.Buffer
	if err := safetensors.Write(&file, entries); err != nil {
		panic(err)
	}
	return file.Bytes()
}

func sha(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// shop serves one file. Its first answers break off after so many bytes.
type shop struct {
	*httptest.Server

	mu      sync.Mutex
	content []byte
	cuts    []int
	ranges  []string
}

func newShop(t *testing.T, content []byte, cuts ...int) *shop {
	s := &shop{content: content, cuts: cuts}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	content, cut := s.content, -1
	if len(s.cuts) > 0 {
		cut, s.cuts = s.cuts[0], s.cuts[1:]
	}
	s.mu.Unlock()
	if r.URL.Path == "/missing" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", `"1"`)
	if cut >= 0 {
		w = &cutter{w, cut}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// cutter breaks the connection when it has sent so many bytes.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b[:min(len(b), c.left)])
	if c.left -= n; n < len(b) {
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}

// state is what models list says of a model's weights.
func state(t *testing.T, data, name string) string {
	t.Helper()
	for _, m := range mustJSON[[]model.Info](t, "models", "list", "--data", data) {
		if m.Name == name {
			return m.Weights
		}
	}
	return "not listed"
}

func TestPullInstallsFromAnAddressThatBreaksOff(t *testing.T) {
	content := mobilenet()
	s := newShop(t, content, 1_000_000, 500_000)
	data := t.TempDir()
	pull := []string{"models", "pull", "mobilenet", "--from", s.URL + "/w?key=1", "--sha256", sha(content), "--data", data}
	want := playground.InstallReport{
		Model: "mobilenet", Architecture: "mobilenet", Classes: 3,
		Bytes: int64(len(content)), SHA256: sha(content), Source: s.URL + "/w?key=1", Installed: true,
	}
	if diff := cmp.Diff([]playground.InstallReport{want}, mustJSON[[]playground.InstallReport](t, pull...)); diff != "" {
		t.Errorf("report (-expected +printed):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"", "bytes=1000000-", "bytes=1500000-"}, s.ranges); diff != "" {
		t.Errorf("ranges (-expected +asked):\n%s", diff)
	}
	if got := state(t, data, "mobilenet"); got != model.Installed {
		t.Errorf("its weights are %s", got)
	}
	if left, err := os.ReadDir(filepath.Join(data, "downloads")); err != nil || len(left) > 0 {
		t.Errorf("the download left %v, %v", left, err)
	}
	const duck = "../../dataset/stamps/bird/duck.jpg"
	answers := mustJSON[[]playground.ImagePredictions](t, "predict", "--model", "mobilenet", "--data", data, duck)
	if len(answers) != 1 || len(answers[0].Predictions) != 3 {
		t.Errorf("predictions are %+v", answers)
	}

	if stdout := must(t, pull...); !strings.HasPrefix(stdout, "mobilenet is here already: 3 classes, ") || len(s.ranges) != 3 {
		t.Errorf("once more: %q, %d requests", stdout, len(s.ranges))
	}
	if stdout := must(t, "models", "remove", "mobilenet", "--data", data); stdout != "mobilenet removed\n" {
		t.Errorf("remove prints %q", stdout)
	}
	if got := state(t, data, "mobilenet"); got != model.Missing {
		t.Errorf("after its removal its weights are %s", got)
	}
}

func TestAnInterruptedPullGoesOn(t *testing.T) {
	content := mobilenet()
	data := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	var once sync.Once
	s := newShop(t, content)
	waiting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() {
			w.Header().Set("ETag", `"1"`)
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Write(content[:1_000_000])
			w.(http.Flusher).Flush()
			for range 1000 { // until it has arrived
				if info, err := os.Stat(filepath.Join(data, "downloads", "mobilenet-w.partial")); err == nil && info.Size() == 1_000_000 {
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
			cancel()
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		})
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(waiting.Close)
	pull := []string{"models", "pull", "mobilenet", "--from", waiting.URL + "/w", "--data", data}
	var stdout, stderr bytes.Buffer
	if code := Run(ctx, pull, &stdout, &stderr, testBuild); code != exitInterrupted || !strings.HasPrefix(stderr.String(), "convnet: interrupted: ") {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
	if got := state(t, data, "mobilenet"); got != model.Missing {
		t.Errorf("after half of them the weights are %s", got)
	}
	must(t, pull...)
	if diff := cmp.Diff([]string{"bytes=1000000-"}, s.ranges); diff != "" {
		t.Errorf("ranges (-expected +asked):\n%s", diff)
	}
}

func TestPullsThatFailSayWhy(t *testing.T) {
	content := mobilenet()
	s := newShop(t, content)
	page := newShop(t, []byte("<html>Please log in</html>"))
	file := filepath.Join(t.TempDir(), "mine.safetensors")
	write(t, file, string(content))
	nothing := sha(nil)
	data := t.TempDir()
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string // regular expression
	}{
		{"no model", nil, 2, `^name networks, or --all; see convnet models pull --help$`},
		{"a model and all", []string{"mobilenet", "--all"}, 2, `^name networks, or --all; see`},
		{"one hash for two", []string{"mobilenet", "resnet50", "--sha256", nothing}, 2, `^--from and --sha256 are for one network; see`},
		{"one address for two", []string{"mobilenet", "resnet50", "--from", "x"}, 2, `^--from and --sha256 are for one network; see`},
		{"unknown model", []string{"mobilnet"}, 1, `^model "mobilnet" is unknown; did you mean mobilenet`},
		{"another hash", []string{"mobilenet", "--from", s.URL, "--sha256", nothing}, 1, `^cannot pull mobilenet: fetch .*: wrong checksum: its SHA-256 is ` + sha(content) + `, expected ` + nothing + `; .+`},
		{"another hash of a file", []string{"mobilenet", "--from", file, "--sha256", nothing}, 1, `^cannot pull mobilenet: copy .*mine.safetensors: wrong checksum: .*` + nothing + `; .+`},
		{"no hash", []string{"mobilenet", "--from", s.URL, "--sha256", "abc"}, 1, `SHA-256 "abc": not 64 hexadecimal digits`},
		{"not there", []string{"mobilenet", "--from", s.URL + "/missing"}, 1, `^cannot pull mobilenet: fetch .*/missing: refused by the server: 404 Not Found; get the file by hand and give it with --from FILE$`},
		{"no such file", []string{"mobilenet", "--from", file + "x"}, 1, `^cannot pull mobilenet: copy .*mine.safetensorsx: no such file or directory; check the path$`},
		{"a folder", []string{"mobilenet", "--from", t.TempDir()}, 1, `^cannot pull mobilenet: copy .*: not a regular file`},
		{"another kind of address", []string{"mobilenet", "--from", "ftp://example.com/w"}, 1, `^cannot pull mobilenet: .*ftp://example.com/w`},
		{"a page", []string{"mobilenet", "--from", page.URL}, 1, `^cannot install mobilenet: .*; .+`},
		{"weights of another network", []string{"mobilenetv2", "--from", s.URL}, 1, `^cannot install mobilenetv2: .*`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := run(t, append([]string{"models", "pull", "--data", data}, tt.args...)...)
			line, ours := strings.CutPrefix(strings.TrimSuffix(stderr, "\n"), "convnet: ")
			if code != tt.code || !ours || stdout != "" || strings.Contains(line, "\n") || !regexp.MustCompile(tt.want).MatchString(line) {
				t.Errorf("exit code %d, stdout %q, stderr %q; expected %d, %s", code, stdout, stderr, tt.code, tt.want)
			}
			for _, name := range []string{"mobilenet", "mobilenetv2"} {
				if got := state(t, data, name); got != model.Missing {
					t.Errorf("the weights of %s are %s", name, got)
				}
			}
			if left, _ := os.ReadDir(filepath.Join(data, "downloads")); len(left) > 0 {
				t.Errorf("it left %v", left)
			}
		})
	}
}

func TestImportTakesWeightsOfOnesOwn(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	file, labels := filepath.Join(dir, "flowers.bin"), filepath.Join(dir, "labels.txt")
	write(t, file, string(mobilenet()))
	write(t, labels, "daisy\nrose\ntulip\n")
	report := mustJSON[playground.InstallReport](t, "models", "import", file, "--as", "mobilenet", "--name", "flowers", "--labels", labels, "--data", data)
	if report.Model != "flowers" || report.Architecture != "mobilenet" || report.Classes != 3 || !report.Installed || report.SHA256 != sha(mobilenet()) {
		t.Errorf("report %+v", report)
	}
	if got := state(t, data, "flowers"); got != model.Installed {
		t.Errorf("its weights are %s", got)
	}
	answers := mustJSON[[]playground.ImagePredictions](t, "predict", "--model", "flowers", "--data", data, "../../dataset/stamps/bird/duck.jpg")
	var said []string
	for _, p := range answers[0].Predictions {
		said = append(said, p.Label)
	}
	for _, label := range []string{"daisy", "rose", "tulip"} {
		if !strings.Contains(strings.Join(said, " "), label) {
			t.Errorf("labels are %v, without %s", said, label)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the file itself: %v", err)
	}

	write(t, labels, "daisy\nrose\n")
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"a name that is taken", []string{file, "--as", "mobilenet", "--name", "flowers"}, "installed already"},
		{"labels that do not fit", []string{file, "--as", "mobilenet", "--name", "f2", "--labels", labels}, "2 labels for 3 classes"},
		{"another network", []string{file, "--as", "mobilenetv2"}, "cannot import " + file},
		{"an unknown network", []string{file, "--as", "mobilnet"}, `architecture "mobilnet" is unknown; did you mean mobilenet`},
		{"a name that is no name", []string{file, "--as", "mobilenet", "--name", "../x"}, "not usable as a name"},
		{"nothing there", []string{file + "x", "--as", "mobilenet"}, "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, _, stderr := run(t, append([]string{"models", "import", "--data", data}, tt.args...)...)
			if code != exitFailed || !strings.Contains(stderr, tt.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit code %d, stderr %q; expected %q", code, stderr, tt.want)
			}
		})
	}
}

func TestAModelThatCannotBeOpenedSaysWhatToDo(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	file, labels := filepath.Join(dir, "flowers"), filepath.Join(dir, "labels.txt")
	write(t, file, string(mobilenet()))
	write(t, labels, "\uFEFFdaisy\r\n<b>\"rose\"</b>\r\n🌷\r\n")
	must(t, "models", "import", file, "--as", "mobilenet", "--labels", labels, "--data", data)
	const duck = "../../dataset/stamps/bird/duck.jpg"
	answers := mustJSON[[]playground.ImagePredictions](t, "predict", "--model", "mobilenet", "--data", data, duck)
	said := map[int]string{}
	for _, p := range answers[0].Predictions {
		said[p.Index] = p.Label
	}
	if diff := cmp.Diff(map[int]string{0: "daisy", 1: `<b>"rose"</b>`, 2: "🌷"}, said); diff != "" {
		t.Errorf("labels (-expected +printed):\n%s", diff)
	}

	refuses := func(want string, args ...string) {
		t.Helper()
		code, _, stderr := run(t, append(args, "--data", data)...)
		if code != exitFailed || !regexp.MustCompile("^convnet: "+want+"\n$").MatchString(stderr) {
			t.Errorf("%v: exit code %d, stderr %q; expected %s", args, code, stderr, want)
		}
	}
	refuses("cannot open model vgg16: its weights are not installed; install them with: convnet models pull vgg16",
		"predict", "--model", "vgg16", duck)
	refuses("cannot open model efficientnet-lite1: its weights are not installed; get them from https://.*, then: convnet models import FILE --as efficientnet-lite1",
		"predict", "--model", "efficientnet-lite1", duck)
	refuses(`model "flowers" is unknown; list them with: convnet models list`,
		"predict", "--model", "flowers", "--weights", file, duck)

	const remove = "remove it with: convnet models remove mobilenet, then install it again"
	write(t, filepath.Join(data, "models", "mobilenet", "weights"), "x")
	refuses("cannot open model mobilenet: .*its files are damaged: .*; "+remove, "predict", "--model", "mobilenet", duck)
	write(t, filepath.Join(data, "models", "mobilenet", "model.json"), "{")
	if got := state(t, data, "mobilenet"); got != model.Damaged {
		t.Errorf("its weights are %s", got)
	}
	refuses("cannot open model mobilenet: .*its files are damaged: .*; "+remove, "predict", "--model", "mobilenet", duck)
	refuses("cannot install model mobilenet: .*its files are damaged: .*; "+remove, "models", "pull", "mobilenet")
	must(t, "models", "remove", "mobilenet", "--data", data)
	refuses("cannot remove mobilenet: .*its weights are not installed", "models", "remove", "mobilenet")
}

// internet is a proxy that stands for all secure servers: it answers in their
// names, with a certificate of its own.
type internet struct {
	*httptest.Server
	certificate tls.Certificate
	answer      http.HandlerFunc
}

func newInternet(t *testing.T, answer http.HandlerFunc, hosts ...string) *internet {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: hosts,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	n := &internet{certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, answer: answer}
	n.Server = httptest.NewServer(n)
	t.Cleanup(n.Close)
	return n
}

// ServeHTTP answers the first request in a tunnel.
func (n *internet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "not a secure address", http.StatusBadGateway)
		return
	}
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
	secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{n.certificate}})
	request, err := http.ReadRequest(bufio.NewReader(secure))
	if err != nil {
		return
	}
	recorder := httptest.NewRecorder()
	n.answer(recorder, request)
	response := recorder.Result()
	response.ContentLength, response.Close = int64(recorder.Body.Len()), true
	_ = errors.Join(response.Write(secure), secure.Close())
}

// The official addresses are asked for, and what comes from them must have the
// hash that Keras pins. Where it pins none, it must at least know the classes
// that the official weights know.
func TestPullAsksTheOfficialAddress(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a system that takes its certificates from SSL_CERT_FILE")
	}
	var mu sync.Mutex
	var asked []string
	answer := mobilenet()
	n := newInternet(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.UserAgent()+" https://"+r.Host+r.URL.Path)
		w.Write(answer)
	}, "storage.googleapis.com")
	authority := filepath.Join(t.TempDir(), "authority.pem")
	write(t, authority, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: n.certificate.Certificate[0]})))
	densenet, _ := zoo.Find("densenet121")
	unpinned, _ := zoo.Find("mobilenet")
	wrong := func(f zoo.File) string {
		return "^convnet: cannot pull densenet121: fetch " + regexp.QuoteMeta(f.URL) + ": wrong checksum: its MD5 is [0-9a-f]{32}, expected " + f.MD5 + "; .+\n$"
	}
	for _, tt := range []struct {
		args  []string
		from  zoo.File
		file  []byte
		says  string // regular expression
		state string
	}{
		{[]string{"densenet121"}, densenet.Weights.Top, mobilenet(), wrong(densenet.Weights.Top), model.Missing},
		{[]string{"densenet121", "--notop"}, densenet.Weights.NoTop, mobilenet(), wrong(densenet.Weights.NoTop), model.Missing},
		{[]string{"mobilenet"}, unpinned.Weights.Top, mobilenet(), "weights for 3 classes, not 1000", model.Missing},
		{[]string{"mobilenet"}, unpinned.Weights.Top, mobilenetOf(zoo.ImageNetClasses), "^$", model.Installed},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			mu.Lock()
			asked, answer = nil, tt.file
			mu.Unlock()
			data := t.TempDir()
			c := program(t, append([]string{"models", "pull", "--data", data}, tt.args...)...)
			c.Env = append(c.Env, "HTTPS_PROXY="+n.URL, "https_proxy="+n.URL, "NO_PROXY=", "no_proxy=", "SSL_CERT_FILE="+authority, "SSL_CERT_DIR="+t.TempDir())
			var stderr bytes.Buffer
			c.Stderr = &stderr
			if err := c.Run(); (err == nil) != (tt.state == model.Installed) || !regexp.MustCompile(tt.says).MatchString(stderr.String()) {
				t.Errorf("%v, stderr %q; expected %q", err, stderr.String(), tt.says)
			}
			mu.Lock()
			defer mu.Unlock()
			if diff := cmp.Diff([]string{"convnet/1.2.3 " + tt.from.URL}, asked); diff != "" {
				t.Errorf("addresses (-expected +asked):\n%s", diff)
			}
			if got := state(t, data, tt.args[0]); got != tt.state {
				t.Errorf("its weights are %s, expected %s", got, tt.state)
			}
		})
	}
}
