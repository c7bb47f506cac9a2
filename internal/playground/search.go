package playground

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
	"github.com/convnetplayground/convnet/relevance"
)

// resolved is a search whose names are all known.
type resolved struct {
	SearchSettings
	dataset   *dataset.Dataset
	pooling   model.Pooling
	transform embedding.Transform
	metric    index.Metric
	recipe    preprocess.Recipe
	key       embedding.Key
}

func (m *Models) withDefaults(s SearchSettings) SearchSettings {
	s.Dataset = cmp.Or(s.Dataset, DefaultDataset)
	s.Model = cmp.Or(s.Model, DefaultModel)
	s.Layer = cmp.Or(s.Layer, m.defaultLayer(s.Model))
	s.Metric = cmp.Or(s.Metric, DefaultMetric)
	s.Pool = cmp.Or(s.Pool, DefaultPool)
	s.Transform = cmp.Or(s.Transform, DefaultTransform)
	return s
}

func (p *Playground) resolve(ctx context.Context, s SearchSettings) (resolved, error) {
	r, err := parseSettings(p.networks.withDefaults(s))
	if err != nil {
		return r, err
	}
	if _, err := p.networks.describe(r.Model, r.Layer); err != nil {
		return r, err
	}
	if r.dataset, err = p.dataset(ctx, r.Dataset); err != nil {
		return r, err
	}
	err = p.locate(&r)
	return r, err
}

// parseSettings resolves what needs neither models nor datasets.
func parseSettings(s SearchSettings) (resolved, error) {
	r := resolved{SearchSettings: s}
	var err error
	if s.Top < 1 {
		return r, invalid("cannot search", fmt.Sprintf("%d results are asked for", s.Top), "ask for at least 1")
	}
	if r.metric, err = parseMetric(s.Metric, s.P); err != nil {
		return r, err
	}
	if r.pooling, err = parseVectorPooling(s.Pool); err != nil {
		return r, err
	}
	r.transform, err = parseTransform(s.Transform)
	return r, err
}

// locate finds the recipe and the key of a search whose names are known.
func (p *Playground) locate(r *resolved) (err error) {
	if r.recipe, err = p.recipe(r.Model, r.Resizing()); err != nil {
		return err
	}
	r.key, err = p.key(r.dataset, r.Model, r.Layer, r.pooling, r.recipe)
	return err
}

func parseMetric(name string, power float64) (index.Metric, error) {
	m, err := index.ParseMetric(name, power)
	var known *index.UnknownMetricError
	if errors.As(err, &known) {
		return m, unknown("metric", name, known.Near, "known: "+strings.Join(known.Known, ", "))
	}
	if err != nil {
		return m, invalid("cannot measure by "+name, err.Error(), "")
	}
	return m, nil
}

// parseVectorPooling finds a pooling that makes a vector of a feature map.
func parseVectorPooling(name string) (model.Pooling, error) {
	pooling, err := model.ParsePooling(name)
	if err == nil && pooling != model.None {
		return pooling, nil
	}
	return "", unknown("pooling", name, Near(name, []string{"avg", "max", "flatten"}), "known: avg, max, flatten")
}

func parseTransform(name string) (embedding.Transform, error) {
	t, err := embedding.ParseTransform(name)
	if err != nil {
		return "", unknown("transform", name, Near(name, embedding.Transforms()), "known: "+strings.Join(embedding.Transforms(), ", "))
	}
	return t, nil
}

// recipe is the preprocessing of pictures that are compared by a model.
func (p *Playground) recipe(name string, r Resizing) (preprocess.Recipe, error) {
	m, err := p.model(name)
	if err != nil {
		return preprocess.Recipe{}, err
	}
	return r.recipe(m, preprocess.Squash)
}

// key is what the vectors of a dataset at a layer are kept under.
func (p *Playground) key(d *dataset.Dataset, modelName, layer string, pooling model.Pooling, r preprocess.Recipe) (embedding.Key, error) {
	m, err := p.model(modelName)
	if err != nil {
		return embedding.Key{}, err
	}
	hash, err := m.WeightsHash()
	if err != nil {
		return embedding.Key{}, explain("cannot read the weights of "+modelName, err)
	}
	return embedding.Key{
		Dataset: d.Name, Fingerprint: d.Fingerprint(), Model: modelName, Weights: hash,
		Layer: layer, Pooling: string(pooling), Preprocessing: r.String(),
	}, nil
}

func (r resolved) notIndexed(cause error) *Error {
	request := IndexRequest{Dataset: r.Dataset, Model: r.Model, Layers: []string{r.Layer}, Pool: r.Pool, Resize: r.Resize, Size: r.Size}
	return &Error{
		Kind:  NotIndexed,
		What:  fmt.Sprintf("dataset %q is not indexed at layer %q of %s with pooling %s", r.Dataset, r.Layer, r.Model, r.Pool),
		Hint:  "index it with: " + request.Command(),
		cause: cause,
	}
}

