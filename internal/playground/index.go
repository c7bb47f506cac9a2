package playground

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// indexing is an index request whose names are all known.
type indexing struct {
	dataset *dataset.Dataset
	model   string
	layers  []string
	pooling model.Pooling
	recipe  preprocess.Recipe
}

func (p *Playground) resolveIndex(ctx context.Context, r IndexRequest) (indexing, error) {
	x := indexing{model: cmp.Or(r.Model, DefaultModel)}
	for _, layer := range r.Layers {
		if !slices.Contains(x.layers, layer) {
			x.layers = append(x.layers, layer)
		}
	}
	info, err := p.networks.describe(x.model, x.layers...)
	if err != nil {
		return x, err
	}
	if len(x.layers) == 0 {
		x.layers = searchLayers(info)
	}
	if x.pooling, err = parseVectorPooling(cmp.Or(r.Pool, DefaultPool)); err != nil {
		return x, err
	}
	if x.dataset, err = p.dataset(ctx, cmp.Or(r.Dataset, DefaultDataset)); err != nil {
		return x, err
	}
	x.recipe, err = p.recipe(x.model, r.Resizing())
	return x, err
}

// StartIndex starts Index as a job. A job of the same request that has not
// ended is returned instead.
func (p *Playground) StartIndex(ctx context.Context, r IndexRequest) (job.Status, error) {
	x, err := p.resolveIndex(ctx, r)
	if err != nil {
		return job.Status{}, err
	}
	r.Dataset, r.Model, r.Pool = x.dataset.Name, x.model, string(x.pooling)
	what := strings.Join(append([]string{"index", x.dataset.Name, version(x.dataset), x.model, string(x.pooling), x.recipe.String()}, x.layers...), " ")
	return p.start(ctx, job.Request{
		Kind: "index", Key: what, Arguments: r, Urgency: job.Normal,
		Title: fmt.Sprintf("Index %s with %s, %s, pooling %s", x.dataset.Name, x.model, countLayers(x.layers), x.pooling),
	})
}

func (p *Playground) runIndex(ctx context.Context, r IndexRequest, report job.Reporter) error {
	_, err := p.Index(ctx, r, report.Progress)
	return err
}

// Command is how the shell says the request.
func (r IndexRequest) Command() string {
	text := "convnet index --dataset " + r.Dataset + " --model " + r.Model
	for _, layer := range r.Layers {
		text += " --layer " + layer
	}
	return text + " --pool " + r.Pool + r.Resizing().flags()
}

func countLayers(layers []string) string {
	if len(layers) == 1 {
		return "layer " + layers[0]
	}
	return fmt.Sprintf("%d layers", len(layers))
}

// Index computes the vectors of every picture of a dataset at all layers asked
// for, in one pass, and finds the pictures that excite each of their channels
// most; both are kept. What is there already is not computed again, and what a
// cancelled or killed run finished is kept. progress, which
// may be nil, is told the pictures finished; it is called from several
// goroutines.
func (p *Playground) Index(ctx context.Context, r IndexRequest, progress func(done, total int)) (IndexReport, error) {
	x, err := p.resolveIndex(ctx, r)
	if err != nil {
		return IndexReport{}, err
	}
	return p.index(ctx, x, progress)
}

func (p *Playground) index(ctx context.Context, x indexing, progress func(done, total int)) (IndexReport, error) {
	started := time.Now()
	report := IndexReport{
		Dataset: x.dataset.Name, Model: x.model, Layers: x.layers, Pool: string(x.pooling),
		Images: len(x.dataset.Images), Problems: []LeftOut{},
	}
	missing, err := p.missing(x)
	if err != nil {
		return report, err
	}
	if !missing.none() {
		report.Computed, err = p.fill(ctx, x, missing, progress)
		if err != nil {
			return report, explain("cannot index dataset "+x.dataset.Name, err)
		}
	}
	if report.Problems, err = p.leftOut(x); err != nil {
		return report, err
	}
	report.Seconds = time.Since(started).Seconds()
	return report, p.record(ctx, x, report, started)
}

func (p *Playground) record(ctx context.Context, x indexing, report IndexReport, started time.Time) error {
	err := p.store.RecordRun(ctx, store.Run{
		Verb: "index", Dataset: report.Dataset, Model: report.Model, Layer: strings.Join(x.layers, " "),
		Started: started, Seconds: report.Seconds,
		Detail: fmt.Sprintf("pooling %s, %d of %d pictures computed", report.Pool, report.Computed, report.Images),
	})
	return explain("cannot note the run", err)
}

