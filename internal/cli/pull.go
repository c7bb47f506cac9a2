package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) pullDataset() *cobra.Command {
	var from string
	var all bool
	c := a.command("pull (NAME | --all) [flags]", "Download a public set of pictures",
		`  convnet datasets pull iconic200
  convnet datasets pull --all
  convnet datasets pull cifar10 --from ~/Downloads/cifar-10-binary.tar.gz
  convnet datasets pull fashion200 --from ~/Downloads/archive.zip
  convnet datasets pull tinyimagenet --from http://cs231n.stanford.edu/tiny-imagenet-200.zip`,
		cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
			switch {
			case all && len(args) > 0:
				return &usageError{"give a NAME or --all, not both"}
			case all && from != "":
				return &usageError{"--from is for one NAME, not for --all"}
			case all:
				return a.with(ctx, func(pg *playground.Playground) error { return a.pullAll(ctx, pg) })
			case len(args) == 0:
				return &usageError{"give the NAME of a public dataset, or --all"}
			}
			return a.with(ctx, func(pg *playground.Playground) error { return a.pullOne(ctx, pg, args[0], from) })
		})
	c.Long = `Download one of the public sets that "convnet datasets list --available" shows: 200 pictures, ten
classes of twenty, in the order of the first ConvNet Playground. The pictures become part of the data
directory. After Ctrl-C or a cut connection the same command goes on.

--from takes the set from somewhere else: from its official archive, a folder unpacked from that, a
folder or archive of pictures 0.jpg to 199.jpg, or the address of one (of a folder with a slash at
its end).`
	c.Flags().StringVar(&from, "from", "", "archive, folder or `address` to take the pictures from")
	c.Flags().BoolVar(&all, "all", false, "download all public sets that are not there yet")
	return c
}

func (a *app) pullOne(ctx context.Context, pg *playground.Playground, name, from string) error {
	report, err := a.pull(ctx, pg, name, from)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(report)
	}
	a.printPull(report)
	return nil
}

// pullAll goes on after a set that fails: the others do not depend on it.
func (a *app) pullAll(ctx context.Context, pg *playground.Playground) error {
	sets, err := pg.PublicDatasets(ctx)
	if err != nil {
		return err
	}
	reports, failed := []playground.PullReport{}, 0
	for _, set := range sets {
		report, err := a.pull(ctx, pg, set.Name, "")
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			a.complain(firstLine(err))
			failed++
			continue
		}
		reports = append(reports, report)
		if !a.json {
			a.printPull(report)
		}
	}
	if a.json {
		if err := a.printJSON(reports); err != nil {
			return err
		}
	} else if len(sets) == 0 {
		fmt.Fprintln(a.stdout, "all public datasets are here already")
	}
	if failed > 0 {
		return fmt.Errorf("cannot pull %d of %d datasets: see above", failed, len(sets))
	}
	return nil
}

// pull pulls with a progress bar.
func (a *app) pull(ctx context.Context, pg *playground.Playground, name, from string) (playground.PullReport, error) {
	bar := a.progress("pulling " + name)
	defer bar.end()
	return pg.PullDataset(ctx, name, from, func(at playground.Progress) {
		if at.Bytes {
			bar.reportBytes(at.Done, at.Total)
		} else {
			bar.report(int(at.Done), int(at.Total))
		}
	})
}

func (a *app) printPull(r playground.PullReport) {
	there := ""
	if !r.Pulled {
		there = " is here already"
	}
	fmt.Fprintf(a.stdout, "dataset %s%s: %s in %s\n", r.Name, there, count(r.Images, "picture"), count(len(r.Classes), "class"))
}
