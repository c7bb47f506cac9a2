package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) datasets() *cobra.Command {
	datasets := a.group("datasets", "List, add and remove sets of pictures", "")
	datasets.Example = "  convnet datasets list\n  convnet datasets add holidays ~/Pictures/holidays\n  convnet datasets remove holidays"
	add := a.command("add NAME DIR [flags]", "Make a dataset of a folder of pictures",
		"  convnet datasets add holidays ~/Pictures/holidays\n  convnet datasets add birds ./birds --json",
		cobra.ExactArgs(2), a.addDataset)
	add.Long = `Make a dataset of a folder: a class per sub-folder, or no classes if the pictures lie in the folder
itself. The pictures stay where they are. Files that cannot be read are left out and listed.`
	datasets.AddCommand(
		a.command("list [flags]", "List the datasets", "  convnet datasets list\n  convnet datasets list --json",
			cobra.NoArgs, a.listDatasets),
		add,
		a.command("remove NAME [flags]", "Forget a dataset with its vectors; its pictures stay",
			"  convnet datasets remove holidays", cobra.ExactArgs(1), a.removeDataset),
	)
	return datasets
}

func (a *app) listDatasets(ctx context.Context, _ []string) error {
	return a.with(ctx, func(pg *playground.Playground) error {
		list, err := pg.Datasets(ctx)
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(list)
		}
		rows := [][]string{{"NAME", "PICTURES", "CLASSES", "LEFT OUT", "TITLE"}}
		for _, d := range list {
			rows = append(rows, []string{d.Name, fmt.Sprint(d.Images), fmt.Sprint(len(d.Classes)), fmt.Sprint(d.Problems), d.Title})
		}
		return a.table(rows)
	})
}

func (a *app) addDataset(ctx context.Context, args []string) error {
	return a.with(ctx, func(pg *playground.Playground) error {
		bar := a.progress("reading " + args[1])
		d, err := pg.AddDataset(ctx, args[0], args[1], bar.report)
		bar.end()
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(struct {
				Name     string                  `json:"name"`
				Images   int                     `json:"images"`
				Classes  []playground.ClassCount `json:"classes"`
				Problems []playground.LeftOut    `json:"problems"`
			}{d.Name, len(d.Images), d.Classes, d.Problems})
		}
		fmt.Fprintf(a.stdout, "dataset %s: %s in %s\n", d.Name, count(len(d.Images), "picture"), count(len(d.Classes), "class"))
		a.leftOut(d.Problems)
		return nil
	})
}

func (a *app) removeDataset(ctx context.Context, args []string) error {
	return a.with(ctx, func(pg *playground.Playground) error {
		if err := pg.RemoveDataset(ctx, args[0]); err != nil {
			return err
		}
		if a.json {
			return a.printJSON(map[string]string{"removed": args[0]})
		}
		fmt.Fprintf(a.stdout, "dataset %s is forgotten; its pictures stay\n", args[0])
		return nil
	})
}

// leftOut lists files that were not used.
func (a *app) leftOut(problems []playground.LeftOut) {
	for _, p := range problems {
		fmt.Fprintf(a.stdout, "left out %s: %s\n", p.File, p.Reason)
	}
}

func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "class":
		return fmt.Sprintf("%d classes", n)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
