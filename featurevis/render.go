package featurevis

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
	"github.com/convnetplayground/convnet/tensor"
)

// Render is a picture in the making, or several that are pushed apart. It
// serves one goroutine at a time.
type Render struct {
	recipe  Recipe
	pool    *graph.Pool
	network *eye
	lens    *lens
	image   parametrisation
	palette palette
	climber *adam
	target  *target

	parameters, gradient []float32 // [pictures, image.parameters()]
	planes               []float32 // [pictures, 3, size, size]
	values               []float64 // of the objective, by picture
	step                 int
	starts               int // how often the pictures began anew before a gradient was found

	paintRows, pullRows, climb func(worker, task int)
}

// Check tells why a recipe, whose Weights are those of m, cannot be rendered.
// The error is a *model.UnknownError for a layer that there is not, and wraps
// ErrRecipe for anything else.
func Check(m *model.Model, r Recipe) error {
	_, err := look(m, r, nil)
	return err
}

// look checks a recipe and prepares the network for it.
func look(m *model.Model, r Recipe, pool *graph.Pool) (*eye, error) {
	if err := r.Check(); err != nil {
		return nil, refusal{err}
	}
	network, err := newEye(m, r, pool)
	if err != nil {
		return nil, err
	}
	for _, c := range r.Channels {
		if c < 0 || c >= network.channels {
			return nil, refusal{fmt.Errorf("channel %d: the layer has 0 to %d", c, network.channels-1)}
		}
	}
	return network, nil
}

// New prepares the rendering of a recipe that stands up to Check. The workers
// of pool share each step; nil means the caller alone.
func New(m *model.Model, r Recipe, pool *graph.Pool) (*Render, error) {
	network, err := look(m, r, pool)
	if err != nil {
		return nil, err
	}
	p := &Render{recipe: r, pool: pool, network: network, target: newTarget(r, pool), palette: newPalette(plain)}
	p.lens = newLens(r.Pictures, r.Size, network.views, network.input, pool)
	p.image = pixels{r.Size}
	if r.Parameters == Fourier {
		p.image, p.palette = newSpectrum(r.Pictures, r.Size, r.Decay, pool), newPalette(decorrelated)
	}
	n := r.Pictures * p.image.parameters()
	p.parameters, p.gradient, p.climber = make([]float32, n), make([]float32, n), newAdam(r.Rate, n)
	p.planes = make([]float32, r.Pictures*colours*r.Size*r.Size)
	p.values = make([]float64, r.Pictures)
	p.paintRows, p.pullRows, p.climb = p.paintTask, p.pullTask, p.climbTask
	p.begin()
	return p, nil
}

// ErrRecipe means that a recipe cannot be rendered.
var ErrRecipe = errors.New("recipe cannot be rendered")

// refusal is an ErrRecipe that says what its cause says.
type refusal struct{ cause error }

func (r refusal) Error() string   { return r.cause.Error() }
func (r refusal) Unwrap() []error { return []error{ErrRecipe, r.cause} }

// Recipe is what is rendered.
func (p *Render) Recipe() Recipe { return p.recipe }

// Steps is how many steps are done.
func (p *Render) Steps() int { return p.step }

// Done tells that all steps of the recipe are done.
func (p *Render) Done() bool { return p.step >= p.recipe.Steps }

// Values are the objective's values that the last step found, by picture:
// those of the pictures before it moved them, as the network saw them. They
// are a view, valid until the next step.
func (p *Render) Values() []float64 { return p.values }

// begin draws the start of every picture.
func (p *Render) begin() {
	n := p.image.parameters()
	for i := range p.recipe.Pictures {
		normals(p.parameters[i*n:][:n], p.deviation(p.starts), p.recipe.Seed, p.starts*MaxPictures+i)
	}
}

const (
	// maxStarts is how often a picture begins anew, each time of other and
	// stronger noise, before a channel is called dead.
	maxStarts = 6
	// widening is how much stronger.
	widening = 3
	// redirectedSteps is how long ReLUs that block the whole gradient are
	// got around.
	redirectedSteps = 16
)

// ErrDead means that there is no gradient to climb along, whatever was tried.
var ErrDead = errors.New("it is dead")

// dead says what was tried.
func (p *Render) dead() error {
	return fmt.Errorf("%w: no gradient from %d starts, with noise of %.2g to %.2g, not even past ReLUs that block it",
		ErrDead, maxStarts, p.recipe.Deviation, p.deviation(maxStarts-1))
}

// deviation is that of the noise of a start.
func (p *Render) deviation(start int) float64 {
	return p.recipe.Deviation * math.Pow(widening, float64(start))
}

// ErrNotFinite means that a network puts out infinite values or none at all.
var ErrNotFinite = errors.New("the network's output is not finite")

