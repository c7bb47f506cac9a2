package playground

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/featurevis"
	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/model"
)

// Names for several models at once.
const (
	AllModels       = "all"       // those that are here, and those whose official weights can be pulled
	InstalledModels = "installed" // those that are here
)

// sketch is the rendering of a channel by which the page tells channels apart:
// small, of few steps, and with seed 0. It is that of the page's tiles.
var sketch = VisualizeRequest{Size: 96, Steps: 128}

// The renderings of a precomputation.
const (
	RenderNone   = "none"
	RenderSketch = "sketch" // small pictures, as the page shows them side by side
	RenderFull   = "full"   // these, and the large picture of each channel
)

// smallSet is up to how many pictures everything is done by every metric: the
// scores of a layer take time with the square of that.
const smallSet = 2000

// PrecomputeRequest asks for everything that the pages show of a dataset.
type PrecomputeRequest struct {
	Dataset    string
	Models     []string // names, or one of those above; none: InstalledModels
	Pool       string
	Transform  string
	Metrics    []string // none: all of them, of a large set the default one
	Channels   string   // sample, original, all, or numbers with commas between
	Renderings string   // one of those above; "" for sketches
	Resizing
}

// PrecomputeReport says what Precompute did.
type PrecomputeReport struct {
	Dataset  string             `json:"dataset"`
	Images   int                `json:"images"`
	Metrics  []string           `json:"metrics"`
	Models   []PrecomputedModel `json:"models"`
	Problems []Trouble          `json:"problems"` // what could not be done; all else was
	Seconds  float64            `json:"seconds"`
}

// PrecomputedModel is what there is of one model.
type PrecomputedModel struct {
	Model    string   `json:"model"`
	Layers   []string `json:"layers"`
	Computed int      `json:"computed"` // pictures that this run passed through the network
	Maps     int      `json:"maps"`
	Scores   int      `json:"scores"`   // layers times metrics; 0 where no picture has a class
	Channels int      `json:"channels"` // that have a picture
	Rendered int      `json:"rendered"` // pictures that this run rendered
	Dead     int      `json:"dead"`     // channels that nothing excites
	Seconds  float64  `json:"seconds"`
}

// Trouble is something that could not be done, and why.
type Trouble struct {
	What   string `json:"what"`
	Reason string `json:"reason"`
}

// PrecomputeStep says how far Precompute is.
type PrecomputeStep struct {
	What          string // what is done now
	Stage, Stages int    // of it, from 1
	Done, Total   int    // steps of the stage; Total is 0 while not known
}

// Precompute does all work that the pages of a dataset would ask for: for each
// model it indexes all search layers, maps them, one turned to the next, scores
// them, and renders channels. Everything is kept, so that a run that was
// interrupted goes on. A model that fails is told, and the others go on. progress,
// which may be nil, is called from several goroutines.
func (p *Playground) Precompute(ctx context.Context, r PrecomputeRequest, progress func(PrecomputeStep)) (PrecomputeReport, error) {
	started := time.Now()
	w, err := p.resolvePrecompute(ctx, r, progress)
	if err != nil {
		return w.report, err
	}
	for i, name := range w.models {
		w.first = i * len(precomputeStages)
		if err := w.model(ctx, name); err != nil {
			return w.report, err
		}
	}
	w.report.Seconds = time.Since(started).Seconds()
	if len(w.report.Models) == 0 {
		return w.report, invalid("cannot precompute", w.report.Problems[0].Reason, "")
	}
	return w.report, nil
}

// precomputing is a precomputation under way.
type precomputing struct {
	PrecomputeRequest
	p        *Playground
	models   []string
	classes  bool // some picture has one
	first    int  // stages before those of the model at work
	progress func(PrecomputeStep)
	report   PrecomputeReport
}

