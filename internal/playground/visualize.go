package playground

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/convnetplayground/convnet/featurevis"
	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// VisualizeRequest asks for a picture of what a part of a network responds to.
type VisualizeRequest struct {
	Model     string  `json:"model"`             // "" for the default one
	Weights   string  `json:"weights,omitempty"` // file; "" for the weights that the model has
	Layer     string  `json:"layer"`
	Objective string  `json:"objective,omitempty"` // channel, neuron, layer or class; "" is channel
	Channel   int     `json:"channel"`             // or the index of the class
	With      *int    `json:"with,omitempty"`      // a second channel, climbed together with the first
	Blend     float64 `json:"blend,omitempty"`     // weight of the second, of 1 in all
	Negative  bool    `json:"negative,omitempty"`  // the least instead of the most
	Pictures  int     `json:"pictures,omitempty"`  // rendered at once and pushed apart; 0 is one
	Steps     int     `json:"steps,omitempty"`
	Size      int     `json:"size,omitempty"`
	Seed      uint64  `json:"seed,omitempty"`
}

// ObjectiveClass asks for the score of a class: the channel of a classifier.
const ObjectiveClass = "class"

// The values that a visualization takes where nothing is said.
const (
	DefaultSteps = 512
	DefaultSize  = 128
	DefaultBlend = 0.5
)

// Frame is a rendering after a step. What it is asked for is computed then,
// and only before the function that was given the Frame returns.
type Frame struct {
	Step, Steps int
	Values      []float64 // of the objective before the step, by picture
	render      *featurevis.Render
}

// Picture is the rendering as it is.
func (f Frame) Picture() *preprocess.Image { return strip(f.render) }

// State is what VisualizeFrom goes on from.
func (f Frame) State() []byte { return f.render.State() }

// Visualization is a finished picture.
type Visualization struct {
	Recipe  featurevis.Recipe `json:"recipe"`
	Hash    string            `json:"hash"`   // of the recipe
	Values  []float64         `json:"values"` // of the objective, by picture, without the transforms of the steps
	Seconds float64           `json:"seconds"`
	// Picture holds the pictures side by side.
	Picture *preprocess.Image `json:"-"`
}

// EncodePNG writes the picture with its recipe.
func (v Visualization) EncodePNG(w io.Writer) error {
	return featurevis.EncodePNG(w, v.Picture, v.Recipe)
}

// VisualizationRecipe says all that the picture of a request depends on.
// Recipes with the same hash give the same picture.
func (m *Models) VisualizationRecipe(r VisualizeRequest) (featurevis.Recipe, error) {
	opened, recipe, err := m.recipe(r)
	if err != nil {
		return recipe, err
	}
	return recipe, opened.Close()
}

// recipe opens the model of a request.
func (m *Models) recipe(r VisualizeRequest) (*model.Model, featurevis.Recipe, error) {
	opened, err := m.openKnown(r.Model, r.Weights)
	if err != nil {
		return nil, featurevis.Recipe{}, err
	}
	recipe, err := r.recipe(opened)
	if err != nil {
		return nil, recipe, errors.Join(err, opened.Close())
	}
	return opened, recipe, nil
}

// openKnown opens a model by its name, the default one for "".
func (m *Models) openKnown(name, weights string) (*model.Model, error) {
	name = cmp.Or(name, DefaultModel)
	if _, err := m.describe(name); err != nil {
		return nil, err
	}
	return m.open(name, weights)
}

func (r VisualizeRequest) recipe(m *model.Model) (featurevis.Recipe, error) {
	info := m.Info()
	recipe := featurevis.Default(r.Channel)
	hash, err := m.WeightsHash()
	if err != nil {
		return recipe, explain("cannot read the weights of "+info.Name, err)
	}
	recipe.Model, recipe.Weights, recipe.Layer = info.Name, hash, r.Layer
	switch r.Objective {
	case "", string(featurevis.Channel), string(featurevis.Neuron):
		recipe.Objective = featurevis.Objective(cmp.Or(r.Objective, string(featurevis.Channel)))
	case string(featurevis.Layer):
		recipe.Objective, recipe.Channels = featurevis.Layer, nil
	case ObjectiveClass:
		if recipe.Layer, err = classifier(info, r.Layer); err != nil {
			return recipe, err
		}
	default:
		known := visualizationObjectives()
		return recipe, unknown("objective", r.Objective, Near(r.Objective, known), "known: channel, neuron, layer, class")
	}
	if err := checkLayer(info, recipe.Layer); err != nil {
		return recipe, err
	}
	if r.With != nil {
		recipe.Channels, recipe.Blend = append(recipe.Channels, *r.With), r.Blend
	}
	recipe.Negative, recipe.Seed = r.Negative, r.Seed
	recipe.Pictures, recipe.Steps, recipe.Size = cmp.Or(r.Pictures, 1), cmp.Or(r.Steps, DefaultSteps), cmp.Or(r.Size, DefaultSize)
	if err := recipe.Check(); err != nil {
		return recipe, invalid("cannot visualize", err.Error(), "")
	}
	return recipe, nil
}

