package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (a *app) doctor() *cobra.Command {
	c := a.command("doctor [flags]", "Examine the program and this machine",
		"  convnet doctor\n  convnet doctor --data /srv/convnet --json", cobra.NoArgs, a.runDoctor)
	c.Long = "Examine the program and this machine. It fails if a check does."
	return c
}

var errUnhealthy = errors.New("a check failed: see the list; the reasons stand beside them")

func (a *app) runDoctor(ctx context.Context, _ []string) error {
	d, err := playground.Doctor(ctx, a.options())
	if err != nil {
		return err
	}
	if err := a.printDiagnosis(d); err != nil {
		return err
	}
	if !d.Healthy {
		return errUnhealthy
	}
	return nil
}

func (a *app) printDiagnosis(d playground.Diagnosis) error {
	if a.json {
		return a.printJSON(d)
	}
	fmt.Fprintf(a.stdout, "convnet %s (%s), %s, %s\n%s, %s kernels\n\n",
		d.Version, d.Commit, d.Go, d.Platform, count(d.Cores, "core"), d.CPULevel)
	var rows [][]string
	for _, c := range d.Checks {
		verdict := "ok"
		if !c.OK {
			verdict = "FAILED"
		}
		rows = append(rows, []string{verdict, c.Name, c.Detail})
	}
	return a.table(rows)
}