// Step moves the pictures one step uphill. An interrupted or failed step
// leaves them as they were. The error wraps ErrDead where no start has a
// gradient.
func (p *Render) Step(ctx context.Context) error {
	for {
		found, err := p.slope(ctx)
		if err != nil {
			return err
		}
		if found || p.step > 0 {
			break
		}
		if p.starts++; p.starts == maxStarts {
			return p.dead()
		}
		p.begin()
	}
	p.step++
	p.pool.Do(chunks(len(p.parameters)), p.climb)
	return nil
}

// slope computes the gradient by the parameters; false where it is zero for
// all of them.
func (p *Render) slope(ctx context.Context) (bool, error) {
	p.paint()
	v := p.network.view(drawView(p.recipe.Transforms, p.recipe.Size, p.recipe.Seed, p.step))
	p.lens.use(v)
	s, err := p.network.session(ctx, v.seen)
	if err != nil {
		return false, err
	}
	p.lens.show(s.Input().Data)
	if err := s.Run(ctx); err != nil {
		return false, err
	}
	p.target.evaluate(p.values, s.Upstream(0), s.Tap(0))
	if !finite(p.values) {
		return false, fmt.Errorf("step %d: %w", p.step, ErrNotFinite)
	}
	if err := s.Backward(ctx, p.rules()...); err != nil {
		return false, err
	}
	gradient := s.InputGradient()
	found, err := p.anywhere(gradient)
	if err != nil {
		return false, err
	}
	p.lens.pull(gradient.Data)
	p.pool.Do(p.recipe.Pictures*tasks(p.recipe.Size), p.pullRows)
	p.image.pull(p.gradient, p.planes)
	return found, nil
}

var redirected = []graph.Rule{graph.Redirected{}}

func (p *Render) rules() []graph.Rule {
	if p.step < redirectedSteps {
		return redirected
	}
	return nil
}

// anywhere tells whether there is a gradient for any picture.
func (p *Render) anywhere(gradient tensor.Tensor) (bool, error) {
	found := false
	for _, g := range gradient.Data {
		if g-g != 0 { // infinite or not a number
			return false, fmt.Errorf("gradient of step %d: %w", p.step, ErrNotFinite)
		}
		found = found || g != 0
	}
	return found, nil
}

// paint makes pictures of the parameters.
func (p *Render) paint() {
	p.image.paint(p.planes, p.parameters)
	p.pool.Do(p.recipe.Pictures*tasks(p.recipe.Size), p.paintRows)
}

func (p *Render) paintTask(_, task int) {
	picture, from, to := share(task, p.recipe.Size)
	for y := from; y < to; y++ {
		a, b, c := p.planeRows(picture, y)
		p.palette.paint(p.lens.row(picture, y), a, b, c)
	}
}

func (p *Render) pullTask(worker, task int) {
	picture, from, to := share(task, p.recipe.Size)
	for y := from; y < to; y++ {
		a, b, c := p.planeRows(picture, y)
		p.palette.pull(a, b, c, p.lens.row(picture, y), p.lens.pullRow(worker, picture, y))
	}
}

// planeRows are row y of the three planes of a picture.
func (p *Render) planeRows(picture, y int) (a, b, c []float32) {
	n := p.recipe.Size
	row := func(plane int) []float32 { return p.planes[((picture*colours+plane)*n+y)*n:][:n] }
	return row(0), row(1), row(2)
}

// chunk is how many parameters one task of Adam has.
const chunk = 8 << 10

func chunks(n int) int { return (n + chunk - 1) / chunk }

func (p *Render) climbTask(_, task int) {
	p.climber.climb(p.parameters, p.gradient, p.step, task*chunk, min((task+1)*chunk, len(p.parameters)))
}

// Picture is the i-th picture as it is now, in 8 bits a colour.
func (p *Render) Picture(i int) *preprocess.Image {
	p.paint()
	n := p.recipe.Size
	im := &preprocess.Image{Width: n, Height: n, Pix: make([]uint8, n*n*colours)}
	for y := range n {
		row := im.Pix[y*n*colours:][:n*colours]
		for x, v := range p.lens.row(i, y) {
			row[x] = uint8(v*255 + 0.5)
		}
	}
	return im
}

// Look is the objective of the pictures as they are now, seen without
// transforms: [pictures].
func (p *Render) Look(ctx context.Context) ([]float64, error) {
	p.paint()
	v := p.network.view(still(p.recipe.Size))
	p.lens.use(v)
	s, err := p.network.session(ctx, v.seen)
	if err != nil {
		return nil, err
	}
	p.lens.show(s.Input().Data)
	if err := s.Run(ctx); err != nil {
		return nil, err
	}
	values := make([]float64, p.recipe.Pictures)
	p.target.evaluate(values, tensor.Tensor{}, s.Tap(0))
	return values, nil
}
