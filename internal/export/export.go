// Package export writes a dataset with what is known of it as a folder of
// files: those of the first playground, in its formats, so that they could feed
// its page, and a copy of the page of today that needs no server.
// docs/formats/export.md describes every file.
package export

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sync/atomic"
	"time"

	"github.com/convnetplayground/convnet/internal/playground"
)

// Request says what is exported, and where to.
type Request struct {
	Dataset string
	Out     string   // folder; new, or empty
	Models  []string // none: all that the dataset is indexed by
	// Pool, Transform and the resizing choose the vectors of the files of the
	// first playground.
	Pool, Transform, Resize string
	Size                    int
	// Metrics are those of the page. None: all, or of a dataset whose rankings
	// are not written in full the default one.
	Metrics []string
	// Page is the built page; nil: none is written.
	Page fs.FS
}

// largest is how many pictures a dataset has at most whose rankings are
// written in full.
const largest = 2000

// topRanks is how many results a ranking has that is not in full.
const topRanks = 15

// Report says what was written.
type Report struct {
	Dataset  string               `json:"dataset"`
	Out      string               `json:"out"`
	Images   int                  `json:"images"`
	Models   []string             `json:"models"`
	Layers   int                  `json:"layers"`
	Ranks    int                  `json:"ranks"` // of each picture's similarity list, after the picture itself
	Files    int                  `json:"files"`
	Bytes    int64                `json:"bytes"`
	Parts    []Part               `json:"parts"`
	Problems []playground.LeftOut `json:"problems"` // pictures that cannot be read; a grey one stands for each
	Seconds  float64              `json:"seconds"`
}

// export is an Export at work.
type export struct {
	Request
	pg      *playground.Playground
	out     *folder
	dataset playground.DatasetDetail
	models  []exportedModel // by parameters
	labels  []string        // of the pictures
	site    site
	work    *work
	report  Report
}

// exportedModel is a model with the layers that the dataset is indexed by.
type exportedModel struct {
	playground.ModelDetail
	layers []playground.Layer // from input to output
}

// Export writes a folder. It is there whole or not at all. progress, which may
// be nil, is told the steps done; it is called from several goroutines.
func Export(ctx context.Context, pg *playground.Playground, r Request, progress func(done, total int)) (Report, error) {
	started := time.Now()
	r.Dataset = cmp.Or(r.Dataset, playground.DefaultDataset)
	r.Pool, r.Transform = cmp.Or(r.Pool, playground.DefaultPool), cmp.Or(r.Transform, playground.DefaultTransform)
	e := &export{Request: r, pg: pg, work: &work{progress: progress}}
	if err := e.prepare(ctx); err != nil {
		return Report{}, err
	}
	var err error
	if e.out, err = newFolder(r.Out, pg.About().Data); err != nil {
		return Report{}, err
	}
	defer e.out.discard()
	e.report = Report{
		Dataset: r.Dataset, Out: e.out.out, Images: len(e.dataset.Images), Models: []string{},
		Ranks: ranks(len(e.dataset.Images)), Problems: []playground.LeftOut{},
	}
	for _, m := range e.models {
		e.report.Models = append(e.report.Models, m.Name)
		e.report.Layers += len(m.layers)
	}
	if err := e.write(ctx); err != nil {
		return Report{}, err
	}
	if err := e.unchanged(ctx); err != nil {
		return Report{}, err
	}
	if err := e.out.finish(); err != nil {
		return Report{}, err
	}
	e.report.Parts = e.out.parts
	for _, p := range e.report.Parts {
		e.report.Files += p.Files
		e.report.Bytes += p.Bytes
	}
	e.report.Seconds = time.Since(started).Seconds()
	return e.report, nil
}

// prepare finds what there is to export.
func (e *export) prepare(ctx context.Context) error {
	var err error
	if e.dataset, err = e.pg.Dataset(ctx, e.Dataset); err != nil {
		return err
	}
	e.labels = labels(e.dataset.Images)
	indexed, err := e.pg.Indexed(ctx, e.compareSettings())
	if err != nil {
		return err
	}
	layers := map[string][]string{}
	for _, l := range indexed {
		if len(e.Models) == 0 || slices.Contains(e.Models, l.Model) {
			layers[l.Model] = append(layers[l.Model], l.Layer)
		}
	}
	for _, name := range e.Models {
		if _, err := e.pg.Models().Show(name); err != nil {
			return err
		}
		if len(layers[name]) == 0 {
			return e.notIndexed(name)
		}
	}
	if len(layers) == 0 {
		return e.notIndexed("")
	}
	for name, names := range layers {
		m, err := e.pg.Models().Show(name)
		if err != nil {
			return err
		}
		x := exportedModel{ModelDetail: m}
		for _, l := range m.Layers {
			if slices.Contains(names, l.Name) {
				x.layers = append(x.layers, l)
			}
		}
		e.models = append(e.models, x)
	}
	slices.SortFunc(e.models, func(a, b exportedModel) int {
		return cmp.Or(cmp.Compare(a.Parameters, b.Parameters), cmp.Compare(a.Name, b.Name))
	})
	return e.prepareSite(ctx)
}

func (e *export) compareSettings() playground.CompareSettings {
	return playground.CompareSettings{
		Dataset: e.Dataset, Pool: e.Pool, Transform: e.Transform, Resize: e.Resize, Size: e.Size, Top: topRanks,
	}
}

func (e *export) notIndexed(model string) error {
	r := playground.IndexRequest{Dataset: e.Dataset, Model: cmp.Or(model, playground.DefaultModel), Pool: e.Pool, Resize: e.Resize, Size: e.Size}
	why := fmt.Sprintf("it is not indexed with pooling %s", e.Pool)
	if model != "" {
		why = fmt.Sprintf("it is not indexed by %s with pooling %s", model, e.Pool)
	}
	return &playground.Error{
		Kind: playground.NotIndexed, What: "cannot export dataset " + e.Dataset, Why: why,
		Hint: "index it with: " + r.Command() + ", or all models with: convnet precompute --dataset " + e.Dataset,
	}
}

// ranks is how many others a similarity list of a dataset has.
func ranks(pictures int) int {
	if pictures > largest {
		return topRanks
	}
	return max(pictures-1, 1)
}

func (e *export) write(ctx context.Context) error {
	e.work.total = len(e.dataset.Images) * (1 + e.report.Layers*(len(originalMetrics)+1) + e.site.steps())
	for _, write := range []func(context.Context) error{
		e.writePictures, e.writeOriginal, e.writeSite,
	} {
		if err := write(ctx); err != nil {
			return err
		}
	}
	return nil
}

// unchanged reports a dataset that was removed or replaced meanwhile.
func (e *export) unchanged(ctx context.Context) error {
	now, err := e.pg.Dataset(ctx, e.Dataset)
	if err != nil {
		return err
	}
	if now.Version != e.dataset.Version {
		return &playground.Error{
			Kind: playground.Conflict, What: "cannot export dataset " + e.Dataset,
			Why: "it was replaced meanwhile", Hint: "index it, and export it again",
		}
	}
	return nil
}

// work counts the steps.
type work struct {
	done     atomic.Int64
	total    int
	progress func(done, total int)
}

func (w *work) add(steps int) {
	if done := int(w.done.Add(int64(steps))); w.progress != nil {
		w.progress(done, w.total)
	}
}
