package playground

import (
	"context"
	"slices"

	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/model"
)

// Compare searches for a picture by every layer that is indexed, and tells which
// one finds most of the picture's class; one of one's own has none, and no score.
// row, which may be nil, is given each row as soon as it is known. Layers that
// cannot be compared are no error: they are listed.
func (p *Playground) Compare(ctx context.Context, request CompareRequest, row func(CompareRow)) (CompareResult, error) {
	c, err := p.resolveCompare(ctx, request.CompareSettings)
	if err != nil {
		return CompareResult{}, err
	}
	by, err := p.comparedBy(ctx, c, request)
	if err != nil {
		return CompareResult{}, err
	}
	result := CompareResult{
		Dataset: c.Dataset, Metric: c.Metric, P: c.metric.P(), Pool: c.Pool, Transform: c.Transform, Top: c.Top,
		Query: by.Query, Rows: []CompareRow{},
	}
	err = p.eachLayer(ctx, &c, func(layer resolved) error {
		found, err := p.findBy(ctx, by, layer)
		if err != nil {
			return err
		}
		r := CompareRow{Model: layer.Model, Layer: layer.Layer, Score: found.Score, SameClass: found.SameClass, Results: []int{}}
		for _, n := range found.Results {
			r.Results = append(r.Results, n.Index)
		}
		result.Rows = append(result.Rows, r)
		if row != nil {
			row(r)
		}
		return nil
	})
	result.Missing = c.missing
	result.Best = best(result.Rows, func(r CompareRow) (ModelLayer, float64) {
		if r.Score == nil {
			return ModelLayer{}, 0
		}
		return ModelLayer{r.Model, r.Layer}, *r.Score
	})
	return result, err
}

// CompareScores evaluates every layer of a dataset that is indexed, with every
// picture that has a class as a query. row, which may be nil, is given each row as
// soon as it is known; progress, which may be nil, is told the queries finished
// and is called from several goroutines. Layers that cannot be compared are no
// error: they are listed.
func (p *Playground) CompareScores(ctx context.Context, s CompareSettings, row func(ScoresRow), progress func(done, total int)) (ScoresResult, error) {
	c, err := p.resolveCompare(ctx, s)
	if err != nil {
		return ScoresResult{}, err
	}
	queries := 0
	for _, im := range c.dataset.Images {
		if im.Class != "" {
			queries++
		}
	}
	if queries == 0 {
		return ScoresResult{}, c.noClasses()
	}
	result := ScoresResult{
		Dataset: c.Dataset, Metric: c.Metric, P: c.metric.P(), Pool: c.Pool, Transform: c.Transform, Top: c.Top,
		Rows: []ScoresRow{},
	}
	finished := 0
	err = p.eachLayer(ctx, &c, func(layer resolved) error {
		r, err := p.scores(ctx, layer, func(done, _ int) {
			if progress != nil {
				progress(finished+done, len(c.layers)*queries)
			}
		})
		finished += queries
		if err != nil {
			return err
		}
		result.Rows = append(result.Rows, r)
		if row != nil {
			row(r)
		}
		return nil
	})
	result.Missing = c.missing
	result.Best = best(result.Rows, func(r ScoresRow) (ModelLayer, float64) {
		return ModelLayer{r.Model, r.Layer}, r.WeightedScore
	})
	return result, err
}

// sameScore is how near scores in percent are that differ by rounding alone.
const sameScore = 1e-9

// best lists the rows of the highest score, none where all are 0.
func best[R any](rows []R, of func(R) (ModelLayer, float64)) []ModelLayer {
	most := sameScore
	for _, r := range rows {
		_, score := of(r)
		most = max(most, score)
	}
	layers := []ModelLayer{}
	for _, r := range rows {
		if layer, score := of(r); score >= most-sameScore && score > 0 {
			layers = append(layers, layer)
		}
	}
	return layers
}

// comparison is a request to compare whose names are all known.
type comparison struct {
	resolved            // what all layers share
	layers   []resolved // that are indexed, by model, from input to output
	missing  []MissingLayers
}

