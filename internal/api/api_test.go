package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/convnetplayground/convnet/dataset/public"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/playground"
)

func TestMain(m *testing.M) {
	// No test gets as far as the internet: nothing listens at this proxy.
	os.Setenv("HTTPS_PROXY", "http://127.0.0.1:9")
	goleak.VerifyTestMain(m,
		// The driver's own goroutines end some time after their database is closed.
		goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"))
}

var testPage = fstest.MapFS{
	"index.html":           {Data: []byte("<!doctype html><title>page</title>")},
	"assets/main-1a2b.js":  {Data: []byte(strings.Repeat("console.log('picture');", 100))},
	"assets/main-1a2b.css": {Data: []byte("body{margin:0}")},
	"favicon.svg":          {Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
}

// testServer is a server on a real port over a real data directory.
type testServer struct {
	url    string
	works  sync.Map // bodies of jobs of the kind "test", by key
	pg     *playground.Playground
	client *http.Client
	stop   func() // shuts the server down and waits
}

// startServer starts one where the given public datasets can be pulled, or those
// of the program for none.
func startServer(t testing.TB, sets ...*public.Set) *testServer {
	t.Helper()
	return startServerOn(t, t.TempDir(), sets...)
}

// startServerOn is startServer on a data directory that may be there already.
func startServerOn(t testing.TB, data string, sets ...*public.Set) *testServer {
	t.Helper()
	s := &testServer{client: &http.Client{Transport: &http.Transport{}}}
	pg, err := playground.New(t.Context(), playground.Options{
		Data: data, Version: "test", Commit: "0123abc",
		Background: true, Kinds: map[string]job.Kind{"test": {Queue: job.Compute, Run: s.work}}, Sets: sets,
	})
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	server, err := New(Config{Playground: pg, Version: "test", Files: testPage, Hosts: []string{"pictures.example"}, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	s.url, s.pg = "http://"+listener.Addr().String(), pg
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-served; err != nil {
			t.Errorf("the server ended with: %v", err)
		}
		s.client.CloseIdleConnections()
		if err := pg.Close(); err != nil {
			t.Errorf("the data directory was closed with: %v", err)
		}
	}
	t.Cleanup(s.stop)
	return s
}

// work runs what a test gave to start.
func (s *testServer) work(ctx context.Context, arguments json.RawMessage, r job.Reporter) error {
	body, _ := s.works.Load(string(arguments))
	return body.(func(context.Context, job.Reporter) error)(ctx, r)
}

// start begins a job that does what stands in the test.
func (s *testServer) start(t testing.TB, key string, body func(context.Context, job.Reporter) error) job.Status {
	t.Helper()
	s.works.Store(`"`+key+`"`, body)
	status, err := s.pg.Jobs().Start(t.Context(), job.Request{Kind: "test", Key: key, Arguments: key})
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// addPictures adds a dataset "small": four pictures of each of two classes,
// and a file that is none.
func (s *testServer) addPictures(t testing.TB) {
	t.Helper()
	dir := t.TempDir()
	for _, class := range []string{"bird", "coin"} {
		files, err := filepath.Glob(filepath.Join("../../dataset/stamps", class, "*.jpg"))
		if err != nil || len(files) < 4 {
			t.Fatalf("no pictures of class %s: %v", class, err)
		}
		if err := os.Mkdir(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, file := range files[:4] {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, class, filepath.Base(file)), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "bird", "notes.jpg"), []byte("not a picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pg.AddDataset(t.Context(), "small", dir, nil); err != nil {
		t.Fatal(err)
	}
}

// answer is what came back for a request.
type answer struct {
	status int
	header http.Header
	body   string
}

func (s *testServer) do(t testing.TB, method, target, body string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(content)}
}

func decode[T any](t testing.TB, a answer) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v in: %s", err, a.body)
	}
	return v
}

// index fills layers of "small" over the API and waits for the end.
func (s *testServer) index(t testing.TB, layers string) Job {
	t.Helper()
	a := s.do(t, "POST", "/api/v1/indexes", `{"dataset":"small","model":"efficientnet-lite0","layers":[`+layers+`]}`, "Content-Type", "application/json")
	if a.status != http.StatusAccepted {
		t.Fatalf("the index was answered with %d: %s", a.status, a.body)
	}
	j := decode[Job](t, a)
	if want := "/api/v1/jobs/" + j.ID; a.header.Get("Location") != want {
		t.Errorf("Location is %q, want %q", a.header.Get("Location"), want)
	}
	events := s.do(t, "GET", "/api/v1/jobs/"+j.ID+"/events", "")
	if !strings.Contains(events.body, "event: done") {
		t.Fatalf("the index did not end well: %s", events.body)
	}
	return decode[Job](t, s.do(t, "GET", "/api/v1/jobs/"+j.ID, ""))
}

// scenario is one request and what its answer must be.
type scenario struct {
	name     string
	method   string // GET if empty
	target   string
	body     string
	header   []string
	status   int
	contains []string // of the body, or "Header: value"
}

func (s *testServer) play(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, tt := range scenarios {
		t.Run(tt.name, func(t *testing.T) {
			method := tt.method
			if method == "" {
				method = "GET"
			}
			a := s.do(t, method, tt.target, tt.body, tt.header...)
			if a.status != tt.status {
				t.Errorf("status %d, want %d: %s", a.status, tt.status, a.body)
			}
			for _, want := range tt.contains {
				name, value, isHeader := strings.Cut(want, ": ")
				if isHeader && a.header.Get(name) == value {
					continue
				}
				if !strings.Contains(a.body, want) {
					t.Errorf("no %q in the answer: %s\n%v", want, a.body, a.header)
				}
			}
			if a.status >= 400 {
				checkProblem(t, a)
			}
		})
	}
}

// checkProblem sees that an error is a whole problem document.
func checkProblem(t *testing.T, a answer) {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("an error of type %q", got)
	}
	p := decode[Problem](t, a)
	if p.Status != a.status || p.Title == "" || p.Code == "" || p.Detail == "" || p.Near == nil {
		t.Errorf("an incomplete problem: %s", a.body)
	}
}

const jsonType = "application/json"

func TestScenarios(t *testing.T) {
	s := startServer(t)
	s.addPictures(t)
	s.index(t, `"top_activation","block2b_add"`)
	const lite0 = "&model=efficientnet-lite0"
	id := decode[playground.Picture](t, s.upload(t, "../../dataset/stamps/bird/duck.jpg")).ID

	s.play(t, []scenario{
		{name: "datasets", target: "/api/v1/datasets", status: 200,
			contains: []string{`"name":"stamps"`, `"images":204`, `"built_in":true`, `"name":"small"`, `"problems":1`, `"available":[{"name":"iconic200"`, `"by_hand":"`}},
		{name: "pull of what is not public", method: "POST", target: "/api/v1/datasets/iconic2000/pull", status: 404,
			contains: []string{`public dataset \"iconic2000\" is unknown`, `"near":["iconic200"]`}},
		{name: "pull of what is built in", method: "POST", target: "/api/v1/datasets/stamps/pull", status: 404},
		{name: "pull by a link", target: "/api/v1/datasets/iconic200/pull", status: 405},
		{name: "dataset", target: "/api/v1/datasets/small", status: 200,
			contains: []string{`"classes":[{"name":"bird","images":4},{"name":"coin","images":4}]`, `"file":"bird/`, `"file":"bird/notes.jpg","reason":"`}},
		{name: "unknown dataset", target: "/api/v1/datasets/stmps", status: 404,
			contains: []string{`"code":"not_found"`, `dataset \"stmps\" is unknown`, `"near":["stamps"]`}},
		{name: "dataset of an impossible name", target: "/api/v1/datasets/..%2F..%2Fetc", status: 422, contains: []string{`"code":"invalid"`}},
		{name: "dataset of a name with NUL", target: "/api/v1/datasets/a%00b", status: 422},
		{name: "dataset of a name that is no UTF-8", target: "/api/v1/datasets/%ff%fe", status: 422},
		{name: "thumbnail", target: "/api/v1/datasets/small/images/0/thumbnail", status: 200,
			contains: []string{"Content-Type: image/jpeg", "Cache-Control: no-cache", "X-Content-Type-Options: nosniff"}},
		{name: "file", target: "/api/v1/datasets/small/images/7/file", status: 200, contains: []string{"Content-Type: image/jpeg"}},
		{name: "picture past the end", target: "/api/v1/datasets/small/images/8/thumbnail", status: 404,
			contains: []string{`has no picture 8`, `its pictures are 0 to 7`}},
		{name: "negative picture", target: "/api/v1/datasets/small/images/-1/file", status: 422},
		{name: "picture with a huge number", target: "/api/v1/datasets/small/images/99999999999999999999/file", status: 422},
		{name: "picture minus nought", target: "/api/v1/datasets/small/images/-0/file", status: 422},
		{name: "events after no number", target: "/api/v1/jobs/0123456789abcdef/events", header: []string{"Last-Event-ID", "+1"}, status: 422, contains: []string{`Last-Event-ID \"+1\" is not an integer`}},
		{name: "events after nothing", target: "/api/v1/jobs/0123456789abcdef/events", header: []string{"Last-Event-ID", ""}, status: 422},
		{name: "picture that is no number", target: "/api/v1/datasets/small/images/one/file", status: 422, contains: []string{`index \"one\" is not an integer`}},

		{name: "models", target: "/api/v1/models", status: 200, contains: []string{`"default_layer":"top_activation"`, `"name":"efficientnet-lite2"`}},
		{name: "model", target: "/api/v1/models/efficientnet-lite0", status: 200, contains: []string{`"parameters_cumulative":`, `"name":"stem_conv"`}},
		{name: "unknown model", target: "/api/v1/models/efficientnet-lite9", status: 404, contains: []string{`"near":["efficientnet-lite0"`}},
		{name: "options", target: "/api/v1/options", status: 200, contains: []string{`"name":"chebyshev"`, `"top":15`, `"layer":"top_activation"`}},
		{name: "about", target: "/api/v1/about", status: 200, contains: []string{`"version":"test","commit":"0123abc"`}},

		{name: "search", target: "/api/v1/search?dataset=small&query=0&top=3", status: 200,
			contains: []string{`"layer":"top_activation"`, `"transform":"sqrt-center"`, `"query":{"index":0,`, `"score":`, `"rank":3`, `"elapsed_ms":`}},
		{name: "search by minkowski", target: "/api/v1/search?dataset=small&metric=minkowski&p=2.5", status: 200, contains: []string{`"metric":"minkowski","p":2.5`}},
		{name: "search that ignores p", target: "/api/v1/search?dataset=small&p=2.5", status: 200, contains: []string{`"metric":"cosine","pool"`}},
		{name: "search by a picture", target: "/api/v1/search?dataset=small&picture=" + id, status: 200, contains: []string{`"query":{"picture":"` + id + `"}`, `"results":[{"rank":1,`}},
		{name: "search by an unknown picture", target: "/api/v1/search?dataset=small&picture=0123456789abcdef", status: 404},
		{name: "search past the end", target: "/api/v1/search?dataset=small&query=8", status: 404},
		{name: "search at a layer without an index", target: "/api/v1/search?dataset=small&layer=stem_conv", status: 409,
			contains: []string{`"code":"not_indexed"`, `convnet index --dataset small --model efficientnet-lite0 --layer stem_conv --pool avg`}},
		{name: "search at an unknown layer", target: "/api/v1/search?dataset=small&layer=top_activaton", status: 404, contains: []string{`"near":["top_activation"`}},
		{name: "search by an unknown metric", target: "/api/v1/search?dataset=small&metric=cosin", status: 422,
			contains: []string{`metric \"cosin\" is unknown`, `"near":["cosine"]`, `known: cosine, euclidean`}},
		{name: "search with an unknown transform", target: "/api/v1/search?transform=sqrt", status: 422, contains: []string{`"near":["sqrt-center"]`}},
		{name: "search with too many results", target: "/api/v1/search?top=1001", status: 422},
		{name: "search with no results", target: "/api/v1/search?top=0", status: 422},
		{name: "search with an empty metric", target: "/api/v1/search?metric=", status: 422, contains: []string{"metric is empty"}},
		{name: "search with two metrics", target: "/api/v1/search?metric=cosine&metric=euclidean", status: 422, contains: []string{"metric is given more than once"}},
		{name: "search with p that is no number", target: "/api/v1/search?metric=minkowski&p=NaN", status: 422},
		{name: "search with an infinite p", target: "/api/v1/search?metric=minkowski&p=Inf", status: 422},
		{name: "search with p below 1", target: "/api/v1/search?metric=minkowski&p=0.5", status: 422},
		{name: "search with a query that cannot be read", target: "/api/v1/search?query=%zz", status: 400},
		{name: "search with an unknown parameter", target: "/api/v1/search?dataset=small&colour=red", status: 422},
		{name: "search with a bare parameter", target: "/api/v1/search?query", status: 422},
		{name: "search in an odd language", target: "/api/v1/search?dataset=small", header: []string{"Accept", "a;x,b;q=,;;*"}, status: 200, contains: []string{"Content-Type: application/json"}},

		{name: "evaluate", target: "/api/v1/evaluate?dataset=small" + lite0, status: 200,
			contains: []string{`"queries":8,"weighted_score":`, `"precision_at_1":`, `"mean_average_precision":`}},
		{name: "evaluate without an index", target: "/api/v1/evaluate?dataset=small&pool=flatten", status: 409},

		{name: "indexes", target: "/api/v1/indexes?dataset=small", status: 200, contains: []string{`"layer":"block2b_add","pool":"avg","preprocessing":"bilinear-squash-224x224-mean127-std128","rows":8,`}},
		{name: "indexes of a dataset without any", target: "/api/v1/indexes?dataset=stamps", status: 200, contains: []string{`{"indexes":[]}`}},
		{name: "index with malformed JSON", method: "POST", target: "/api/v1/indexes", body: `{"dataset":`, header: []string{"Content-Type", jsonType}, status: 400},
		{name: "index with no body", method: "POST", target: "/api/v1/indexes", header: []string{"Content-Type", jsonType}, status: 400},
		{name: "index without a model", method: "POST", target: "/api/v1/indexes", body: `{"dataset":"small"}`, header: []string{"Content-Type", jsonType}, status: 422},
		{name: "index with a list for an object", method: "POST", target: "/api/v1/indexes", body: `[1]`, header: []string{"Content-Type", jsonType}, status: 422},
		{name: "index with null layers", method: "POST", target: "/api/v1/indexes", body: `{"dataset":"small","model":"efficientnet-lite0","layers":null}`, header: []string{"Content-Type", jsonType}, status: 422, contains: []string{"layers is null"}},
		{name: "index with an unknown member", method: "POST", target: "/api/v1/indexes", body: `{"dataset":"small","model":"efficientnet-lite0","color":1}`, header: []string{"Content-Type", jsonType}, status: 422},
		{name: "index with a member in capitals", method: "POST", target: "/api/v1/indexes", body: `{"DATASET":"small","model":"efficientnet-lite0"}`, header: []string{"Content-Type", jsonType}, status: 422},
		{name: "index of an unknown dataset", method: "POST", target: "/api/v1/indexes", body: `{"dataset":"smal","model":"efficientnet-lite0"}`, header: []string{"Content-Type", jsonType}, status: 404, contains: []string{`"near":["small"`}},
		{name: "index at an unknown layer", method: "POST", target: "/api/v1/indexes", body: `{"dataset":"small","model":"efficientnet-lite0","layers":["nosuch"]}`, header: []string{"Content-Type", jsonType}, status: 404},
		{name: "index as a form", method: "POST", target: "/api/v1/indexes", body: `dataset=small`, header: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415},
		{name: "index as a cousin of JSON", method: "POST", target: "/api/v1/indexes", body: `{}`, header: []string{"Content-Type", "application/cousin+json"}, status: 415},
		{name: "index that is too long", method: "POST", target: "/api/v1/indexes", body: `{"dataset":"` + strings.Repeat("a", 2<<20) + `"}`, header: []string{"Content-Type", jsonType}, status: 413},

		{name: "jobs", target: "/api/v1/jobs", status: 200, contains: []string{`"title":"Index small with efficientnet-lite0, 2 layers, pooling avg","state":"done","done":8,"total":8`}},
		{name: "unknown job", target: "/api/v1/jobs/0123456789abcdef", status: 404},
		{name: "events of an unknown job", target: "/api/v1/jobs/0123456789abcdef/events", status: 404},
		{name: "cancelling an unknown job", method: "DELETE", target: "/api/v1/jobs/0123456789abcdef", status: 404},

		{name: "picture", target: "/api/v1/pictures/" + id, status: 200, contains: []string{"Content-Type: image/jpeg"}},
		{name: "picture that the client has", target: "/api/v1/pictures/" + id, header: []string{"If-None-Match", `"` + id + `"`}, status: 304},
		{name: "unknown picture", target: "/api/v1/pictures/0123456789abcdef", status: 404},
		{name: "text for a picture", method: "POST", target: "/api/v1/pictures", body: "hello", header: []string{"Content-Type", "image/jpeg"}, status: 415, contains: []string{"use JPEG, PNG, GIF"}},
		{name: "nothing for a picture", method: "POST", target: "/api/v1/pictures", header: []string{"Content-Type", "image/jpeg"}, status: 400},
		{name: "picture that says it is text", method: "POST", target: "/api/v1/pictures", body: "hello", header: []string{"Content-Type", "text/plain"}, status: 415},
		{name: "truncated picture", method: "POST", target: "/api/v1/pictures", body: truncated(t), header: []string{"Content-Type", "image/jpeg"}, status: 422, contains: []string{"damaged"}},
		{name: "picture that claims to be huge", method: "POST", target: "/api/v1/pictures", body: hugePNG, header: []string{"Content-Type", "image/png"}, status: 413, contains: []string{"100000 x 100000 pixels"}},
		{name: "picture of too many bytes", method: "POST", target: "/api/v1/pictures", body: strings.Repeat("a", maxUpload+1), header: []string{"Content-Type", "image/png"}, status: 413},

		{name: "wrong method", method: "PUT", target: "/api/v1/datasets", status: 405, contains: []string{"Allow: GET, HEAD", `"code":"method_not_allowed"`}},
		{name: "wrong method of a job", method: "POST", target: "/api/v1/jobs/0123456789abcdef", status: 405, contains: []string{"Allow: DELETE, GET, HEAD"}},
		{name: "made-up method", method: "QUERY", target: "/api/v1/search", status: 405},
		{name: "options", method: "OPTIONS", target: "/api/v1/search", status: 405},
		{name: "unknown address", target: "/api/v1/nosuch", status: 404, contains: []string{`"code":"not_found"`}},
		{name: "root of the API", target: "/api", status: 404},
		{name: "address with a trailing slash", target: "/api/v1/datasets/", status: 404},
		{name: "address with dots", target: "/api/v1/datasets/../models", status: 404},
		{name: "address with two slashes", target: "/api//v1/models", status: 404},
		{name: "foreign host", target: "/api/v1/about", header: []string{"Host", "evil.example"}, status: 403, contains: []string{`"code":"forbidden"`}},
		{name: "foreign host for the page", target: "/", header: []string{"Host", "evil.example"}, status: 403},
		{name: "allowed host", target: "/api/v1/about", header: []string{"Host", "Pictures.example:80"}, status: 200},
		{name: "localhost", target: "/api/v1/about", header: []string{"Host", "localhost:1234"}, status: 200},
		{name: "loopback of IPv6", target: "/api/v1/about", header: []string{"Host", "[::1]:1234"}, status: 200},
		{name: "foreign address", target: "/api/v1/about", header: []string{"Host", "192.0.2.7"}, status: 403},
		{name: "foreign origin", target: "/api/v1/about", header: []string{"Origin", "http://evil.example"}, status: 403},
		{name: "null origin", target: "/api/v1/about", header: []string{"Origin", "null"}, status: 403},
		{name: "own origin", target: "/api/v1/about", header: []string{"Origin", s.url}, status: 200},

		{name: "description", target: "/openapi.json", status: 200, contains: []string{`"openapi": "3.1.0"`}},
		{name: "docs", target: "/docs", status: 200, contains: []string{"Content-Type: text/html; charset=utf-8", "/api/v1/search", "sqrt-center"}},
		{name: "page", target: "/", status: 200, contains: []string{"<title>page</title>", "Cache-Control: no-cache", "X-Frame-Options: DENY"}},
		{name: "view of the page", target: "/explore/layers?model=x", status: 200, contains: []string{"<title>page</title>"}},
		{name: "asset", target: "/assets/main-1a2b.css", status: 200, contains: []string{"Content-Type: text/css; charset=utf-8", "Cache-Control: public, max-age=31536000, immutable"}},
		{name: "asset that is gone", target: "/assets/main-0000.js", status: 404},
		{name: "file outside of the page", target: "/..%2f..%2fetc%2fpasswd.txt", status: 404},
		{name: "posting to the page", method: "POST", target: "/", status: 405, contains: []string{"Allow: GET, HEAD"}},
	})
}

func (s *testServer) upload(t *testing.T, file string) answer {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a := s.do(t, "POST", "/api/v1/pictures", string(content), "Content-Type", "image/jpeg")
	if a.status != http.StatusCreated {
		t.Fatalf("the upload was answered with %d: %s", a.status, a.body)
	}
	return a
}

// hugePNG is the start of a PNG of 100,000 x 100,000 pixels.
const hugePNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x02\x00\x00\x00\x27\x30\x9c\x9f"

func truncated(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../../dataset/stamps/bird/duck.jpg")
	if err != nil {
		t.Fatal(err)
	}
	return string(content[:len(content)/2])
}

func TestPicturesOfADatasetAreCached(t *testing.T) {
	s := startServer(t)
	const target = "/api/v1/datasets/stamps/images/37/thumbnail"
	plain := s.do(t, "GET", target, "")
	tag := plain.header.Get("ETag")
	if tag == "" || plain.status != 200 {
		t.Fatalf("status %d, entity tag %q", plain.status, tag)
	}
	version := decode[playground.DatasetDetail](t, s.do(t, "GET", "/api/v1/datasets/stamps", "")).Version
	for _, tt := range []struct {
		name, target, match string
		status              int
		cache               string
	}{
		{"with the version", target + "?v=" + version, "", 200, "public, max-age=31536000, immutable"},
		{"with another version", target + "?v=0", "", 200, "no-cache"},
		{"known to the client", target, tag, 304, "no-cache"},
		{"one of those known to the client", target, `"a", W/` + tag, 304, "no-cache"},
		{"not known to the client", target, `"a"`, 200, "no-cache"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := s.do(t, "GET", tt.target, "", "If-None-Match", tt.match)
			if a.status != tt.status || a.header.Get("Cache-Control") != tt.cache {
				t.Errorf("status %d, cache %q; want %d, %q", a.status, a.header.Get("Cache-Control"), tt.status, tt.cache)
			}
			if tt.status == 304 && a.body != "" {
				t.Error("a body with 304")
			}
		})
	}
}

