package job

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("CONVNET_TEST_JOBS"); path != "" {
		workUntilKilled(path)
	}
	goleak.VerifyTestMain(m)
}

// work is a body whose function stands in the test.
type work func(ctx context.Context, r Reporter) error

// bench is a runner whose jobs run the functions that a test gives it.
type bench struct {
	*Runner
	mu    sync.Mutex
	works map[string]work // by key
}

func (b *bench) kinds() map[string]Kind {
	run := func(ctx context.Context, arguments json.RawMessage, r Reporter) error {
		var key string
		if err := json.Unmarshal(arguments, &key); err != nil {
			return err
		}
		b.mu.Lock()
		w := b.works[key]
		b.mu.Unlock()
		return w(ctx, r)
	}
	return map[string]Kind{"compute": {Compute, run}, "download": {Download, run}}
}

func open(t *testing.T, path string, workers int) *bench {
	t.Helper()
	b := &bench{works: map[string]work{}}
	r, err := Open(t.Context(), path, b.kinds(), workers)
	if err != nil {
		t.Fatal(err)
	}
	b.Runner = r
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func openNew(t *testing.T, workers int) *bench {
	return open(t, filepath.Join(t.TempDir(), "jobs.db"), workers)
}

func (b *bench) start(t *testing.T, r Request, w work) Status {
	t.Helper()
	if r.Kind == "" {
		r.Kind = "compute"
	}
	r.Title, r.Arguments = "title of "+r.Key, r.Key
	b.mu.Lock()
	if b.works[r.Key] == nil {
		b.works[r.Key] = w
	}
	b.mu.Unlock()
	s, err := b.Start(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// untilDone is work that ends when it is told to, or is cancelled.
func untilDone(release <-chan struct{}) work {
	return func(ctx context.Context, _ Reporter) error {
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// end follows a job to its end.
func (b *bench) end(t *testing.T, id string) (last Status) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := b.Follow(ctx, id, 0, func(s Status) error { last = s; return nil }); err != nil {
		t.Fatal(err)
	}
	return last
}

// reach waits until a job is in a state, without being one of its watchers.
func (b *bench) reach(t *testing.T, id string, state State) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		s, err := b.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		if s.State == state {
			return
		}
	}
	t.Fatalf("not %s", state)
}

func TestAJobEndsAsItsWorkDoes(t *testing.T) {
	failure := errors.New("no such layer")
	tests := []struct {
		name  string
		work  work
		state State
		err   string
	}{
		{"done", func(context.Context, Reporter) error { return nil }, Done, "<nil>"},
		{"failed", func(context.Context, Reporter) error { return failure }, Failed, "no such layer"},
		{"crashed", func(context.Context, Reporter) error { panic("index out of range") }, Failed, "the job crashed: index out of range"},
	}
	b := openNew(t, 1)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := b.end(t, b.start(t, Request{Key: tt.name}, tt.work).ID)
			if s.State != tt.state || fmt.Sprint(s.Err) != tt.err {
				t.Errorf("%s, %v; want %s, %s", s.State, s.Err, tt.state, tt.err)
			}
			if s.Ended.IsZero() || s.Kind != "compute" || string(s.Arguments) != `"`+tt.name+`"` {
				t.Errorf("status %+v", s)
			}
		})
	}
}

func TestAKeyIsWorkedOnOnce(t *testing.T) {
	b := openNew(t, 1)
	release := make(chan struct{})
	first := b.start(t, Request{Key: "k"}, untilDone(release))
	if again := b.start(t, Request{Key: "k"}, nil); again.ID != first.ID {
		t.Errorf("a second job %s beside %s", again.ID, first.ID)
	}
	b.reach(t, first.ID, Running)
	if again := b.start(t, Request{Key: "k"}, nil); again.ID != first.ID {
		t.Errorf("a second job %s beside %s that runs", again.ID, first.ID)
	}
	close(release)
	b.end(t, first.ID)
	if after := b.start(t, Request{Key: "k"}, nil); after.ID == first.ID {
		t.Error("a job that has ended is not run again")
	}
}

