package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) bench() *cobra.Command {
	var r playground.BenchRequest
	c := a.command("bench [flags]", "Measure how fast a network runs here",
		`  convnet bench
  convnet bench --model efficientnet-lite2 --batch 1,8 --threads 1 --json
  convnet bench --model resnet50 --gradient`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return a.runBench(ctx, r) })
	flags := c.Flags()
	flags.StringVar(&r.Model, "model", playground.DefaultModel, "model `name`")
	flags.IntSliceVar(&r.Batches, "batch", []int{1}, "batch `sizes`")
	flags.BoolVar(&r.Gradient, "gradient", false, "measure the gradient of the top class too")
	flags.IntVar(&r.Runs, "runs", 20, "passes per batch size")
	return c
}

func (a *app) runBench(ctx context.Context, r playground.BenchRequest) error {
	if r.Runs < 1 {
		return &usageError{"--runs is below 1"}
	}
	models, err := a.library()
	if err != nil {
		return err
	}
	b, err := models.Bench(ctx, r)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(b)
	}
	fmt.Fprintf(a.stdout, "%s, input %s, %s kernels, %d threads, %.2f million multiply-adds\n\n",
		b.Model, shape(b.Input), b.Level, b.Threads, float64(b.MultiplyAdds)/1e6)
	rows := [][]string{{"BATCH", "MEDIAN MS", "BEST MS", "MS PER PICTURE", "GFLOP/S"}}
	for _, f := range b.Forward {
		rows = append(rows, []string{
			fmt.Sprint(f.Batch), fmt.Sprintf("%.2f", f.MsMedian), fmt.Sprintf("%.2f", f.MsMin),
			fmt.Sprintf("%.2f", f.MsPerImage), fmt.Sprintf("%.1f", f.GFLOPS),
		})
	}
	if err := a.table(rows); err != nil || b.Gradient == nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\nforward and gradient of the top class: %.2f ms median, %.2f best\n", b.Gradient.MsMedian, b.Gradient.MsMin)
	return nil
}
