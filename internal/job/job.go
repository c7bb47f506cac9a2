// Package job runs long work in the background: kept in a file until it has
// ended, so that it survives the program; unique by key; with progress and a
// view of the work that several watchers may follow; and with an end that
// stays visible for a while.
//
// The queue is River (https://riverqueue.com) on a SQLite file; what changes
// often, progress and views, is in memory only.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/convnetplayground/convnet/internal/disk"
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

// Grace is how long a job that is only for its watchers goes on without any.
const Grace = 10 * time.Second

var (
	// ErrNotFound means that there is no job of that id.
	ErrNotFound = errors.New("no such job")
	// ErrClosed means that the runner takes no more work.
	ErrClosed = errors.New("shutting down")
	// ErrFull means that too many jobs wait already.
	ErrFull = errors.New("too many jobs are waiting")
	// ErrBusy means that another process runs the jobs of the file.
	ErrBusy = disk.ErrLocked
)

// Queue says which jobs wait for each other.
type Queue string

// The queues.
const (
	Compute  Queue = "compute"  // as many at a time as there are workers
	Download Queue = "download" // two at a time, beside those that compute
)

// Urgency is the order of jobs in a queue.
type Urgency int

// The urgencies. Somebody waits for an interactive job; a bulk job is one of
// many.
const (
	Interactive Urgency = iota + 1
	Normal
	Bulk
)

// Kind is what jobs of one name do.
type Kind struct {
	Queue Queue
	// Run is the body of a job. It must return soon after ctx is done, with
	// the context's error. After the program was ended in the middle, the next
	// one calls it again with the same arguments: it goes on from what is kept.
	Run func(ctx context.Context, arguments json.RawMessage, r Reporter) error
}

// Reporter tells the watchers of a job how it stands. Its methods may be called
// from several goroutines.
type Reporter interface {
	// Progress tells the steps finished, and how many there are or 0.
	Progress(done, total int)
	// Show puts a value, which JSON can hold, in the place of the one before.
	Show(view any)
}

// Request asks for a job.
type Request struct {
	Kind      string // one of those the runner was opened with
	Key       string // jobs of one key that have not ended are one job
	Title     string // for people
	Arguments any    // for Run, as JSON
	Urgency   Urgency
	// Watched says that the job is only for those who follow it: some time
	// after the last of them has left, or at once where another job waits for
	// its place, it is cancelled.
	Watched bool
}

// Status is what is known of a job at one moment.
type Status struct {
	ID        string // 16 hexadecimal digits
	Kind      string
	Key       string
	Title     string
	Arguments json.RawMessage
	State     State
	Done      int // steps finished
	Total     int // steps in all, 0 while not known
	View      any // what the job showed last; nil for nothing
	Err       error
	Version   int // grows with every change, from 1
	Created   time.Time
	Ended     time.Time // zero until the job has ended
}