func TestJobsWaitForAPlaceInTheOrderOfTheirUrgency(t *testing.T) {
	b := openNew(t, 1)
	release := make(chan struct{})
	first := b.start(t, Request{Key: "first", Urgency: Bulk}, untilDone(release))
	b.reach(t, first.ID, Running)
	var mu sync.Mutex
	var order []string
	note := func(key string) work {
		return func(context.Context, Reporter) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, key)
			return nil
		}
	}
	var ids []string
	for _, r := range []Request{{Key: "bulk", Urgency: Bulk}, {Key: "normal", Urgency: Normal}, {Key: "now", Urgency: Interactive}} {
		ids = append(ids, b.start(t, r, note(r.Key)).ID)
	}
	if s, _ := b.Get(ids[2]); s.State != Queued {
		t.Errorf("two run at a time: %s", s.State)
	}
	// A download does not wait for those that compute.
	b.end(t, b.start(t, Request{Key: "weights", Kind: "download"}, note("weights")).ID)
	close(release)
	for _, id := range ids {
		b.end(t, id)
	}
	if want := "[weights now normal bulk]"; fmt.Sprint(order) != want {
		t.Errorf("order %v, want %s", order, want)
	}
}

func TestASlowWatcherGetsTheNewestState(t *testing.T) {
	b := openNew(t, 1)
	steps, told := make(chan int), make(chan struct{})
	s := b.start(t, Request{Key: "k"}, func(_ context.Context, r Reporter) error {
		for step := range steps {
			r.Progress(step, 100)
			r.Show(fmt.Sprint("frame ", step))
			told <- struct{}{}
		}
		return nil
	})
	b.reach(t, s.ID, Running)
	var seen []Status
	err := b.Follow(t.Context(), s.ID, 0, func(s Status) error {
		seen = append(seen, s)
		if len(seen) > 1 {
			return nil
		}
		for step := 1; step <= 100; step++ { // while this watcher is busy
			steps <- step
			<-told
		}
		close(steps)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	last := seen[len(seen)-1]
	if len(seen) > 3 || last.Done != 100 || last.View != "frame 100" || last.State != Done {
		t.Errorf("saw %d states, the last %+v", len(seen), last)
	}
}

func TestAWatcherWhoKnowsAVersionWaitsForTheNext(t *testing.T) {
	b := openNew(t, 1)
	release := make(chan struct{})
	s := b.start(t, Request{Key: "k"}, untilDone(release))
	b.reach(t, s.ID, Running)
	running, err := b.Get(s.ID)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		time.Sleep(50 * time.Millisecond)
		close(release)
	}()
	var states []State
	err = b.Follow(t.Context(), s.ID, running.Version, func(s Status) error {
		states = append(states, s.State)
		return nil
	})
	if err != nil || len(states) != 1 || states[0] != Done {
		t.Errorf("saw %v, %v, want only the end", states, err)
	}
}

func TestProgressNeverGoesBack(t *testing.T) {
	b := openNew(t, 1)
	s := b.start(t, Request{Key: "k"}, func(_ context.Context, r Reporter) error {
		r.Progress(7, 10)
		r.Progress(6, 10) // a slower worker reports late
		return nil
	})
	if s := b.end(t, s.ID); s.Done != 7 || s.Total != 10 {
		t.Errorf("progress is %d of %d, want 7 of 10", s.Done, s.Total)
	}
}

func TestRemoveEndsAJobAndForgetsIt(t *testing.T) {
	for _, name := range []string{"running", "queued", "ended"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "jobs.db")
			b := open(t, path, 1)
			release := make(chan struct{})
			if name == "queued" {
				b.reach(t, b.start(t, Request{Key: "other"}, untilDone(release)).ID, Running)
			}
			if name == "ended" {
				close(release)
			}
			s := b.start(t, Request{Key: "k"}, untilDone(release))
			if name != "queued" {
				b.reach(t, s.ID, map[string]State{"running": Running, "ended": Done}[name])
			}
			seen := make(chan Status, 1)
			go func() {
				var last Status
				_ = b.Follow(t.Context(), s.ID, 0, func(s Status) error { last = s; return nil })
				seen <- last
			}()
			time.Sleep(20 * time.Millisecond)
			if err := b.Remove(t.Context(), s.ID); err != nil {
				t.Fatal(err)
			}
			if last := <-seen; !last.State.Ended() || name != "ended" && last.State != Cancelled {
				t.Errorf("those who follow saw %s at last", last.State)
			}
			if _, err := b.Get(s.ID); !errors.Is(err, ErrNotFound) {
				t.Errorf("Get gives %v, want ErrNotFound", err)
			}
			if err := b.Remove(t.Context(), s.ID); !errors.Is(err, ErrNotFound) {
				t.Errorf("a second Remove gives %v, want ErrNotFound", err)
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			// It does not come back either.
			for _, left := range open(t, path, 1).List() {
				if left.ID == s.ID {
					t.Errorf("%s is back", left.State)
				}
			}
		})
	}
}

