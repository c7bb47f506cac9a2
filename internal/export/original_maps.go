package export

import (
	"context"
	"fmt"

	"github.com/convnetplayground/convnet/internal/playground"
)

// mapRequest asks for the map of a layer that the page shows first. Those of
// the layers of a model are turned to each other.
func (e *export) mapRequest(model, layer string) playground.MapRequest {
	return playground.MapRequest{
		SearchSettings: playground.SearchSettings{
			Dataset: e.Dataset, Model: model, Layer: layer, Metric: playground.DefaultMetric,
			Pool: e.Pool, Transform: e.Transform, Resize: e.Resize, Size: e.Size,
		},
		Neighbours: playground.DefaultNeighbours, MinDist: playground.DefaultMinDist, Seed: playground.DefaultMapSeed, Aligned: true,
	}
}

// writeOriginalMaps writes the map of every layer. Those that are not kept are
// made.
func (e *export) writeOriginalMaps(ctx context.Context) error {
	for _, m := range e.models {
		for _, layer := range m.layers {
			made, err := e.pg.Map(ctx, e.mapRequest(m.Name, layer.Name), nil)
			if err != nil {
				return err
			}
			path := fmt.Sprintf("assets/semsearch/umap/%s/%s/%s.json", e.Dataset, m.Name, layer.Name)
			if err := e.out.writeJSON("maps", path, e.points(made)); err != nil {
				return err
			}
			e.work.add(len(e.dataset.Images))
		}
	}
	return nil
}

// points are the places of all pictures, in their order; one without a vector
// has none on the map, and stands at its origin.
func (e *export) points(made playground.Map) []object {
	points := make([]object, len(e.labels))
	place := func(picture int, x, y float32) {
		points[picture] = object{{"x", decimals(x)}, {"y", decimals(y)}, {"class", e.labels[picture]}}
	}
	for i := range points {
		place(i, 0, 0)
	}
	for i, picture := range made.Images {
		place(picture, made.X[i], made.Y[i])
	}
	return points
}
