package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/internal/playground"
)

// addCompared adds "small", indexed at all search layers of both networks.
func (s *testServer) addCompared(t testing.TB) {
	t.Helper()
	s.addPictures(t)
	for _, model := range []string{"efficientnet-lite0", "efficientnet-lite2"} {
		if _, err := s.pg.Index(t.Context(), playground.IndexRequest{Dataset: "small", Model: model}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCompareScenarios(t *testing.T) {
	s := startServer(t)
	s.addCompared(t)
	s.play(t, []scenario{
		{name: "compare", target: "/api/v1/compare?dataset=small&query=5&top=3", status: 200, contains: []string{
			`"dataset":"small","metric":"cosine","pool":"avg","transform":"sqrt-center","top":3,"query":{"index":5,"file":"coin/`,
			`"rows":[{"model":"efficientnet-lite0","layer":"stem_conv","score":`, `"best":[{"model":`, `"missing":[]`}},
		{name: "compare by minkowski", target: "/api/v1/compare?dataset=small&metric=minkowski&p=2.5", status: 200, contains: []string{`"metric":"minkowski","p":2.5`}},
		{name: "compare by a picture that is not there", target: "/api/v1/compare?dataset=small&picture=0123456789abcdef", status: 404, contains: []string{"upload it again"}},
		{name: "compare by a picture of no form", target: "/api/v1/compare?dataset=small&picture=x", status: 422},
		{name: "compare one model", target: "/api/v1/compare?dataset=small&model=efficientnet-lite2", status: 200, contains: []string{`"rows":[{"model":"efficientnet-lite2"`}},
		{name: "compare what is not indexed", target: "/api/v1/compare?dataset=small&pool=max", status: 200, contains: []string{
			`"rows":[],"best":[],"missing":[{"model":"efficientnet-lite0","layers":["stem_conv",`, `"reason":""}`}},
		{name: "compare in an unknown dataset", target: "/api/v1/compare?dataset=smal", status: 404, contains: []string{`"near":["small"]`}},
		{name: "compare layers of an unknown model", target: "/api/v1/compare?dataset=small&model=alexnet", status: 404},
		{name: "compare past the end", target: "/api/v1/compare?dataset=small&query=8", status: 404, contains: []string{"its pictures are 0 to 7"}},
		{name: "compare by an unknown metric", target: "/api/v1/compare?dataset=small&metric=cosin", status: 422, contains: []string{`"near":["cosine"]`}},
		{name: "compare at a layer", target: "/api/v1/compare?dataset=small&layer=stem_conv", status: 422, contains: []string{`there is no option \"layer\"`}},
		{name: "compare no results", target: "/api/v1/compare?dataset=small&top=0", status: 422},
		{name: "rows of an unknown dataset", target: "/api/v1/compare/events?dataset=smal", status: 404, contains: []string{`"near":["small"]`}},
		{name: "rows past the end", target: "/api/v1/compare/events?dataset=small&query=8", status: 404},
		{name: "head of rows", method: "HEAD", target: "/api/v1/compare/events?dataset=small", status: 200, contains: []string{"Content-Type: text/event-stream"}},
		{name: "scores", target: "/api/v1/compare/scores?dataset=small", status: 200, contains: []string{
			`"queries":8,"weighted_score":`, `"interval":{"low":`, `"scores":[`, `"missing":[]`}},
		{name: "scores in an unknown dataset", target: "/api/v1/compare/scores?dataset=smal", status: 404},
		{name: "scores of a query", target: "/api/v1/compare/scores?dataset=small&query=1", status: 422},
		{name: "rows of scores in an unknown dataset", target: "/api/v1/compare/scores/events?dataset=smal", status: 404},
		{name: "contrast", target: "/api/v1/contrast?dataset=small&query=2&top=3&other_model=efficientnet-lite2&other_metric=minkowski&other_p=4", status: 200, contains: []string{
			`"first":{"dataset":"small","model":"efficientnet-lite0"`, `"second":{"dataset":"small","model":"efficientnet-lite2","layer":"top_activation","metric":"minkowski","p":4,`,
			`"query":{"index":2,`, `"common":[`, `"only_first":[`, `"only_second":[`}},
		{name: "contrast with a layer without an index", target: "/api/v1/contrast?dataset=small&other_layer=stem_bn", status: 409, contains: []string{`"code":"not_indexed"`}},
		{name: "contrast with an unknown layer", target: "/api/v1/contrast?dataset=small&other_layer=stem_con", status: 404},
		{name: "contrast with another dataset", target: "/api/v1/contrast?dataset=small&other_dataset=stamps", status: 422},
	})
}

// compareEvents follows a comparison to its end.
func (s *testServer) compareEvents(t *testing.T, target string) [][]string {
	t.Helper()
	a := s.do(t, "GET", target, "")
	if a.status != 200 || a.header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d of type %q: %s", a.status, a.header.Get("Content-Type"), a.body)
	}
	return eventForm.FindAllStringSubmatch(a.body, -1)
}

// streamed takes a stream apart into its rows and its last event.
func streamed[R any](t *testing.T, events [][]string) (rows []R, last string) {
	t.Helper()
	for i, event := range events {
		if i == len(events)-1 {
			if event[2] != "done" {
				t.Errorf("the last event is %s: %s", event[2], event[3])
			}
			return rows, event[3]
		}
		if event[2] == "progress" {
			continue
		}
		var row R
		if err := json.Unmarshal([]byte(event[3]), &row); err != nil || event[2] != "row" {
			t.Fatalf("event %s: %v in %s", event[2], err, event[3])
		}
		rows = append(rows, row)
	}
	t.Fatal("no events")
	return nil, ""
}

func TestRowsOfAComparisonAreThoseOfItsAnswer(t *testing.T) {
	s := startServer(t)
	s.addCompared(t)

	want := decode[playground.CompareResult](t, s.do(t, "GET", "/api/v1/compare?dataset=small&query=1", ""))
	rows, last := streamed[playground.CompareRow](t, s.compareEvents(t, "/api/v1/compare/events?dataset=small&query=1"))
	var got playground.CompareResult
	if err := json.Unmarshal([]byte(last), &got); err != nil || len(rows) != 16 || len(got.Rows) != 0 {
		t.Fatalf("%d rows, then %s, %v", len(rows), last, err)
	}
	got.Rows = rows
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-answer +events):\n%s", diff)
	}

	wantScores := decode[playground.ScoresResult](t, s.do(t, "GET", "/api/v1/compare/scores?dataset=small", ""))
	scores, last := streamed[playground.ScoresRow](t, s.compareEvents(t, "/api/v1/compare/scores/events?dataset=small"))
	var gotScores playground.ScoresResult
	if err := json.Unmarshal([]byte(last), &gotScores); err != nil || len(scores) != 16 {
		t.Fatalf("%d rows, then %s, %v", len(scores), last, err)
	}
	gotScores.Rows = scores
	if diff := cmp.Diff(wantScores, gotScores); diff != "" {
		t.Errorf("scores (-answer +events):\n%s", diff)
	}
}

