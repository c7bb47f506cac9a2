package playground

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"slices"
	"time"

	"github.com/convnetplayground/convnet/featurevis"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/preprocess"
)

// Rendering is a finished picture of what a part of a network responds to, as
// it is kept.
type Rendering struct {
	Hash    string            `json:"hash" pattern:"^[0-9a-f]{64}$" doc:"Hash of the recipe: the picture's address"`
	Recipe  featurevis.Recipe `json:"recipe" doc:"All that the picture depends on"`
	Values  []float64         `json:"values" doc:"What the objective is, by picture, without the transforms of the steps"`
	Seconds float64           `json:"seconds" minimum:"0" doc:"Time that it took"`
	Steps   []int             `json:"steps" doc:"Steps of which a frame is kept"`
	PNG     []byte            `json:"-"`
}

// RenderView is what a rendering at work shows.
type RenderView struct {
	Hash    string    `json:"hash" doc:"Hash of the recipe"`
	Step    int       `json:"step" minimum:"0" doc:"Steps done"`
	Steps   int       `json:"steps" minimum:"0" doc:"Steps in all"`
	Values  []float64 `json:"values" doc:"What the objective was before the step, by picture"`
	Picture string    `json:"picture" doc:"The picture as a data: address"`
}

// Rendered returns the picture of a request if it is kept. Otherwise it is an
// *Error of kind NotRendered.
func (p *Playground) Rendered(ctx context.Context, r VisualizeRequest) (Rendering, error) {
	recipe, err := p.renderRecipe(r)
	if err != nil {
		return Rendering{}, err
	}
	return p.Rendering(ctx, recipe.Hash())
}

// Rendering returns the picture of a recipe's hash if it is kept. Otherwise it
// is an *Error of kind NotRendered.
func (p *Playground) Rendering(ctx context.Context, hash string) (Rendering, error) {
	kept, err := p.store.Render(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return Rendering{}, &Error{Kind: NotRendered, What: "the picture is not rendered", Hint: "start it", cause: err}
	}
	if err != nil {
		return Rendering{}, explain("cannot read the picture", err)
	}
	recipe, err := featurevis.ParseRecipe(kept.Recipe)
	if err != nil {
		return Rendering{}, explain("cannot read the picture", err)
	}
	return Rendering{Hash: hash, Recipe: recipe, Values: kept.Values, Seconds: kept.Seconds, Steps: kept.Steps, PNG: kept.PNG}, nil
}

// Renderings lists the kept pictures of a model with the weights that it has, by
// recipe. Their PNG and Steps are left out.
func (p *Playground) Renderings(ctx context.Context, name string) ([]Rendering, error) {
	m, err := p.model(name)
	if err != nil {
		return nil, err
	}
	weights, err := m.WeightsHash()
	if err != nil {
		return nil, explain("cannot read the weights of "+name, err)
	}
	all, err := p.store.Renders(ctx)
	if err != nil {
		return nil, explain("cannot list the rendered pictures", err)
	}
	renderings := []Rendering{}
	for _, kept := range all {
		recipe, err := featurevis.ParseRecipe(kept.Recipe)
		if err != nil || recipe.Model != name || recipe.Weights != weights {
			continue
		}
		renderings = append(renderings, Rendering{Hash: kept.Hash, Recipe: recipe, Values: kept.Values, Seconds: kept.Seconds})
	}
	return renderings, nil
}

// RenderingFrame returns a kept frame of a finished picture as JPEG.
func (p *Playground) RenderingFrame(ctx context.Context, hash string, step int) ([]byte, error) {
	frame, err := p.store.RenderFrame(ctx, hash, step)
	return frame, explain("cannot read the frame", err)
}

// renderRecipe is the recipe of a request for one of the models in use.
func (p *Playground) renderRecipe(r VisualizeRequest) (featurevis.Recipe, error) {
	if r.Weights != "" {
		return featurevis.Recipe{}, invalid("cannot visualize", "a weight file is named", "import it first: convnet models import")
	}
	name := cmp.Or(r.Model, DefaultModel)
	if _, err := p.networks.describe(name); err != nil {
		return featurevis.Recipe{}, err
	}
	m, err := p.model(name)
	if err != nil {
		return featurevis.Recipe{}, err
	}
	return r.recipe(m)
}

// StartVisualize renders a picture as a job. A second visitor joins the one at
// work. While it is rendered, the job shows a RenderView. One that is only for
// those who watch it, as interactive ones always are, ends when nobody looks
// any more, and goes on from there when somebody asks again.
func (p *Playground) StartVisualize(ctx context.Context, r VisualizeRequest, urgency job.Urgency, watched bool) (job.Status, error) {
	recipe, err := p.renderRecipe(r)
	if err != nil {
		return job.Status{}, err
	}
	m, err := p.model(recipe.Model)
	if err != nil {
		return job.Status{}, err
	}
	// What cannot be rendered is said now, not by a job.
	if err := featurevis.Check(m, recipe); err != nil {
		return job.Status{}, explain("cannot visualize "+subject(recipe), err)
	}
	r.Model = recipe.Model
	return p.start(ctx, job.Request{
		Kind: "visualize", Key: "visualize " + recipe.Hash(), Title: fmt.Sprintf("Render %s of %s", subject(recipe), recipe.Model),
		Arguments: r, Urgency: urgency, Watched: watched || urgency == job.Interactive,
	})
}

