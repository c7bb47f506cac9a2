package playground

import (
	"context"

	"github.com/convnetplayground/convnet/relevance"
)

// Evaluate searches for every picture of a dataset that has a class, and means
// the quality of the answers. progress, which may be nil, is told the queries
// finished.
func (p *Playground) Evaluate(ctx context.Context, s SearchSettings, progress func(done, total int)) (Evaluation, error) {
	r, err := p.resolve(ctx, s)
	if err != nil {
		return Evaluation{}, err
	}
	sp, err := p.space(r)
	if err != nil {
		return Evaluation{}, err
	}
	tally, err := r.tally(ctx, sp, progress)
	if err != nil {
		return Evaluation{}, err
	}
	return Evaluation{
		Dataset: r.Dataset, Model: r.Model, Layer: r.Layer, Metric: r.Metric, P: r.metric.P(),
		Pool: r.Pool, Transform: r.Transform, Summary: tally.Summary(),
	}, nil
}

func (r resolved) tally(ctx context.Context, sp *space, progress func(done, total int)) (*relevance.Tally, error) {
	x, err := sp.index(r.metric)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int{}
	for _, id := range sp.ids {
		sizes[r.dataset.Images[id].Class]++
	}
	queries := len(sp.ids) - sizes[""]
	if queries == 0 {
		return nil, invalid("cannot evaluate", "no picture of dataset "+r.Dataset+" has a class", "a folder with one sub-folder per class has classes")
	}
	tally := relevance.NewTally(r.Top)
	done := 0
	for _, id := range sp.ids {
		class := r.dataset.Images[id].Class
		if class == "" {
			continue
		}
		ranking, err := x.Search(ctx, sp.vector(id), len(sp.ids), func(other int) bool { return other == id })
		if err != nil {
			return nil, explain("cannot evaluate", err)
		}
		same := make([]bool, len(ranking))
		for i, n := range ranking {
			same[i] = r.dataset.Images[n.ID].Class == class
		}
		tally.Add(same, sizes[class]-1)
		if done++; progress != nil {
			progress(done, queries)
		}
	}
	return tally, nil
}
