package playground

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/featurevis"
	"github.com/convnetplayground/convnet/model"
)

// VisualizeChannelsRequest asks for pictures of many channels in a folder.
type VisualizeChannelsRequest struct {
	VisualizeRequest          // of each; its Layer and Channel are not used
	Layers           []string // none: the layers that search offers
	Channels         string   // sample, original, all, or numbers with commas between
	Out              string   // folder; channel 7 becomes MODEL/LAYER/7.png in it
}

// VisualizeChannelsReport says what VisualizeChannels did.
type VisualizeChannelsReport struct {
	Out      string    `json:"out"`
	Model    string    `json:"model"`
	Channels int       `json:"channels"` // asked for, over all layers
	Rendered int       `json:"rendered"` // by this run
	Problems []LeftOut `json:"problems"` // channels that cannot be rendered
	Seconds  float64   `json:"seconds"`
}

// VisualizeChannels renders channels, one per thread at a time. A file that is
// there with the same recipe is not rendered again, so that a run that was
// interrupted goes on. progress, which may be nil, is told the channels
// finished; it is called from several goroutines.
func (m *Models) VisualizeChannels(ctx context.Context, r VisualizeChannelsRequest, progress func(done, total int)) (VisualizeChannelsReport, error) {
	started := time.Now()
	report := VisualizeChannelsReport{Out: r.Out, Problems: []LeftOut{}}
	opened, sheet, err := m.sheet(r)
	if err != nil {
		return report, err
	}
	defer opened.Close()
	report.Model, report.Channels = opened.Info().Name, len(sheet)

	var mu sync.Mutex
	done := 0
	finish := func(recipe featurevis.Recipe, rendered bool, err error) {
		mu.Lock()
		defer mu.Unlock()
		done++
		if rendered {
			report.Rendered++
		}
		if err != nil {
			report.Problems = append(report.Problems, LeftOut{File: r.path(recipe), Reason: asError(err).Why})
		}
		if progress != nil {
			progress(done, len(sheet))
		}
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(m.threads)
	for _, recipe := range sheet {
		group.Go(func() error {
			rendered, err := r.render(inner, opened, recipe)
			if err != nil && !errors.Is(err, featurevis.ErrDead) {
				return err
			}
			finish(recipe, rendered, err)
			return nil
		})
	}
	err = group.Wait()
	report.Seconds = time.Since(started).Seconds()
	return report, err
}

// sheet lists the recipes of all channels, layer after layer, and opens the
// model.
func (m *Models) sheet(r VisualizeChannelsRequest) (*model.Model, []featurevis.Recipe, error) {
	opened, err := m.openKnown(r.Model, r.Weights)
	if err != nil {
		return nil, nil, err
	}
	sheet, err := r.sheet(opened)
	if err != nil {
		return nil, nil, errors.Join(err, opened.Close())
	}
	return opened, sheet, nil
}

func (r VisualizeChannelsRequest) sheet(m *model.Model) ([]featurevis.Recipe, error) {
	if r.Objective == string(featurevis.Layer) {
		return nil, invalid("cannot visualize channels", "the objective layer has none", "leave the channels out")
	}
	layers := r.Layers
	switch {
	case len(layers) > 0:
	case r.Objective == ObjectiveClass:
		layers = []string{""}
	default:
		layers = searchLayers(m.Info())
	}
	var sheet []featurevis.Recipe
	for _, layer := range layers {
		one := r.VisualizeRequest
		one.Layer, one.Channel = layer, 0
		recipe, err := one.recipe(m)
		if err != nil {
			return nil, err
		}
		channels, err := chooseChannels(r.Channels, channelsOf(m.Info(), recipe.Layer), r.Seed)
		if err != nil {
			return nil, err
		}
		for _, c := range channels {
			recipe.Channels = append([]int{c}, recipe.Channels[1:]...)
			sheet = append(sheet, recipe)
		}
	}
	return sheet, nil
}

// channelsOf is how many channels a layer has.
func channelsOf(info model.Info, layer string) int {
	for _, l := range info.Layers {
		if l.Name == layer {
			return l.Shape[2]
		}
	}
	return 0
}

// path is the file of a recipe's picture.
func (r VisualizeChannelsRequest) path(recipe featurevis.Recipe) string {
	return filepath.Join(r.Out, recipe.Model, recipe.Layer, strconv.Itoa(recipe.Channels[0])+".png")
}

// render writes the picture of a recipe; false where it is there already.
func (r VisualizeChannelsRequest) render(ctx context.Context, m *model.Model, recipe featurevis.Recipe) (bool, error) {
	path := r.path(recipe)
	if isOf(path, recipe) {
		return false, nil
	}
	v, err := visualize(ctx, m, recipe, nil, nil, nil)
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, explain("cannot write "+path, err)
	}
	return true, WriteFile(path, v.EncodePNG)
}

// isOf tells whether a file is there, whole, and of a recipe.
func isOf(path string, recipe featurevis.Recipe) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	found, err := featurevis.ReadRecipe(bufio.NewReader(f))
	return err == nil && found.String() == recipe.String()
}
