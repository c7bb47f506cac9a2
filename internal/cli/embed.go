package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) embed() *cobra.Command {
	var r playground.EmbedRequest
	c := a.command("embed [flags] --layer L --out F.npy IMAGE|DIR…", "Write the feature maps of pictures as a .npy file",
		`  convnet embed --layer top_activation --out vectors.npy cat.jpg dog.jpg
  convnet embed --layer block4c_add --pool none --out maps.npy ~/Pictures/holidays`,
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
			r.Paths = args
			return a.runEmbed(ctx, r)
		})
	c.Long = `Write the feature maps of pictures at one layer as float32 in C order: [n, channels] with pooling avg
or max, [n, height*width*channels] with flatten, [n, height, width, channels] with none.`
	flags := c.Flags()
	flags.StringVar(&r.Model, "model", playground.DefaultModel, "model `name`")
	flags.StringVar(&r.Weights, "weights", "", "weight `file` of that model (default: the weights that it has)")
	flags.StringVar(&r.Layer, "layer", "", "layer `name`")
	flags.StringVar(&r.Pool, "pool", playground.DefaultPool, "pooling: avg, max, flatten or none")
	flags.StringVar(&r.Out, "out", "", "`file` to write")
	resizeFlags(c, &r.Resizing, "squash")
	for _, name := range []string{"layer", "out"} {
		if err := c.MarkFlagRequired(name); err != nil {
			panic("cli: embed has no flag --" + name)
		}
	}
	return c
}

func (a *app) runEmbed(ctx context.Context, r playground.EmbedRequest) error {
	models, err := a.library()
	if err != nil {
		return err
	}
	bar := a.progress("embedding")
	report, err := models.Embed(ctx, r, bar.report)
	bar.end()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(report)
	}
	fmt.Fprintf(a.stdout, "%s: float32 %v\n", report.Out, report.Shape)
	a.leftOut(report.Problems)
	return nil
}
