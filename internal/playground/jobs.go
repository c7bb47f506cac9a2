package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"

	"github.com/convnetplayground/convnet/internal/job"
)

// kinds lists all work that is done in the background.
func (p *Playground) kinds() map[string]job.Kind {
	kinds := map[string]job.Kind{
		"index":        {Queue: job.Compute, Run: body(p, p.runIndex)},
		"map":          {Queue: job.Compute, Run: body(p, p.runMap)},
		"pull":         {Queue: job.Download, Run: body(p, p.runPull)},
		"pull-dataset": {Queue: job.Download, Run: body(p, p.runPullDataset)},
		"visualize":    {Queue: job.Compute, Run: body(p, p.runVisualize)},
	}
	maps.Copy(kinds, p.options.Kinds)
	return kinds
}

// body is the work of a kind of jobs, from its request on. Failures that the
// user cannot act upon are logged: their text is told to nobody else.
func body[R any](p *Playground, run func(context.Context, R, job.Reporter) error) func(context.Context, json.RawMessage, job.Reporter) error {
	return func(ctx context.Context, arguments json.RawMessage, r job.Reporter) error {
		var request R
		if err := json.Unmarshal(arguments, &request); err != nil {
			return fmt.Errorf("a job of another version: %w", err)
		}
		err := run(ctx, request, r)
		if err != nil && ctx.Err() == nil && asError(err) == nil {
			p.log.Error("a job failed", "request", string(arguments), "error", err)
		}
		return err
	}
}

// openJobs begins to work in the background, and goes on with what an earlier
// run left.
func (p *Playground) openJobs(ctx context.Context) error {
	jobs, err := job.Open(ctx, filepath.Join(p.options.Data, "jobs.db"), p.kinds(), p.options.Workers)
	if errors.Is(err, job.ErrBusy) {
		return &Error{
			Kind: Conflict, What: "cannot serve", Why: "another convnet serves the data directory " + p.options.Data,
			Hint: "use that one, or another directory with --data DIR", cause: err,
		}
	}
	p.jobs = jobs
	return explain("cannot work in the background", err)
}

// Jobs is the long work of this playground. It is nil unless Options.Background
// is set.
func (p *Playground) Jobs() *job.Runner { return p.jobs }

// start begins a job.
func (p *Playground) start(ctx context.Context, r job.Request) (job.Status, error) {
	status, err := p.jobs.Start(ctx, r)
	return status, explain("cannot start: "+r.Title, err)
}
