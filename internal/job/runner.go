package job

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Runner runs jobs, a fixed number of them at a time. All methods may be called
// from several goroutines.
type Runner struct {
	kinds map[string]Kind
	queue *queue
	now   func() time.Time
	grace time.Duration

	mu     sync.Mutex
	closed bool
	jobs   map[string]*entry
}

// entry is a job that somebody may look at.
type entry struct {
	status   Status
	cancel   context.CancelCauseFunc // of the work; nil while it waits
	changed  chan struct{}           // closed and replaced at every change
	ended    chan struct{}           // closed at the end
	watched  bool                    // only for its watchers
	watchers int
	leave    *time.Timer // cancels it when nobody came back
}

// Open opens the jobs of the file at path, which is made if it is not there,
// and goes on with those that had not ended. workers is how many compute at a
// time. The error wraps ErrBusy where another process runs the jobs of the file.
func Open(ctx context.Context, path string, kinds map[string]Kind, workers int) (*Runner, error) {
	r := &Runner{kinds: kinds, now: time.Now, grace: Grace, jobs: map[string]*entry{}}
	q, waiting, err := openQueue(ctx, path, workers, r.work)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	r.queue = q
	for _, w := range waiting {
		r.jobs[w.id] = newEntry(w.id, w.ticket, w.created)
	}
	if err := q.start(ctx); err != nil {
		return nil, fmt.Errorf("jobs %s: %w", path, err)
	}
	return r, nil
}

func newEntry(id string, t ticket, created time.Time) *entry {
	return &entry{
		status: Status{
			ID: id, Kind: t.JobKind, Key: t.Key, Title: t.Title, Arguments: t.Arguments,
			State: Queued, Version: 1, Created: created,
		},
		changed: make(chan struct{}),
		ended:   make(chan struct{}),
		watched: t.Watched,
	}
}

// Start queues a job. While a job of that key has not ended, it is returned
// instead. Errors are ErrClosed, ErrFull, and those of the file.
func (r *Runner) Start(ctx context.Context, request Request) (Status, error) {
	if _, ok := r.kinds[request.Kind]; !ok {
		panic("job: no kind " + request.Kind)
	}
	// The lock is held while the job is written, so that the key stays unique
	// and the work finds its entry.
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
		if e.status.Key == request.Key {
			// Whoever wants it to the end gets it.
			e.watched = e.watched && request.Watched
			return e.status, nil
		}
		live++
	}
	if live >= MaxWaiting {
		return Status{}, ErrFull
	}
	t, err := newTicket(request)
	if err != nil {
		return Status{}, err
	}
	id, err := r.queue.add(ctx, t, r.kinds[request.Kind].Queue, request.Urgency)
	if err != nil {
		return Status{}, fmt.Errorf("job %q: %w", request.Title, err)
	}
	e := newEntry(id, t, r.now())
	r.jobs[id] = e
	for _, other := range r.jobs {
		if other.alone() && r.sameQueue(other, e) {
			other.cancel(errCancelled) // it makes room at once
		}
	}
	return e.status, nil
}

// alone tells that a job runs only for watchers who have left.
func (e *entry) alone() bool {
	return e.watched && e.watchers == 0 && e.leave != nil && e.status.State == Running
}

// sameQueue tells that two jobs wait for each other.
func (r *Runner) sameQueue(a, b *entry) bool {
	return r.kinds[a.status.Kind].Queue == r.kinds[b.status.Kind].Queue
}

// awaited tells that another job waits for the place of this one.
func (r *Runner) awaited(e *entry) bool {
	for _, other := range r.jobs {
		if other.status.State == Queued && r.sameQueue(other, e) {
			return true
		}
	}
	return false
}

// work runs a job that the queue hands out. The error is nil, that of the
// work, or that of ctx where the program ends before the job does.
func (r *Runner) work(ctx context.Context, id string, t ticket) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	e := r.begin(id, t, cancel)
	if e == nil {
		return nil // removed while it waited
	}
	err := r.attempt(ctx, t, reporter{r, e})
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed && err != nil && ctx.Err() != nil && context.Cause(ctx) != errCancelled {
		return ctx.Err() // the next program goes on with it
	}
	r.end(e, ctx, err)
	return err
}

// errCancelled is the cause of the end of a job that was cancelled.
var errCancelled = fmt.Errorf("cancelled: %w", context.Canceled)

func (r *Runner) begin(id string, t ticket, cancel context.CancelCauseFunc) *entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.jobs[id]
	if e == nil || e.status.State.Ended() {
		return nil
	}
	e.cancel = cancel
	r.change(e, func(s *Status) { s.State = Running })
	return e
}

