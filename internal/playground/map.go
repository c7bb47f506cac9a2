package playground

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/umap"
)

// The ways to make a map, and what they take where nothing is said.
const (
	MapUMAP           = "umap"
	MapPCA            = "pca"
	DefaultNeighbours = 15
	DefaultMinDist    = 0.1
	DefaultMapSeed    = 42
	maxMapNeighbours  = 200
)

// MapMethods lists the ways to make a map; the first is the default.
func MapMethods() []string { return []string{MapUMAP, MapPCA} }

// mapRecipe is all that a map depends on. After is the hash of the map that it
// starts from and is turned to.
type mapRecipe struct {
	Result     string        `json:"result"`
	Vectors    embedding.Key `json:"vectors"`
	Transform  string        `json:"transform"`
	Method     string        `json:"method"`
	Metric     string        `json:"metric,omitempty"`
	P          float64       `json:"p,omitempty"`
	Neighbours int           `json:"neighbours,omitempty"`
	MinDist    float64       `json:"min_dist"`
	Seed       uint64        `json:"seed"`
	After      string        `json:"after,omitempty"`
	Revision   int           `json:"revision"` // of the way maps are made
}

const mapRevision = 1

// mapped is one map of a chain, with what it is made of.
type mapped struct {
	resolved
	recipe recipe[mapRecipe]
}

// charted is a request for a map whose names are all known: the maps that it
// takes, of which the last is the one asked for.
type charted struct {
	MapRequest
	chain []mapped
}

func (c charted) last() mapped { return c.chain[len(c.chain)-1] }

// after names the layer that the map asked for is turned to, if there is one.
func (c charted) after() string {
	if len(c.chain) < 2 {
		return ""
	}
	return c.chain[len(c.chain)-2].Layer
}

func (c charted) options(threads int) umap.Options {
	o := umap.Defaults()
	o.Neighbours, o.MinDist, o.Seed, o.Threads = c.Neighbours, c.MinDist, c.Seed, threads
	o.Metric = c.last().metric
	return o
}

func (p *Playground) resolveMap(ctx context.Context, m MapRequest) (charted, error) {
	m.Method = cmp.Or(m.Method, MapUMAP)
	m.Neighbours = cmp.Or(m.Neighbours, DefaultNeighbours)
	c := charted{MapRequest: m}
	if err := m.check(); err != nil {
		return c, err
	}
	m.Top = DefaultTop
	r, err := p.resolve(ctx, m.SearchSettings)
	if err != nil {
		return c, err
	}
	c.SearchSettings = r.SearchSettings
	layers := []resolved{r}
	if m.Aligned {
		if layers, err = p.upTo(r); err != nil {
			return c, err
		}
	}
	after := ""
	for _, layer := range layers {
		made := mapped{layer, recipe[mapRecipe]{m.recipe(layer, after)}}
		after = made.recipe.hash()
		c.chain = append(c.chain, made)
	}
	return c, nil
}

func (m MapRequest) check() error {
	const what = "cannot map"
	switch {
	case !slices.Contains(MapMethods(), m.Method):
		return unknown("method", m.Method, Near(m.Method, MapMethods()), "known: "+strings.Join(MapMethods(), ", "))
	case m.Neighbours < 2 || m.Neighbours > maxMapNeighbours:
		return invalid(what, fmt.Sprintf("%d neighbours are asked for", m.Neighbours), fmt.Sprintf("ask for 2 to %d", maxMapNeighbours))
	case !(m.MinDist >= 0 && m.MinDist <= 1):
		return invalid(what, fmt.Sprintf("the minimal distance is %v", m.MinDist), "it must be from 0 to 1")
	}
	return nil
}

// recipe is that of the map of one layer. Principal components know no metric
// and no chance.
func (m MapRequest) recipe(r resolved, after string) mapRecipe {
	recipe := mapRecipe{Result: "map", Vectors: r.key, Transform: r.Transform, Method: m.Method, After: after, Revision: mapRevision}
	if m.Method == MapUMAP {
		recipe.Metric, recipe.P = r.Metric, r.metric.P()
		recipe.Neighbours, recipe.MinDist, recipe.Seed = m.Neighbours, m.MinDist, m.Seed
	}
	return recipe
}

// upTo lists the search layers of the model that are indexed, from the input
// up to that of r, which is the last in any case.
func (p *Playground) upTo(r resolved) ([]resolved, error) {
	info, err := p.networks.describe(r.Model)
	if err != nil {
		return nil, err
	}
	manifests, err := p.store.Embeddings().List()
	if err != nil {
		return nil, explain("cannot list the indexes", err)
	}
	indexed := map[embedding.Key]bool{}
	for _, m := range manifests {
		indexed[m.Key] = true
	}
	var layers []resolved
	for _, layer := range info.Layers {
		if layer.Name == r.Layer {
			break
		}
		earlier := r
		earlier.Layer, earlier.key.Layer = layer.Name, layer.Name
		if layer.Search && indexed[earlier.key] {
			layers = append(layers, earlier)
		}
	}
	return append(layers, r), nil
}

