package export

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"slices"
	"strings"

	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/web"
)

// setting is one way to compare pictures.
type setting struct {
	pool, transform, metric string
}

// contents is what the page is told of what there is. It asks for nothing else.
type contents struct {
	Dataset    string                             `json:"dataset"`
	Top        int                                `json:"top"`
	Pools      map[string][]playground.ModelLayer `json:"pools"` // the layers indexed with each pooling, by model, from input to output
	Transforms []string                           `json:"transforms"`
	Metrics    []string                           `json:"metrics"`
	Scored     bool                               `json:"scored"` // some pictures have a class
	Tops       []playground.ModelLayer            `json:"tops"`
	Maps       []mapFile                          `json:"maps"`
}

// site is the part of an export that is the page of today.
type site struct {
	contents
	written map[string]bool // searches that are
}

// prepareSite chooses what the page can be told to compare by.
func (e *export) prepareSite(ctx context.Context) error {
	choices := playground.Choices()
	e.site = site{
		contents: contents{
			Dataset: e.Dataset, Top: topRanks, Pools: map[string][]playground.ModelLayer{},
			Tops: []playground.ModelLayer{}, Maps: []mapFile{},
		},
		written: map[string]bool{},
	}
	pools := []string{e.Pool}
	e.site.Transforms, e.site.Metrics = []string{e.Transform}, e.Metrics
	if len(e.dataset.Images) <= largest {
		pools, e.site.Transforms = names(choices.Poolings), names(choices.Transforms)
		if len(e.Metrics) == 0 {
			e.site.Metrics = names(choices.Metrics)
		}
	} else if len(e.Metrics) == 0 {
		e.site.Metrics = []string{playground.DefaultMetric}
	}
	for _, pool := range pools {
		s := e.compareSettings()
		s.Pool = pool
		indexed, err := e.pg.Indexed(ctx, s)
		if err != nil {
			return err
		}
		var layers []playground.ModelLayer
		for _, l := range indexed {
			if e.model(l.Model) != nil {
				layers = append(layers, l)
			}
		}
		if len(layers) > 0 {
			e.site.Pools[pool] = layers
		}
	}
	e.site.Scored = slices.ContainsFunc(e.dataset.Images, func(im playground.Image) bool { return im.Class != "" })
	return nil
}

func names(choices []playground.Choice) []string {
	var all []string
	for _, c := range choices {
		all = append(all, c.Name)
	}
	return all
}

func (e *export) model(name string) *exportedModel {
	for i := range e.models {
		if e.models[i].Name == name {
			return &e.models[i]
		}
	}
	return nil
}

// settings are the ways to compare that the page offers.
func (s *site) settings() []setting {
	var all []setting
	for _, pool := range []string{"avg", "max", "flatten"} {
		if len(s.Pools[pool]) == 0 {
			continue
		}
		for _, transform := range s.Transforms {
			for _, metric := range s.Metrics {
				all = append(all, setting{pool, transform, metric})
			}
		}
	}
	return all
}

// steps is how often every picture is searched for, judged and mapped for the
// page.
func (s *site) steps() int {
	n := 0
	for _, setting := range s.settings() {
		n += len(s.Pools[setting.pool])
	}
	if s.Scored {
		return 3 * n
	}
	return 2 * n
}

// writeSite writes the page, and all that it asks for.
func (e *export) writeSite(ctx context.Context) error {
	for _, write := range []func(context.Context) error{
		e.writeThumbnails, e.writeSearches, e.writeScores, e.writeTops, e.writeMaps, e.writeRenderings, e.writeLists,
	} {
		if err := write(ctx); err != nil {
			return err
		}
	}
	return e.writePage()
}

// writeLists writes what the page asks for before anything else.
func (e *export) writeLists(ctx context.Context) error {
	about := e.pg.About()
	about.Data = "" // nobody's business
	models, err := e.modelList()
	if err != nil {
		return err
	}
	indexes, err := e.indexList(ctx)
	if err != nil {
		return err
	}
	for path, content := range map[string]any{
		"contents.json":                   e.site.contents,
		"about.json":                      about,
		"options.json":                    e.options(),
		"models.json":                     map[string]any{"models": models},
		"indexes.json":                    map[string]any{"indexes": indexes},
		"datasets.json":                   map[string]any{"datasets": []playground.DatasetSummary{e.datasetSummary()}, "available": []playground.PublicDataset{}},
		"datasets/" + e.Dataset + ".json": e.publicDataset(),
	} {
		if err := e.out.writeJSON("lists", "data/"+path, content); err != nil {
			return err
		}
	}
	for _, m := range e.models {
		if err := e.out.writeJSON("lists", "data/models/"+m.Name+".json", e.publicModel(m)); err != nil {
			return err
		}
	}
	return nil
}

// options are the choices that the page offers.
func (e *export) options() playground.SearchOptions {
	o := playground.Choices()
	keep := func(choices []playground.Choice, kept func(string) bool) []playground.Choice {
		return slices.DeleteFunc(choices, func(c playground.Choice) bool { return !kept(c.Name) })
	}
	o.Metrics = keep(o.Metrics, func(name string) bool { return slices.Contains(e.site.Metrics, name) })
	o.Transforms = keep(o.Transforms, func(name string) bool { return slices.Contains(e.site.Transforms, name) })
	o.Poolings = keep(o.Poolings, func(name string) bool { return len(e.site.Pools[name]) > 0 })
	o.Defaults = e.defaults()
	return o
}