func (p *Playground) resolvePrecompute(ctx context.Context, r PrecomputeRequest, progress func(PrecomputeStep)) (*precomputing, error) {
	if progress == nil {
		progress = func(PrecomputeStep) {}
	}
	w := &precomputing{PrecomputeRequest: r, p: p, progress: progress, report: PrecomputeReport{Models: []PrecomputedModel{}, Problems: []Trouble{}}}
	w.Dataset = cmp.Or(r.Dataset, DefaultDataset)
	w.Channels = cmp.Or(r.Channels, ChannelsOriginal)
	w.Renderings = cmp.Or(r.Renderings, RenderSketch)
	if known := []string{RenderNone, RenderSketch, RenderFull}; !slices.Contains(known, w.Renderings) {
		return w, unknown("rendering", w.Renderings, Near(w.Renderings, known), "known: "+strings.Join(known, ", "))
	}
	if err := checkChannels(w.Channels); err != nil {
		return w, err
	}
	d, err := p.dataset(ctx, w.Dataset)
	if err != nil {
		return w, err
	}
	for _, im := range d.Images {
		w.classes = w.classes || im.Class != ""
	}
	if len(w.Metrics) == 0 {
		if w.Metrics = []string{DefaultMetric}; len(d.Images) <= smallSet {
			w.Metrics = index.Metrics()
		}
	}
	for _, metric := range w.Metrics {
		if _, err := parseSettings(p.networks.withDefaults(SearchSettings{Metric: metric, Pool: r.Pool, Transform: r.Transform, Top: 1})); err != nil {
			return w, err
		}
	}
	if w.models, err = p.several(r.Models); err != nil {
		return w, err
	}
	w.report.Dataset, w.report.Images, w.report.Metrics = w.Dataset, len(d.Images), w.Metrics
	return w, nil
}

// several lists the models that names mean, each once.
func (p *Playground) several(names []string) ([]string, error) {
	if len(names) == 0 {
		names = []string{InstalledModels}
	}
	var models []string
	add := func(name string) {
		if !slices.Contains(models, name) {
			models = append(models, name)
		}
	}
	for _, name := range names {
		if name != AllModels && name != InstalledModels {
			if _, err := p.networks.describe(name); err != nil {
				return nil, err
			}
			add(name)
			continue
		}
		list, err := p.networks.List()
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			here := m.Weights == string(model.Embedded) || m.Weights == string(model.Installed)
			if here || name == AllModels && m.Pullable {
				add(m.Name)
			}
		}
	}
	return models, nil
}

// precomputeStages are what is done for each model, in this order.
var precomputeStages = []struct {
	verb string
	do   func(*precomputing, context.Context, *PrecomputedModel, func(done, total int)) error
}{
	{"pulling", (*precomputing).pull},
	{"indexing", (*precomputing).fillLayers},
	{"mapping", (*precomputing).mapLayers},
	{"scoring", (*precomputing).scoreLayers},
	{"rendering", (*precomputing).renderChannels},
}

