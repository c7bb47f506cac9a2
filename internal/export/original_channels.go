package export

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/convnetplayground/convnet/featurevis"
	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/preprocess"
)

// writeOriginalChannels writes the pictures of channels that are kept, and the
// details of the models that have some.
func (e *export) writeOriginalChannels(ctx context.Context) error {
	channels := object{}
	details := struct {
		Models []originalModel `json:"models"`
	}{[]originalModel{}}
	for _, m := range e.models {
		kept, err := e.pg.Renderings(ctx, m.Name)
		if err != nil {
			return err
		}
		chosen := bestOfChannels(kept)
		layers := object{}
		var rendered []playground.Layer
		for _, layer := range m.Layers {
			var ids []string
			for channel := range layer.Shape[2] {
				r, ok := chosen[layerChannel{layer.Name, channel}]
				if !ok {
					continue
				}
				written, err := e.writeChannel(ctx, r)
				if err != nil {
					return err
				}
				if written {
					ids = append(ids, strconv.Itoa(channel))
				}
			}
			if len(ids) > 0 {
				layers = append(layers, member{layer.Name, ids})
				rendered = append(rendered, layer)
			}
		}
		channels = append(channels, member{m.Name, layers})
		o := m.original(rendered)
		for i := range o.Layers {
			o.Layers[i].ID = strconv.Itoa(o.Layers[i].Index)
		}
		o.AllLayers = m.original(m.Layers).Layers
		details.Models = append(details.Models, o)
	}
	if err := e.out.writeJSON("details", "assets/models/models.json", channels); err != nil {
		return err
	}
	return e.out.writeJSON("details", "assets/models/model_details.json", details)
}

type layerChannel struct {
	layer   string
	channel int
}

// bestOfChannels chooses, of the pictures of one channel alone, the one of the
// most steps, then the largest, then the least seed.
func bestOfChannels(kept []playground.Rendering) map[layerChannel]playground.Rendering {
	best := map[layerChannel]playground.Rendering{}
	for _, r := range kept {
		recipe := r.Recipe
		if recipe.Objective != featurevis.Channel || len(recipe.Channels) != 1 || recipe.Negative || recipe.Pictures != 1 {
			continue
		}
		key := layerChannel{recipe.Layer, recipe.Channels[0]}
		if before, ok := best[key]; !ok || better(recipe, before.Recipe) {
			best[key] = r
		}
	}
	return best
}

func better(a, b featurevis.Recipe) bool {
	return cmp.Or(cmp.Compare(a.Steps, b.Steps), cmp.Compare(a.Size, b.Size), cmp.Compare(b.Seed, a.Seed)) > 0
}

// writeChannel writes the picture of a channel; false where it is damaged, or
// was dropped meanwhile.
func (e *export) writeChannel(ctx context.Context, r playground.Rendering) (bool, error) {
	whole, err := e.pg.Rendering(ctx, r.Hash)
	var known *playground.Error
	if errors.As(err, &known) && known.Kind == playground.NotRendered {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	im, err := preprocess.Decode(bytes.NewReader(whole.PNG))
	if err != nil {
		return false, fmt.Errorf("rendered picture %s: %w", r.Hash, err)
	}
	jpeg, err := encodeJPEG(im)
	if err != nil {
		return false, err
	}
	path := fmt.Sprintf("assets/models/%s/%s/%d.jpg", r.Recipe.Model, r.Recipe.Layer, r.Recipe.Channels[0])
	return true, e.out.writeBytes("channels", path, jpeg)
}
