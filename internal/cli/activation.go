package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) activation() *cobra.Command {
	var r playground.ActivationRequest
	var out string
	c := a.command("activation [flags] --layer L --channel C IMAGE", "Show where in a picture a channel is excited",
		`  convnet activation --layer block4c_add --channel 17 --out map.png cat.jpg
  convnet activation --layer top_activation --channel 17 cat.jpg --json`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			r.Image = args[0]
			return a.runActivation(ctx, r, out)
		})
	c.Long = `Show what one channel of a layer makes of a picture: with --json all values of its map, with --out a heat
map from dark violet, the least value, to light yellow, the greatest.`
	flags := c.Flags()
	flags.StringVar(&r.Model, "model", playground.DefaultModel, "model `name`")
	flags.StringVar(&r.Weights, "weights", "", "weight `file` of that model (default: the weights that it has)")
	flags.StringVar(&r.Layer, "layer", "", "layer `name`")
	flags.IntVar(&r.Channel, "channel", 0, "channel of the layer")
	flags.StringVar(&out, "out", "", "PNG `file` to write")
	resizeFlags(c, &r.Resizing, "squash")
	for _, name := range []string{"layer", "channel"} {
		if err := c.MarkFlagRequired(name); err != nil {
			panic("cli: activation has no flag --" + name)
		}
	}
	return c
}

func (a *app) runActivation(ctx context.Context, r playground.ActivationRequest, out string) error {
	models, err := a.library()
	if err != nil {
		return err
	}
	m, err := models.Activation(ctx, r)
	if err != nil {
		return err
	}
	if out != "" {
		if err := m.WritePNG(out); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(m)
	}
	fmt.Fprintf(a.stdout, "%s: channel %d of %s of %s, a map of %dx%d\n", r.Image, m.Channel, m.Layer, m.Model, m.Height, m.Width)
	fmt.Fprintf(a.stdout, "least %.4f, mean %.4f, greatest %.4f at row %d, column %d\n", m.Min, m.Mean, m.Max, m.Position[0], m.Position[1])
	if m.Min == m.Max {
		fmt.Fprintln(a.stdout, "it is the same everywhere: the picture does not excite the channel")
	}
	return nil
}
