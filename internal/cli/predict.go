package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) predict() *cobra.Command {
	var r playground.PredictRequest
	c := a.command("predict [flags] IMAGE…", "Say what pictures show",
		`  convnet predict dog.jpg
  convnet predict --model efficientnet-lite2 --top 3 *.jpg
  convnet predict --weights finetuned.safetensors dog.jpg --json`,
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
			r.Images = args
			return a.runPredict(ctx, r)
		})
	flags := c.Flags()
	flags.StringVar(&r.Model, "model", playground.DefaultModel, "model `name`")
	flags.StringVar(&r.Weights, "weights", "", "weight `file` of that model (default: the weights that it has)")
	flags.IntVar(&r.Top, "top", 5, "number of classes per picture")
	resizeFlags(c, &r.Resizing, "crop")
	return c
}

func (a *app) runPredict(ctx context.Context, r playground.PredictRequest) error {
	models, err := a.library()
	if err != nil {
		return err
	}
	bar := a.progress("predicting")
	answers, err := models.Predict(ctx, r, bar.report)
	bar.end()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(answers)
	}
	for _, answer := range answers {
		fmt.Fprintln(a.stdout, answer.Image)
		for _, p := range answer.Predictions {
			fmt.Fprintf(a.stdout, "  %5.1f %%  %s (%d)\n", 100*p.Probability, p.Label, p.Index)
		}
	}
	return nil
}
