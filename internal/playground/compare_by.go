package playground

import (
	"context"

	"github.com/convnetplayground/convnet/preprocess"
)

// comparedBy is the picture that layers are compared by.
type comparedBy struct {
	Query
	own     *preprocess.Image // nil for a picture of the dataset
	layers  []resolved        // that are compared
	vectors map[ModelLayer][]float32
}

func (p *Playground) comparedBy(ctx context.Context, c comparison, r CompareRequest) (*comparedBy, error) {
	by := &comparedBy{layers: c.layers, vectors: map[ModelLayer][]float32{}}
	var err error
	switch {
	case r.Image != "":
		by.Query = Query{File: r.Image}
		by.own, err = decodeFile(r.Image)
	case r.Picture != "":
		by.Query = Query{Picture: r.Picture}
		by.own, err = p.uploaded(ctx, r.Picture)
	default:
		if err := checkImage(c.dataset, r.Query); err != nil {
			return nil, err
		}
		im := c.dataset.Images[r.Query]
		by.Query = Query{Index: &r.Query, File: im.File, Class: im.Class}
	}
	return by, err
}

// findBy searches by one layer.
func (p *Playground) findBy(ctx context.Context, by *comparedBy, layer resolved) (SearchResult, error) {
	sp, err := p.space(layer)
	if err != nil {
		return SearchResult{}, err
	}
	if by.own == nil {
		query, vector, err := datasetQuery(layer, sp, *by.Index)
		if err != nil {
			return SearchResult{}, err
		}
		return layer.nearest(ctx, sp, query, vector)
	}
	at := ModelLayer{layer.Model, layer.Layer}
	if by.vectors[at] == nil {
		if err := p.pass(ctx, by, layer); err != nil {
			return SearchResult{}, err
		}
	}
	vector := make([]float32, sp.dim)
	sp.fitted.Apply(vector, by.vectors[at])
	return layer.nearest(ctx, sp, by.Query, vector)
}

// pass takes a picture of one's own through the network of a layer, once for all
// of its layers that are compared; those of another network are forgotten.
func (p *Playground) pass(ctx context.Context, by *comparedBy, layer resolved) error {
	var names []string
	for _, other := range by.layers {
		if other.Model == layer.Model {
			names = append(names, other.Layer)
		}
	}
	vectors, err := p.embedAt(ctx, layer, names, by.own)
	if err != nil {
		return err
	}
	clear(by.vectors)
	for i, name := range names {
		by.vectors[ModelLayer{layer.Model, name}] = vectors[i]
	}
	return nil
}
