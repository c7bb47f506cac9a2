package fetch_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/internal/fetch"
)

// site is a server with one file. The first requests meet a fault each, in
// turn; those after them are answered as they should be.
type site struct {
	*httptest.Server

	mu       sync.Mutex
	content  []byte
	tag      string
	modified time.Time
	faults   []fault
	ranges   []string // of the requests so far
	headers  []http.Header
}

// fault stands between a request and its proper answer.
type fault func(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc)

func newSite(t testing.TB, content []byte, faults ...fault) *site {
	s := newOwnSite(content, faults...)
	t.Cleanup(s.Close)
	return s
}

// newOwnSite returns a site that the caller closes.
func newOwnSite(content []byte, faults ...fault) *site {
	s := &site{content: content, tag: `"v1"`, faults: faults}
	s.Server = httptest.NewServer(s)
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	s.headers = append(s.headers, r.Header.Clone())
	f := fault(honest)
	if len(s.faults) > 0 {
		f, s.faults = s.faults[0], s.faults[1:]
	}
	s.mu.Unlock()
	f(w, r, s.answer)
}

func (s *site) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	content, tag, modified := s.content, s.tag, s.modified
	s.mu.Unlock()
	if tag != "" {
		w.Header().Set("ETag", tag)
	}
	http.ServeContent(w, r, "", modified, bytes.NewReader(content))
}

// become changes the file and what is told of it.
func (s *site) become(content []byte, tag string, modified time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content, s.tag, s.modified = content, tag, modified
}

// meet sets the faults of the next requests.
func (s *site) meet(faults ...fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = faults
}

func (s *site) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ranges
}

func (s *site) request(t testing.TB) fetch.Request {
	return fetch.Request{
		Source: s.URL + "/weights.h5", Dest: filepath.Join(t.TempDir(), "weights.h5"),
		Private: true, Pause: time.Microsecond,
	}
}

func honest(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) { answer(w, r) }

// cutAfter breaks the connection behind n bytes of the body.
func cutAfter(n int) fault {
	return func(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
		answer(&cutter{ResponseWriter: w, left: n, end: abort}, r)
	}
}

// stillAfter sends nothing more behind n bytes of the body, until the client leaves.
func stillAfter(n int) fault {
	return func(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
		answer(&cutter{ResponseWriter: w, left: n, end: func() { <-r.Context().Done(); abort() }}, r)
	}
}

func abort() { panic(http.ErrAbortHandler) }

type cutter struct {
	http.ResponseWriter
	left int
	end  func()
}

func (c *cutter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b[:min(len(b), c.left)])
	c.left -= n
	if n < len(b) {
		c.ResponseWriter.(http.Flusher).Flush()
		c.end()
	}
	return n, err
}

func answering(status int, headers ...string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, "not the file")
	}
}

// rangeless is a server that knows no ranges.
func rangeless(next fault) fault {
	return func(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
		r.Header.Del("Range")
		next(w, r, answer)
	}
}

// careless sends the range that is asked for whatever If-Range says.
func careless(next fault) fault {
	return func(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
		r.Header.Del("If-Range")
		next(w, r, answer)
	}
}

func random(seed uint64, n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	r.Read(b)
	return b
}

func sha(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func md(content []byte) string {
	sum := md5.Sum(content)
	return hex.EncodeToString(sum[:])
}

// get fetches what has to arrive whole.
func get(t testing.TB, r fetch.Request, want []byte) {
	t.Helper()
	result, err := fetch.Get(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if result.SHA256 != sha(want) || result.Size != int64(len(want)) {
		t.Errorf("result is %+v, expected %s of %d bytes", result, sha(want), len(want))
	}
	if got, err := os.ReadFile(r.Dest); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the file differs, %v", err)
	}
	expectFiles(t, r.Dest, filepath.Base(r.Dest))
}

// fail fetches what must not arrive.
func fail(t testing.TB, r fetch.Request, want error) error {
	t.Helper()
	_, err := fetch.Get(t.Context(), r)
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, expected %v", err, want)
	}
	if _, err := os.Stat(r.Dest); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is at the destination: %v", err)
	}
	return err
}

