package playground

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/relevance"
)

// Evaluate searches for every picture of a dataset that has a class, and means
// the quality of the answers. progress, which may be nil, is told the queries
// finished; it is called from several goroutines.
func (p *Playground) Evaluate(ctx context.Context, s SearchSettings, progress func(done, total int)) (Evaluation, error) {
	r, err := p.resolve(ctx, s)
	if err != nil {
		return Evaluation{}, err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	row, err := p.scores(ctx, r, progress)
	if err != nil {
		return Evaluation{}, err
	}
	return Evaluation{
		Dataset: r.Dataset, Model: r.Model, Layer: r.Layer, Metric: r.Metric, P: r.metric.P(),
		Pool: r.Pool, Transform: r.Transform, Summary: row.Summary,
	}, nil
}

// scoresRecipe is all that the scores of a layer depend on.
type scoresRecipe struct {
	Result    string        `json:"result"`
	Vectors   embedding.Key `json:"vectors"`
	Transform string        `json:"transform"`
	Metric    string        `json:"metric"`
	P         float64       `json:"p,omitempty"`
	Top       int           `json:"top"`
	Revision  int           `json:"revision"` // of the way scores are made
}

const scoresRevision = 1

// scores is the quality of one layer with every picture that has a class as a
// query. It is computed once, and kept.
func (p *Playground) scores(ctx context.Context, r resolved, progress func(done, total int)) (ScoresRow, error) {
	made := recipe[scoresRecipe]{scoresRecipe{
		Result: "scores", Vectors: r.key, Transform: r.Transform, Metric: r.Metric, P: r.metric.P(), Top: r.Top,
		Revision: scoresRevision,
	}}
	content, there, err := made.kept(ctx, p.store)
	if err != nil {
		return ScoresRow{}, err
	}
	var row ScoresRow
	if there && json.Unmarshal(content, &row) == nil {
		return row, nil
	}
	if row, err = p.judged(ctx, r, progress); err != nil {
		return ScoresRow{}, err
	}
	if content, err = json.Marshal(row); err != nil {
		return ScoresRow{}, err
	}
	return row, made.keep(ctx, p.store, r.Dataset, content)
}

// judged computes what scores returns.
func (p *Playground) judged(ctx context.Context, r resolved, progress func(done, total int)) (ScoresRow, error) {
	sp, err := p.space(r)
	if err != nil {
		return ScoresRow{}, err
	}
	queries, err := r.queries(sp)
	if err != nil {
		return ScoresRow{}, err
	}
	qualities, err := r.judge(ctx, sp, queries, func(done int) { progress(done, len(queries)) })
	if err != nil {
		return ScoresRow{}, err
	}
	row := ScoresRow{
		Model: r.Model, Layer: r.Layer, Summary: relevance.Summarize(qualities),
		Scores: make([]*float64, len(r.dataset.Images)),
	}
	if interval, ok := relevance.ScoreInterval(qualities); ok {
		row.Interval = &interval
	}
	for i, query := range queries {
		row.Scores[sp.ids[query]] = &qualities[i].WeightedScore
	}
	return row, nil
}

// queries lists the rows of the pictures that have a class, ascending.
func (r resolved) queries(sp *space) ([]int, error) {
	var rows []int
	for row, id := range sp.ids {
		if r.dataset.Images[id].Class != "" {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil, r.noClasses()
	}
	return rows, nil
}

func (r resolved) noClasses() error {
	return invalid("cannot evaluate", "no picture of dataset "+r.Dataset+" has a class", "a folder with one sub-folder per class has classes")
}

// classes numbers the classes of the rows of a space, and counts them.
func (r resolved) classes(sp *space) (byRow, sizes []int) {
	numbers := map[string]int{}
	for _, id := range sp.ids {
		class := r.dataset.Images[id].Class
		number, known := numbers[class]
		if !known {
			number = len(numbers)
			numbers[class] = number
			sizes = append(sizes, 0)
		}
		byRow = append(byRow, number)
		sizes[number]++
	}
	return byRow, sizes
}

// judge searches for each of the queries, rows of the space, and measures the
// rankings, in their order. done is told the number finished, from several
// goroutines.
func (r resolved) judge(ctx context.Context, sp *space, queries []int, done func(int)) ([]relevance.Quality, error) {
	x, err := sp.index(r.metric)
	if err != nil {
		return nil, err
	}
	classes, sizes := r.classes(sp)
	qualities := make([]relevance.Quality, len(queries))
	var next, finished atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(sp.threads, len(queries)) {
		g.Go(func() error {
			distances := make([]float64, len(sp.ids))
			same := make([]bool, len(sp.ids)-1)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(queries) {
					return nil
				}
				query := queries[i]
				if err := x.Distances(ctx, distances, sp.vector(sp.ids[query])); err != nil {
					return err
				}
				class := classes[query]
				relevance.Rank(same, distances, query, func(row int) bool { return classes[row] == class })
				qualities[i] = relevance.Judge(same, sizes[class]-1, r.Top)
				done(int(finished.Add(1)))
			}
		})
	}
	return qualities, explain("cannot evaluate", g.Wait())
}
