package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) datasets() *cobra.Command {
	datasets := a.group("datasets", "List, add, download and remove sets of pictures", "")
	datasets.Example = "  convnet datasets list\n  convnet datasets add holidays ~/Pictures/holidays\n  convnet datasets pull iconic200\n  convnet datasets remove holidays"
	add := a.command("add NAME DIR [flags]", "Make a dataset of a folder of pictures",
		"  convnet datasets add holidays ~/Pictures/holidays\n  convnet datasets add birds ./birds --json",
		cobra.ExactArgs(2), a.addDataset)
	add.Long = `Make a dataset of a folder: a class per sub-folder, or no classes if the pictures lie in the folder
itself. The pictures stay where they are. Files that cannot be read are left out and listed.`
	remove := a.command("remove NAME [flags]", "Forget a dataset with its vectors",
		"  convnet datasets remove holidays", cobra.ExactArgs(1), a.removeDataset)
	remove.Long = `Forget a dataset with its vectors. Pictures that were pulled are removed; those of your own folders
stay where they are.`
	datasets.AddCommand(a.listDatasets(), add, a.pullDataset(), remove)
	return datasets
}

func (a *app) listDatasets() *cobra.Command {
	var available bool
	c := a.command("list [flags]", "List the datasets, and those that can be downloaded",
		"  convnet datasets list\n  convnet datasets list --json\n  convnet datasets list --available",
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			return a.with(ctx, func(pg *playground.Playground) error {
				if available {
					return a.printAvailable(ctx, pg)
				}
				return a.printDatasets(ctx, pg)
			})
		})
	c.Flags().BoolVar(&available, "available", false, "list those that can be downloaded with: convnet datasets pull NAME")
	return c
}

func (a *app) printDatasets(ctx context.Context, pg *playground.Playground) error {
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
	if err := a.table(rows); err != nil {
		return err
	}
	sets, err := pg.PublicDatasets(ctx)
	if err != nil || len(sets) == 0 {
		return err
	}
	var names []string
	for _, set := range sets {
		names = append(names, set.Name)
	}
	fmt.Fprintf(a.stdout, "\nThese can be downloaded with \"convnet datasets pull NAME\": %s\n", strings.Join(names, ", "))
	return nil
}

func (a *app) printAvailable(ctx context.Context, pg *playground.Playground) error {
	sets, err := pg.PublicDatasets(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(sets)
	}
	rows := [][]string{{"NAME", "PICTURES", "DOWNLOAD", "TITLE", "LICENCE"}}
	for _, s := range sets {
		download := "single pictures"
		if s.Bytes > 0 {
			download = fmt.Sprintf("%d MB", s.Bytes/1_000_000)
		}
		rows = append(rows, []string{s.Name, fmt.Sprint(s.Images), download, s.Title, s.Licence})
	}
	return a.table(rows)
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
		d, err := pg.Dataset(ctx, args[0])
		if err != nil {
			return err
		}
		if err := pg.RemoveDataset(ctx, args[0]); err != nil {
			return err
		}
		if a.json {
			return a.printJSON(map[string]string{"removed": args[0]})
		}
		if d.Pulled {
			fmt.Fprintf(a.stdout, "dataset %s is removed with its pictures\n", args[0])
		} else {
			fmt.Fprintf(a.stdout, "dataset %s is forgotten; its pictures stay\n", args[0])
		}
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