func TestAComparisonThatBreaksOff(t *testing.T) {
	gone := &playground.Error{Kind: playground.NotFound, What: `dataset "small" is unknown`}
	var log bytes.Buffer
	s := &service{ctx: t.Context(), log: slog.New(slog.NewTextHandler(&log, nil))}
	cancelled := make(chan error, 1)
	compares := map[string]func(ctx context.Context, row func(struct{}), progress func(done, total int)) (any, error){
		"/at-once": func(context.Context, func(struct{}), func(int, int)) (any, error) { return nil, gone },
		"/later": func(_ context.Context, row func(struct{}), _ func(int, int)) (any, error) {
			row(struct{}{})
			return nil, gone
		},
		"/crash": func(_ context.Context, row func(struct{}), _ func(int, int)) (any, error) {
			row(struct{}{})
			return nil, errors.New("secret")
		},
		"/endless": func(ctx context.Context, row func(struct{}), _ func(int, int)) (any, error) {
			for ctx.Err() == nil {
				row(struct{}{})
			}
			cancelled <- ctx.Err()
			return nil, ctx.Err()
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sendRows(r.Context(), s, &eventWriter{w: w, control: http.NewResponseController(w)}, compares[r.URL.Path])
	}))
	defer server.Close()
	client := &testServer{url: server.URL, client: server.Client()}

	a := client.do(t, "GET", "/at-once", "")
	checkProblem(t, a)
	if a.status != http.StatusNotFound {
		t.Errorf("at once: status %d", a.status)
	}
	for path, want := range map[string]string{"/later": `"code":"not_found","detail":"dataset \"small\" is unknown"`, "/crash": `"code":"internal"`} {
		a := client.do(t, "GET", path, "")
		events := eventForm.FindAllStringSubmatch(a.body, -1)
		if a.status != 200 || len(events) != 2 || events[0][2] != "row" || events[1][2] != "failed" || !strings.Contains(events[1][3], want) {
			t.Errorf("%s: %d, %s", path, a.status, a.body)
		}
		if strings.Contains(a.body, "secret") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if !strings.Contains(log.String(), "secret") {
		t.Error("the log does not have the fault")
	}

	response, err := client.client.Get(server.URL + "/endless")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if err := <-cancelled; !errors.Is(err, context.Canceled) {
		t.Errorf("when the client is gone: %v", err)
	}
}

