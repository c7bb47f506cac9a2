package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) visualize() *cobra.Command {
	var r playground.VisualizeChannelsRequest
	var with int
	var c *cobra.Command
	c = a.command("visualize [flags] --layer L --channel C --out F.png", "Render what a channel of a network responds to",
		`  convnet visualize --layer block4c_add --channel 17 --out channel.png
  convnet visualize --layer block4c_add --channel 17 --with 40 --size 256 --out both.png
  convnet visualize --objective class --channel 207 --out retriever.png
  convnet visualize --layer block3b_add --layer block5c_add --channels sample --out pictures`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			if c.Flags().Changed("with") {
				r.With = &with
			}
			if r.Channels != "" {
				return a.visualizeChannels(ctx, r)
			}
			if len(r.Layers) > 1 || len(r.Layers) == 0 && r.Objective != playground.ObjectiveClass {
				return &usageError{"one --layer is needed, unless --channels is given"}
			}
			r.Layer = strings.Join(r.Layers, "")
			return a.visualizeOne(ctx, r.VisualizeRequest, r.Out)
		})
	c.Long = `Render the picture that excites a channel most, by climbing from noise along the gradient of its mean
(Olah et al. 2017). The PNG holds the recipe; the same recipe gives the same picture.

With --channels, many channels are written into a folder, as MODEL/LAYER/CHANNEL.png: sample is 30 drawn
at random with the seed, original the evenly strided ones of the first playground, all is all of them.
What is there already with the same recipe is left; after Ctrl-C the same command goes on.`
	flags := c.Flags()
	flags.StringVar(&r.Model, "model", playground.DefaultModel, "model `name`")
	flags.StringVar(&r.Weights, "weights", "", "weight `file` of that model (default: the weights that it has)")
	flags.StringSliceVar(&r.Layers, "layer", nil, "layer `name`; with --channels it may be given several times (default there: the search layers)")
	flags.StringVar(&r.Objective, "objective", "channel", "what to climb: channel (its mean), neuron (its centre), layer (mean of squares) or class (its score)")
	flags.IntVar(&r.Channel, "channel", 0, "channel, or index of the class")
	flags.StringVar(&r.Channels, "channels", "", "many channels: sample, original, all, or numbers as in 0,3,7")
	flags.IntVar(&with, "with", 0, "second `channel`, climbed together with the first")
	flags.Float64Var(&r.Blend, "blend", playground.DefaultBlend, "weight of the second channel, of 1 in all")
	flags.BoolVar(&r.Negative, "negative", false, "what excites least instead of most")
	flags.IntVar(&r.Pictures, "diversity", 1, "`number` of pictures, side by side, made to differ from each other")
	flags.IntVar(&r.Steps, "steps", playground.DefaultSteps, "steps")
	flags.IntVar(&r.Size, "size", playground.DefaultSize, "height and width of the picture")
	flags.Uint64Var(&r.Seed, "seed", 0, "seed of the noise it begins with, and of a sample")
	flags.StringVar(&r.Out, "out", "", "`file` to write, with --channels a folder")
	if err := c.MarkFlagRequired("out"); err != nil {
		panic("cli: visualize has no flag --out")
	}
	c.MarkFlagsMutuallyExclusive("channel", "channels")
	return c
}

func (a *app) visualizeOne(ctx context.Context, r playground.VisualizeRequest, out string) error {
	models, err := a.library()
	if err != nil {
		return err
	}
	bar := a.progress("rendering")
	v, err := models.Visualize(ctx, r, func(f playground.Frame) { bar.report(f.Step, f.Steps) })
	bar.end()
	if err != nil {
		return err
	}
	if err := v.WritePNG(out); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			Out string `json:"out"`
			playground.Visualization
		}{out, v})
	}
	fmt.Fprintf(a.stdout, "%s: %dx%d, objective %.4g after %d steps in %.1f s\n",
		out, v.Picture.Width, v.Picture.Height, mean(v.Values), v.Recipe.Steps, v.Seconds)
	return nil
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func (a *app) visualizeChannels(ctx context.Context, r playground.VisualizeChannelsRequest) error {
	models, err := a.library()
	if err != nil {
		return err
	}
	bar := a.progress("rendering channels")
	report, err := models.VisualizeChannels(ctx, r, bar.report)
	bar.end()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(report)
	}
	fmt.Fprintf(a.stdout, "%s: %s of %s, %d rendered in %.1f s\n",
		report.Out, count(report.Channels, "channel"), report.Model, report.Rendered, report.Seconds)
	a.leftOut(report.Problems)
	return nil
}
