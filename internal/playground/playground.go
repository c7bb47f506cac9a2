// Package playground holds the verbs: what a user of the program can ask for,
// without HTTP and without flags. Errors that the user can act upon are *Error.
package playground

import (
	"context"
	"errors"
	"log/slog"
	"runtime"

	"github.com/convnetplayground/convnet/dataset/public"
	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/model"
)

// Options tell New how to run.
type Options struct {
	Data    string // data directory; "" for the default one
	Threads int    // threads that compute; 0 for all cores
	// Background is for servers: jobs can be started, and those that an earlier
	// run left go on. One process at a time has it of a data directory.
	Background bool
	Workers    int // jobs that compute at a time; 0 for one
	// Kinds are jobs beside those of the playground.
	Kinds   map[string]job.Kind
	Version string // of the program, for About
	Commit  string
	Logger  *slog.Logger  // nil: no log
	Sets    []*public.Set // datasets that can be pulled; nil: those of package public
}

// Playground is an open data directory with the models and vectors in use.
// All methods may be called from several goroutines.
type Playground struct {
	options  Options
	store    *store.Store
	networks *Models
	pool     *graph.Pool
	jobs     *job.Runner // nil unless in the background
	log      *slog.Logger
	models   *cache[modelKey, *model.Model]
	spaces   *cache[spaceKey, *space]
	decodes  chan struct{} // places for the decoding of large pictures
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
	p := &Playground{
		options:  options,
		store:    opened,
		networks: networks,
		pool:     graph.NewPool(options.Threads),
		log:      options.Logger,
		models:   newCache[modelKey, *model.Model](keptModels),
		spaces:   newCache[spaceKey, *space](spaceBytes),
		decodes:  make(chan struct{}, 2),
	}
	if options.Background {
		if err := p.openJobs(ctx); err != nil {
			p.pool.Close()
			return nil, errors.Join(err, opened.Close())
		}
	}
	return p, nil
}

// Close interrupts the jobs, waits for them, and closes the data directory. No
// other call may be under way.
func (p *Playground) Close() error {
	var err error
	if p.jobs != nil {
		err = p.jobs.Close()
	}
	p.pool.Close()
	return errors.Join(err, p.store.Close())
}

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
