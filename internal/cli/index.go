package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) index() *cobra.Command {
	var r playground.IndexRequest
	c := a.command("index [flags]", "Compute the vectors of a dataset",
		`  convnet index --dataset stamps
  convnet index --dataset holidays --model efficientnet-lite2 --layer top_activation --layer block4c_add
  convnet index --dataset holidays --pool max
  convnet index --dataset holidays --model vgg16 --resize original --pool flatten`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			return a.with(ctx, func(pg *playground.Playground) error { return a.runIndex(ctx, pg, r) })
		})
	c.Long = `Pass every picture of a dataset through a network, once for all layers, and keep the vectors, and which
pictures excite each channel most. What is there already is not computed again; after Ctrl-C or a crash the
same command goes on.`
	flags := c.Flags()
	flags.StringVar(&r.Dataset, "dataset", playground.DefaultDataset, "dataset `name`")
	flags.StringVar(&r.Model, "model", playground.DefaultModel, "model `name`")
	flags.StringSliceVar(&r.Layers, "layer", nil, "layer `name`; may be given several times (default: the model's search layers)")
	flags.StringVar(&r.Pool, "pool", playground.DefaultPool, "pooling: avg, max or flatten")
	sizeFlags(c, &r.Resize, &r.Size)
	return c
}

func (a *app) runIndex(ctx context.Context, pg *playground.Playground, r playground.IndexRequest) error {
	report, err := a.fill(ctx, pg, r)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(report)
	}
	if report.Computed == 0 {
		fmt.Fprintf(a.stdout, "%s is indexed already: %s at %s of %s\n", report.Dataset,
			count(report.Images, "picture"), count(len(report.Layers), "layer"), report.Model)
	} else {
		fmt.Fprintf(a.stdout, "%s: %s at %s of %s in %.1f s\n", report.Dataset,
			count(report.Computed, "picture"), count(len(report.Layers), "layer"), report.Model, report.Seconds)
	}
	a.leftOut(report.Problems)
	return nil
}

// fill indexes with a progress bar.
func (a *app) fill(ctx context.Context, pg *playground.Playground, r playground.IndexRequest) (playground.IndexReport, error) {
	bar := a.progress("indexing " + r.Dataset)
	defer bar.end()
	return pg.Index(ctx, r, bar.report)
}