func visualizationObjectives() []string {
	names := []string{ObjectiveClass}
	for _, o := range featurevis.Objectives() {
		names = append(names, string(o))
	}
	return names
}

// classifier is the layer that knows the classes.
func classifier(info model.Info, layer string) (string, error) {
	if info.Classes == 0 {
		return "", explain("cannot visualize a class of "+info.Name, model.ErrNoClassifier)
	}
	last := info.Layers[len(info.Layers)-1].Name
	if layer != "" && layer != last {
		return "", invalid("cannot visualize a class", "layer "+layer+" is not the classifier", "leave the layer out")
	}
	return last, nil
}

// WritePNG writes a file that appears only when it is whole.
func (v Visualization) WritePNG(path string) error {
	return WriteFile(path, v.EncodePNG)
}

// Visualize renders what a request asks for. progress, which may be nil, is
// told every step, and the last one again when ctx ends.
func (m *Models) Visualize(ctx context.Context, r VisualizeRequest, progress func(Frame)) (Visualization, error) {
	return m.VisualizeFrom(ctx, nil, r, progress)
}

// VisualizeFrom goes on from the state that a Frame of the same request had;
// the result is the same as in one go. Without a state, or with one that
// cannot be used, it begins.
func (m *Models) VisualizeFrom(ctx context.Context, state []byte, r VisualizeRequest, progress func(Frame)) (Visualization, error) {
	opened, recipe, err := m.recipe(r)
	if err != nil {
		return Visualization{}, err
	}
	defer opened.Close()
	pool := graph.NewPool(m.threads)
	defer pool.Close()
	return visualize(ctx, opened, recipe, state, pool, progress)
}

func visualize(ctx context.Context, m *model.Model, r featurevis.Recipe, state []byte, pool *graph.Pool, progress func(Frame)) (Visualization, error) {
	started := time.Now()
	what := "cannot visualize " + subject(r)
	render, err := featurevis.New(m, r, pool)
	if err != nil {
		return Visualization{}, explain(what, err)
	}
	if len(state) > 0 {
		if err := render.Restore(state); err != nil && !errors.Is(err, featurevis.ErrState) {
			return Visualization{}, explain(what, err)
		}
	}
	for !render.Done() {
		err := render.Step(ctx)
		if progress != nil && (err == nil || ctx.Err() != nil) {
			progress(Frame{Step: render.Steps(), Steps: r.Steps, Values: render.Values(), render: render})
		}
		if err != nil {
			return Visualization{}, explain(what, err)
		}
	}
	v := Visualization{Recipe: r, Hash: r.Hash(), Picture: strip(render)}
	if v.Values, err = render.Look(ctx); err != nil {
		return Visualization{}, explain(what, err)
	}
	v.Seconds = time.Since(started).Seconds()
	return v, nil
}

// subject says what a recipe renders.
func subject(r featurevis.Recipe) string {
	if r.Objective == featurevis.Layer {
		return "layer " + r.Layer
	}
	return fmt.Sprintf("%s %v of layer %s", r.Objective, r.Channels[0], r.Layer)
}

// strip puts the pictures of a rendering side by side.
func strip(r *featurevis.Render) *preprocess.Image {
	size, pictures := r.Recipe().Size, r.Recipe().Pictures
	all := &preprocess.Image{Width: size * pictures, Height: size, Pix: make([]uint8, 3*size*size*pictures)}
	for i := range pictures {
		one := r.Picture(i)
		for y := range size {
			copy(all.Pix[3*(y*all.Width+i*size):], one.Pix[3*y*size:3*(y+1)*size])
		}
	}
	return all
}