// expectFiles checks what lies in the folder of dest.
func expectFiles(t testing.TB, dest string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(dest))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files (-expected +there):\n%s", diff)
	}
}

func TestAFileArrives(t *testing.T) {
	for _, size := range []int{0, 1, 1000, 3_000_000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			content := random(1, size)
			s := newSite(t, content)
			r := s.request(t)
			r.SHA256, r.MD5 = sha(content), strings.ToUpper(md(content))
			var done, total int64
			r.Progress = func(d, all int64) {
				if d < done {
					t.Errorf("progress goes back from %d to %d", done, d)
				}
				done, total = d, all
			}
			r.Version = "1.2.3"
			get(t, r, content)
			if done != int64(size) || total != int64(size) {
				t.Errorf("progress ends at %d of %d, expected %d", done, total, size)
			}
			want := http.Header{"User-Agent": {"convnet/1.2.3"}, "Accept-Encoding": {"identity"}}
			if diff := cmp.Diff([]http.Header{want}, s.headers); diff != "" {
				t.Errorf("headers (-expected +sent):\n%s", diff)
			}
		})
	}
}

func TestAFileThatIsThereIsReplacedWhenTheNewOneIsWhole(t *testing.T) {
	content := random(1, 1000)
	s := newSite(t, content, answering(404))
	r := s.request(t)
	if err := os.WriteFile(r.Dest, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fetch.Get(t.Context(), r); !errors.Is(err, fetch.ErrRefused) {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(r.Dest); string(got) != "old" {
		t.Errorf("after a failure it holds %q, %v", got, err)
	}
	get(t, r, content)
}

func TestCutConnectionsGoOnWhereTheyEnded(t *testing.T) {
	content := random(1, 100_000)
	s := newSite(t, content, cutAfter(30_000), cutAfter(0), cutAfter(20_000), answering(503))
	get(t, s.request(t), content)
	if diff := cmp.Diff([]string{"", "bytes=30000-", "bytes=30000-", "bytes=50000-", "bytes=50000-"}, s.asked()); diff != "" {
		t.Errorf("ranges (-expected +asked):\n%s", diff)
	}
}

func TestHeadwayBringsNewPatience(t *testing.T) {
	content := random(1, 12<<20)
	var faults []fault
	for range 9 {
		faults = append(faults, cutAfter(5<<18), answering(503))
	}
	s := newSite(t, content, faults...)
	r := s.request(t)
	r.Tries = 3
	get(t, r, content)
}

func TestWithoutHeadwayItGivesUp(t *testing.T) {
	content := random(1, 100_000)
	faults := []fault{cutAfter(30_000)}
	for range 10 {
		faults = append(faults, cutAfter(1))
	}
	s := newSite(t, content, faults...)
	r := s.request(t)
	err := fail(t, r, fetch.ErrUnavailable)
	if n := len(s.asked()); n != fetch.DefaultTries {
		t.Errorf("%d tries, expected %d", n, fetch.DefaultTries)
	}
	want := "fetch " + r.Source + ": not available: unexpected EOF; start again later, it goes on from byte 30004"
	if err.Error() != want {
		t.Errorf("error is %q, expected %q", err, want)
	}
	expectFiles(t, r.Dest, "weights.h5.partial", "weights.h5.partial.json")
	s.meet()
	get(t, r, content)
	if ranges := s.asked(); ranges[len(ranges)-1] != "bytes=30004-" {
		t.Errorf("the next call asked for %q", ranges[len(ranges)-1])
	}
}

// A server that always breaks off at the same place without knowing ranges must
// not be asked for ever, however far that place is.
func TestTheSameBytesAgainAreNoHeadway(t *testing.T) {
	content := random(1, 4<<20)
	var faults []fault
	for range 40 {
		faults = append(faults, rangeless(cutAfter(2<<20)))
	}
	s := newSite(t, content, faults...)
	fail(t, s.request(t), fetch.ErrUnavailable)
	if n := len(s.asked()); n > 2*fetch.DefaultTries {
		t.Errorf("%d tries", n)
	}
}

func TestServersWithoutRangesAreAskedForTheWhole(t *testing.T) {
	content := random(1, 100_000)
	s := newSite(t, content, rangeless(cutAfter(30_000)), rangeless(cutAfter(60_000)), rangeless(honest))
	get(t, s.request(t), content)
}

func TestRangesThatDoNotFitAreNotTaken(t *testing.T) {
	content := random(1, 1000)
	lying := func(headers ...string) fault {
		return answering(http.StatusPartialContent, headers...)
	}
	for _, tt := range []struct {
		name string
		lie  fault
	}{
		{"none", lying("ETag", `"v1"`)},
		{"from elsewhere", lying("ETag", `"v1"`, "Content-Range", "bytes 399-999/1000")},
		{"of another size", lying("ETag", `"v1"`, "Content-Range", "bytes 400-1000/1001")},
		{"of unknown size", lying("ETag", `"v1"`, "Content-Range", "bytes 400-999/*")},
		{"of another file", lying("ETag", `"v2"`, "Content-Range", "bytes 400-999/1000")},
		{"of a file without a tag", lying("Content-Range", "bytes 400-999/1000")},
		{"several", lying("ETag", `"v1"`, "Content-Type", "multipart/byteranges; boundary=x")},
		{"not there", answering(http.StatusRequestedRangeNotSatisfiable, "Content-Range", "bytes */400")},
		{"not there at all", answering(http.StatusRequestedRangeNotSatisfiable)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, content, cutAfter(400), tt.lie)
			get(t, s.request(t), content)
			if diff := cmp.Diff([]string{"", "bytes=400-", ""}, s.asked()); diff != "" {
				t.Errorf("ranges (-expected +asked):\n%s", diff)
			}
		})
	}
	t.Run("nor asked for again", func(t *testing.T) {
		s := newSite(t, content, cutAfter(400), lying(), cutAfter(600))
		get(t, s.request(t), content)
		if diff := cmp.Diff([]string{"", "bytes=400-", "", ""}, s.asked()); diff != "" {
			t.Errorf("ranges (-expected +asked):\n%s", diff)
		}
	})
}