func TestAJobForItsWatchersEndsWithThem(t *testing.T) {
	b := openNew(t, 3)
	b.grace = 200 * time.Millisecond
	visit := func(id string) {
		gone := errors.New("gone")
		if err := b.Follow(t.Context(), id, 0, func(Status) error { return gone }); !errors.Is(err, gone) {
			t.Fatal(err)
		}
	}
	left := b.start(t, Request{Key: "left", Watched: true}, untilDone(nil))
	wanted := b.start(t, Request{Key: "wanted", Watched: true}, untilDone(nil))
	b.start(t, Request{Key: "wanted"}, nil) // somebody wants it without looking
	watched := b.start(t, Request{Key: "watched", Watched: true}, untilDone(nil))
	for _, s := range []Status{left, wanted, watched} {
		b.reach(t, s.ID, Running)
		visit(s.ID)
	}
	ctx, cancel := context.WithTimeout(t.Context(), b.grace+5*time.Second)
	defer cancel()
	go func() { _ = b.Follow(ctx, watched.ID, 0, func(Status) error { return nil }) }()
	time.Sleep(b.grace + time.Second)
	for id, want := range map[string]State{left.ID: Cancelled, wanted.ID: Running, watched.ID: Running} {
		if s, err := b.Get(id); err != nil || s.State != want {
			t.Errorf("%s is %s, %v; want %s", s.Key, s.State, err, want)
		}
	}
}

func TestAJobThatIsLeftMakesRoom(t *testing.T) {
	b := openNew(t, 1)
	gone := errors.New("gone")
	visit := func(id string) {
		if err := b.Follow(t.Context(), id, 0, func(Status) error { return gone }); !errors.Is(err, gone) {
			t.Fatal(err)
		}
	}
	done := func(context.Context, Reporter) error { return nil }
	first := b.start(t, Request{Key: "left before", Watched: true}, untilDone(nil))
	b.reach(t, first.ID, Running)
	visit(first.ID)
	if s := b.end(t, b.start(t, Request{Key: "next"}, done).ID); s.State != Done {
		t.Errorf("the next is %s", s.State)
	}
	second := b.start(t, Request{Key: "left after", Watched: true}, untilDone(nil))
	b.reach(t, second.ID, Running)
	waiting := b.start(t, Request{Key: "waiting"}, done)
	if s, _ := b.Get(second.ID); s.State != Running {
		t.Errorf("one that nobody has left is %s", s.State)
	}
	visit(second.ID)
	if s := b.end(t, waiting.ID); s.State != Done {
		t.Errorf("the one that waited is %s", s.State)
	}
	for _, id := range []string{first.ID, second.ID} {
		if s, _ := b.Get(id); s.State != Cancelled {
			t.Errorf("%s is %s", s.Key, s.State)
		}
	}
}

func TestEndedJobsAreKeptForAnHour(t *testing.T) {
	b := openNew(t, 1)
	s := b.start(t, Request{Key: "k"}, func(context.Context, Reporter) error { return nil })
	b.end(t, s.ID)
	later := func(d time.Duration) {
		b.Runner.mu.Lock()
		b.now = func() time.Time { return time.Now().Add(d) }
		b.Runner.mu.Unlock()
	}
	later(Kept - time.Second)
	if _, err := b.Get(s.ID); err != nil {
		t.Errorf("gone too early: %v", err)
	}
	later(Kept + time.Second)
	if _, err := b.Get(s.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("still there: %v", err)
	}
	if n := len(b.List()); n != 0 {
		t.Errorf("%d jobs are listed", n)
	}
}