func TestTextsAreCompressedAndPicturesAreNot(t *testing.T) {
	s := startServer(t)
	for _, tt := range []struct {
		target, accept, coding string
	}{
		{"/api/v1/datasets/stamps", "gzip", "gzip"},
		{"/api/v1/datasets/stamps", "br, gzip;q=0.5", "gzip"},
		{"/api/v1/datasets/stamps", "gzip;q=0", ""},
		{"/api/v1/datasets/stamps", "br", ""},
		{"/assets/main-1a2b.js", "gzip", "gzip"},
		{"/api/v1/nosuch", "gzip", "gzip"},
		{"/api/v1/datasets/stamps/images/0/thumbnail", "gzip", ""},
	} {
		t.Run(tt.target+" "+tt.accept, func(t *testing.T) {
			a := s.do(t, "GET", tt.target, "", "Accept-Encoding", tt.accept)
			if got := a.header.Get("Content-Encoding"); got != tt.coding {
				t.Errorf("coding %q, want %q", got, tt.coding)
			}
			if a.header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("Vary is %q", a.header.Get("Vary"))
			}
		})
	}
}

var eventForm = regexp.MustCompile(`(?m)^id: (\d+)\nevent: (\w+)\ndata: (\{.*\})\n\n`)

// events reads the events of a job until the stream ends.
func (s *testServer) events(t *testing.T, id string, header ...string) [][]string {
	t.Helper()
	a := s.do(t, "GET", "/api/v1/jobs/"+id+"/events", "", header...)
	if got := a.header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("events of type %q", got)
	}
	return eventForm.FindAllStringSubmatch(a.body, -1)
}