// defaults are what the page shows first.
func (e *export) defaults() playground.Defaults {
	d := playground.Choices().Defaults
	d.Dataset, d.Pool, d.Transform, d.Metric = e.Dataset, e.Pool, e.Transform, e.site.Metrics[0]
	if slices.Contains(e.site.Metrics, playground.DefaultMetric) {
		d.Metric = playground.DefaultMetric
	}
	m := e.model(playground.DefaultModel)
	if m == nil {
		m = &e.models[0]
	}
	d.Model, d.Layer = m.Name, m.layers[len(m.layers)-1].Name
	return d
}

// modelList summarises the models, with the exported layers as those to search.
func (e *export) modelList() ([]playground.ModelSummary, error) {
	all, err := e.pg.Models().List()
	if err != nil {
		return nil, err
	}
	list := []playground.ModelSummary{}
	for _, summary := range all {
		m := e.model(summary.Name)
		if m == nil {
			continue
		}
		summary.Pullable, summary.SearchLayers = false, []string{}
		for _, l := range m.layers {
			summary.SearchLayers = append(summary.SearchLayers, l.Name)
		}
		summary.DefaultLayer = m.layers[len(m.layers)-1].Name
		list = append(list, summary)
	}
	return list, nil
}

// publicModel is a model whose exported layers are those to search.
func (e *export) publicModel(m exportedModel) playground.ModelDetail {
	public := m.ModelDetail
	public.Layers = slices.Clone(public.Layers)
	for i := range public.Layers {
		l := &public.Layers[i]
		l.Search = slices.ContainsFunc(m.layers, func(other playground.Layer) bool { return other.Name == l.Name })
	}
	return public
}

// publicDataset is the dataset without what only concerns the folder that it
// was read from: where that is, and which of its files were left out.
func (e *export) publicDataset() playground.DatasetDetail {
	d := e.dataset
	d.Problems = []playground.LeftOut{}
	if !d.BuiltIn && !d.Pulled {
		d.Source = ""
	}
	return d
}

func (e *export) datasetSummary() playground.DatasetSummary {
	d := e.publicDataset()
	return playground.DatasetSummary{
		Name: d.Name, Title: d.Title, Description: d.Description, Licence: d.Licence, Source: d.Source,
		BuiltIn: d.BuiltIn, Pulled: d.Pulled, Version: d.Version, Images: len(d.Images), Classes: d.Classes,
	}
}

func (e *export) indexList(ctx context.Context) ([]playground.IndexEntry, error) {
	all, err := e.pg.Indexes(ctx, e.Dataset)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(x playground.IndexEntry) bool {
		return !slices.Contains(e.site.Pools[x.Pool], playground.ModelLayer{Model: x.Model, Layer: x.Layer})
	}), nil
}

// writePage writes the built page. Its addresses become relative, so that the
// folder may lie below any other, and it is told that it has no server.
func (e *export) writePage() error {
	if e.Page == nil {
		return nil
	}
	return fs.WalkDir(e.Page, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(e.Page, path)
		if err != nil {
			return err
		}
		if path == "index.html" {
			if content, err = e.index(string(content)); err != nil {
				return err
			}
		}
		return e.out.writeBytes("page", path, content)
	})
}

// index is the page's index.html for a copy without a server.
func (e *export) index(page string) ([]byte, error) {
	d := e.defaults()
	meta := fmt.Sprintf(`
    <meta http-equiv="Content-Security-Policy" content="%s">
    <meta name="convnet-export" data-dataset="%s" data-model="%s" data-metric="%s" data-pool="%s" data-transform="%s">
    <link rel="stylesheet" href="./export.css">`,
		html.EscapeString(web.Policy), d.Dataset, d.Model, d.Metric, d.Pool, d.Transform)
	page = strings.NewReplacer(` href="/`, ` href="./`, ` src="/`, ` src="./`).Replace(page)
	for _, insert := range []struct{ after, text string }{
		{`<meta charset="utf-8">`, meta},
		{`<div id="root">`, byFile},
	} {
		before, rest, found := strings.Cut(page, insert.after)
		if !found {
			return nil, errors.New("export: the page's index.html has no " + insert.after)
		}
		page = before + insert.after + insert.text + rest
	}
	return []byte(page), e.out.writeBytes("page", "export.css", []byte(byFileStyle))
}

// byFile is what is seen until the page runs: for good, where the folder is
// opened as files, of which browsers let no page load others.
const byFile = `
      <div class="by-file">
        <h1>ConvNet Playground</h1>
        <p>This is an exported copy, and it needs a web server: any that serves files will do. In its folder, start one
        and open the address that it tells:</p>
        <pre>python3 -m http.server</pre>
      </div>
    `

// byFileStyle lets the page begin before it says so.
const byFileStyle = `.by-file { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; animation: by-file 2s step-end; }
@keyframes by-file { from { visibility: hidden; } to { visibility: visible; } }
`