// gaps is what an index lacks, by layer.
type gaps struct {
	vectors []embedding.Key
	tops    []embedding.Key
}

func (g gaps) none() bool { return len(g.vectors)+len(g.tops) == 0 }

// missing lists the keys of those layers whose vectors or top pictures are not
// there.
func (p *Playground) missing(x indexing) (gaps, error) {
	var g gaps
	for _, layer := range x.layers {
		key, err := p.key(x.dataset, x.model, layer, x.pooling, x.recipe)
		if err != nil {
			return g, err
		}
		_, err = p.store.Embeddings().Load(key)
		if errors.Is(err, embedding.ErrNotFound) {
			g.vectors, err = append(g.vectors, key), nil
		}
		if err != nil {
			return g, explain("cannot read the vectors of layer "+layer, err)
		}
		_, err = p.store.Embeddings().Top(key, 0)
		if errors.Is(err, embedding.ErrNotFound) {
			g.tops, err = append(g.tops, key), nil
		}
		if err != nil {
			return g, explain("cannot read the top pictures of layer "+layer, err)
		}
	}
	return g, nil
}

// leftOut lists the pictures that have no vector.
func (p *Playground) leftOut(x indexing) ([]LeftOut, error) {
	key, err := p.key(x.dataset, x.model, x.layers[0], x.pooling, x.recipe)
	if err != nil {
		return nil, err
	}
	m, err := p.store.Embeddings().Load(key)
	if err != nil {
		return nil, explain("cannot read the vectors of layer "+key.Layer, err)
	}
	problems := []LeftOut{}
	reasons := m.Problems()
	for i, im := range x.dataset.Images {
		if reason, ok := reasons[i]; ok {
			problems = append(problems, LeftOut{File: im.File, Reason: reason})
		}
	}
	return problems, nil
}

// filling is one pass over a dataset that fills several layers.
type filling struct {
	dataset *dataset.Dataset
	model   *model.Model
	pooling model.Pooling
	recipe  preprocess.Recipe
	vectors []*embedding.Writer    // one per layer that lacks them
	tops    []*embedding.TopWriter // one per layer that lacks them; nil where another run is at it
	outputs []output               // all of these

	next    atomic.Int64
	todo    []int // pictures
	done    atomic.Int64
	reports func(done, total int)

	mu      sync.Mutex
	leftOut map[int]string
}

// output is a file that is filled picture by picture.
type output interface {
	Done(picture int) bool
	LeaveOut(picture int, reason string) error
	Commit() error
	Close() error
}

// fill fills the gaps and returns how many pictures it computed.
func (p *Playground) fill(ctx context.Context, x indexing, missing gaps, progress func(done, total int)) (int, error) {
	m, err := p.model(x.model)
	if err != nil {
		return 0, err
	}
	f := &filling{dataset: x.dataset, model: m, pooling: x.pooling, recipe: x.recipe, reports: progress, leftOut: map[int]string{}}
	workers, err := f.workers(ctx, missing, p.options.Threads)
	if err != nil {
		return 0, err
	}
	// Close after Commit does nothing; before it, it keeps what is finished.
	defer func() {
		for _, o := range f.outputs {
			o.Close()
		}
	}()
	if err := f.open(p.store.Embeddings(), missing, workers[0]); err != nil {
		return 0, err
	}
	f.plan()
	if err := f.run(ctx, workers); err != nil {
		return 0, err
	}
	return len(f.todo), f.commit()
}

// workers makes the embedders, one for each goroutine: whole pictures in
// parallel are faster than one picture split over threads.
func (f *filling) workers(ctx context.Context, missing gaps, threads int) ([]*model.Embedder, error) {
	embedders := make([]*model.Embedder, max(1, min(threads, len(f.dataset.Images))))
	for i := range embedders {
		e, err := f.model.PeakEmbedder(ctx, layersOf(missing.vectors), f.pooling, layersOf(missing.tops), f.recipe, nil)
		if err != nil {
			return nil, err
		}
		embedders[i] = e
	}
	return embedders, nil
}

func layersOf(keys []embedding.Key) []string {
	var layers []string
	for _, key := range keys {
		layers = append(layers, key.Layer)
	}
	return layers
}