func TestProgressOfAComparisonIsToldNowAndThen(t *testing.T) {
	s := &service{ctx: t.Context(), log: slog.New(slog.DiscardHandler)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		events := &eventWriter{w: w, control: http.NewResponseController(w)}
		sendRows(r.Context(), s, events, func(_ context.Context, row func(struct{}), progress func(done, total int)) (any, error) {
			progress(0, 9) // too early
			time.Sleep(progressEvery)
			var tellers sync.WaitGroup
			for range 8 {
				tellers.Go(func() { progress(4, 9) })
			}
			tellers.Wait()
			row(struct{}{})
			return struct{}{}, nil
		})
	}))
	defer server.Close()
	client := &testServer{url: server.URL, client: server.Client()}
	events := eventForm.FindAllStringSubmatch(client.do(t, "GET", "/", "").body, -1)
	if len(events) < 3 || events[0][2] != "progress" || events[0][3] != `{"done":4,"total":9}` {
		t.Fatalf("%q", events)
	}
	if last := events[len(events)-2:]; last[0][2] != "row" || last[1][2] != "done" {
		t.Errorf("%q", events)
	}
}

// A client that reads its rows is told when the server stops.
func TestShutdownEndsComparisons(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s := &service{ctx: ctx, log: slog.New(slog.DiscardHandler)}
	ended, cancel := s.untilStopped(t.Context())
	defer cancel()
	stop()
	<-ended.Done()
	if p := s.problem(t.Context(), ended.Err()); p.Status != http.StatusConflict || p.Detail != "the server is shutting down" {
		t.Errorf("%d: %s", p.Status, p.Detail)
	}
}

// 2 models x 8 layers, their vectors in memory; the bytes are those before
// compression.
func TestAComparisonIsSmallAndFast(t *testing.T) {
	s := startServer(t)
	s.addCompared(t)
	best := time.Hour
	for range 10 {
		started := time.Now()
		a := s.do(t, "GET", "/api/v1/compare?dataset=small", "")
		best = min(best, time.Since(started))
		if len(a.body) > 100_000 {
			t.Errorf("%d bytes", len(a.body))
		}
	}
	if best > 200*time.Millisecond {
		t.Errorf("it takes %v", best)
	}
}
