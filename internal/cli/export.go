package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/export"
	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/web"
)

func (a *app) export() *cobra.Command {
	var r export.Request
	c := a.command("export [flags] --out DIR", "Write a dataset and what is known of it as a site of files",
		`  convnet export --dataset stamps --out site
  cd site && python3 -m http.server
  convnet export --dataset holidays --models efficientnet-lite0 --out site
  convnet export --dataset iconic200 --resize original --pool flatten --transform none --out original`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			return a.with(ctx, func(pg *playground.Playground) error { return a.runExport(ctx, pg, r) })
		})
	c.Long = `Write what is indexed and rendered of a dataset into a new folder: the page, which then needs no server of
its own and works from any that serves files, below any address; and the files of the first playground, in
its formats. "convnet precompute" does all that can be shown beforehand.

Pictures are written anew, at most 1024 pixels large: what a camera wrote into them, as the place where
they were taken, is not in the copy. The folder is there whole or not at all.`
	flags := c.Flags()
	choices := playground.Choices()
	flags.StringVar(&r.Dataset, "dataset", playground.DefaultDataset, "dataset `name`")
	flags.StringVar(&r.Out, "out", "", "`folder` to write; new, or empty")
	flags.StringSliceVar(&r.Models, "models", nil, "model `names`, with commas between (default: all that the dataset is indexed by)")
	flags.StringVar(&r.Pool, "pool", playground.DefaultPool, "pooling: "+names(choices.Poolings))
	flags.StringVar(&r.Transform, "transform", playground.DefaultTransform, "transform: "+names(choices.Transforms))
	sizeFlags(c, &r.Resize, &r.Size)
	flags.StringSliceVar(&r.Metrics, "metric", nil, "`names` of the distances that the page offers, with commas between (default: all, of more than 2,000 pictures cosine)")
	if err := c.MarkFlagRequired("out"); err != nil {
		panic("cli: export has no flag --out")
	}
	return c
}

func (a *app) runExport(ctx context.Context, pg *playground.Playground, r export.Request) error {
	if web.Built {
		r.Page = web.Files()
	}
	bar := a.progress("exporting " + r.Dataset)
	report, err := export.Export(ctx, pg, r, bar.report)
	bar.end()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(report)
	}
	fmt.Fprintf(a.stdout, "%s: %s, %s of %s, in %.1f s\n\n", report.Out, count(report.Images, "picture"),
		count(report.Layers, "layer"), strings.Join(report.Models, ", "), report.Seconds)
	rows := [][]string{{"PART", "FILES", "MB"}}
	for _, p := range report.Parts {
		rows = append(rows, []string{p.Name, fmt.Sprint(p.Files), fmt.Sprintf("%.1f", float64(p.Bytes)/1e6)})
	}
	rows = append(rows, []string{"all", fmt.Sprint(report.Files), fmt.Sprintf("%.1f", float64(report.Bytes)/1e6)})
	if err := a.table(rows); err != nil {
		return err
	}
	if report.Ranks < report.Images-1 {
		fmt.Fprintf(a.stdout, "\nThe similarity lists hold the first %s only: in full they would be too large.\n", count(report.Ranks, "result"))
	}
	if !web.Built {
		fmt.Fprintln(a.stdout, "\nThe page is not part of this program, and not among the files: only what it would ask for.")
	}
	a.leftOut(report.Problems)
	return nil
}
