package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) top() *cobra.Command {
	var r playground.TopRequest
	c := a.command("top [flags] --channel C", "List the pictures that excite a channel most",
		`  convnet top --channel 17
  convnet top --dataset holidays --layer block4c_add --channel 17
  convnet top --layer block2b_add --channel 3 --json`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return a.runTop(ctx, r) })
	c.Long = `List the nine pictures of a dataset in which a channel of a layer is greatest: their values, and where in
them that is, in percent of width and height. The box is all that the value depends on; deep in a network
that is the whole picture, and the cell, the place on the feature map, tells more. What is not indexed yet
is indexed first.`
	flags := c.Flags()
	flags.StringVar(&r.Dataset, "dataset", playground.DefaultDataset, "dataset `name`")
	flags.StringVar(&r.Model, "model", playground.DefaultModel, "model `name`")
	flags.StringVar(&r.Layer, "layer", "", "layer `name` (default: the model's last search layer)")
	flags.IntVar(&r.Channel, "channel", 0, "channel of the layer")
	sizeFlags(c, &r.Resize, &r.Size)
	if err := c.MarkFlagRequired("channel"); err != nil {
		panic("cli: top has no flag --channel")
	}
	return c
}

func (a *app) runTop(ctx context.Context, r playground.TopRequest) error {
	return a.with(ctx, func(pg *playground.Playground) error {
		var result playground.TopResult
		settings := playground.SearchSettings{Dataset: r.Dataset, Model: r.Model, Layer: r.Layer, Resize: r.Resize, Size: r.Size}
		err := a.indexed(ctx, pg, settings, func() (err error) {
			result, err = pg.TopPictures(ctx, r)
			return err
		})
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(result)
		}
		return a.printTop(result)
	})
}

func (a *app) printTop(r playground.TopResult) error {
	fmt.Fprintf(a.stdout, "%s: channel %d of %s of %s, a map of %dx%d, in %s\n", r.Dataset, r.Channel, r.Layer, r.Model,
		r.Map[0], r.Map[1], count(r.Pictures, "picture"))
	if r.LeftOut > 0 {
		fmt.Fprintf(a.stdout, "%s could not be read\n", count(r.LeftOut, "picture"))
	}
	if r.Dead {
		fmt.Fprintln(a.stdout, "no picture excites it: its greatest value is 0")
		return nil
	}
	fmt.Fprintln(a.stdout)
	rows := [][]string{{"RANK", "VALUE", "ROW", "COLUMN", "CELL", "BOX", "INDEX", "CLASS", "FILE"}}
	for _, n := range r.Results {
		rows = append(rows, []string{
			fmt.Sprint(n.Rank), fmt.Sprintf("%.4f", n.Value), fmt.Sprint(n.Position[0]), fmt.Sprint(n.Position[1]),
			percent(n.Cell), percent(n.Box), fmt.Sprint(n.Index), n.Class, n.File,
		})
	}
	return a.table(rows)
}

// percent writes a part of a picture as left,top-right,bottom.
func percent(region [4]float64) string {
	var sides [4]string
	for i, fraction := range region {
		sides[i] = fmt.Sprintf("%.0f", 100*fraction)
	}
	return strings.Join(sides[:2], ",") + "-" + strings.Join(sides[2:], ",")
}