func TestRangesMayBeShorterOrLongerThanTold(t *testing.T) {
	content := random(1, 1000)
	piece := func(begin, end int) fault {
		return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/1000", begin, end-1))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(content[begin:end])
			w.(http.Flusher).Flush()
			if end == 1000 {
				io.WriteString(w, "and more")
			}
		}
	}
	s := newSite(t, content, cutAfter(400), piece(400, 500), piece(500, 700), piece(700, 1000))
	get(t, s.request(t), content)
	if diff := cmp.Diff([]string{"", "bytes=400-", "bytes=500-", "bytes=700-"}, s.asked()); diff != "" {
		t.Errorf("ranges (-expected +asked):\n%s", diff)
	}
}

func TestAFileThatChangedStartsAnew(t *testing.T) {
	before, after := random(1, 100_000), random(2, 100_000)
	date := time.Unix(1e9, 0).UTC().Format(http.TimeFormat)
	for _, tt := range []struct {
		name          string
		tag           string
		modified      time.Time
		tagAfter      string
		modifiedAfter time.Time
		second        fault
		ifRange       string
		requests      int
	}{
		{"by its tag", `"v1"`, time.Time{}, `"v2"`, time.Time{}, honest, `"v1"`, 2},
		{"by its date", "", time.Unix(1e9, 0), "", time.Unix(1.1e9, 0), honest, date, 2},
		{"with a weak tag and a date", `W/"v1"`, time.Unix(1e9, 0), `W/"v2"`, time.Unix(1.1e9, 0), honest, date, 2},
		{"with a weak tag only", `W/"v1"`, time.Time{}, `W/"v1"`, time.Time{}, honest, "", 2},
		{"with a date that is too new", "", time.Now().Add(time.Hour), "", time.Now().Add(time.Hour), honest, "", 2},
		{"with nothing to see it by", "", time.Time{}, "", time.Time{}, honest, "", 2},
		{"by its tag, the server does not care", `"v1"`, time.Time{}, `"v2"`, time.Time{}, careless(honest), `"v1"`, 3},
		{"by its date, the server does not care", "", time.Unix(1e9, 0), "", time.Unix(1.1e9, 0), careless(honest), date, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, before, cutAfter(60_000), tt.second)
			s.become(before, tt.tag, tt.modified)
			r := s.request(t)
			r.Tries = 1
			fail(t, r, fetch.ErrUnavailable)
			s.become(after, tt.tagAfter, tt.modifiedAfter)
			r.Tries = 3
			get(t, r, after)
			if n := len(s.headers); n != tt.requests || s.headers[1].Get("If-Range") != tt.ifRange {
				t.Errorf("%d requests, the second if %q; expected %d, %q", n, s.headers[1].Get("If-Range"), tt.requests, tt.ifRange)
			}
		})
	}
}

