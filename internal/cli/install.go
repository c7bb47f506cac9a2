package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) pullModel() *cobra.Command {
	var r playground.PullRequest
	var all bool
	c := a.command("pull (MODEL… | --all) [flags]", "Install the official weights of networks",
		`  convnet models pull resnet50
  convnet models pull vgg16 --notop
  convnet models pull resnet50 --from ~/Downloads/resnet50.h5
  convnet models pull --all`,
		cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
			switch {
			case all == (len(args) > 0):
				return &usageError{"name networks, or --all"}
			case (r.From != "" || r.SHA256 != "") && len(args) != 1:
				return &usageError{"--from and --sha256 are for one network"}
			}
			return a.runPull(ctx, args, all, r)
		})
	c.Long = `Download the official weights of networks from the addresses that Keras uses, check them and install
them. A download that was cut goes on where it ended; what is installed stays.`
	flags := c.Flags()
	flags.BoolVar(&all, "all", false, "every network that has official weights")
	flags.StringVar(&r.From, "from", "", "`file or address` to take the weights from")
	flags.StringVar(&r.SHA256, "sha256", "", "`hash` that a file from elsewhere must have")
	flags.BoolVar(&r.NoTop, "notop", false, "without the classifier: smaller; to search and explore, not to predict")
	flags.BoolVar(&r.Replace, "replace", false, "replace what is installed")
	return c
}

func (a *app) runPull(ctx context.Context, names []string, all bool, r playground.PullRequest) error {
	models, err := a.library()
	if err != nil {
		return err
	}
	if all {
		names = models.Pullable()
	}
	reports := []playground.InstallReport{}
	var failed []error
	for _, name := range names {
		r.Model = name
		bar := a.progress("pulling " + name)
		report, err := models.Pull(ctx, r, bar.reportBytes)
		bar.end()
		if err != nil {
			if ctx.Err() != nil || !all {
				return err
			}
			// The others can still be had.
			a.complain(firstLine(err))
			failed = append(failed, err)
			continue
		}
		reports = append(reports, report)
		if !a.json {
			a.printInstall(report)
		}
	}
	if a.json {
		if err := a.printJSON(reports); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("cannot pull %d of %d networks: see above", len(failed), len(names))
	}
	return nil
}

func (a *app) printInstall(r playground.InstallReport) {
	state := "installed"
	if !r.Installed {
		state = "is here already"
	}
	fmt.Fprintf(a.stdout, "%s %s: ", r.Model, state)
	if r.Classes > 0 {
		fmt.Fprint(a.stdout, count(r.Classes, "class"))
	} else {
		fmt.Fprint(a.stdout, "without a classifier")
	}
	if r.Bytes > 0 {
		fmt.Fprintf(a.stdout, ", %.1f MB", float64(r.Bytes)/1e6)
	}
	fmt.Fprintf(a.stdout, ", from %s\n", r.Source)
}

func (a *app) importModel() *cobra.Command {
	var r playground.ImportRequest
	c := a.command("import FILE --as MODEL [flags]", "Install weights of your own",
		`  convnet models import flowers.weights.h5 --as mobilenetv2 --name flowers --labels flowers.txt
  convnet models import resnet50.safetensors --as resnet50`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			r.File = args[0]
			return a.runImport(ctx, r)
		})
	c.Long = `Install weights of a known network that were trained elsewhere: Keras .h5, .weights.h5 and .keras,
.safetensors, PyTorch .pth of EfficientNet-Lite. The number of classes may be another than ImageNet's.`
	flags := c.Flags()
	flags.StringVar(&r.Architecture, "as", "", "`network` that the weights are of")
	flags.StringVar(&r.Name, "name", "", "`name` that the model gets (default: that of the network)")
	flags.StringVar(&r.Labels, "labels", "", "text `file` with a label per line, in the order of the classes")
	flags.BoolVar(&r.Replace, "replace", false, "replace what is installed under the name")
	if err := c.MarkFlagRequired("as"); err != nil {
		panic("cli: import has no flag --as")
	}
	return c
}

func (a *app) runImport(ctx context.Context, r playground.ImportRequest) error {
	models, err := a.library()
	if err != nil {
		return err
	}
	bar := a.progress("importing " + r.File)
	report, err := models.Import(ctx, r, bar.reportBytes)
	bar.end()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(report)
	}
	a.printInstall(report)
	return nil
}

func (a *app) removeModel() *cobra.Command {
	return a.command("remove MODEL [flags]", "Remove installed weights", "  convnet models remove resnet50",
		cobra.ExactArgs(1), func(_ context.Context, args []string) error {
			models, err := a.library()
			if err != nil {
				return err
			}
			if err := models.Remove(args[0]); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]string{"removed": args[0]})
			}
			fmt.Fprintf(a.stdout, "%s removed\n", args[0])
			return nil
		})
}
