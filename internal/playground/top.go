package playground

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// TopPictures tells which pictures of a dataset excite a channel most, and
// where in them. They are found while the dataset is indexed: where they are
// not there yet, it is an *Error of kind NotIndexed.
func (p *Playground) TopPictures(ctx context.Context, r TopRequest) (TopResult, error) {
	r.Dataset, r.Model = cmp.Or(r.Dataset, DefaultDataset), cmp.Or(r.Model, DefaultModel)
	r.Layer = cmp.Or(r.Layer, p.networks.defaultLayer(r.Model))
	result := TopResult{Dataset: r.Dataset, Model: r.Model, Layer: r.Layer, Channel: r.Channel, Results: []TopPicture{}}
	info, err := p.networks.describe(r.Model, r.Layer)
	if err != nil {
		return result, err
	}
	if err := checkChannel(info, r.Layer, r.Channel); err != nil {
		return result, err
	}
	d, err := p.dataset(ctx, r.Dataset)
	if err != nil {
		return result, err
	}
	recipe, err := p.recipe(r.Model, r.Resizing())
	if err != nil {
		return result, err
	}
	top, err := p.top(d, r, recipe)
	if err != nil {
		return result, err
	}
	places, err := p.places(r, recipe)
	if err != nil {
		return result, err
	}
	result.Map, result.LeftOut, result.Pictures = [2]int{top.Height, top.Width}, top.LeftOut, top.Pictures-top.LeftOut
	for i, peak := range top.Peaks {
		picture, err := places.picture(d.Images[peak.Picture], top.TopShape, peak)
		if err != nil {
			return result, explain("cannot find the place of the maximum", err)
		}
		picture.Rank = i + 1
		result.Results = append(result.Results, picture)
	}
	result.Dead = len(top.Peaks) > 0 && top.Peaks[0].Value == 0
	return result, nil
}

func checkChannel(info model.Info, layer string, channel int) error {
	n := channelsOf(info, layer)
	if channel >= 0 && channel < n {
		return nil
	}
	return &Error{
		Kind: NotFound,
		What: fmt.Sprintf("layer %q of %s has no channel %d", layer, info.Name, channel),
		Hint: fmt.Sprintf("its channels are 0 to %d", n-1),
	}
}

// top reads the top pictures of a channel.
func (p *Playground) top(d *dataset.Dataset, r TopRequest, recipe preprocess.Recipe) (embedding.Top, error) {
	key, err := p.key(d, r.Model, r.Layer, DefaultPool, recipe)
	if err != nil {
		return embedding.Top{}, err
	}
	top, err := p.store.Embeddings().Top(key, r.Channel)
	if err == nil && top.Pictures != len(d.Images) {
		err = fmt.Errorf("%w: of %d pictures, the dataset has %d", embedding.ErrNotFound, top.Pictures, len(d.Images))
	}
	if errors.Is(err, embedding.ErrNotFound) {
		return top, p.noTop(r, key, err)
	}
	return top, explain("cannot read the top pictures of layer "+r.Layer, err)
}

// noTop says that there are no top pictures, and whether the vectors are there.
func (p *Playground) noTop(r TopRequest, key embedding.Key, cause error) *Error {
	e := &Error{
		Kind:  NotIndexed,
		What:  fmt.Sprintf("the top pictures of dataset %q at layer %q of %s are not known", r.Dataset, r.Layer, r.Model),
		Why:   "it is not indexed there",
		Hint:  fmt.Sprintf("index it with: convnet index --dataset %s --model %s --layer %s%s", r.Dataset, r.Model, r.Layer, r.Resizing().flags()),
		cause: cause,
	}
	if _, err := p.store.Embeddings().Load(key); err == nil {
		e.Why = "only its vectors are there, as earlier versions left them"
	}
	return e
}

// places finds what of a picture a place on a layer's feature map stands for.
type places struct {
	network *graph.Graph
	layer   string
	recipe  preprocess.Recipe
}

func (p *Playground) places(r TopRequest, recipe preprocess.Recipe) (places, error) {
	m, err := p.model(r.Model)
	if err != nil {
		return places{}, err
	}
	network, err := m.Network(recipe.Width, r.Layer)
	if err != nil {
		return places{}, explain("cannot find the place of the maximum", err)
	}
	return places{network.Graph(), r.Layer, recipe}, nil
}

// picture describes the picture that has a peak.
func (p places) picture(im dataset.Image, shape embedding.TopShape, peak embedding.Peak) (TopPicture, error) {
	y, x := peak.Position/shape.Width, peak.Position%shape.Width
	field, err := p.network.ReceptiveField(p.layer, y, x)
	if err != nil {
		return TopPicture{}, err
	}
	return TopPicture{
		Index: im.Index, File: im.File, Class: im.Class, Value: peak.Value, Position: [2]int{y, x},
		Box:  box(p.recipe.Region(field, im.Width, im.Height)),
		Cell: box(p.cell(y, x, shape, im)),
	}, nil
}

// cell is the place of one position of a map that is laid over the picture.
func (p places) cell(y, x int, shape embedding.TopShape, im dataset.Image) preprocess.Region {
	whole := p.recipe.Region(image.Rect(0, 0, p.recipe.Width, p.recipe.Height), im.Width, im.Height)
	column := func(x int) float64 { return between(whole.Left, whole.Right, x, shape.Width) }
	row := func(y int) float64 { return between(whole.Top, whole.Bottom, y, shape.Height) }
	return preprocess.Region{Left: column(x), Top: row(y), Right: column(x + 1), Bottom: row(y + 1)}
}

// between is the i-th of n equal steps from lo to hi.
func between(lo, hi float64, i, n int) float64 { return lo + (hi-lo)*float64(i)/float64(n) }

func box(r preprocess.Region) [4]float64 { return [4]float64{r.Left, r.Top, r.Right, r.Bottom} }
