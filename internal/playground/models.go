package playground

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/zoo"
)

// Models are the networks of a data directory, and what can be done with them
// alone, without a dataset. All methods may be called from several goroutines.
type Models struct {
	library *model.Library
	data    string // directory
	threads int
	version string // of the program
}

// OpenModels finds the models of a data directory, which need not exist.
func OpenModels(options Options) (*Models, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Models{
		library: model.NewLibrary(filepath.Join(options.Data, "models")),
		data:    options.Data,
		threads: options.Threads,
		version: options.Version,
	}, nil
}

func (o Options) withDefaults() (Options, error) {
	if o.Data == "" {
		dir, err := store.DefaultDir()
		if err != nil {
			return o, &Error{Kind: Unavailable, What: "no data directory", Why: err.Error(), Hint: "name one with --data DIR", cause: err}
		}
		o.Data = dir
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	o.Workers = max(o.Workers, 1)
	return o, nil
}

// List summarises the models that there are.
func (m *Models) List() ([]ModelSummary, error) {
	summaries := []ModelSummary{}
	pullable := m.Pullable()
	for _, name := range m.library.Names() {
		info, err := m.library.Describe(name)
		if err != nil {
			return nil, explain("cannot describe "+name, err)
		}
		s := ModelSummary{
			Name: info.Name, Title: info.Title, Family: info.Family, Parameters: info.Parameters, LayerCount: len(info.Layers), Classes: info.Classes,
			Input: info.Input, Licence: info.Licence, Weights: info.Weights, SearchLayers: searchLayers(info),
			Pullable: slices.Contains(pullable, name),
		}
		s.DefaultLayer = last(s.SearchLayers)
		summaries = append(summaries, s)
	}
	return summaries, nil
}

// Pullable lists the models that have official weights.
func (m *Models) Pullable() []string {
	var names []string
	for _, a := range zoo.All() {
		if a.Weights.Top.URL != "" {
			names = append(names, a.Name)
		}
	}
	return names
}

// Show describes a model with all its layers.
func (m *Models) Show(name string) (ModelDetail, error) {
	info, err := m.describe(name)
	if err != nil {
		return ModelDetail{}, err
	}
	d := ModelDetail{
		Name: info.Name, Title: info.Title, Family: info.Family, Parameters: info.Parameters, Classes: info.Classes,
		Input: info.Input, Licence: info.Licence, Weights: info.Weights, Layers: []Layer{},
	}
	for _, l := range info.Layers {
		d.Layers = append(d.Layers, Layer(l))
	}
	return d, nil
}

// searchLayers lists the layers that search offers, shallow to deep.
func searchLayers(info model.Info) []string {
	names := []string{}
	for _, l := range info.Layers {
		if l.Search {
			names = append(names, l.Name)
		}
	}
	return names
}

// defaultLayer is the deepest search layer of a model, "" if it has none.
func (m *Models) defaultLayer(name string) string {
	info, err := m.library.Describe(name)
	if err != nil {
		return ""
	}
	return last(searchLayers(info))
}

func last(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// open opens a model with the weights of a file, or with its own for "".
func (m *Models) open(name, file string) (*model.Model, error) {
	if file == "" {
		opened, err := m.library.Open(name)
		if errors.Is(err, model.ErrMissing) {
			return nil, missing(name)
		}
		return opened, explainModel("cannot open", name, err)
	}
	if _, ok := zoo.Find(name); !ok {
		return nil, unknownArchitecture(name)
	}
	if _, err := os.Stat(file); err != nil {
		return nil, explain("cannot open the weights", err)
	}
	opened, err := model.OpenWeights(name, file)
	if err != nil {
		return nil, unfit("cannot use the weights", name, err)
	}
	return opened, nil
}

// explainModel explains why a model cannot be used, and what to do about it.
func explainModel(what, name string, err error) error {
	err = explain(what+" model "+name, err)
	e := asError(err)
	switch {
	case e == nil:
	case errors.Is(err, model.ErrDamaged):
		e.Hint = fmt.Sprintf("remove it with: convnet models remove %s, then install it again", name)
	case e.Kind == NotFound:
		e.Hint = "list them with: convnet models list"
	}
	return err
}

func unknownArchitecture(name string) *Error {
	return unknown("architecture", name, Near(name, model.Names()), "list them with: convnet models list")
}

// missing says how the weights of an architecture are installed.
func missing(name string) *Error {
	e := &Error{
		Kind: Conflict, What: "cannot open model " + name, Why: "its weights are not installed",
		Hint: "install them with: convnet models pull " + name,
	}
	if a, _ := zoo.Find(name); a.Weights.Top.URL == "" {
		e.Hint = byHand(a)
	}
	return e
}

// byHand says how to install weights that this program has no address of.
func byHand(a zoo.Architecture) string {
	return fmt.Sprintf("get them from %s, then: convnet models import FILE --as %s", a.Source, a.Name)
}

// unfit explains why a weight file of the user's cannot be used: whatever is
// wrong with it, they can act upon.
func unfit(what, architecture string, err error) error {
	if known := explain(what, err); asError(known) != nil {
		return known
	}
	why, hint := splitHint(err.Error())
	return &Error{
		Kind: Invalid, What: what, Why: why,
		Hint: cmp.Or(hint, "give a weight file of "+architecture+": Keras .h5, .weights.h5 or .keras, .safetensors, or PyTorch .pth"), cause: err,
	}
}

// describe returns what a model is, and checks that it has the layers.
func (m *Models) describe(name string, layers ...string) (model.Info, error) {
	info, err := m.library.Describe(name)
	if err != nil {
		return info, explainModel("cannot describe", name, err)
	}
	for _, layer := range layers {
		if err := checkLayer(info, layer); err != nil {
			return info, err
		}
	}
	return info, nil
}

func checkLayer(info model.Info, layer string) error {
	var known []string
	for _, l := range info.Layers {
		if l.Name == layer {
			return nil
		}
		known = append(known, l.Name)
	}
	return unknown("layer", layer, Near(layer, known), "list them with: convnet models show "+info.Name)
}

// keptModels is how many models stay open.
const keptModels = 3

// modelKey is what an open model is kept under.
type modelKey struct {
	name, weights string // weights is a hash; "" for those of the program
	installed     time.Time
}

// Models are the networks of this playground.
func (p *Playground) Models() *Models { return p.networks }

// model opens a model when it is first needed. One that is no longer kept is
// not closed, for somebody may still use it.
func (p *Playground) model(name string) (*model.Model, error) {
	key := modelKey{name: name}
	// Other weights may have been installed since: by the shell, say.
	if i, found, _ := p.networks.library.Installation(name); found {
		key.weights, key.installed = i.SHA256, i.Installed
	}
	return p.models.get(key, func() (*model.Model, int64, error) {
		m, err := p.networks.open(name, "")
		return m, 1, err
	})
}