// model does all stages of one model. Only an end of the context ends the whole.
func (w *precomputing) model(ctx context.Context, name string) error {
	started := time.Now()
	m := PrecomputedModel{Model: name, Layers: []string{}}
	for i, stage := range precomputeStages {
		step := PrecomputeStep{
			What:  fmt.Sprintf("%s %s with %s", stage.verb, w.Dataset, name),
			Stage: w.first + i + 1, Stages: len(w.models) * len(precomputeStages),
		}
		err := stage.do(w, ctx, &m, func(done, total int) {
			step := step
			step.Done, step.Total = done, total
			w.progress(step)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			w.trouble(step.What, err)
			return nil
		}
	}
	m.Seconds = time.Since(started).Seconds()
	w.report.Models = append(w.report.Models, m)
	return nil
}

func (w *precomputing) trouble(what string, err error) {
	w.report.Problems = append(w.report.Problems, Trouble{What: what, Reason: err.Error()})
}

// pull installs the weights of a model that has none, where that was asked for.
func (w *precomputing) pull(ctx context.Context, m *PrecomputedModel, progress func(done, total int)) error {
	info, err := w.p.networks.describe(m.Model)
	if err != nil || info.Weights != model.Missing || !slices.Contains(w.Models, AllModels) {
		return err
	}
	_, err = w.p.networks.Pull(ctx, PullRequest{Model: m.Model}, func(done, total int64) {
		const kilobyte = 1 << 10
		progress(int(done/kilobyte), int(total/kilobyte))
	})
	return err
}

func (w *precomputing) fillLayers(ctx context.Context, m *PrecomputedModel, progress func(done, total int)) error {
	report, err := w.p.Index(ctx, IndexRequest{Dataset: w.Dataset, Model: m.Model, Pool: w.Pool, Resize: w.Resize, Size: w.Size}, progress)
	m.Layers, m.Computed = report.Layers, report.Computed
	return err
}

func (w *precomputing) settings(m *PrecomputedModel, layer, metric string) SearchSettings {
	return SearchSettings{
		Dataset: w.Dataset, Model: m.Model, Layer: layer, Metric: metric, Pool: w.Pool, Transform: w.Transform,
		Resize: w.Resize, Size: w.Size, Top: DefaultTop,
	}
}

// mapLayers maps the last layer, which takes the maps of all before.
func (w *precomputing) mapLayers(ctx context.Context, m *PrecomputedModel, progress func(done, total int)) error {
	_, err := w.p.Map(ctx, MapRequest{
		SearchSettings: w.settings(m, m.Layers[len(m.Layers)-1], ""), MinDist: DefaultMinDist, Seed: DefaultMapSeed, Aligned: true,
	}, func(f MapFrame) { progress(f.Progress()) })
	if err == nil {
		m.Maps = len(m.Layers)
	}
	return err
}

func (w *precomputing) scoreLayers(ctx context.Context, m *PrecomputedModel, progress func(done, total int)) error {
	if !w.classes {
		return nil
	}
	const shares = 100 // that each layer is counted as
	all := len(m.Layers) * len(w.Metrics)
	for _, layer := range m.Layers {
		for _, metric := range w.Metrics {
			r, err := w.p.resolve(ctx, w.settings(m, layer, metric))
			if err != nil {
				return err
			}
			_, err = w.p.scores(ctx, r, func(done, total int) { progress(m.Scores*shares+done*shares/total, all*shares) })
			if err != nil {
				return err
			}
			m.Scores++
		}
	}
	return nil
}

// renderChannels renders the chosen channels of all layers, one per thread at a
// time.
func (w *precomputing) renderChannels(ctx context.Context, m *PrecomputedModel, progress func(done, total int)) error {
	opened, err := w.p.model(m.Model)
	if err != nil {
		return err
	}
	recipes, err := w.sheet(opened)
	if err != nil {
		return err
	}
	m.Channels = len(recipes)
	var mu sync.Mutex
	done := 0
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(w.p.options.Threads)
	for _, recipe := range recipes {
		group.Go(func() error {
			rendered, err := w.p.renderOnce(inner, opened, recipe)
			dead := errors.Is(err, featurevis.ErrDead)
			if err != nil && !dead {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if done++; rendered {
				m.Rendered++
			}
			if dead {
				m.Dead++
				m.Channels--
			}
			progress(done, len(recipes))
			return nil
		})
	}
	return group.Wait()
}

// sheet lists the recipes of all channels chosen, sketches first.
func (w *precomputing) sheet(m *model.Model) ([]featurevis.Recipe, error) {
	var requests []VisualizeRequest
	switch w.Renderings {
	case RenderSketch:
		requests = []VisualizeRequest{sketch}
	case RenderFull:
		requests = []VisualizeRequest{sketch, {}}
	}
	var recipes []featurevis.Recipe
	for _, request := range requests {
		request.Model = m.Info().Name
		sheet, err := VisualizeChannelsRequest{VisualizeRequest: request, Channels: w.Channels}.sheet(m)
		if err != nil {
			return nil, err
		}
		recipes = append(recipes, sheet...)
	}
	return recipes, nil
}

// renderOnce renders and keeps a picture; false where it is kept already.
func (p *Playground) renderOnce(ctx context.Context, m *model.Model, recipe featurevis.Recipe) (bool, error) {
	_, err := p.store.Render(ctx, recipe.Hash())
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return false, explain("cannot read the picture", err)
	}
	v, err := visualize(ctx, m, recipe, nil, nil, nil)
	if err != nil {
		return false, err
	}
	return true, p.keepRendering(ctx, v, []store.Frame{{Step: recipe.Steps, JPEG: encodeJPEG(v.Picture)}})
}