// KeptMap returns the map of a request if it is kept. Otherwise it is an *Error
// of kind NotMapped, or NotIndexed where there are no vectors to make it of.
func (p *Playground) KeptMap(ctx context.Context, m MapRequest) (Map, error) {
	c, err := p.resolveMap(ctx, m)
	if err != nil {
		return Map{}, err
	}
	return p.keptMap(ctx, c)
}

func (p *Playground) keptMap(ctx context.Context, c charted) (Map, error) {
	last := c.last()
	content, there, err := last.recipe.kept(ctx, p.store)
	if err != nil {
		return Map{}, err
	}
	if there {
		return c.result(readPlaces(content)), nil
	}
	if _, err := p.space(last.resolved); err != nil {
		return Map{}, err
	}
	return Map{}, &Error{
		Kind: NotMapped, What: fmt.Sprintf("layer %s of %s has no such map of dataset %s yet", last.Layer, last.Model, last.Dataset),
		Hint: "start it",
	}
}

// result is the map asked for.
func (c charted) result(places []place) Map {
	m := Map{MapInfo: MapInfo{
		Dataset: c.Dataset, Model: c.Model, Layer: c.Layer, Metric: c.Metric, P: c.last().metric.P(),
		Pool: c.Pool, Transform: c.Transform, Method: c.Method, Neighbours: c.Neighbours, MinDist: c.MinDist,
		Seed: c.Seed, Aligned: c.Aligned, After: c.after(),
	}}
	m.set(places)
	return m
}

func (m *Map) set(places []place) {
	m.Images, m.X, m.Y = make([]int, len(places)), make([]float32, len(places)), make([]float32, len(places))
	for i, at := range places {
		m.Images[i], m.X[i], m.Y[i] = int(at.picture), at.X, at.Y
	}
}

// Map lays the pictures of a dataset out in the plane so that those which a
// layer takes for alike lie near each other, and keeps the map. frame, which
// may be nil, is told how it settles. With Aligned, the maps of the indexed
// layers before are made first: each starts from the one before it and is
// turned to it. Vectors that are not there are an *Error of kind NotIndexed.
func (p *Playground) Map(ctx context.Context, m MapRequest, frame func(MapFrame)) (Map, error) {
	c, err := p.resolveMap(ctx, m)
	if err != nil {
		return Map{}, err
	}
	if frame == nil {
		frame = func(MapFrame) {}
	}
	var places []place
	for i, layer := range c.chain {
		told := func(f MapFrame) {
			f.Layer, f.Layers, f.Finished = layer.Layer, len(c.chain), i
			frame(f)
		}
		if places, err = p.mapLayer(ctx, c, layer, places, told); err != nil {
			return Map{}, err
		}
	}
	return c.result(places), nil
}

// mapLayer returns the map of one layer, which is made unless it is kept.
func (p *Playground) mapLayer(ctx context.Context, c charted, layer mapped, before []place, frame func(MapFrame)) ([]place, error) {
	content, there, err := layer.recipe.kept(ctx, p.store)
	if err != nil {
		return nil, err
	}
	if there {
		return readPlaces(content), nil
	}
	sp, err := p.space(layer.resolved)
	if err != nil {
		return nil, err
	}
	reference := pointsOf(before, sp.ids)
	points, err := p.layOut(ctx, c, sp, reference, frame)
	if err != nil {
		return nil, explain(fmt.Sprintf("cannot map dataset %s at layer %s", layer.Dataset, layer.Layer), err)
	}
	places := make([]place, len(points))
	for i, at := range points {
		places[i] = place{int32(sp.ids[i]), at}
	}
	return places, layer.recipe.keep(ctx, p.store, layer.Dataset, writePlaces(places))
}

// pointsOf are the places of the pictures ids; nil unless they are those of the
// map.
func pointsOf(places []place, ids []int) []umap.Point {
	if len(places) != len(ids) {
		return nil
	}
	points := make([]umap.Point, len(places))
	for i, at := range places {
		if int(at.picture) != ids[i] {
			return nil
		}
		points[i] = at.Point
	}
	return points
}