// attempt turns a panic of the work into its error: one bad job must not take
// the others down.
func (r *Runner) attempt(ctx context.Context, t ticket, report Reporter) (err error) {
	kind, ok := r.kinds[t.JobKind]
	if !ok {
		return fmt.Errorf("a job of the kind %q, which this program does not know", t.JobKind)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the job crashed: %v", p)
		}
	}()
	return kind.Run(ctx, t.Arguments, report)
}

// end notes the end of a job. The caller holds the lock.
func (r *Runner) end(e *entry, ctx context.Context, err error) {
	if e.leave != nil {
		e.leave.Stop()
	}
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
	close(e.ended)
}

// change sets something of a job. The caller holds the lock.
func (r *Runner) change(e *entry, set func(*Status)) {
	set(&e.status)
	e.status.Version++
	close(e.changed)
	e.changed = make(chan struct{})
}

// reporter is the Reporter of one job.
type reporter struct {
	runner *Runner
	entry  *entry
}

func (p reporter) Progress(done, total int) {
	p.runner.mu.Lock()
	defer p.runner.mu.Unlock()
	p.runner.change(p.entry, func(s *Status) { s.Done, s.Total = max(s.Done, done), total })
}

func (p reporter) Show(view any) {
	p.runner.mu.Lock()
	defer p.runner.mu.Unlock()
	p.runner.change(p.entry, func(s *Status) { s.View = view })
}

// Get returns the job of that id, or ErrNotFound.
func (r *Runner) Get(id string) (Status, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgetOld()
	e, ok := r.jobs[id]
	if !ok {
		return Status{}, ErrNotFound
	}
	return e.status, nil
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
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
	})
	return list
}

// Follow calls see with the state of the job whenever it changed since the
// last call, until it has ended: the last state seen is the last there is. A
// slow see skips states and gets the newest. after is a version known already;
// one that the job never had, as after a restart, counts as none. Follow ends
// with nil, ErrNotFound, the error of see, or the context's.
func (r *Runner) Follow(ctx context.Context, id string, after int, see func(Status) error) error {
	e, err := r.watch(id)
	if err != nil {
		return err
	}
	defer r.unwatch(e)
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

// await returns the state of a job as soon as its version is above after.
func (r *Runner) await(ctx context.Context, e *entry, after int) (Status, error) {
	for {
		r.mu.Lock()
		status, changed := e.status, e.changed
		r.mu.Unlock()
		if status.Version != after || status.State.Ended() {
			return status, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Status{}, ctx.Err()
		}
	}
}

func (r *Runner) watch(id string) (*entry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgetOld()
	e, ok := r.jobs[id]
	if !ok {
		return nil, ErrNotFound
	}
	e.watchers++
	if e.leave != nil {
		e.leave.Stop()
		e.leave = nil
	}
	return e, nil
}

func (r *Runner) unwatch(e *entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.watchers--
	if e.watchers > 0 || !e.watched || e.status.State.Ended() || r.closed {
		return
	}
	if e.status.State == Running && r.awaited(e) {
		e.cancel(errCancelled)
		return
	}
	id := e.status.ID
	e.leave = time.AfterFunc(r.grace, func() {
		r.mu.Lock()
		alone := e.watchers == 0 && e.watched && !r.closed
		r.mu.Unlock()
		if alone {
			// It fails only where the job has ended by itself.
			_ = r.cancel(context.Background(), id)
		}
	})
}

// cancel ends a job that has not ended, and returns when it has.
func (r *Runner) cancel(ctx context.Context, id string) error {
	r.mu.Lock()
	e, ok := r.jobs[id]
	if !ok {
		r.mu.Unlock()
		return ErrNotFound
	}
	waits := e.cancel == nil && !e.status.State.Ended()
	if waits {
		done, stop := context.WithCancelCause(ctx)
		stop(errCancelled)
		r.end(e, done, errCancelled)
	} else if e.cancel != nil {
		e.cancel(errCancelled)
	}
	r.mu.Unlock()
	if waits {
		return r.queue.cancel(ctx, id)
	}
	select {
	case <-e.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Remove cancels the job if it has not ended, waits for its end, and forgets
// it. Those who follow it see it end.
func (r *Runner) Remove(ctx context.Context, id string) error {
	if err := r.cancel(ctx, id); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.jobs, id)
	return nil
}

// Close interrupts all jobs and waits until they stand still. Those that have
// not ended go on when the file is opened again.
func (r *Runner) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	for _, e := range r.jobs {
		if e.leave != nil {
			e.leave.Stop()
		}
	}
	r.mu.Unlock()
	return r.queue.close()
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