func (p *Playground) resolveCompare(ctx context.Context, s CompareSettings) (comparison, error) {
	shared, err := parseSettings(p.networks.withDefaults(SearchSettings{
		Dataset: s.Dataset, Metric: s.Metric, P: s.P, Pool: s.Pool, Transform: s.Transform,
		Resize: s.Resize, Size: s.Size, Top: s.Top,
	}))
	c := comparison{resolved: shared, missing: []MissingLayers{}}
	if err != nil {
		return c, err
	}
	if s.Resize != "" && !slices.Contains(resizes(), s.Resize) {
		return c, unknownResize(s.Resize)
	}
	names := p.networks.library.Names()
	if s.Model != "" {
		names = []string{s.Model}
	}
	if c.dataset, err = p.dataset(ctx, c.Dataset); err != nil {
		return c, err
	}
	manifests, err := p.store.Embeddings().List()
	if err != nil {
		return c, explain("cannot list the indexes", err)
	}
	for _, name := range names {
		info, err := p.networks.describe(name)
		if err != nil && s.Model != "" {
			return c, err
		}
		if err != nil {
			c.miss(name, reason(err))
			continue
		}
		if info.Weights == model.Missing && s.Model == "" {
			continue
		}
		p.addModel(&c, info, manifests)
	}
	return c, nil
}

// addModel sorts the layers of a model into those that are indexed and those
// that could be. A model is opened only where that may tell something.
func (p *Playground) addModel(c *comparison, info model.Info, manifests []embedding.Manifest) {
	indexed := map[embedding.Key]bool{}
	for _, m := range manifests {
		if m.Key.Dataset == c.Dataset && m.Key.Model == info.Name {
			indexed[m.Key] = true
		}
	}
	r := c.resolved
	r.Model = info.Name
	if usable := info.Weights == model.Embedded || info.Weights == model.Installed; len(indexed) > 0 || !usable {
		if err := p.locate(&r); err != nil {
			c.miss(info.Name, reason(err), searchLayers(info)...)
			return
		}
	}
	for _, layer := range info.Layers {
		r.Layer, r.key.Layer = layer.Name, layer.Name
		switch {
		case indexed[r.key]:
			c.layers = append(c.layers, r)
		case layer.Search:
			c.miss(info.Name, "", layer.Name)
		}
	}
}

// miss lists layers that cannot be compared.
func (c *comparison) miss(model, reason string, layers ...string) {
	for i := range c.missing {
		if m := &c.missing[i]; m.Model == model && m.Reason == reason {
			m.Layers = append(m.Layers, layers...)
			return
		}
	}
	c.missing = append(c.missing, MissingLayers{Model: model, Layers: append([]string{}, layers...), Reason: reason})
}

// reason is why a layer cannot be compared: "" where an index is all it needs.
func reason(err error) string {
	e := asError(err)
	switch {
	case e == nil:
		return err.Error()
	case e.Kind == NotIndexed:
		return e.Why
	}
	return e.Error()
}

// eachLayer compares the layers one by one. One that the user can do something
// about is missed, and the others go on.
func (p *Playground) eachLayer(ctx context.Context, c *comparison, compare func(resolved) error) error {
	for _, layer := range c.layers {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := compare(layer)
		e := asError(err)
		if err != nil && e == nil {
			return err
		}
		if e == nil {
			continue
		}
		// It was listed as indexed a moment ago.
		if err := p.unchanged(ctx, c.resolved); err != nil {
			return err
		}
		c.miss(layer.Model, reason(err), layer.Layer)
	}
	return nil
}

// unchanged reports a dataset that was removed or replaced meanwhile.
func (p *Playground) unchanged(ctx context.Context, r resolved) error {
	now, err := p.dataset(ctx, r.Dataset)
	if err != nil {
		return err
	}
	if now.Fingerprint() != r.dataset.Fingerprint() {
		return &Error{Kind: Conflict, What: "cannot compare", Why: "dataset " + r.Dataset + " was replaced meanwhile", Hint: "ask again"}
	}
	return nil
}
