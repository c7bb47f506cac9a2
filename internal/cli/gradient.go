package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) gradient() *cobra.Command {
	var r playground.GradientRequest
	c := a.command("gradient [flags] --layer L --channel C --out F.npy IMAGE", "Write how a channel depends on each value of a picture",
		`  convnet gradient --layer block4c_add --channel 17 --out gradient.npy cat.jpg
  convnet gradient --layer predictions --channel 281 --size 320 --out tabby.npy cat.jpg`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			r.Image = args[0]
			return a.runGradient(ctx, r)
		})
	c.Long = `Write d mean(channel) / d input as float32 [height, width, 3] in C order: how much the mean of one channel
of a layer would change with each value of the network's input. The input is the picture after resizing
and preprocessing, in the network's own order of colours: blue first in the VGG and ResNet families.
Where a layer is a vector, a channel is one of its units.`
	flags := c.Flags()
	flags.StringVar(&r.Model, "model", playground.DefaultModel, "model `name`")
	flags.StringVar(&r.Weights, "weights", "", "weight `file` of that model (default: the weights that it has)")
	flags.StringVar(&r.Layer, "layer", "", "layer `name`")
	flags.IntVar(&r.Channel, "channel", 0, "channel of the layer, from 0 on")
	flags.StringVar(&r.Out, "out", "", "`file` to write")
	resizeFlags(c, &r.Resizing, "squash")
	for _, name := range []string{"layer", "channel", "out"} {
		if err := c.MarkFlagRequired(name); err != nil {
			panic("cli: gradient has no flag --" + name)
		}
	}
	return c
}

func (a *app) runGradient(ctx context.Context, r playground.GradientRequest) error {
	models, err := a.library()
	if err != nil {
		return err
	}
	report, err := models.Gradient(ctx, r)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(report)
	}
	fmt.Fprintf(a.stdout, "%s: float32 %v, largest magnitude %.4g; the mean of the channel is %.4g\n", report.Out, report.Shape, report.Largest, report.Mean)
	if report.Largest == 0 {
		fmt.Fprintln(a.stdout, "The channel does not respond to this picture: its gradient is zero everywhere.")
	}
	return nil
}
