// Package playground holds the verbs: what a user of the program can ask for,
// without HTTP and without flags. Errors that the user can act upon are *Error.
package playground

import (
	"context"
	"log/slog"
	"runtime"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/model"
)

// Options tell New how to run.
type Options struct {
	Data    string // data directory; "" for the default one
	Threads int    // threads that compute; 0 for all cores
	Version string // of the program, for About
	Commit  string
	Logger  *slog.Logger // nil: no log
}

// Playground is an open data directory with the models and vectors in use.
// All methods may be called from several goroutines.
type Playground struct {
	options  Options
	store    *store.Store
	networks *Models
	pool     *graph.Pool
	jobs     *job.Runner
	log      *slog.Logger
	models   *cache[string, *model.Model]
	spaces   *cache[spaceKey, *space]
	decodes  chan struct{} // places for the decoding of uploads
}

// New opens the data directory, which is made if it is not there.
func New(ctx context.Context, options Options) (*Playground, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	networks, err := OpenModels(options)
	if err != nil {
		return nil, err
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	opened, err := store.Open(ctx, options.Data)
	if err != nil {
		return nil, explain("cannot start", err)
	}
	return &Playground{
		options:  options,
		store:    opened,
		networks: networks,
		pool:     graph.NewPool(options.Threads),
		jobs:     job.NewRunner(1),
		log:      options.Logger,
		models:   newCache[string, *model.Model](keptModels),
		spaces:   newCache[spaceKey, *space](spaceBytes),
		decodes:  make(chan struct{}, 2),
	}, nil
}

// Close cancels the jobs, waits for them, and closes the data directory. No
// other call may be under way.
func (p *Playground) Close() error {
	p.jobs.Close()
	p.pool.Close()
	return p.store.Close()
}

// Jobs is the long work of this playground.
func (p *Playground) Jobs() *job.Runner { return p.jobs }

// About describes the program and the machine.
func (p *Playground) About() About {
	return About{
		Version:  p.options.Version,
		Commit:   p.options.Commit,
		Go:       runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
		CPULevel: cpuLevel(),
		Threads:  p.options.Threads,
		Data:     p.options.Data,
	}
}

// cpuLevel names the kernels in use. A level that cannot be had is reported by
// whatever computes; here it counts as generic.
func cpuLevel() string {
	level, err := graph.CPULevel()
	if err != nil {
		return "generic"
	}
	return level
}