func TestEventsTellProgressAndTheEnd(t *testing.T) {
	s := startServer(t)
	steps := make(chan int)
	status := s.start(t, "k", func(_ context.Context, r job.Reporter) error {
		for step := range steps {
			r.Progress(step, 3)
		}
		return nil
	})
	go func() {
		defer close(steps)
		for step := 1; step <= 3; step++ {
			time.Sleep(20 * time.Millisecond)
			steps <- step
		}
	}()
	events := s.events(t, status.ID)
	if len(events) < 2 {
		t.Fatalf("only %d events", len(events))
	}
	end := events[len(events)-1]
	if end[2] != "done" || !strings.Contains(end[3], `"state":"done","done":3,"total":3`) {
		t.Errorf("the last event is %q", end[0])
	}
	for _, e := range events[:len(events)-1] {
		if e[2] != "progress" {
			t.Errorf("an event %q before the end", e[2])
		}
	}

	// A client that comes back after the end is told of it once more.
	again := s.events(t, status.ID, "Last-Event-ID", events[0][1])
	if len(again) != 1 || again[0][2] != "done" {
		t.Errorf("coming back gives %v, want only the end", again)
	}
}

func TestAFailedJobTellsWhy(t *testing.T) {
	s := startServer(t)
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"the user can act", &playground.Error{Kind: playground.Unavailable, What: "cannot index", Why: "no room", Hint: "make room"},
			`"error":{"code":"unavailable","detail":"cannot index: no room","hint":"make room"}`},
		{"a fault of the program", fmt.Errorf("secret path /home/user"), `"error":{"code":"internal","detail":"the job failed"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status := s.start(t, tt.name, func(context.Context, job.Reporter) error { return tt.err })
			events := s.events(t, status.ID)
			end := events[len(events)-1]
			if end[2] != "failed" || !strings.Contains(end[3], tt.want) || strings.Contains(end[3], "secret") {
				t.Errorf("the last event is %s", end[0])
			}
		})
	}
}

// endless is work that reports until it is cancelled.
func endless(ctx context.Context, r job.Reporter) error {
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
			r.Progress(n, 1<<30)
		}
	}
}

func TestCancellingEndsTheJobAndItsEvents(t *testing.T) {
	s := startServer(t)
	status := s.start(t, "k", endless)
	end := make(chan [][]string, 1)
	go func() { end <- s.events(t, status.ID) }()
	time.Sleep(50 * time.Millisecond)
	if a := s.do(t, "DELETE", "/api/v1/jobs/"+status.ID, ""); a.status != http.StatusNoContent {
		t.Errorf("cancelling is answered with %d: %s", a.status, a.body)
	}
	events := <-end
	if last := events[len(events)-1]; last[2] != string(job.Cancelled) {
		t.Errorf("the last event is %s", last[0])
	}
	if a := s.do(t, "GET", "/api/v1/jobs/"+status.ID, ""); a.status != http.StatusNotFound {
		t.Errorf("a cancelled job is answered with %d", a.status)
	}
}

func TestASlowClientGetsTheNewestState(t *testing.T) {
	s := startServer(t)
	status := s.start(t, "k", endless)
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/api/v1/jobs/"+status.ID+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	time.Sleep(200 * time.Millisecond) // reads nothing
	now, err := s.pg.Jobs().Get(status.ID)
	if err != nil {
		t.Fatal(err)
	}
	a := make(chan string, 1)
	go func() {
		content, _ := io.ReadAll(response.Body)
		a <- string(content)
	}()
	time.Sleep(100 * time.Millisecond)
	if err := s.pg.Jobs().Remove(t.Context(), status.ID); err != nil {
		t.Fatal(err)
	}
	if body := <-a; !strings.Contains(body, "event: cancelled") {
		t.Errorf("the end was not told; the state at half-way was %d", now.Done)
	}
}

func TestShutdownEndsEventsAndJobs(t *testing.T) {
	s := startServer(t)
	status := s.start(t, "k", endless)
	end := make(chan struct{})
	go func() {
		defer close(end)
		s.events(t, status.ID)
	}()
	time.Sleep(50 * time.Millisecond)
	started := time.Now()
	s.stop()
	<-end
	if took := time.Since(started); took > 2*time.Second {
		t.Errorf("the shutdown took %v", took)
	}
}

func TestHeadOfEventsDoesNotWait(t *testing.T) {
	s := startServer(t)
	status := s.start(t, "k", endless)
	if a := s.do(t, "HEAD", "/api/v1/jobs/"+status.ID+"/events", ""); a.status != 200 {
		t.Errorf("status %d", a.status)
	}
}

func TestTheSameIndexIsOneJob(t *testing.T) {
	s := startServer(t)
	s.addPictures(t)
	block := make(chan struct{})
	s.start(t, "block", func(context.Context, job.Reporter) error { <-block; return nil })
	const body = `{"dataset":"small","model":"efficientnet-lite0","layers":["stem_conv"]}`
	first := decode[Job](t, s.do(t, "POST", "/api/v1/indexes", body, "Content-Type", jsonType))
	second := decode[Job](t, s.do(t, "POST", "/api/v1/indexes", body, "Content-Type", jsonType))
	if first.ID == "" || first.ID != second.ID || first.State != "queued" {
		t.Errorf("jobs %+v and %+v", first, second)
	}
	close(block)
}

func TestASearchWithTheIndexWarmIsFast(t *testing.T) {
	s := startServer(t)
	s.addPictures(t)
	s.index(t, `"top_activation"`)
	best := 1e9
	for range 20 {
		a := decode[searchAnswer](t, s.do(t, "GET", "/api/v1/search?dataset=small", ""))
		best = min(best, a.ElapsedMS)
	}
	if best > 5 {
		t.Errorf("a search takes %.2f ms, want at most 5", best)
	}
}

func TestACrashIsAProblemToo(t *testing.T) {
	var log bytes.Buffer
	s := &Server{log: slog.New(slog.NewTextHandler(&log, nil))}
	crash := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("index out of range") })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: s.recovered(crash), ReadHeaderTimeout: time.Second}
	go server.Serve(listener)
	defer server.Close()
	client := &testServer{url: "http://" + listener.Addr().String(), client: &http.Client{Transport: &http.Transport{}}}
	defer client.client.CloseIdleConnections()
	a := client.do(t, "GET", "/", "")
	checkProblem(t, a)
	if a.status != 500 || strings.Contains(a.body, "range") || !strings.Contains(log.String(), "index out of range") {
		t.Errorf("status %d, body %s, log %s", a.status, a.body, log.String())
	}
}
