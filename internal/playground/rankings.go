package playground

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/index"
)

// Indexed lists the layers that Compare compares, by model, from input to
// output.
func (p *Playground) Indexed(ctx context.Context, s CompareSettings) ([]ModelLayer, error) {
	c, err := p.resolveCompare(ctx, s)
	if err != nil {
		return nil, err
	}
	layers := []ModelLayer{}
	for _, layer := range c.layers {
		layers = append(layers, ModelLayer{layer.Model, layer.Layer})
	}
	return layers, nil
}

// Rankings is what Search finds for every picture of the dataset, by its
// position: the nearest others, nearest first; nil for a picture without a
// vector. done, which may be nil, is told the number of queries finished; it is
// called from several goroutines.
func (p *Playground) Rankings(ctx context.Context, s SearchSettings, done func(int)) ([][]index.Neighbour, error) {
	r, err := p.resolve(ctx, s)
	if err != nil {
		return nil, err
	}
	sp, err := p.space(r)
	if err != nil {
		return nil, err
	}
	x, err := sp.index(r.metric)
	if err != nil {
		return nil, err
	}
	rankings := make([][]index.Neighbour, len(r.dataset.Images))
	var next, finished atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(sp.threads, len(sp.ids)) {
		g.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(sp.ids) {
					return nil
				}
				query := sp.ids[i]
				found, err := x.Search(ctx, sp.vector(query), r.Top, func(id int) bool { return id == query })
				if err != nil {
					return err
				}
				// One that has no others is not one without a vector.
				rankings[query] = append([]index.Neighbour{}, found...)
				if n := int(finished.Add(1)); done != nil {
					done(n)
				}
			}
		})
	}
	return rankings, explain("cannot rank the pictures", g.Wait())
}