// Search finds the pictures of a dataset that are most similar to one of them
// or to another picture. Vectors that are not there are an *Error of kind
// NotIndexed.
func (p *Playground) Search(ctx context.Context, request SearchRequest) (SearchResult, error) {
	r, err := p.resolve(ctx, request.SearchSettings)
	if err != nil {
		return SearchResult{}, err
	}
	if request.Query != nil {
		if err := checkImage(r.dataset, *request.Query); err != nil {
			return SearchResult{}, err
		}
	}
	return p.search(ctx, r, request)
}

// search is Search with the names of the request resolved.
func (p *Playground) search(ctx context.Context, r resolved, request SearchRequest) (SearchResult, error) {
	sp, err := p.space(r)
	if err != nil {
		return SearchResult{}, err
	}
	query, vector, err := p.query(ctx, r, sp, request)
	if err != nil {
		return SearchResult{}, err
	}
	return r.nearest(ctx, sp, query, vector)
}

// nearest finds the pictures nearest to a query by its transformed vector.
func (r resolved) nearest(ctx context.Context, sp *space, query Query, vector []float32) (SearchResult, error) {
	x, err := sp.index(r.metric)
	if err != nil {
		return SearchResult{}, err
	}
	without := func(id int) bool { return query.Index != nil && id == *query.Index }
	neighbours, err := x.Search(ctx, vector, r.Top, without)
	if err != nil {
		return SearchResult{}, explain("cannot search", err)
	}
	return r.result(query, neighbours), nil
}

func (r resolved) result(query Query, neighbours []index.Neighbour) SearchResult {
	result := SearchResult{
		Dataset: r.Dataset, Model: r.Model, Layer: r.Layer, Metric: r.Metric, P: r.metric.P(),
		Pool: r.Pool, Transform: r.Transform, Query: query, Results: []Result{},
	}
	same := make([]bool, len(neighbours))
	count := 0
	for i, n := range neighbours {
		im := r.dataset.Images[n.ID]
		result.Results = append(result.Results, Result{
			Rank: i + 1, Index: n.ID, File: im.File, Class: im.Class,
			Distance: n.Distance, Similarity: r.metric.Similarity(n.Distance),
		})
		if same[i] = im.Class == query.Class; same[i] {
			count++
		}
	}
	if query.Class != "" {
		score := relevance.WeightedScore(same)
		result.Score, result.SameClass = &score, &count
	}
	return result
}

// query describes the picture that is searched for, with its transformed vector.
func (p *Playground) query(ctx context.Context, r resolved, sp *space, request SearchRequest) (Query, []float32, error) {
	switch {
	case request.Image != "":
		vector, err := p.fileVector(ctx, r, sp, request.Image)
		return Query{File: request.Image}, vector, err
	case request.Picture != "":
		vector, err := p.pictureVector(ctx, r, sp, request.Picture)
		return Query{Picture: request.Picture}, vector, err
	case request.Query != nil:
		return datasetQuery(r, sp, *request.Query)
	}
	return Query{}, nil, invalid("cannot search", "no picture to search for", "name one of the dataset, or one of your own")
}

func datasetQuery(r resolved, sp *space, i int) (Query, []float32, error) {
	im := r.dataset.Images[i]
	vector := sp.vector(i)
	if vector == nil {
		return Query{}, nil, &Error{
			Kind: NotIndexed, What: "cannot search for " + im.File,
			Why: "it could not be read when the dataset was indexed", Hint: "choose another picture",
		}
	}
	return Query{Index: &i, File: im.File, Class: im.Class}, vector, nil
}

func (p *Playground) fileVector(ctx context.Context, r resolved, sp *space, path string) ([]float32, error) {
	im, err := decodeFile(path)
	if err != nil {
		return nil, err
	}
	return p.embedQuery(ctx, r, sp, im)
}

func (p *Playground) pictureVector(ctx context.Context, r resolved, sp *space, id string) ([]float32, error) {
	im, err := p.uploaded(ctx, id)
	if err != nil {
		return nil, err
	}
	return p.embedQuery(ctx, r, sp, im)
}

// embedQuery passes a picture through the network and transforms its vector as
// those of the dataset were.
func (p *Playground) embedQuery(ctx context.Context, r resolved, sp *space, im *preprocess.Image) ([]float32, error) {
	vectors, err := p.embedAt(ctx, r, []string{r.Layer}, im)
	if err != nil {
		return nil, err
	}
	vector := make([]float32, sp.dim)
	sp.fitted.Apply(vector, vectors[0])
	return vector, nil
}

// embedAt passes a picture through the network of a search once, and returns its
// vector at each of the layers.
func (p *Playground) embedAt(ctx context.Context, r resolved, layers []string, im *preprocess.Image) ([][]float32, error) {
	m, err := p.model(r.Model)
	if err != nil {
		return nil, err
	}
	e, err := m.Embedder(ctx, layers, r.pooling, r.recipe, p.pool)
	if err != nil {
		return nil, explain("cannot embed the picture", err)
	}
	vectors, err := e.Embed(ctx, im)
	return vectors, explain("cannot embed the picture", err)
}

// decodeFile reads a picture; errors name the file.
func decodeFile(path string) (*preprocess.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, explain("cannot open the picture", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, invalid("cannot read "+path, "it is a folder", "name a picture file")
	}
	im, err := preprocess.Decode(f)
	if err != nil {
		return nil, explain("cannot read "+path, err)
	}
	return im, nil
}
