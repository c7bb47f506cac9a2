package cli

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) contrast() *cobra.Command {
	var first playground.SearchRequest
	var second playground.SearchSettings
	var query int
	c := a.command("contrast [flags] (--query N | --image FILE)", "Search twice for the same picture, and tell what both searches found",
		`  convnet contrast --query 37 --other-layer block4c_add
  convnet contrast --query 37 --other-model efficientnet-lite2 --json
  convnet contrast --image cat.jpg --metric cosine --other-metric euclidean`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			if query >= 0 {
				first.Query = &query
			}
			if (query >= 0) == (first.Image != "") {
				return &usageError{"name one picture: --query N or --image FILE"}
			}
			return a.runContrast(ctx, first, otherThan(first.SearchSettings, second))
		})
	c.Long = `Search by two layers, models, distances or what else a search is told, and print the results of both side
by side: where the other search has each picture, and what one alone found. The second search is the
first but for what --other flags say. What is not indexed yet is indexed first.`
	searchFlags(c, &first.SearchSettings)
	flags := c.Flags()
	choices := playground.Choices()
	flags.IntVar(&query, "query", -1, "`index` of a picture of the dataset")
	flags.StringVar(&first.Image, "image", "", "picture `file` of your own")
	flags.StringVar(&second.Model, "other-model", "", "model `name` of the second search")
	flags.StringVar(&second.Layer, "other-layer", "", "layer `name` of the second search (default of another model: its last search layer)")
	flags.StringVar(&second.Metric, "other-metric", "", "distance of the second search: "+names(choices.Metrics))
	flags.Float64Var(&second.P, "other-p", 0, "power of the second search's minkowski")
	flags.StringVar(&second.Pool, "other-pool", "", "pooling of the second search: "+names(choices.Poolings))
	flags.StringVar(&second.Transform, "other-transform", "", "transform of the second search: "+names(choices.Transforms))
	return c
}

// otherThan is the first search with what is said of the second. A layer and a
// power belong to the model and the metric that they are named with.
func otherThan(first, said playground.SearchSettings) playground.SearchSettings {
	second := first
	if said.Model != "" && said.Model != first.Model {
		second.Layer = ""
	}
	if said.Metric != "" && said.Metric != first.Metric {
		second.P = 0
	}
	second.Model = cmp.Or(said.Model, second.Model)
	second.Layer = cmp.Or(said.Layer, second.Layer)
	second.Metric = cmp.Or(said.Metric, second.Metric)
	second.P = cmp.Or(said.P, second.P)
	second.Pool = cmp.Or(said.Pool, second.Pool)
	second.Transform = cmp.Or(said.Transform, second.Transform)
	return second
}

func (a *app) runContrast(ctx context.Context, first playground.SearchRequest, second playground.SearchSettings) error {
	return a.with(ctx, func(pg *playground.Playground) error {
		var result playground.Contrast
		err := a.indexed(ctx, pg, first.SearchSettings, func() error {
			return a.indexed(ctx, pg, second, func() (err error) {
				result, err = pg.Contrast(ctx, first, second)
				return err
			})
		})
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(result)
		}
		return a.printContrast(result)
	})
}

func (a *app) printContrast(c playground.Contrast) error {
	for _, side := range []struct {
		which string
		playground.SearchResult
	}{{"first", c.First}, {"second", c.Second}} {
		fmt.Fprintf(a.stdout, "%s: %s of %s, %s, pooling %s, transform %s", side.which, side.Layer, side.Model, side.Metric, side.Pool, side.Transform)
		if side.Score != nil {
			fmt.Fprintf(a.stdout, ": score %.1f", *side.Score)
		}
		fmt.Fprintln(a.stdout)
	}
	fmt.Fprintf(a.stdout, "%d in both, %d only in the first, %d only in the second\n\n", len(c.Common), len(c.OnlyFirst), len(c.OnlySecond))
	inFirst, inSecond := map[int]string{}, map[int]string{}
	for _, both := range c.Common {
		inFirst[both.Index], inSecond[both.Index] = fmt.Sprint(both.FirstRank), fmt.Sprint(both.SecondRank)
	}
	rows := [][]string{{"RANK", "FIRST", "IN SECOND", "SECOND", "IN FIRST"}}
	for i := range max(len(c.First.Results), len(c.Second.Results)) {
		row := []string{fmt.Sprint(i + 1), "", "", "", ""}
		if i < len(c.First.Results) {
			found := c.First.Results[i]
			row[1], row[2] = found.File, cmp.Or(inSecond[found.Index], "-")
		}
		if i < len(c.Second.Results) {
			found := c.Second.Results[i]
			row[3], row[4] = found.File, cmp.Or(inFirst[found.Index], "-")
		}
		rows = append(rows, row)
	}
	return a.table(rows)
}
