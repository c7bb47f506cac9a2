package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) models() *cobra.Command {
	models := a.group("models", "List the networks, and install their weights",
		`List the networks, and install their weights. Two networks have theirs in the program; those of others
are pulled from where Keras has them, or imported from a file of your own.`)
	models.Example = "  convnet models list\n  convnet models show efficientnet-lite0\n  convnet models pull resnet50"
	models.AddCommand(
		a.command("list [flags]", "List the networks", "  convnet models list\n  convnet models list --json",
			cobra.NoArgs, func(context.Context, []string) error { return a.listModels() }),
		a.command("show MODEL [flags]", "Show a network with all its layers",
			"  convnet models show efficientnet-lite0\n  convnet models show efficientnet-lite2 --json",
			cobra.ExactArgs(1), func(_ context.Context, args []string) error { return a.showModel(args[0]) }),
		a.pullModel(), a.importModel(), a.removeModel(),
	)
	return models
}

func (a *app) listModels() error {
	library, err := a.library()
	if err != nil {
		return err
	}
	models, err := library.List()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(models)
	}
	rows := [][]string{{"NAME", "TITLE", "PARAMETERS", "INPUT", "WEIGHTS", "LICENCE"}}
	for _, m := range models {
		rows = append(rows, []string{m.Name, m.Title, fmt.Sprint(m.Parameters), shape(m.Input), m.Weights, m.Licence})
	}
	return a.table(rows)
}

func (a *app) showModel(name string) error {
	library, err := a.library()
	if err != nil {
		return err
	}
	m, err := library.Show(name)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(m)
	}
	about := fmt.Sprintf("%s, %d parameters, input %s, weights %s", m.Family, m.Parameters, shape(m.Input), m.Weights)
	if m.Licence != "" { // of weights of one's own it is not known
		about += ", " + m.Licence
	}
	title := m.Title
	if !strings.Contains(title, m.Name) {
		title += " (" + m.Name + ")"
	}
	fmt.Fprintf(a.stdout, "%s\n%s\n\n", title, about)
	rows := [][]string{{"INDEX", "LAYER", "TYPE", "SHAPE", "PARAMETERS", "CUMULATIVE", "SEARCH"}}
	for _, l := range m.Layers {
		search := ""
		if l.Search {
			search = "yes"
		}
		rows = append(rows, []string{
			fmt.Sprint(l.Index), l.Name, l.Type, shape(l.Shape),
			fmt.Sprint(l.Parameters), fmt.Sprint(l.ParametersCumulative), search,
		})
	}
	return a.table(rows)
}

func shape(s [3]int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(s), " ", "x"), "[]")
}
