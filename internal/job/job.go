// Package job runs long work in the background, in memory: unique by key,
// with progress that several watchers may follow, and with an end that stays
// visible for a while.
package job

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// State is the stage of a job's life.
type State string

// The states. A job ends in one of the last three.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Ended reports whether nothing more will happen to a job in this state.
func (s State) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// Kept is how long an ended job stays visible.
const Kept = time.Hour

// MaxWaiting caps the jobs that wait for a place.
const MaxWaiting = 1000

var (
	// ErrNotFound means that there is no job of that id.
	ErrNotFound = errors.New("no such job")
	// ErrClosed means that the runner takes no more work.
	ErrClosed = errors.New("shutting down")
	// ErrFull means that too many jobs wait already.
	ErrFull = errors.New("too many jobs are waiting")
)

// Status is what is known of a job at one moment.
type Status struct {
	ID      string // 16 hexadecimal digits
	Key     string
	Title   string
	State   State
	Done    int // steps finished
	Total   int // steps in all, 0 while not known
	Err     error
	Version int // grows with every change, from 1
	Created time.Time
	Ended   time.Time // zero until the job has ended
}

// Work is the body of a job. It must return soon after ctx is done, with the
// context's error, and may call report from several goroutines.
type Work func(ctx context.Context, report func(done, total int)) error

// Runner runs jobs, a fixed number of them at a time. All methods may be called
// from several goroutines.
type Runner struct {
	places chan struct{}
	ctx    context.Context
	stop   context.CancelFunc
	wait   sync.WaitGroup
	now    func() time.Time

	mu     sync.Mutex
	closed bool
	jobs   map[string]*entry
}

type entry struct {
	status  Status
	cancel  context.CancelFunc
	changed chan struct{} // closed and replaced at every change
	ended   chan struct{} // closed at the end
}

// NewRunner returns a runner that works on parallel jobs at a time.
func NewRunner(parallel int) *Runner {
	ctx, stop := context.WithCancel(context.Background())
	return &Runner{
		places: make(chan struct{}, parallel),
		ctx:    ctx,
		stop:   stop,
		now:    time.Now,
		jobs:   map[string]*entry{},
	}
}

// Start queues work under a key. While a job of that key has not ended, it is
// returned instead and work is dropped. Errors are ErrClosed and ErrFull.
func (r *Runner) Start(key, title string, work Work) (Status, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return Status{}, ErrClosed
	}
	r.forgetOld()
	live := 0
	for _, e := range r.jobs {
		if e.status.State.Ended() {
			continue
		}
		if e.status.Key == key {
			return e.status, nil
		}
		live++
	}
	if live >= MaxWaiting {
		return Status{}, ErrFull
	}
	ctx, cancel := context.WithCancel(r.ctx)
	e := &entry{
		status: Status{
			ID: newID(), Key: key, Title: title, State: Queued,
			Version: 1, Created: r.now(),
		},
		cancel:  cancel,
		changed: make(chan struct{}),
		ended:   make(chan struct{}),
	}
	r.jobs[e.status.ID] = e
	r.wait.Go(func() { r.run(ctx, e, work) })
	return e.status, nil
}

func (r *Runner) run(ctx context.Context, e *entry, work Work) {
	defer close(e.ended)
	defer e.cancel()
	select {
	case r.places <- struct{}{}:
		defer func() { <-r.places }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		r.end(e, ctx, ctx.Err())
		return
	}
	r.change(e, func(s *Status) { s.State = Running })
	err := attempt(ctx, work, func(done, total int) {
		r.change(e, func(s *Status) { s.Done, s.Total = max(s.Done, done), total })
	})
	r.end(e, ctx, err)
}

// attempt turns a panic of the work into its error: one bad job must not take
// the others down.
func attempt(ctx context.Context, work Work, report func(done, total int)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the job crashed: %v", p)
		}
	}()
	return work(ctx, report)
}

func (r *Runner) end(e *entry, ctx context.Context, err error) {
	r.change(e, func(s *Status) {
		s.Ended = r.now()
		switch {
		case err == nil:
			s.State = Done
		case ctx.Err() != nil:
			s.State = Cancelled
		default:
			s.State, s.Err = Failed, err
		}
	})
}

func (r *Runner) change(e *entry, set func(*Status)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set(&e.status)
	e.status.Version++
	close(e.changed)
	e.changed = make(chan struct{})
}

// Get returns the job of that id, or ErrNotFound.
func (r *Runner) Get(id string) (Status, error) {
	status, _, err := r.look(id)
	return status, err
}

func (r *Runner) look(id string) (Status, *entry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgetOld()
	e, ok := r.jobs[id]
	if !ok {
		return Status{}, nil, ErrNotFound
	}
	return e.status, e, nil
}

// List returns all jobs, newest first.
func (r *Runner) List() []Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgetOld()
	list := make([]Status, 0, len(r.jobs))
	for _, e := range r.jobs {
		list = append(list, e.status)
	}
	slices.SortFunc(list, func(a, b Status) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// await returns the state of a job as soon as its version is above after.
func (r *Runner) await(ctx context.Context, e *entry, after int) (Status, error) {
	for {
		r.mu.Lock()
		status, changed := e.status, e.changed
		r.mu.Unlock()
		if status.Version > after || status.State.Ended() {
			return status, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Status{}, ctx.Err()
		}
	}
}

// Follow calls see with the state of the job whenever it changed since the
// last call, until it has ended: the last state seen is the last there is. A
// slow see skips states and gets the newest. after is a version known already.
// Follow ends with nil, ErrNotFound, the error of see, or the context's.
func (r *Runner) Follow(ctx context.Context, id string, after int, see func(Status) error) error {
	_, e, err := r.look(id)
	if err != nil {
		return err
	}
	for {
		status, err := r.await(ctx, e, after)
		if err != nil {
			return err
		}
		if err := see(status); err != nil {
			return err
		}
		if status.State.Ended() {
			return nil
		}
		after = status.Version
	}
}

// Remove cancels the job if it has not ended, waits for its end, and forgets
// it. Those who follow it see it end.
func (r *Runner) Remove(ctx context.Context, id string) error {
	_, e, err := r.look(id)
	if err != nil {
		return err
	}
	e.cancel()
	select {
	case <-e.ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.jobs, id)
	return nil
}

// Close cancels all jobs and waits until they have ended.
func (r *Runner) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
	r.wait.Wait()
}

// forgetOld drops jobs that ended long ago. The caller holds the lock.
func (r *Runner) forgetOld() {
	limit := r.now().Add(-Kept)
	for id, e := range r.jobs {
		if e.status.State.Ended() && e.status.Ended.Before(limit) {
			delete(r.jobs, id)
		}
	}
}

func newID() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
