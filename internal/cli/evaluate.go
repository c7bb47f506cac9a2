package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) evaluate() *cobra.Command {
	var s playground.SearchSettings
	c := a.command("evaluate [flags]", "Measure a search with every picture as a query",
		`  convnet evaluate
  convnet evaluate --layer block6d_add --transform none
  convnet evaluate --dataset holidays --model efficientnet-lite2 --json`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return a.runEvaluate(ctx, s) })
	c.Long = `Search for every picture of a dataset that has a class, and print the mean quality of the answers.
What is not indexed yet is indexed first.`
	searchFlags(c, &s)
	return c
}

func (a *app) runEvaluate(ctx context.Context, s playground.SearchSettings) error {
	return a.with(ctx, func(pg *playground.Playground) error {
		var e playground.Evaluation
		err := a.indexed(ctx, pg, s, func() (err error) {
			bar := a.progress("evaluating " + s.Dataset)
			defer bar.end()
			e, err = pg.Evaluate(ctx, s, bar.report)
			return err
		})
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(e)
		}
		fmt.Fprintf(a.stdout, "%s: %s of %s, %s, pooling %s, transform %s\n\n", e.Dataset, e.Layer, e.Model, e.Metric, e.Pool, e.Transform)
		return a.table([][]string{
			{"queries", fmt.Sprint(e.Queries)},
			{"weighted score", fmt.Sprintf("%.1f", e.WeightedScore)},
			{"precision at 1", fmt.Sprintf("%.3f", e.PrecisionAt1)},
			{"precision at 15", fmt.Sprintf("%.3f", e.PrecisionAt15)},
			{"mean average precision", fmt.Sprintf("%.3f", e.MeanAveragePrecision)},
			{"nDCG", fmt.Sprintf("%.3f", e.NDCG)},
		})
	})
}
