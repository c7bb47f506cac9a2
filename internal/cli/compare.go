package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) compare() *cobra.Command {
	var s playground.CompareSettings
	var query int
	var image, file string
	c := a.command("compare [flags]", "Compare all indexed layers by one picture, or by all",
		`  convnet compare --query 37
  convnet compare --image cat.jpg
  convnet compare --dataset holidays --metric euclidean --query 0 --json
  convnet compare --dataset holidays --csv scores.csv`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			if query < -1 {
				return &usageError{fmt.Sprintf("--query %d is below 0", query)}
			}
			if query >= 0 && image != "" {
				return &usageError{"name one picture: --query N or --image FILE"}
			}
			return a.with(ctx, func(pg *playground.Playground) error {
				if query < 0 && image == "" {
					return a.compareAll(ctx, pg, s, file)
				}
				return a.compareOne(ctx, pg, playground.CompareRequest{CompareSettings: s, Query: query, Image: image}, file)
			})
		})
	c.Long = `Search by every layer that is indexed and print how good each is: for one picture of the dataset with
--query, or else with every picture that has a class as a query. The best are marked with *, all of
them where several tie. For a picture of your own, with --image, there is no telling: what each layer
finds is printed. What is not indexed is listed.`
	flags := c.Flags()
	choices := playground.Choices()
	flags.StringVar(&s.Dataset, "dataset", playground.DefaultDataset, "dataset `name`")
	flags.StringVar(&s.Model, "model", "", "compare only the layers of the model of this `name` (default: of all)")
	flags.StringVar(&s.Metric, "metric", playground.DefaultMetric, "distance: "+names(choices.Metrics))
	flags.Float64Var(&s.P, "p", 0, "power of minkowski (default 3)")
	flags.StringVar(&s.Pool, "pool", playground.DefaultPool, "pooling: "+names(choices.Poolings))
	flags.StringVar(&s.Transform, "transform", playground.DefaultTransform, "transform: "+names(choices.Transforms))
	sizeFlags(c, &s.Resize, &s.Size)
	flags.IntVar(&s.Top, "top", playground.DefaultTop, "number of results; the score counts as many")
	flags.IntVar(&query, "query", -1, "`index` of a picture of the dataset; -1 for all")
	flags.StringVar(&image, "image", "", "picture `file` of your own")
	flags.StringVar(&file, "csv", "", "write the table to this `file` too")
	return c
}

func (a *app) compareOne(ctx context.Context, pg *playground.Playground, r playground.CompareRequest, file string) error {
	result, err := pg.Compare(ctx, r, nil)
	if err != nil {
		return err
	}
	if len(result.Rows) == 0 {
		return nothingIndexed(r.CompareSettings, result.Missing)
	}
	if err := writeCSV(file, oneAsCSV(result)); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(result)
	}
	fmt.Fprintf(a.stdout, "%s: %s, pooling %s, transform %s\n", result.Dataset, result.Metric, result.Pool, result.Transform)
	fmt.Fprintf(a.stdout, "query %s", result.Query.File)
	if result.Query.Index != nil {
		fmt.Fprintf(a.stdout, " (%d)", *result.Query.Index)
	}
	if result.Query.Class != "" {
		fmt.Fprintf(a.stdout, ", %s", result.Query.Class)
	}
	fmt.Fprint(a.stdout, "\n\n")
	rows := [][]string{{"", "MODEL", "LAYER", "SCORE", "SAME CLASS", "NEAREST"}}
	for _, row := range result.Rows {
		score, same := "-", "-"
		if row.Score != nil {
			score, same = fmt.Sprintf("%.1f", *row.Score), fmt.Sprintf("%d / %d", *row.SameClass, len(row.Results))
		}
		rows = append(rows, []string{
			mark(result.Best, row.Model, row.Layer), row.Model, row.Layer, score, same,
			joinInts(row.Results[:min(5, len(row.Results))], " "),
		})
	}
	if err := a.table(rows); err != nil {
		return err
	}
	a.missing(r.CompareSettings, result.Missing)
	return nil
}

func (a *app) compareAll(ctx context.Context, pg *playground.Playground, s playground.CompareSettings, file string) error {
	bar := a.progress("comparing " + s.Dataset)
	result, err := pg.CompareScores(ctx, s, nil, bar.report)
	bar.end()
	if err != nil {
		return err
	}
	if len(result.Rows) == 0 {
		return nothingIndexed(s, result.Missing)
	}
	if err := writeCSV(file, allAsCSV(result)); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(result)
	}
	fmt.Fprintf(a.stdout, "%s: %s, pooling %s, transform %s, %d queries\n\n", result.Dataset, result.Metric, result.Pool, result.Transform, result.Rows[0].Queries)
	rows := [][]string{{"", "MODEL", "LAYER", "SCORE", "95 % INTERVAL", "P@1", "P@15", "MAP", "NDCG"}}
	for _, row := range result.Rows {
		interval := "-"
		if row.Interval != nil {
			interval = fmt.Sprintf("%.1f to %.1f", row.Interval.Low, row.Interval.High)
		}
		rows = append(rows, []string{
			mark(result.Best, row.Model, row.Layer), row.Model, row.Layer, fmt.Sprintf("%.1f", row.WeightedScore), interval,
			fmt.Sprintf("%.3f", row.PrecisionAt1), fmt.Sprintf("%.3f", row.PrecisionAt15),
			fmt.Sprintf("%.3f", row.MeanAveragePrecision), fmt.Sprintf("%.3f", row.NDCG),
		})
	}
	if err := a.table(rows); err != nil {
		return err
	}
	a.missing(s, result.Missing)
	return nil
}

func mark(best []playground.ModelLayer, model, layer string) string {
	if slices.Contains(best, playground.ModelLayer{Model: model, Layer: layer}) {
		return "*"
	}
	return ""
}

// missing lists what a comparison is without.
func (a *app) missing(s playground.CompareSettings, missing []playground.MissingLayers) {
	if len(missing) > 0 {
		fmt.Fprintln(a.stdout)
	}
	for _, m := range missing {
		if m.Reason != "" {
			fmt.Fprintf(a.stdout, "left out: %s of %s: %s\n", count(len(m.Layers), "layer"), m.Model, m.Reason)
			continue
		}
		fmt.Fprintf(a.stdout, "not indexed: %s of %s; index with: %s\n", count(len(m.Layers), "layer"), m.Model, indexCommand(s, m.Model))
	}
}

// indexCommand fills the search layers of a model.
func indexCommand(s playground.CompareSettings, model string) string {
	r := playground.IndexRequest{Dataset: s.Dataset, Model: model, Pool: s.Pool, Resize: s.Resize, Size: s.Size}
	return r.Command()
}

// nothingIndexed says how to come to something that can be compared.
func nothingIndexed(s playground.CompareSettings, missing []playground.MissingLayers) error {
	for _, m := range missing {
		if m.Reason == "" {
			return &playground.Error{
				Kind: playground.NotIndexed, What: "cannot compare",
				Why:  fmt.Sprintf("dataset %s is not indexed with pooling %s", s.Dataset, s.Pool),
				Hint: "index it with: " + indexCommand(s, m.Model),
			}
		}
	}
	e := &playground.Error{Kind: playground.NotIndexed, What: "cannot compare", Why: "no layer can be"}
	if len(missing) > 0 {
		e.Why = missing[0].Reason
	}
	return e
}
