package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/internal/playground"
)

func (e *export) writeThumbnails(ctx context.Context) error {
	for _, im := range e.dataset.Images {
		if err := ctx.Err(); err != nil {
			return err
		}
		jpeg, _, err := e.pg.Thumbnail(ctx, e.Dataset, im.Index)
		if isKind(err, playground.Conflict) { // it is noted already
			jpeg, err = greyJPEG(im)
		}
		if err != nil {
			return err
		}
		if err := e.out.writeBytes("thumbnails", fmt.Sprintf("data/thumbnails/%d.jpg", im.Index), jpeg); err != nil {
			return err
		}
	}
	return nil
}

func isKind(err error, kind playground.Kind) bool {
	var known *playground.Error
	return errors.As(err, &known) && known.Kind == kind
}

// searchFile is what a search by one layer finds for every picture, by its
// position: the nearest others and their distances; null for a picture without
// a vector.
type searchFile struct {
	Neighbours [][]int         `json:"neighbours"`
	Distances  [][]json.Number `json:"distances"`
}

// writeSearches writes what all layers find by all ways to compare. Some were
// written with the similarity lists.
func (e *export) writeSearches(ctx context.Context) error {
	for _, s := range e.site.settings() {
		for _, layer := range e.site.Pools[s.pool] {
			path := searchPath(s, layer)
			if e.site.written[path] {
				e.work.add(len(e.labels))
				continue
			}
			rankings, err := e.pg.Rankings(ctx, playground.SearchSettings{
				Dataset: e.Dataset, Model: layer.Model, Layer: layer.Layer, Metric: s.metric,
				Pool: s.pool, Transform: s.transform, Resize: e.Resize, Size: e.Size, Top: topRanks,
			}, nil)
			if err != nil {
				return err
			}
			if err := e.writeSearch(path, rankings); err != nil {
				return err
			}
			e.work.add(len(e.labels))
		}
	}
	return nil
}

// shareSearch writes a search of the page that is one of the first playground
// too.
func (e *export) shareSearch(metric string, p float64, layer playground.ModelLayer, rankings [][]index.Neighbour) error {
	if p != 0 || !slices.Contains(e.site.Metrics, metric) {
		return nil
	}
	path := searchPath(setting{e.Pool, e.Transform, metric}, layer)
	e.site.written[path] = true
	return e.writeSearch(path, rankings)
}

func searchPath(s setting, layer playground.ModelLayer) string {
	return fmt.Sprintf("data/searches/%s/%s/%s/%s/%s.json", s.pool, s.transform, s.metric, layer.Model, layer.Layer)
}

func (e *export) writeSearch(path string, rankings [][]index.Neighbour) error {
	file := searchFile{make([][]int, len(rankings)), make([][]json.Number, len(rankings))}
	for query, found := range rankings {
		if found == nil {
			continue
		}
		found = found[:min(len(found), topRanks)]
		file.Neighbours[query], file.Distances[query] = make([]int, len(found)), make([]json.Number, len(found))
		for i, n := range found {
			file.Neighbours[query][i] = n.ID
			file.Distances[query][i] = json.Number(strconv.FormatFloat(n.Distance, 'g', 6, 64))
		}
	}
	return e.out.writeJSON("searches", path, file)
}

// writeScores writes the quality of all layers by all ways to compare.
func (e *export) writeScores(ctx context.Context) error {
	if !e.site.Scored {
		return nil
	}
	for _, s := range e.site.settings() {
		result, err := e.pg.CompareScores(ctx, playground.CompareSettings{
			Dataset: e.Dataset, Metric: s.metric, Pool: s.pool, Transform: s.transform, Resize: e.Resize, Size: e.Size, Top: topRanks,
		}, nil, nil)
		if err != nil {
			return err
		}
		rows := []playground.ScoresRow{}
		for _, row := range result.Rows {
			if e.model(row.Model) != nil {
				rows = append(rows, row)
			}
		}
		path := fmt.Sprintf("data/scores/%s/%s/%s.json", s.pool, s.transform, s.metric)
		if err := e.out.writeJSON("comparisons", path, map[string]any{"rows": rows}); err != nil {
			return err
		}
		e.work.add(len(e.labels) * len(rows))
	}
	return nil
}

// topFile is which pictures excite the channels of one layer most. A picture
// of a channel is its position in the dataset, its value, and the number of the
// place; a place is a row and a column of the map, a box and a cell.
type topFile struct {
	Map      [2]int     `json:"map"`
	Pictures int        `json:"pictures"`
	LeftOut  int        `json:"left_out"`
	Places   []topPlace `json:"places"`
	Channels [][][3]any `json:"channels"`
}

type topPlace struct {
	Position [2]int     `json:"position"`
	Box      [4]float64 `json:"box"`
	Cell     [4]float64 `json:"cell"`
}

