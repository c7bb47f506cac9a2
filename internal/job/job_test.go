package job

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// untilDone is work that ends when it is told to, or is cancelled.
func untilDone(release <-chan struct{}) Work {
	return func(ctx context.Context, _ func(done, total int)) error {
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func start(t *testing.T, r *Runner, key string, work Work) Status {
	t.Helper()
	s, err := r.Start(key, "title of "+key, work)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// last follows a job to its end.
func last(t *testing.T, r *Runner, id string) (last Status) {
	t.Helper()
	err := r.Follow(t.Context(), id, 0, func(s Status) error { last = s; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return last
}

func TestAJobEndsAsItsWorkDoes(t *testing.T) {
	failure := errors.New("no such layer")
	tests := []struct {
		name  string
		work  Work
		state State
		err   string
	}{
		{"done", func(context.Context, func(int, int)) error { return nil }, Done, ""},
		{"failed", func(context.Context, func(int, int)) error { return failure }, Failed, "no such layer"},
		{"crashed", func(context.Context, func(int, int)) error { panic("index out of range") }, Failed, "the job crashed: index out of range"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := NewRunner(1)
			defer r.Close()
			s := last(t, r, start(t, r, "k", tt.work).ID)
			if s.State != tt.state {
				t.Errorf("state is %s, want %s", s.State, tt.state)
			}
			if message := errorText(s.Err); message != tt.err {
				t.Errorf("error is %q, want %q", message, tt.err)
			}
			if s.Ended.IsZero() {
				t.Error("no time of the end")
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAKeyIsWorkedOnOnce(t *testing.T) {
	r := NewRunner(1)
	defer r.Close()
	release := make(chan struct{})
	first := start(t, r, "k", untilDone(release))
	again := start(t, r, "k", func(context.Context, func(int, int)) error {
		t.Error("the second work ran")
		return nil
	})
	if again.ID != first.ID {
		t.Errorf("a second job %s beside %s", again.ID, first.ID)
	}
	close(release)
	last(t, r, first.ID)
	if after := start(t, r, "k", untilDone(release)); after.ID == first.ID {
		t.Error("a job that has ended is not run again")
	}
}

func TestJobsWaitForAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(1)
		defer r.Close()
		release := make(chan struct{})
		first := start(t, r, "a", untilDone(release))
		second := start(t, r, "b", untilDone(release))
		synctest.Wait()
		states := map[string]State{}
		for _, s := range r.List() {
			states[s.Key] = s.State
		}
		if states["a"] == states["b"] {
			t.Errorf("states are %v, want one running and one queued", states)
		}
		close(release)
		if s := last(t, r, first.ID); s.State != Done {
			t.Errorf("first is %s", s.State)
		}
		if s := last(t, r, second.ID); s.State != Done {
			t.Errorf("second is %s", s.State)
		}
	})
}

func TestASlowWatcherGetsTheNewestState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(1)
		defer r.Close()
		steps := make(chan int)
		s := start(t, r, "k", func(_ context.Context, report func(done, total int)) error {
			for step := range steps {
				report(step, 100)
			}
			return nil
		})
		synctest.Wait()
		var seen []int
		err := r.Follow(t.Context(), s.ID, 0, func(s Status) error {
			seen = append(seen, s.Done)
			if len(seen) > 1 {
				return nil
			}
			for step := 1; step <= 100; step++ { // while this watcher is busy
				steps <- step
			}
			close(steps)
			synctest.Wait()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(seen) != 2 || seen[1] != 100 {
			t.Errorf("saw %v, want the start and then only the end", seen)
		}
	})
}

func TestAWatcherWhoKnowsAVersionWaitsForTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(1)
		defer r.Close()
		release := make(chan struct{})
		s := start(t, r, "k", untilDone(release))
		synctest.Wait()
		running, err := r.Get(s.ID)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(time.Second)
			close(release)
		}()
		var states []State
		err = r.Follow(t.Context(), s.ID, running.Version, func(s Status) error {
			states = append(states, s.State)
			return nil
		})
		if err != nil || len(states) != 1 || states[0] != Done {
			t.Errorf("saw %v, %v, want only the end", states, err)
		}
	})
}

func TestProgressNeverGoesBack(t *testing.T) {
	r := NewRunner(1)
	defer r.Close()
	s := start(t, r, "k", func(_ context.Context, report func(done, total int)) error {
		report(7, 10)
		report(6, 10) // a slower worker reports late
		return nil
	})
	if s := last(t, r, s.ID); s.Done != 7 || s.Total != 10 {
		t.Errorf("progress is %d of %d, want 7 of 10", s.Done, s.Total)
	}
}

func TestRemoveEndsAJobAndForgetsIt(t *testing.T) {
	for _, name := range []string{"running", "queued", "ended"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := NewRunner(1)
				defer r.Close()
				release := make(chan struct{})
				if name == "queued" {
					start(t, r, "other", untilDone(release))
					synctest.Wait()
				}
				if name == "ended" {
					close(release)
				}
				s := start(t, r, "k", untilDone(release))
				synctest.Wait()
				if err := r.Remove(t.Context(), s.ID); err != nil {
					t.Fatal(err)
				}
				if _, err := r.Get(s.ID); !errors.Is(err, ErrNotFound) {
					t.Errorf("Get gives %v, want ErrNotFound", err)
				}
				if err := r.Remove(t.Context(), s.ID); !errors.Is(err, ErrNotFound) {
					t.Errorf("a second Remove gives %v, want ErrNotFound", err)
				}
			})
		})
	}
}

