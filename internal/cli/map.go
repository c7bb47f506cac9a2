package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/internal/scatter"
)

// chart is a map as the shell writes it.
type chart struct {
	playground.MapInfo
	Points []chartPoint  `json:"points"`
	Placed []placedPoint `json:"placed,omitempty"`
}

type chartPoint struct {
	Index int     `json:"index"`
	Class string  `json:"class"`
	X     float32 `json:"x"`
	Y     float32 `json:"y"`

	file string
}

// placedPoint is a picture of one's own on a map.
type placedPoint struct {
	File string  `json:"file"`
	X    float32 `json:"x"`
	Y    float32 `json:"y"`
}

// chartForms are the forms in which a map is written, by the ending of the file.
var chartForms = map[string]func(chart, io.Writer) error{
	".json": chart.writeJSON,
	".csv":  chart.writeCSV,
	".png":  chart.writePNG,
}

func (a *app) mapVerb() *cobra.Command {
	var m playground.MapRequest
	var out string
	var place []string
	c := a.command("map [flags] --out F.json|F.csv|F.png", "Lay the pictures of a dataset out so that similar ones lie near each other",
		`  convnet map --out stamps.png
  convnet map --dataset holidays --model efficientnet-lite2 --layer block5c_add --out map.json
  convnet map --dataset holidays --method pca --metric euclidean --out map.csv
  convnet map --dataset holidays --place cat.jpg --place dog.jpg --out map.json`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			write, known := chartForms[strings.ToLower(filepath.Ext(out))]
			if out == "" && !a.json {
				return &usageError{"name a file to write: --out F.json, F.csv or F.png"}
			}
			if out != "" && !known {
				return &usageError{fmt.Sprintf("--out %s: the form is told by the ending: .json, .csv or .png", out)}
			}
			return a.runMap(ctx, m, place, out, write)
		})
	c.Long = `Lay the pictures of a dataset out in the plane by UMAP (McInnes et al. 2018), so that those which a layer
takes for alike lie near each other, and write their places, or a picture of them. The same command
gives the same map. What is not indexed yet is indexed first. With --json and without --out, the map is
printed.`
	vectorFlags(c, &m.SearchSettings)
	flags := c.Flags()
	flags.StringVar(&m.Method, "method", playground.MapUMAP, "how the map is made: umap, or pca, which is quick and knows no metric")
	flags.IntVar(&m.Neighbours, "neighbours", playground.DefaultNeighbours, "with how many of the nearest pictures each is compared: the more, the more of the whole and the less of detail is seen")
	flags.Float64Var(&m.MinDist, "min-dist", playground.DefaultMinDist, "how near pictures are let to each other, from 0 to 1")
	flags.Uint64Var(&m.Seed, "seed", playground.DefaultMapSeed, "seed of the random numbers")
	flags.BoolVar(&m.Aligned, "aligned", false, "start from the map of the indexed search layer before, and turn to it")
	flags.StringArrayVar(&place, "place", nil, "picture `file` of your own to place on the map; may be given several times")
	flags.StringVar(&out, "out", "", "`file` to write")
	return c
}

func (a *app) runMap(ctx context.Context, m playground.MapRequest, place []string, out string, write func(chart, io.Writer) error) error {
	return a.with(ctx, func(pg *playground.Playground) error {
		var made playground.Map
		err := a.indexed(ctx, pg, m.SearchSettings, func() (err error) {
			bar := a.progress("mapping " + m.Dataset)
			defer bar.end()
			made, err = pg.Map(ctx, m, func(f playground.MapFrame) { bar.report(f.Progress()) })
			return err
		})
		if err != nil {
			return err
		}
		c, err := drawChart(ctx, pg, m, made, place)
		if err != nil {
			return err
		}
		if out != "" {
			if err := playground.WriteFile(out, func(w io.Writer) error { return write(c, w) }); err != nil {
				return err
			}
		}
		return a.printChart(c, out)
	})
}

func drawChart(ctx context.Context, pg *playground.Playground, m playground.MapRequest, made playground.Map, place []string) (chart, error) {
	c := chart{MapInfo: made.MapInfo, Points: []chartPoint{}}
	d, err := pg.Dataset(ctx, made.Dataset)
	if err != nil {
		return c, err
	}
	for i, index := range made.Images {
		im := d.Images[index]
		c.Points = append(c.Points, chartPoint{Index: index, Class: im.Class, X: made.X[i], Y: made.Y[i], file: im.File})
	}
	for _, file := range place {
		at, err := pg.PlaceFileOnMap(ctx, m, file)
		if err != nil {
			return c, err
		}
		c.Placed = append(c.Placed, placedPoint{file, at.X, at.Y})
	}
	return c, nil
}

func (a *app) printChart(c chart, out string) error {
	switch {
	case a.json && out == "":
		return a.printJSON(c)
	case a.json:
		return a.printJSON(struct {
			Out    string        `json:"out"`
			Points int           `json:"pictures"`
			Placed []placedPoint `json:"placed,omitempty"`
			playground.MapInfo
		}{out, len(c.Points), c.Placed, c.MapInfo})
	}
	fmt.Fprintf(a.stdout, "%s: %s of %s at layer %s of %s, by %s\n", out, count(len(c.Points), "picture"), c.Dataset, c.Layer, c.Model, c.Method)
	for _, p := range c.Placed {
		fmt.Fprintf(a.stdout, "%s lies at %.3f, %.3f\n", p.File, p.X, p.Y)
	}
	return nil
}

func (c chart) writeJSON(w io.Writer) error { return json.NewEncoder(w).Encode(c) }

func (c chart) writeCSV(w io.Writer) error {
	rows := [][]string{{"index", "file", "class", "x", "y"}}
	for _, p := range c.Points {
		rows = append(rows, []string{strconv.Itoa(p.Index), label(p.file), label(p.Class), coordinate(p.X), coordinate(p.Y)})
	}
	for _, p := range c.Placed {
		rows = append(rows, []string{"", label(p.File), "", coordinate(p.X), coordinate(p.Y)})
	}
	return csv.NewWriter(w).WriteAll(rows)
}

func (c chart) writePNG(w io.Writer) error {
	var points []scatter.Point
	for _, p := range c.Points {
		points = append(points, scatter.Point{X: p.X, Y: p.Y, Class: p.Class})
	}
	for _, p := range c.Placed {
		points = append(points, scatter.Point{X: p.X, Y: p.Y, Class: filepath.Base(p.File)})
	}
	return png.Encode(w, scatter.Draw(points))
}

// coordinate is full precision, as in JSON.
func coordinate(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