func TestAHashIsEnoughToGoOn(t *testing.T) {
	content := random(1, 100_000)
	s := newSite(t, content, cutAfter(60_000))
	s.become(content, "", time.Time{})
	r := s.request(t)
	r.MD5 = md(content)
	get(t, r, content)
	if diff := cmp.Diff([]string{"", "bytes=60000-"}, s.asked()); diff != "" {
		t.Errorf("ranges (-expected +asked):\n%s", diff)
	}
}

func TestAnotherAddressStartsAnew(t *testing.T) {
	content, other := random(1, 1000), random(2, 1000)
	s := newSite(t, content, cutAfter(400))
	r := s.request(t)
	r.Tries = 1
	fail(t, r, fetch.ErrUnavailable)
	s2 := newSite(t, other)
	r.Source = s2.URL
	get(t, r, other)
	if diff := cmp.Diff([]string{""}, s2.asked()); diff != "" {
		t.Errorf("ranges (-expected +asked):\n%s", diff)
	}
}

func TestAPartialFileWithoutAUsableStateStartsAnew(t *testing.T) {
	content := random(1, 1000)
	for name, state := range map[string]string{
		"none":            "",
		"not JSON":        "{",
		"another format":  `{"format":"x","version":1,"url":"URL","etag":"\"v1\"","size":1000}`,
		"another version": `{"format":"convnet-download","version":2,"url":"URL","etag":"\"v1\"","size":1000}`,
		"too small":       `{"format":"convnet-download","version":1,"url":"URL","etag":"\"v1\"","size":100}`,
		"a size below 0":  `{"format":"convnet-download","version":1,"url":"URL","etag":"\"v1\"","size":-2}`,
		"too large":       `{"format":"convnet-download","version":1,"url":"URL","etag":"\"v1\"","size":9000000000000}`,
		"a weak tag":      `{"format":"convnet-download","version":1,"url":"URL","etag":"W/\"v1\"","size":1000}`,
		"a hostile tag":   `{"format":"convnet-download","version":1,"url":"URL","etag":"\"v1\r\nX: y\"","size":1000}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, content)
			r := s.request(t)
			write(t, r.Dest+".partial", random(3, 400))
			if state != "" {
				write(t, r.Dest+".partial.json", []byte(strings.ReplaceAll(state, "URL", r.Source)))
			}
			get(t, r, content)
			if diff := cmp.Diff([]string{""}, s.asked()); diff != "" {
				t.Errorf("ranges (-expected +asked):\n%s", diff)
			}
		})
	}
}

// A program may be killed after the last byte and before the file has its name.
func TestAWholePartialFileIsNotAskedForAgain(t *testing.T) {
	content := random(1, 1000)
	for _, tt := range []struct {
		name  string
		size  int
		asked []string
	}{
		{"size known", 1000, nil},
		{"size not known", -1, []string{"bytes=1000-"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, content)
			r := s.request(t)
			write(t, r.Dest+".partial", content)
			write(t, r.Dest+".partial.json", fmt.Appendf(nil,
				`{"format":"convnet-download","version":1,"url":%q,"etag":"\"v1\"","size":%d}`, r.Source, tt.size))
			get(t, r, content)
			if diff := cmp.Diff(tt.asked, s.asked()); diff != "" {
				t.Errorf("ranges (-expected +asked):\n%s", diff)
			}
		})
	}
}

func TestAWrongHashKeepsNothingAndNamesBoth(t *testing.T) {
	content := random(1, 1000)
	other := random(2, 1000)
	for _, tt := range []struct {
		name, sha, md5 string
		says           []string
	}{
		{"SHA-256", sha(other), "", []string{"SHA-256", sha(content), sha(other)}},
		{"MD5", "", md(other), []string{"MD5", md(content), md(other)}},
		{"MD5 beside a right SHA-256", sha(content), md(other), []string{"MD5", md(content), md(other)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, content, cutAfter(400))
			r := s.request(t)
			r.SHA256, r.MD5 = tt.sha, tt.md5
			err := fail(t, r, fetch.ErrChecksum)
			for _, want := range tt.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not name %s", err, want)
				}
			}
			expectFiles(t, r.Dest)
		})
	}
}

func TestHashesThatAreNoneAreTold(t *testing.T) {
	s := newSite(t, nil)
	for _, r := range []fetch.Request{{SHA256: "abc"}, {SHA256: md(nil)}, {MD5: sha(nil)}, {MD5: strings.Repeat("g", 32)}} {
		r.Source, r.Dest, r.Private = s.URL, filepath.Join(t.TempDir(), "x"), true
		if _, err := fetch.Get(t.Context(), r); err == nil || !strings.Contains(err.Error(), "hexadecimal digits") {
			t.Errorf("%q %q: %v", r.SHA256, r.MD5, err)
		}
	}
	if n := len(s.asked()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestStatuses(t *testing.T) {
	content := random(1, 1000)
	for _, tt := range []struct {
		status int
		tries  int
		want   error
		says   string
	}{
		{400, 1, fetch.ErrRefused, "refused by the server: 400 Bad Request"},
		{401, 1, fetch.ErrRefused, "401 Unauthorized"},
		{403, 1, fetch.ErrRefused, "403 Forbidden"},
		{404, 1, fetch.ErrRefused, "404 Not Found"},
		{410, 1, fetch.ErrRefused, "410 Gone"},
		{204, 1, fetch.ErrRefused, "204 No Content"},
		{206, 1, fetch.ErrRefused, "206 Partial Content"},
		{304, 1, fetch.ErrRefused, "304 Not Modified"},
		{416, 1, fetch.ErrRefused, "416"},
		{799, 3, fetch.ErrUnavailable, "799"},
		{408, 3, fetch.ErrUnavailable, "the server answers 408 Request Timeout; start again later"},
		{429, 3, fetch.ErrUnavailable, "429 Too Many Requests"},
		{500, 3, fetch.ErrUnavailable, "500 Internal Server Error"},
		{503, 3, fetch.ErrUnavailable, "503 Service Unavailable"},
	} {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			f := answering(tt.status)
			s := newSite(t, content, f, f, f, f)
			r := s.request(t)
			r.Tries = 3
			err := fail(t, r, tt.want)
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%q does not say %q", err, tt.says)
			}
			if n := len(s.asked()); n != tt.tries {
				t.Errorf("%d tries, expected %d", n, tt.tries)
			}
			expectFiles(t, r.Dest)
		})
	}
}

func TestServersAreGivenTheTimeTheyAskFor(t *testing.T) {
	content := random(1, 1000)
	for name, after := range map[string]func() string{
		"seconds": func() string { return "1" },
		"date":    func() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, content, func(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
				answering(429, "Retry-After", after())(w, r, answer)
			})
			start := time.Now()
			get(t, s.request(t), content)
			if waited := time.Since(start); waited < 900*time.Millisecond {
				t.Errorf("came again after %v", waited)
			}
		})
	}
	t.Run("too long", func(t *testing.T) {
		s := newSite(t, content, answering(503, "Retry-After", "3600"))
		err := fail(t, s.request(t), fetch.ErrUnavailable)
		if !strings.Contains(err.Error(), "503 Service Unavailable and asks to wait 1h0m0s") {
			t.Error(err)
		}
	})
}

func TestAServerThatIsNotThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	r := fetch.Request{Source: "http://" + listener.Addr().String(), Dest: filepath.Join(t.TempDir(), "x"), Private: true, Pause: time.Microsecond}
	err = fail(t, r, fetch.ErrUnavailable)
	if !strings.Contains(err.Error(), "connection refused") {
		t.Error(err)
	}
	expectFiles(t, r.Dest)
}

func TestSlowDripsArrive(t *testing.T) {
	content := random(1, 30)
	s := newSite(t, content, func(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
		answer(&dripper{w, 50 * time.Millisecond}, r)
	})
	r := s.request(t)
	r.Stall = time.Second // the whole takes longer
	get(t, r, content)
	if diff := cmp.Diff([]string{""}, s.asked()); diff != "" {
		t.Errorf("ranges (-expected +asked):\n%s", diff)
	}
}

// dripper sends a byte at a time.
type dripper struct {
	http.ResponseWriter
	pause time.Duration
}

func (d *dripper) Write(b []byte) (int, error) {
	for i := range b {
		time.Sleep(d.pause)
		if _, err := d.ResponseWriter.Write(b[i : i+1]); err != nil {
			return i, err
		}
		d.ResponseWriter.(http.Flusher).Flush()
	}
	return len(b), nil
}

func TestConnectionsThatStandStillAreTriedAgain(t *testing.T) {
	content := random(1, 1000)
	silent := func(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) { <-r.Context().Done() }
	s := newSite(t, content, silent, stillAfter(400), silent)
	r := s.request(t)
	r.Stall = 100 * time.Millisecond
	get(t, r, content)
	if diff := cmp.Diff([]string{"", "", "bytes=400-", "bytes=400-"}, s.asked()); diff != "" {
		t.Errorf("ranges (-expected +asked):\n%s", diff)
	}

	s = newSite(t, content, silent, silent)
	r = s.request(t)
	r.Stall, r.Tries = 100*time.Millisecond, 2
	if err := fail(t, r, fetch.ErrUnavailable); !strings.Contains(err.Error(), "no data for 100ms") {
		t.Error(err)
	}
}

func TestContextsEndADownload(t *testing.T) {
	content := random(1, 1000)
	for _, tt := range []struct {
		name  string
		fault fault
		pause time.Duration
	}{
		{"before an answer", func(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) { <-r.Context().Done() }, time.Microsecond},
		{"within the body", stillAfter(400), time.Microsecond},
		{"between two tries", answering(503), time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			s := newSite(t, content, func(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
				time.AfterFunc(50*time.Millisecond, cancel)
				tt.fault(w, r, answer)
			})
			r := s.request(t)
			r.Pause = tt.pause
			start := time.Now()
			_, err := fetch.Get(ctx, r)
			if !errors.Is(err, context.Canceled) || errors.Is(err, fetch.ErrUnavailable) {
				t.Errorf("error is %v", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			get(t, r, content)
		})
	}
}

func TestSizesAreCapped(t *testing.T) {
	content := random(1, 100_000)
	chunked := func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		for i := 0; i < len(content); i += 1000 {
			w.Write(content[i : i+1000])
			w.(http.Flusher).Flush()
		}
	}
	for _, tt := range []struct {
		name  string
		fault fault
		taken int64 // bytes
	}{
		{"told before", honest, 0},
		{"seen on the way", chunked, 99_999},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, content, tt.fault, tt.fault)
			r := s.request(t)
			r.MaxSize = 99_999
			r.Progress = func(done, _ int64) {
				if done > tt.taken {
					t.Errorf("%d bytes were taken", done)
				}
			}
			fail(t, r, fetch.ErrTooLarge)
			r.Progress = nil
			expectFiles(t, r.Dest)
			r.MaxSize = 100_000
			get(t, r, content)
		})
	}
	t.Run("of the rest", func(t *testing.T) {
		s := newSite(t, content, func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			w.Header().Set("ETag", `"v1"`)
			w.Write(content[:1000])
			w.(http.Flusher).Flush() // no size is told
			abort()
		})
		r := s.request(t)
		r.MaxSize = 99_999
		r.Progress = func(done, _ int64) {
			if done > 1000 {
				t.Errorf("%d bytes were taken", done)
			}
		}
		fail(t, r, fetch.ErrTooLarge)
	})
}

// raw is a server that sends the same bytes to everybody who connects and asks.
func raw(t testing.TB, answer []byte) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 4096))
			c.Write(answer)
			c.Close()
		}
	})
	t.Cleanup(func() { listener.Close(); group.Wait() })
	return "http://" + listener.Addr().String()
}

func TestAnEndThatCouldBeACutNeedsAHash(t *testing.T) {
	r := fetch.Request{Source: raw(t, []byte("HTTP/1.0 200 OK\r\n\r\nhello")), Dest: filepath.Join(t.TempDir(), "x"), Private: true}
	fail(t, r, fetch.ErrUnavailable)
	expectFiles(t, r.Dest)
	r.SHA256 = sha([]byte("hello"))
	get(t, r, []byte("hello"))
}

func TestWrongSizesOnTheWire(t *testing.T) {
	r := fetch.Request{Dest: filepath.Join(t.TempDir(), "x"), Private: true, Pause: time.Microsecond}
	r.Source = raw(t, []byte("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"))
	fail(t, r, fetch.ErrUnavailable)
	r.Source = raw(t, []byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more"))
	get(t, r, []byte("hello"))
}

func TestRedirects(t *testing.T) {
	content := random(1, 1000)
	target := newSite(t, content, cutAfter(400))
	steps := func(n int, end string) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			left := n
			fmt.Sscanf(r.URL.Path, "/%d", &left)
			if left == 1 {
				http.Redirect(w, r, end, http.StatusFound)
				return
			}
			http.Redirect(w, r, fmt.Sprintf("/%d", left-1), http.StatusFound)
		}))
		t.Cleanup(s.Close)
		return s
	}
	for _, tt := range []struct {
		name, source string
		want         error
		says         string
	}{
		{"a few", steps(10, target.URL).URL, nil, ""},
		{"too many", steps(11, target.URL).URL, fetch.ErrRedirect, "redirect not followed: there are more than 10"},
		{"in a circle", steps(1, "/1").URL, fetch.ErrRedirect, "there are more than 10"},
		{"to a file of this machine", steps(1, "file:///etc/passwd").URL, fetch.ErrRedirect, "it leads from http to file:///etc/passwd"},
		{"to nowhere", steps(1, target.URL+"/%zz").URL, fetch.ErrUnavailable, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := target.request(t)
			r.Source = tt.source
			if tt.want == nil {
				get(t, r, content)
				return
			}
			if err := fail(t, r, tt.want); !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%q does not say %q", err, tt.says)
			}
		})
	}
	t.Run("to a refusal", func(t *testing.T) {
		gone := newSite(t, nil, answering(404))
		r := target.request(t)
		r.Source = steps(1, gone.URL).URL
		err := fail(t, r, fetch.ErrRefused)
		if want := "404 Not Found from " + strings.TrimPrefix(gone.URL, "http://"); !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	})
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	s := newSite(t, random(1, 10))
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::]", "10.0.0.1", "169.254.169.254", "[64:ff9b::7f00:1]"} {
		t.Run(host, func(t *testing.T) {
			r := s.request(t)
			r.Source, r.Private = "http://"+net.JoinHostPort(strings.Trim(host, "[]"), port), false
			if err := fail(t, r, fetch.ErrPrivate); !strings.HasSuffix(err.Error(), "the address is private") {
				t.Error(err)
			}
			expectFiles(t, r.Dest)
		})
	}
	if n := len(s.asked()); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestOtherAddressesAreNone(t *testing.T) {
	for _, source := range []string{"", "weights.h5", "/etc/passwd", "file:///etc/passwd", "ftp://example.com/x", "http://", "http:///x", "https://:443/x", "http://a b/", "http://[::1", "javascript:1"} {
		if _, err := fetch.Get(t.Context(), fetch.Request{Source: source, Dest: filepath.Join(t.TempDir(), "x")}); !errors.Is(err, fetch.ErrAddress) {
			t.Errorf("%q: %v", source, err)
		}
	}
	for source, want := range map[string]bool{
		"http://x": true, "HTTPS://x": true, "http:/x": false, "weights.h5": false, `C:\http`: false, "file:///x": false, "ftp://x": false, "": false,
	} {
		if fetch.IsAddress(source) != want {
			t.Errorf("IsAddress(%q) is not %v", source, want)
		}
	}
}

func TestMessagesAndStatesKeepSecrets(t *testing.T) {
	s := newSite(t, random(1, 1000), cutAfter(400), answering(404))
	r := s.request(t)
	r.Source = strings.Replace(r.Source, "http://", "http://me:secret@", 1) + "?key=secret#secret"
	r.Tries = 1
	if err := fail(t, r, fetch.ErrUnavailable); strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	info, err := os.Stat(r.Dest + ".partial.json")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("state: %v, %v", info.Mode(), err)
	}
	if err := fail(t, r, fetch.ErrRefused); strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

func TestTwoAtOnceAreOne(t *testing.T) {
	content := random(1, 100_000)
	reached, release := make(chan struct{}), make(chan struct{})
	s := newSite(t, content, func(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
		answer(&cutter{ResponseWriter: w, left: 50_000, end: func() { close(reached); <-release; abort() }}, r)
	})
	r := s.request(t)
	done := make(chan error)
	go func() {
		_, err := fetch.Get(t.Context(), r)
		done <- err
	}()
	<-reached
	err := fail(t, r, fetch.ErrBusy)
	if !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("%v does not name this process", err)
	}
	if _, err := fetch.Copy(t.Context(), fetch.Request{Source: os.Args[0], Dest: r.Dest}); !errors.Is(err, fetch.ErrBusy) {
		t.Errorf("copy: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	expectFiles(t, r.Dest, "weights.h5")
	if got, err := os.ReadFile(r.Dest); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file differs, %v", err)
	}
}

func TestADestinationThatCannotBe(t *testing.T) {
	s := newSite(t, random(1, 1000))
	r := s.request(t)
	r.Dest = t.TempDir()
	if _, err := fetch.Get(t.Context(), r); err == nil || !strings.Contains(err.Error(), r.Dest+": is there already and not a regular file") {
		t.Errorf("a folder: %v", err)
	}
	r.Dest = filepath.Join(t.TempDir(), "missing", "x")
	if _, err := fetch.Get(t.Context(), r); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a missing folder: %v", err)
	}
	if n := len(s.asked()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