// open starts the outputs, in the shapes that an embedder tells. Top pictures do
// not depend on the pooling, so a run with another one may be at them: while
// there are vectors to make, they are left to it.
func (f *filling) open(store *embedding.Store, missing gaps, e *model.Embedder) error {
	for i, key := range missing.vectors {
		w, err := store.Writer(key, len(f.dataset.Images), elements(e.Shapes()[i]))
		if err != nil {
			return err
		}
		f.vectors, f.outputs = append(f.vectors, w), append(f.outputs, w)
	}
	for i, key := range missing.tops {
		peaks := e.Peaks()[i]
		w, err := store.TopWriter(key, embedding.TopShape{
			Pictures: len(f.dataset.Images), Height: peaks.Height, Width: peaks.Width, Channels: len(peaks.Values),
		})
		switch {
		case err == nil:
			f.outputs = append(f.outputs, w)
		case len(missing.vectors) == 0 || !errors.Is(err, embedding.ErrBusy):
			return err
		}
		f.tops = append(f.tops, w)
	}
	return nil
}

func elements(shape []int) int {
	n := 1
	for _, extent := range shape {
		n *= extent
	}
	return n
}

// plan lists the pictures that at least one output lacks.
func (f *filling) plan() {
	for i := range f.dataset.Images {
		if slices.ContainsFunc(f.outputs, func(o output) bool { return !o.Done(i) }) {
			f.todo = append(f.todo, i)
		}
	}
	f.done.Store(int64(len(f.dataset.Images) - len(f.todo)))
	f.report()
}

func (f *filling) report() {
	if f.reports != nil {
		f.reports(int(f.done.Load()), len(f.dataset.Images))
	}
}

func (f *filling) run(ctx context.Context, workers []*model.Embedder) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, e := range workers {
		g.Go(func() error {
			for {
				n := int(f.next.Add(1)) - 1
				if n >= len(f.todo) {
					return nil
				}
				if err := f.picture(ctx, e, f.todo[n]); err != nil {
					return err
				}
				f.done.Add(1)
				f.report()
			}
		})
	}
	return g.Wait()
}

// picture fills what the outputs lack of one picture. A picture that cannot be read is no
// error: it is left out.
func (f *filling) picture(ctx context.Context, e *model.Embedder, i int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	im, err := f.dataset.Decode(i)
	if err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.leftOut[i] = err.Error()
		return nil
	}
	vectors, err := e.Embed(ctx, im)
	if err != nil {
		return err
	}
	for layer, w := range f.vectors {
		if w.Done(i) {
			continue
		}
		if err := w.Put(i, vectors[layer]); err != nil {
			return err
		}
	}
	for layer, w := range f.tops {
		if w == nil {
			continue
		}
		peaks := e.Peaks()[layer]
		if err := w.Put(i, peaks.Values, peaks.Positions); err != nil {
			return err
		}
	}
	return nil
}

// commit makes the outputs whole. Pictures are left out only now, so that one
// that could not be read is tried again by the run after a killed one.
func (f *filling) commit() error {
	if n := len(f.leftOut); n > 0 && n == len(f.dataset.Images) {
		return invalid("cannot index dataset "+f.dataset.Name, "none of its pictures can be read, the first because of: "+f.leftOut[f.todo[0]],
			"if its folder moved or changed, remove the dataset and add it again")
	}
	for _, o := range f.outputs {
		for i, reason := range f.leftOut {
			if o.Done(i) {
				continue
			}
			if err := o.LeaveOut(i, reason); err != nil {
				return err
			}
		}
		if err := o.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// Indexes lists what is indexed of a dataset, or of all for "".
func (p *Playground) Indexes(ctx context.Context, name string) ([]IndexEntry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	manifests, err := p.store.Embeddings().List()
	if err != nil {
		return nil, explain("cannot list the indexes", err)
	}
	entries := []IndexEntry{}
	for _, m := range manifests {
		if name != "" && m.Key.Dataset != name {
			continue
		}
		entries = append(entries, IndexEntry{
			Dataset: m.Key.Dataset, Model: m.Key.Model, Layer: m.Key.Layer, Pool: m.Key.Pooling,
			Preprocessing: m.Key.Preprocessing, Rows: m.Rows, Bytes: m.Bytes, Created: m.Created.UTC(),
		})
	}
	return entries, nil
}

// IndexFor is the request that makes a search possible. One of a model's search
// layers brings the others along: the pass is the same, and pooled vectors are
// small.
func (m *Models) IndexFor(s SearchSettings) (IndexRequest, error) {
	s = m.withDefaults(s)
	r := IndexRequest{Dataset: s.Dataset, Model: s.Model, Pool: s.Pool, Resize: s.Resize, Size: s.Size, Layers: []string{s.Layer}}
	info, err := m.describe(s.Model, s.Layer)
	if err != nil {
		return r, err
	}
	if s.Pool != string(model.Flatten) && slices.Contains(searchLayers(info), s.Layer) {
		r.Layers = nil
	}
	return r, nil
}
