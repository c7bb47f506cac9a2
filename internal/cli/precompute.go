package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) precompute() *cobra.Command {
	var r playground.PrecomputeRequest
	c := a.command("precompute [flags]", "Do all work beforehand that the pages of a dataset would ask for",
		`  convnet precompute --dataset stamps
  convnet precompute --dataset holidays --models efficientnet-lite2,vgg16
  convnet precompute --dataset holidays --models all --channels sample --renderings full
  convnet precompute --dataset holidays --metric cosine --renderings none --json`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			return a.with(ctx, func(pg *playground.Playground) error { return a.runPrecompute(ctx, pg, r) })
		})
	c.Long = `For each network: index all its search layers, map them, each map turned to that of the layer before,
score them with every picture as a query, and render channels of each. "convnet export" then makes a
site of it that needs no server. Everything is kept: after Ctrl-C or a crash the same command goes on.`
	flags := c.Flags()
	choices := playground.Choices()
	flags.StringVar(&r.Dataset, "dataset", playground.DefaultDataset, "dataset `name`")
	flags.StringSliceVar(&r.Models, "models", []string{playground.InstalledModels}, "model `names`; installed: those that are here; all: those whose weights can be pulled too")
	flags.StringVar(&r.Pool, "pool", playground.DefaultPool, "pooling: "+names(choices.Poolings))
	flags.StringVar(&r.Transform, "transform", playground.DefaultTransform, "transform: "+names(choices.Transforms))
	flags.StringSliceVar(&r.Metrics, "metric", nil, "`distances` to score by (default: all; beyond 2,000 pictures "+playground.DefaultMetric+")")
	flags.StringVar(&r.Channels, "channels", playground.ChannelsOriginal, "channels to render of each layer: original (30 to 59, evenly strided), sample, all, or numbers as in 0,3,7")
	flags.StringVar(&r.Renderings, "renderings", playground.RenderSketch, "pictures of channels: none, sketch (small ones) or full (large ones too)")
	sizeFlags(c, &r.Resize, &r.Size)
	return c
}

func (a *app) runPrecompute(ctx context.Context, pg *playground.Playground, r playground.PrecomputeRequest) error {
	bar := a.stages()
	report, err := pg.Precompute(ctx, r, bar.report)
	bar.end()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(report)
	}
	fmt.Fprintf(a.stdout, "%s: %s, scored by %s, in %.1f s\n\n", report.Dataset, count(report.Images, "picture"), strings.Join(report.Metrics, ", "), report.Seconds)
	rows := [][]string{{"MODEL", "LAYERS", "MAPS", "SCORES", "CHANNELS", "RENDERED", "DEAD", "SECONDS"}}
	for _, m := range report.Models {
		rows = append(rows, []string{
			m.Model, fmt.Sprint(len(m.Layers)), fmt.Sprint(m.Maps), fmt.Sprint(m.Scores), fmt.Sprint(m.Channels),
			fmt.Sprint(m.Rendered), fmt.Sprint(m.Dead), fmt.Sprintf("%.1f", m.Seconds),
		})
	}
	if err := a.table(rows); err != nil {
		return err
	}
	for _, trouble := range report.Problems {
		a.complain(trouble.What + ": " + trouble.Reason)
	}
	if len(report.Problems) > 0 {
		return fmt.Errorf("cannot precompute %s of %d: see above; all else is done", count(len(report.Problems), "model"), len(report.Problems)+len(report.Models))
	}
	return nil
}
