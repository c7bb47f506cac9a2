package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

// searchFlags are those that search and evaluate share.
func searchFlags(c *cobra.Command, s *playground.SearchSettings) {
	vectorFlags(c, s)
	c.Flags().IntVar(&s.Top, "top", playground.DefaultTop, "number of results; the score counts as many")
}

// vectorFlags say which vectors are compared, and how.
func vectorFlags(c *cobra.Command, s *playground.SearchSettings) {
	flags := c.Flags()
	choices := playground.Choices()
	flags.StringVar(&s.Dataset, "dataset", playground.DefaultDataset, "dataset `name`")
	flags.StringVar(&s.Model, "model", playground.DefaultModel, "model `name`")
	flags.StringVar(&s.Layer, "layer", "", "layer `name` (default: the model's last search layer)")
	flags.StringVar(&s.Metric, "metric", playground.DefaultMetric, "distance: "+names(choices.Metrics))
	flags.Float64Var(&s.P, "p", 0, "power of minkowski (default 3)")
	flags.StringVar(&s.Pool, "pool", playground.DefaultPool, "pooling: "+names(choices.Poolings))
	flags.StringVar(&s.Transform, "transform", playground.DefaultTransform, "transform: "+names(choices.Transforms))
	sizeFlags(c, &s.Resize, &s.Size)
}

func names(choices []playground.Choice) string {
	var list []string
	for _, c := range choices {
		list = append(list, c.Name)
	}
	return strings.Join(list, ", ")
}

func (a *app) search() *cobra.Command {
	var r playground.SearchRequest
	var query int
	c := a.command("search [flags] (--query N | --image FILE)", "Find the pictures most similar to one",
		`  convnet search --query 37
  convnet search --image cat.jpg --top 5
  convnet search --dataset holidays --layer block4c_add --metric euclidean --query 0 --json`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			if query >= 0 {
				r.Query = &query
			}
			if (query >= 0) == (r.Image != "") {
				return &usageError{"name one picture: --query N or --image FILE"}
			}
			return a.runSearch(ctx, r)
		})
	c.Long = `Find the pictures of a dataset that are most similar to one of them, or to a picture of your own, by
any layer of a network. What is not indexed yet is indexed first.`
	searchFlags(c, &r.SearchSettings)
	c.Flags().IntVar(&query, "query", -1, "`index` of a picture of the dataset")
	c.Flags().StringVar(&r.Image, "image", "", "picture `file` of your own")
	return c
}

func (a *app) runSearch(ctx context.Context, r playground.SearchRequest) error {
	return a.with(ctx, func(pg *playground.Playground) error {
		var result playground.SearchResult
		err := a.indexed(ctx, pg, r.SearchSettings, func() (err error) {
			result, err = pg.Search(ctx, r)
			return err
		})
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(result)
		}
		return a.printSearch(result)
	})
}

// indexed runs a search, and once more after an index if that is what it lacks.
func (a *app) indexed(ctx context.Context, pg *playground.Playground, s playground.SearchSettings, search func() error) error {
	err := search()
	var e *playground.Error
	if !errors.As(err, &e) || e.Kind != playground.NotIndexed {
		return err
	}
	request, err := pg.Models().IndexFor(s)
	if err != nil {
		return err
	}
	if _, err := a.fill(ctx, pg, request); err != nil {
		return err
	}
	return search()
}

func (a *app) printSearch(r playground.SearchResult) error {
	fmt.Fprintf(a.stdout, "%s: %s of %s, %s, pooling %s, transform %s\n", r.Dataset, r.Layer, r.Model, r.Metric, r.Pool, r.Transform)
	fmt.Fprintf(a.stdout, "query %s", r.Query.File)
	if r.Query.Index != nil {
		fmt.Fprintf(a.stdout, " (%d)", *r.Query.Index)
	}
	if r.Query.Class != "" {
		fmt.Fprintf(a.stdout, ", %s", r.Query.Class)
	}
	if r.Score != nil {
		fmt.Fprintf(a.stdout, ": score %.1f, %d / %d in the same category", *r.Score, *r.SameClass, len(r.Results))
	}
	fmt.Fprint(a.stdout, "\n\n")
	rows := [][]string{{"RANK", "SIMILARITY", "DISTANCE", "INDEX", "CLASS", "FILE"}}
	for _, n := range r.Results {
		rows = append(rows, []string{
			fmt.Sprint(n.Rank), fmt.Sprintf("%.4f", n.Similarity), fmt.Sprintf("%.4f", n.Distance),
			fmt.Sprint(n.Index), n.Class, n.File,
		})
	}
	return a.table(rows)
}