func TestThoseWhoFollowSeeACancelledJobEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(1)
		defer r.Close()
		s := start(t, r, "k", untilDone(nil))
		end := make(chan Status, 1)
		go func() {
			var last Status
			_ = r.Follow(t.Context(), s.ID, 0, func(s Status) error { last = s; return nil })
			end <- last
		}()
		synctest.Wait()
		if err := r.Remove(t.Context(), s.ID); err != nil {
			t.Fatal(err)
		}
		if s := <-end; s.State != Cancelled {
			t.Errorf("the last state is %s, want cancelled", s.State)
		}
	})
}

func TestEndedJobsAreKeptForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(1)
		defer r.Close()
		s := start(t, r, "k", func(context.Context, func(int, int)) error { return nil })
		last(t, r, s.ID)
		time.Sleep(Kept - time.Second)
		if _, err := r.Get(s.ID); err != nil {
			t.Errorf("gone too early: %v", err)
		}
		time.Sleep(2 * time.Second)
		if _, err := r.Get(s.ID); !errors.Is(err, ErrNotFound) {
			t.Errorf("still there: %v", err)
		}
		if n := len(r.List()); n != 0 {
			t.Errorf("%d jobs are listed", n)
		}
	})
}

func TestCloseCancelsAndWaits(t *testing.T) {
	r := NewRunner(2)
	var ended atomic.Int32
	for _, key := range []string{"a", "b", "c"} {
		start(t, r, key, func(ctx context.Context, _ func(int, int)) error {
			<-ctx.Done()
			ended.Add(1)
			return ctx.Err()
		})
	}
	r.Close()
	for _, s := range r.List() {
		if s.State != Cancelled {
			t.Errorf("job %s is %s", s.Key, s.State)
		}
	}
	if _, err := r.Start("d", "", untilDone(nil)); !errors.Is(err, ErrClosed) {
		t.Errorf("Start after Close gives %v, want ErrClosed", err)
	}
}

func TestTooManyJobsAreRefused(t *testing.T) {
	r := NewRunner(1)
	defer r.Close()
	for i := range MaxWaiting {
		start(t, r, string(rune('a'+i)), untilDone(nil))
	}
	if _, err := r.Start("one more", "", untilDone(nil)); !errors.Is(err, ErrFull) {
		t.Errorf("Start gives %v, want ErrFull", err)
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	r := NewRunner(1)
	defer r.Close()
	s := start(t, r, "k", untilDone(nil))
	ctx, cancel := context.WithCancel(t.Context())
	err := r.Follow(ctx, s.ID, 0, func(Status) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Follow gives %v, want context.Canceled", err)
	}
}