// layOut finds the places of the vectors of a space. Where there is a map
// before, reference, it starts from it and is turned to it.
func (p *Playground) layOut(ctx context.Context, c charted, sp *space, reference []umap.Point, frame func(MapFrame)) ([]umap.Point, error) {
	if len(sp.ids) == 0 {
		return nil, nil
	}
	if c.Method == MapPCA {
		points, err := umap.PCA(ctx, sp.vectors, sp.dim, p.options.Threads)
		if err == nil && reference != nil {
			umap.Align(points, reference)
		}
		return points, err
	}
	o := c.options(p.options.Threads)
	o.Start = reference
	// Finding the neighbours is about half of the work.
	frame(MapFrame{Epochs: 1})
	layout, err := umap.New(ctx, sp.vectors, sp.dim, o)
	if err != nil {
		return nil, err
	}
	settled := func() []umap.Point {
		points := slices.Clone(layout.Points())
		if reference != nil {
			umap.Align(points, reference)
		}
		return points
	}
	for !layout.Done() {
		frame(MapFrame{Epoch: layout.Epoch(), Epochs: layout.Epochs(), images: sp.ids, points: settled})
		if err := layout.Step(ctx); err != nil {
			return nil, err
		}
	}
	return settled(), nil
}

// PlaceOnMap finds where an uploaded picture belongs on a map that is kept:
// among the pictures that it is most similar to.
func (p *Playground) PlaceOnMap(ctx context.Context, m MapRequest, picture string) (MapPlace, error) {
	return p.placeOnMap(ctx, m, func(r resolved, sp *space) ([]float32, error) {
		return p.pictureVector(ctx, r, sp, picture)
	})
}

// PlaceFileOnMap is PlaceOnMap for a picture file.
func (p *Playground) PlaceFileOnMap(ctx context.Context, m MapRequest, file string) (MapPlace, error) {
	return p.placeOnMap(ctx, m, func(r resolved, sp *space) ([]float32, error) {
		return p.fileVector(ctx, r, sp, file)
	})
}

func (p *Playground) placeOnMap(ctx context.Context, m MapRequest, embed func(resolved, *space) ([]float32, error)) (MapPlace, error) {
	c, err := p.resolveMap(ctx, m)
	if err != nil {
		return MapPlace{}, err
	}
	kept, err := p.keptMap(ctx, c)
	if err != nil {
		return MapPlace{}, err
	}
	last := c.last().resolved
	sp, err := p.space(last)
	if err != nil {
		return MapPlace{}, err
	}
	vector, err := embed(last, sp)
	if err != nil {
		return MapPlace{}, err
	}
	points := make([]umap.Point, len(kept.X))
	for i := range points {
		points[i] = umap.Point{X: kept.X[i], Y: kept.Y[i]}
	}
	placed, err := umap.Place(ctx, vector, sp.vectors, sp.dim, points, c.options(p.options.Threads))
	if err != nil {
		return MapPlace{}, explain("cannot place the picture on the map", err)
	}
	return MapPlace{X: placed[0].X, Y: placed[0].Y}, nil
}

// StartMap makes a map as a job. A second visitor joins the one at work. While
// it settles, the job shows a MapView. One that is only for those who watch it
// ends when nobody looks any more; the layers that are finished are kept.
func (p *Playground) StartMap(ctx context.Context, m MapRequest, urgency job.Urgency, watched bool) (job.Status, error) {
	c, err := p.resolveMap(ctx, m)
	if err != nil {
		return job.Status{}, err
	}
	last := c.last()
	if _, err := p.space(last.resolved); err != nil {
		return job.Status{}, err
	}
	return p.start(ctx, job.Request{
		Kind: "map", Key: "map " + last.recipe.hash(), Title: fmt.Sprintf("Map %s at layer %s of %s", last.Dataset, last.Layer, last.Model),
		Arguments: c.MapRequest, Urgency: urgency, Watched: watched,
	})
}

func (p *Playground) runMap(ctx context.Context, m MapRequest, report job.Reporter) error {
	var shown time.Time
	_, err := p.Map(ctx, m, func(f MapFrame) {
		report.Progress(f.Progress())
		if now := time.Now(); f.points != nil && now.Sub(shown) >= f.pause() {
			shown = now
			report.Show(f.view())
		}
	})
	return err
}

// progressSteps is how many steps of progress the map of one layer counts.
const progressSteps = 100

// Progress tells how much of the work is done, of how much.
func (f MapFrame) Progress() (done, total int) {
	return f.Finished*progressSteps + f.Epoch*progressSteps/f.Epochs, f.Layers * progressSteps
}

// pause is the least time between two frames that watchers get: a frame of
// 50,000 pictures is a megabyte.
func (f MapFrame) pause() time.Duration {
	return max(80*time.Millisecond, time.Duration(len(f.images))*10*time.Microsecond)
}

// view is what watchers of the job see. Three decimals are more than a screen
// can show.
func (f MapFrame) view() MapView {
	v := MapView{Layer: f.Layer, Epoch: f.Epoch, Epochs: f.Epochs, Images: f.images}
	points := f.points()
	v.X, v.Y = make([]float32, len(points)), make([]float32, len(points))
	for i, at := range points {
		v.X[i], v.Y[i] = thousandths(at.X), thousandths(at.Y)
	}
	return v
}

func thousandths(x float32) float32 { return float32(math.Round(float64(x)*1000) / 1000) }
