package cli

import (
	"context"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func (a *app) version() *cobra.Command {
	return a.command("version [flags]", "Print the version", "  convnet version\n  convnet version --json",
		cobra.NoArgs, func(context.Context, []string) error {
			if a.json {
				return a.printJSON(map[string]string{"version": a.build.Version, "commit": a.build.Commit, "go": runtime.Version()})
			}
			fmt.Fprintf(a.stdout, "convnet %s (%s), %s\n", a.build.Version, a.build.Commit, runtime.Version())
			return nil
		})
}