func TestJobsGoOnAfterAClose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jobs.db")
	b := open(t, path, 1)
	running := b.start(t, Request{Key: "running"}, untilDone(nil))
	b.reach(t, running.ID, Running)
	queued := b.start(t, Request{Key: "queued"}, untilDone(nil))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Start(t.Context(), Request{Kind: "compute", Key: "d"}); !errors.Is(err, ErrClosed) {
		t.Errorf("Start after Close gives %v, want ErrClosed", err)
	}
	again := &bench{works: map[string]work{
		"running": func(context.Context, Reporter) error { return nil },
		"queued":  func(context.Context, Reporter) error { return nil },
	}}
	r, err := Open(t.Context(), path, again.kinds(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	again.Runner = r
	for _, s := range []Status{running, queued} {
		if end := again.end(t, s.ID); end.State != Done || end.Title != "title of "+s.Key {
			t.Errorf("%s: %+v", s.Key, end)
		}
	}
}

// workUntilKilled is the program of TestJobsGoOnAfterAKill.
func workUntilKilled(path string) {
	b := &bench{works: map[string]work{"killed": func(ctx context.Context, _ Reporter) error {
		fmt.Println("at work")
		<-ctx.Done()
		return ctx.Err()
	}}}
	r, err := Open(context.Background(), path, b.kinds(), 1)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if _, err := r.Start(context.Background(), Request{Kind: "compute", Key: "killed", Title: "t", Arguments: "killed"}); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	select {}
}

func TestJobsGoOnAfterAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jobs.db")
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), "CONVNET_TEST_JOBS="+path)
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "at work\n" {
		t.Fatalf("it says %q", line)
	}
	if _, err := Open(t.Context(), path, nil, 1); !errors.Is(err, ErrBusy) {
		t.Errorf("two programs at one file: %v", err)
	}
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait() // it was killed
	again := &bench{works: map[string]work{"killed": func(context.Context, Reporter) error { return nil }}}
	r, err := Open(t.Context(), path, again.kinds(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	again.Runner = r
	list := r.List()
	if len(list) != 1 {
		t.Fatalf("jobs %v", list)
	}
	if s := again.end(t, list[0].ID); s.State != Done {
		t.Errorf("it ended %s, %v", s.State, s.Err)
	}
}

func TestAJobOfAnUnknownKindFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jobs.db")
	b := open(t, path, 1)
	s := b.start(t, Request{Key: "k"}, untilDone(nil))
	b.reach(t, s.ID, Running)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), path, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if end := (&bench{Runner: r}).end(t, s.ID); end.State != Failed || end.Err.Error() != `a job of the kind "compute", which this program does not know` {
		t.Errorf("%s, %v", end.State, end.Err)
	}
}

func TestTooManyJobsAreRefused(t *testing.T) {
	b := openNew(t, 1)
	for i := range MaxWaiting {
		b.start(t, Request{Key: fmt.Sprint(i)}, untilDone(nil))
	}
	if _, err := b.Start(t.Context(), Request{Kind: "compute", Key: "one more"}); !errors.Is(err, ErrFull) {
		t.Errorf("Start gives %v, want ErrFull", err)
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	b := openNew(t, 1)
	s := b.start(t, Request{Key: "k"}, untilDone(nil))
	ctx, cancel := context.WithCancel(t.Context())
	err := b.Follow(ctx, s.ID, 0, func(Status) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Follow gives %v, want context.Canceled", err)
	}
}

func BenchmarkStartToEnd(b *testing.B) {
	w := &bench{works: map[string]work{"k": func(context.Context, Reporter) error { return nil }}}
	r, err := Open(context.Background(), filepath.Join(b.TempDir(), "jobs.db"), w.kinds(), 1)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for b.Loop() {
		s, err := r.Start(context.Background(), Request{Kind: "compute", Key: "k", Arguments: "k", Urgency: Interactive})
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Follow(context.Background(), s.ID, 0, func(Status) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