func (e *export) writeTops(ctx context.Context) error {
	for _, m := range e.models {
		for _, layer := range m.layers {
			file, err := e.tops(ctx, m.Name, layer)
			if isKind(err, playground.NotIndexed) {
				continue
			}
			if err != nil {
				return err
			}
			if err := e.out.writeJSON("top pictures", fmt.Sprintf("data/top/%s/%s.json", m.Name, layer.Name), file); err != nil {
				return err
			}
			e.site.Tops = append(e.site.Tops, playground.ModelLayer{Model: m.Name, Layer: layer.Name})
		}
	}
	return nil
}

func (e *export) tops(ctx context.Context, model string, layer playground.Layer) (topFile, error) {
	file := topFile{Places: []topPlace{}, Channels: make([][][3]any, layer.Shape[2])}
	numbers := map[topPlace]int{}
	for channel := range layer.Shape[2] {
		if err := ctx.Err(); err != nil {
			return file, err
		}
		top, err := e.pg.TopPictures(ctx, playground.TopRequest{
			Dataset: e.Dataset, Model: model, Layer: layer.Name, Channel: channel, Resize: e.Resize, Size: e.Size,
		})
		if err != nil {
			return file, err
		}
		file.Map, file.Pictures, file.LeftOut = top.Map, top.Pictures, top.LeftOut
		file.Channels[channel] = [][3]any{}
		for _, p := range top.Results {
			place := topPlace{p.Position, p.Box, p.Cell}
			number, known := numbers[place]
			if !known {
				number = len(file.Places)
				numbers[place] = number
				file.Places = append(file.Places, place)
			}
			file.Channels[channel] = append(file.Channels[channel], [3]any{p.Index, p.Value, number})
		}
	}
	return file, nil
}

// mapFile is a map, and the number of the file that has its places.
type mapFile struct {
	playground.MapInfo
	File int `json:"file"`
}

// mapPlaces are the places of a map.
type mapPlaces struct {
	Images []int     `json:"images"`
	X      []float32 `json:"x"`
	Y      []float32 `json:"y"`
}

// allMapped is how many pictures a dataset has at most that is mapped by all ways
// to compare.
const allMapped = 500

// writeMaps writes the maps that the page asks for: of a small dataset all, of
// another those that are quick, and those that are kept.
func (e *export) writeMaps(ctx context.Context) error {
	for _, s := range e.site.settings() {
		for _, layer := range e.site.Pools[s.pool] {
			for _, method := range playground.MapMethods() {
				if method == playground.MapPCA && s.metric != e.site.Metrics[0] {
					continue // it knows no metric
				}
				for _, aligned := range []bool{true, false} {
					r := e.mapRequest(layer.Model, layer.Layer)
					r.Pool, r.Transform, r.Metric, r.Method, r.Aligned = s.pool, s.transform, s.metric, method, aligned
					find := e.pg.KeptMap
					if aligned && (method == playground.MapPCA || len(e.labels) <= allMapped) {
						find = e.makeMap
					}
					found, err := find(ctx, r)
					if isKind(err, playground.NotMapped) {
						continue
					}
					if err != nil {
						return err
					}
					if err := e.writeMap(found); err != nil {
						return err
					}
					break // turned to another or not, it shows the same
				}
			}
			e.work.add(len(e.labels))
		}
	}
	return nil
}

func (e *export) makeMap(ctx context.Context, r playground.MapRequest) (playground.Map, error) {
	return e.pg.Map(ctx, r, nil)
}

func (e *export) writeMap(m playground.Map) error {
	number := len(e.site.Maps)
	e.site.Maps = append(e.site.Maps, mapFile{m.MapInfo, number})
	return e.out.writeJSON("maps", fmt.Sprintf("data/maps/%d.json", number), mapPlaces{m.Images, m.X, m.Y})
}

// writeRenderings writes all pictures of channels that are kept.
func (e *export) writeRenderings(ctx context.Context) error {
	for _, m := range e.models {
		kept, err := e.pg.Renderings(ctx, m.Name)
		if err != nil {
			return err
		}
		list := []playground.Rendering{}
		for _, r := range kept {
			whole, err := e.pg.Rendering(ctx, r.Hash)
			if isKind(err, playground.NotRendered) {
				continue
			}
			if err != nil {
				return err
			}
			whole.Steps = []int{}
			list = append(list, whole)
			if err := e.out.writeBytes("renderings", "data/renderings/"+r.Hash+".png", whole.PNG); err != nil {
				return err
			}
		}
		if err := e.out.writeJSON("renderings", "data/renderings/"+m.Name+".json", map[string]any{"renderings": list}); err != nil {
			return err
		}
	}
	return nil
}