func (p *Playground) runVisualize(ctx context.Context, r VisualizeRequest, report job.Reporter) error {
	recipe, err := p.renderRecipe(r)
	if err != nil {
		return err
	}
	hash := recipe.Hash()
	if _, err := p.store.Render(ctx, hash); err == nil {
		return nil // a job before this one was faster
	}
	m, err := p.model(recipe.Model)
	if err != nil {
		return err
	}
	w := &renderWatch{ctx: ctx, playground: p, hash: hash, report: report}
	state, err := w.resume()
	if err != nil {
		return err
	}
	v, err := visualize(ctx, m, recipe, state, p.pool, w.frame)
	if err != nil {
		return err
	}
	last := encodeJPEG(v.Picture)
	if n := len(w.frames); n == 0 || w.frames[n-1].Step < recipe.Steps {
		w.frames = append(w.frames, store.Frame{Step: recipe.Steps, JPEG: last})
	}
	if err := p.keepRendering(ctx, v, w.frames); err != nil {
		return err
	}
	report.Progress(recipe.Steps, recipe.Steps)
	w.show(Frame{Step: recipe.Steps, Steps: recipe.Steps, Values: v.Values}, last)
	return nil
}

// keepRendering keeps a finished picture with frames of its way.
func (p *Playground) keepRendering(ctx context.Context, v Visualization, frames []store.Frame) error {
	var png bytes.Buffer
	if err := v.EncodePNG(&png); err != nil {
		return err
	}
	return explain("cannot keep the picture", p.store.AddRender(ctx, store.Render{
		Hash: v.Hash, Recipe: v.Recipe.String(), Values: v.Values, Seconds: v.Seconds, PNG: png.Bytes(),
	}, frames))
}

const (
	// showPause is the least time between two frames that watchers get.
	showPause = 80 * time.Millisecond
	// savePause is how much time of a rendering a kill may cost.
	savePause    = 2 * time.Second
	frameQuality = 88
)

// renderWatch shows and keeps the steps of a rendering.
type renderWatch struct {
	ctx        context.Context
	playground *Playground
	hash       string
	report     job.Reporter

	frames       []store.Frame
	next         int // the step of the next frame to keep
	shown, saved time.Time
}

// unfinished is what is kept of a rendering at work.
type unfinished struct {
	State  []byte        `json:"state"` // of the render
	Frames []store.Frame `json:"frames"`
}

// resume reads what an earlier job of the recipe left; nil where that is
// nothing, or nothing of use.
func (w *renderWatch) resume() ([]byte, error) {
	kept, err := w.playground.store.RenderState(w.ctx, w.hash)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, explain("cannot read the unfinished picture", err)
	}
	var u unfinished
	if json.Unmarshal(kept, &u) != nil {
		return nil, nil
	}
	w.frames = u.Frames
	if n := len(u.Frames); n > 0 {
		w.next = after(u.Frames[n-1].Step)
	}
	return u.State, nil
}

// after is the step of the next frame to keep: the first steps change most.
func after(step int) int { return step + max(1, step/5) }

// frame is told every step.
func (w *renderWatch) frame(f Frame) {
	now := time.Now()
	keep, show := f.Step >= w.next, now.Sub(w.shown) >= showPause
	if keep || show {
		jpeg := encodeJPEG(f.Picture())
		if keep {
			w.frames = append(w.frames, store.Frame{Step: f.Step, JPEG: jpeg})
			w.next = after(f.Step)
		}
		if show {
			w.report.Progress(f.Step, f.Steps)
			w.show(f, jpeg)
			w.shown = now
		}
	}
	if w.saved.IsZero() {
		w.saved = now
	}
	if now.Sub(w.saved) >= savePause || w.ctx.Err() != nil {
		w.saved = now
		w.save(f.State())
	}
}

func (w *renderWatch) show(f Frame, jpeg []byte) {
	w.report.Show(RenderView{
		Hash: w.hash, Step: f.Step, Steps: f.Steps, Values: slices.Clone(f.Values),
		Picture: "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpeg),
	})
}

// save keeps from where the rendering can go on. That it cannot be kept is no
// reason to stop.
func (w *renderWatch) save(state []byte) {
	kept, err := json.Marshal(unfinished{State: state, Frames: w.frames})
	if err == nil {
		// One that is interrupted is kept as well.
		err = w.playground.store.SaveRenderState(context.WithoutCancel(w.ctx), w.hash, kept)
	}
	if err != nil {
		w.playground.log.Warn("an unfinished picture is not kept", "error", err)
	}
}

func encodeJPEG(im *preprocess.Image) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, im.Width, im.Height))
	for i, j := 0, 0; i < len(im.Pix); i, j = i+3, j+4 {
		copy(picture.Pix[j:], im.Pix[i:i+3])
		picture.Pix[j+3] = 255
	}
	var b bytes.Buffer
	// A buffer takes all that is written.
	_ = jpeg.Encode(&b, picture, &jpeg.Options{Quality: frameQuality})
	return b.Bytes()
}
