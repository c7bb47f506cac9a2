package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/playground"
)

// Job is long work in the background.
type Job struct {
	ID        string                 `json:"id" pattern:"^[0-9a-f]{16}$" doc:"Id"`
	Kind      string                 `json:"kind" doc:"What it does, for programs: index, pull, visualize, …"`
	Arguments map[string]any         `json:"arguments" doc:"What it was asked for, by kind"`
	Title     string                 `json:"title" doc:"What it does, for people"`
	State     string                 `json:"state" enum:"queued,running,done,failed,cancelled" doc:"The last three are final"`
	Done      int                    `json:"done" minimum:"0" doc:"Steps finished"`
	Total     int                    `json:"total" minimum:"0" doc:"Steps in all; 0 while not known"`
	Render    *playground.RenderView `json:"render,omitempty" doc:"The picture on its way, of a job that renders one"`
	Map       *playground.MapView    `json:"map,omitempty" doc:"The map on its way, of a job that makes one"`
	Error     *JobError              `json:"error,omitempty" doc:"Why it failed; absent otherwise"`
	Created   time.Time              `json:"created" doc:"When it was asked for"`
	Ended     *time.Time             `json:"ended,omitempty" doc:"When it ended; absent before"`
}

// JobError says why a job failed.
type JobError struct {
	Code   string `json:"code" enum:"busy,conflict,internal,invalid,not_found,unavailable,unsupported,too_large,not_indexed" doc:"What kind of problem it is, for programs"`
	Detail string `json:"detail" doc:"What failed and why, for people"`
	Hint   string `json:"hint" doc:"What to do about it; may be empty"`
}

func newJob(s job.Status) Job {
	j := Job{
		ID: s.ID, Kind: s.Kind, Arguments: map[string]any{}, Title: s.Title, State: string(s.State),
		Done: s.Done, Total: s.Total, Created: s.Created.UTC(),
	}
	// They were JSON when the job was asked for.
	_ = json.Unmarshal(s.Arguments, &j.Arguments)
	switch view := s.View.(type) {
	case playground.RenderView:
		j.Render = &view
	case playground.MapView:
		j.Map = &view
	}
	if s.State.Ended() {
		ended := s.Ended.UTC()
		j.Ended = &ended
	}
	if s.Err != nil {
		j.Error = &JobError{Code: "internal", Detail: "the job failed", Hint: "the server's log has the reason"}
		var e *playground.Error
		if errors.As(s.Err, &e) {
			j.Error = &JobError{Code: string(e.Kind), Detail: e.Detail(), Hint: e.Hint}
		}
	}
	return j
}

type jobList struct {
	Jobs []Job `json:"jobs" doc:"Jobs, newest first; those that ended stay for an hour"`
}

// JobPath names a job.
type JobPath struct {
	ID string `path:"id" pattern:"^[0-9a-f]{16}$" doc:"Id of the job"`
}

type eventsInput struct {
	JobPath
	Last int `header:"Last-Event-ID" minimum:"0" maximum:"2147483647" doc:"Id of the last event that the client has seen"`
}

func (s *service) registerJobs(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/jobs", "list-jobs", "jobs",
		"List jobs", "All jobs, newest first, without maps on their way. Those that ended stay for an hour."),
		func(context.Context, *struct{}) (*body[jobList], error) {
			list := jobList{Jobs: []Job{}}
			for _, status := range s.pg.Jobs().List() {
				listed := newJob(status)
				listed.Map = nil // it may be large
				list.Jobs = append(list.Jobs, listed)
			}
			return &body[jobList]{list}, nil
		})

	huma.Register(api, operation(http.MethodGet, "/jobs/{id}", "get-job", "jobs",
		"Show a job", "The present state of a job.", http.StatusNotFound),
		func(_ context.Context, in *JobPath) (*body[Job], error) {
			status, err := s.pg.Jobs().Get(in.ID)
			if err != nil {
				return nil, noJob(in.ID)
			}
			return &body[Job]{newJob(status)}, nil
		})

	huma.Register(api, operation(http.MethodDelete, "/jobs/{id}", "cancel-job", "jobs",
		"Cancel a job", "Ends a job, if it has not ended, and forgets it. What it finished is kept, and the next job of the same kind goes on from there.", http.StatusNotFound),
		func(ctx context.Context, in *JobPath) (*struct{}, error) {
			err := s.pg.Jobs().Remove(ctx, in.ID)
			if errors.Is(err, job.ErrNotFound) {
				return nil, noJob(in.ID)
			}
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return nil, nil
		})

	events := operation(http.MethodGet, "/jobs/{id}/events", "follow-job", "jobs",
		"Follow a job", "Server-sent events until the job has ended. The event is progress, done, failed or cancelled, its data the job as JSON, its id grows. A client that is slow, or comes back with Last-Event-ID, gets the newest state and not every one in between.", http.StatusNotFound)
	events.Responses = eventResponse("The job as JSON, as GET /api/v1/jobs/{id} answers it", []any{"progress"}, "done", "failed", "cancelled")
	huma.Register(api, events, s.follow)
}

func noJob(id string) error {
	return problem(http.StatusNotFound, "not_found", fmt.Sprintf("no job %q", id), "jobs are forgotten an hour after their end")
}

func (s *service) follow(_ context.Context, in *eventsInput) (*stream, error) {
	if _, err := s.pg.Jobs().Get(in.ID); err != nil {
		return nil, noJob(in.ID)
	}
	return s.stream(func(ctx context.Context, events *eventWriter) {
		events.begin()
		// It ends with the job, the client or the server; none needs an answer.
		_ = s.pg.Jobs().Follow(ctx, in.ID, in.Last, func(status job.Status) error {
			name := "progress"
			if status.State.Ended() {
				name = string(status.State)
			}
			return events.send(status.Version, name, newJob(status))
		})
	}), nil
}
