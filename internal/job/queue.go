package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	_ "modernc.org/sqlite" // the driver of the file

	"github.com/convnetplayground/convnet/internal/disk"
)

// ticket is a job as the file keeps it.
type ticket struct {
	JobKind   string          `json:"kind"`
	Key       string          `json:"key"`
	Title     string          `json:"title"`
	Arguments json.RawMessage `json:"arguments"`
	Watched   bool            `json:"watched"`
}

// Kind implements river.JobArgs. River knows one kind of job: ours are told
// apart by their tickets, so that one of an unknown kind fails with a message.
func (ticket) Kind() string { return "job" }

func newTicket(r Request) (ticket, error) {
	arguments, err := json.Marshal(r.Arguments)
	if err != nil {
		return ticket{}, fmt.Errorf("arguments of the job %q: %w", r.Title, err)
	}
	return ticket{JobKind: r.Kind, Key: r.Key, Title: r.Title, Arguments: arguments, Watched: r.Watched}, nil
}

// queue is the file of jobs.
type queue struct {
	lock   *disk.Lock
	db     *sql.DB
	client *river.Client[*sql.Tx]
	stop   context.CancelFunc // of what runs
}

// waiting is a job that an earlier program left.
type waiting struct {
	id      string
	ticket  ticket
	created time.Time
}

const (
	downloads = 2 // at a time
	// fetchPause bounds how often the file is asked for more work.
	fetchPause = 2 * time.Millisecond
	// fetchPoll finds work that no event told of.
	fetchPoll = time.Second
)

// openQueue opens the file and lists the jobs that had not ended.
func openQueue(ctx context.Context, path string, workers int, work func(context.Context, string, ticket) error) (*queue, []waiting, error) {
	lock, err := disk.Acquire(path + ".lock")
	if err != nil {
		return nil, nil, err
	}
	q := &queue{lock: lock}
	left, err := q.open(ctx, path, workers, work)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", path, err), q.release())
	}
	return q, left, nil
}

func (q *queue) open(ctx context.Context, path string, workers int, work func(context.Context, string, ticket) error) ([]waiting, error) {
	parameters := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)"}, "_txlock": {"immediate"}}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: parameters.Encode()}
	var err error
	if q.db, err = sql.Open("sqlite", name.String()); err != nil {
		return nil, err
	}
	q.db.SetMaxOpenConns(1) // SQLite lets one writer in at a time
	driver := riversqlite.New(q.db)
	quiet := slog.New(slog.DiscardHandler)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, err
	}
	workersOf := river.NewWorkers()
	river.AddWorker(workersOf, river.WorkFunc(func(ctx context.Context, job *river.Job[ticket]) error {
		err := work(ctx, formatID(job.ID), job.Args)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, context.Canceled) && ctx.Err() != nil:
			return river.JobSnooze(0) // the next program goes on with it
		}
		return river.JobCancel(err) // it is for people to start it again
	}))
	q.client, err = river.NewClient(driver, &river.Config{
		Logger:                      quiet,
		Workers:                     workersOf,
		JobTimeout:                  -1,
		FetchCooldown:               fetchPause,
		FetchPollInterval:           fetchPoll,
		RescueStuckJobsAfter:        100 * 365 * 24 * time.Hour,
		CancelledJobRetentionPeriod: Kept,
		CompletedJobRetentionPeriod: Kept,
		DiscardedJobRetentionPeriod: Kept,
		Queues: map[string]river.QueueConfig{
			string(Compute):  {MaxWorkers: workers},
			string(Download): {MaxWorkers: downloads},
		},
	})
	if err != nil {
		return nil, err
	}
	return q.left(ctx)
}

// left makes jobs that a killed program was at work on available again, and
// lists all that have not ended, oldest first.
func (q *queue) left(ctx context.Context) ([]waiting, error) {
	// The lock says that nobody is at work.
	if _, err := q.db.ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state IN ('running', 'retryable', 'scheduled')`); err != nil {
		return nil, err
	}
	list, err := q.client.JobList(ctx, river.NewJobListParams().States(rivertype.JobStateAvailable).First(10000))
	if err != nil {
		return nil, err
	}
	var all []waiting
	for _, row := range list.Jobs {
		var t ticket
		if err := json.Unmarshal(row.EncodedArgs, &t); err != nil {
			return nil, fmt.Errorf("job %d: %w", row.ID, err)
		}
		all = append(all, waiting{formatID(row.ID), t, row.CreatedAt})
	}
	return all, nil
}

// start begins to hand out work.
func (q *queue) start(ctx context.Context) error {
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	q.stop = stop
	if err := q.client.Start(running); err != nil {
		stop()
		return errors.Join(err, q.release())
	}
	return nil
}

func (q *queue) add(ctx context.Context, t ticket, name Queue, u Urgency) (string, error) {
	result, err := q.client.Insert(ctx, t, &river.InsertOpts{
		Queue: string(name), Priority: int(max(u, Interactive)),
	})
	if err != nil {
		return "", disk.Explain(err)
	}
	return formatID(result.Job.ID), nil
}

// cancel takes a job that waits out of the queue.
func (q *queue) cancel(ctx context.Context, id string) error {
	n, err := parseID(id)
	if err != nil {
		return err
	}
	_, err = q.client.JobCancel(ctx, n)
	return err
}

const stopTimeout = 10 * time.Second

// close interrupts what runs, waits for it, and lets the file go.
func (q *queue) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	err := q.client.StopAndCancel(ctx)
	q.stop()
	return errors.Join(err, q.release())
}

func (q *queue) release() error {
	var err error
	if q.db != nil {
		err = q.db.Close()
	}
	return errors.Join(err, q.lock.Release())
}

func formatID(id int64) string { return fmt.Sprintf("%016x", id) }

func parseID(id string) (int64, error) { return strconv.ParseInt(id, 16, 64) }
