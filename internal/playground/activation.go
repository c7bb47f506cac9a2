package playground

import (
	"context"
	"fmt"
	"image"
	"io"

	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/internal/heatmap"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// Activation computes how a channel responds to a picture file.
func (m *Models) Activation(ctx context.Context, r ActivationRequest) (ActivationMap, error) {
	info, err := m.describe(r.Model, r.Layer)
	if err != nil {
		return ActivationMap{}, err
	}
	if err := checkChannel(info, r.Layer, r.Channel); err != nil {
		return ActivationMap{}, err
	}
	im, err := decodeFile(r.Image)
	if err != nil {
		return ActivationMap{}, err
	}
	opened, recipe, err := m.prepare(r.Model, r.Weights, r.Resizing, preprocess.Squash)
	if err != nil {
		return ActivationMap{}, err
	}
	defer opened.Close()
	pool := graph.NewPool(m.threads)
	defer pool.Close()
	return activation(ctx, opened, r, recipe, pool, im)
}

// Activation computes how a channel responds to an uploaded picture, or to one
// of a dataset.
func (p *Playground) Activation(ctx context.Context, r ActivationRequest) (ActivationMap, error) {
	info, err := p.networks.describe(r.Model, r.Layer)
	if err != nil {
		return ActivationMap{}, err
	}
	if err := checkChannel(info, r.Layer, r.Channel); err != nil {
		return ActivationMap{}, err
	}
	m, err := p.model(r.Model)
	if err != nil {
		return ActivationMap{}, err
	}
	recipe, err := r.recipe(m, preprocess.Squash)
	if err != nil {
		return ActivationMap{}, err
	}
	done, err := p.decoding(ctx)
	if err != nil {
		return ActivationMap{}, err
	}
	defer done()
	im, err := p.picture(ctx, r)
	if err != nil {
		return ActivationMap{}, err
	}
	return activation(ctx, m, r, recipe, p.pool, im)
}

// picture decodes the picture of a request.
func (p *Playground) picture(ctx context.Context, r ActivationRequest) (*preprocess.Image, error) {
	if r.Picture != "" {
		return p.uploaded(ctx, r.Picture)
	}
	d, err := p.image(ctx, r.Dataset, r.Index)
	if err != nil {
		return nil, err
	}
	im, err := d.Decode(r.Index)
	if err != nil {
		return nil, unreadable(d, r.Index, err)
	}
	return im, nil
}

// activation runs a picture up to the layer and takes out the channel.
func activation(ctx context.Context, m *model.Model, r ActivationRequest, recipe preprocess.Recipe, pool *graph.Pool, im *preprocess.Image) (ActivationMap, error) {
	what := "cannot compute the activation of " + r.Layer
	e, err := m.Embedder(ctx, []string{r.Layer}, model.None, recipe, pool)
	if err != nil {
		return ActivationMap{}, explain(what, err)
	}
	vectors, err := e.Embed(ctx, im)
	if err != nil {
		return ActivationMap{}, explain(what, err)
	}
	a := ActivationMap{Model: m.Info().Name, Layer: r.Layer, Channel: r.Channel, Height: 1, Width: 1}
	if shape := e.Shapes()[0]; len(shape) == 3 {
		a.Height, a.Width = shape[0], shape[1]
	}
	a.Region = box(recipe.Region(image.Rect(0, 0, recipe.Width, recipe.Height), im.Width, im.Height))
	return a, explain(what, a.fill(vectors[0]))
}

// fill takes the channel out of a feature map [Height, Width, channels].
func (a *ActivationMap) fill(whole []float32) error {
	channels := len(whole) / (a.Height * a.Width)
	a.Min, a.Max = whole[a.Channel], whole[a.Channel]
	for y := range a.Height {
		row := make([]float32, a.Width)
		for x := range row {
			v := whole[(y*a.Width+x)*channels+a.Channel]
			if v-v != 0 { // NaN and infinities only
				return fmt.Errorf("row %d, column %d is %v: %w", y, x, v, embedding.ErrNotFinite)
			}
			if row[x] = v; v > a.Max {
				a.Max, a.Position = v, [2]int{y, x}
			}
			a.Min = min(a.Min, v)
			a.Mean += float64(v) / float64(a.Height*a.Width)
		}
		a.Values = append(a.Values, row)
	}
	return nil
}

// EncodePNG writes the map as a heat map: the least value dark violet, the
// greatest light yellow, each as a square of scale x scale pixels.
func (a ActivationMap) EncodePNG(w io.Writer, scale int) error {
	var values []float32
	for _, row := range a.Values {
		values = append(values, row...)
	}
	return heatmap.Encode(w, values, a.Height, a.Width, scale)
}

// heatMapLongest is how long the longer side of a heat map in a file is at
// most, in pixels, unless the map itself is longer.
const heatMapLongest = 512

// WritePNG writes the heat map to a file that appears only when it is whole, in
// squares that are large enough to be seen.
func (a ActivationMap) WritePNG(path string) error {
	scale := max(1, heatMapLongest/max(a.Height, a.Width))
	return explain("cannot write "+path, writeWhole(path, func(w io.Writer) error { return a.EncodePNG(w, scale) }))
}
