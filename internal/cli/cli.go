// Package cli says the playground's verbs in the shell: one file per verb.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

// Build is what the linker stamped into the program.
type Build struct{ Version, Commit string }

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as shells report it: 128 + SIGINT
)

// Main runs the program with the arguments after its name, ends it on Ctrl-C,
// and returns the exit code.
func Main(args []string, build Build) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the program at once.
	defer context.AfterFunc(ctx, stop)()
	return Run(ctx, args, os.Stdout, os.Stderr, build)
}

// Run is Main with a given context and given outputs. An error is one line on
// stderr: what failed, why, and a hint.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer, build Build) int {
	a := &app{build: build, stdout: stdout, stderr: stderr}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	var usage *usageError
	switch {
	case errors.As(err, &usage) || !a.running:
		a.complain(fmt.Sprintf("%s; see %s --help", firstLine(err), command.CommandPath()))
		return exitUsage
	case ctx.Err() != nil:
		a.complain("interrupted: nothing is half-written; the same command goes on from what is finished")
		return exitInterrupted
	}
	a.complain(firstLine(err))
	return exitFailed
}

// maxThreads is more than any machine that this runs on has cores.
const maxThreads = 1024

// app is one run of the program.
type app struct {
	build          Build
	stdout, stderr io.Writer
	data           string
	threads        int
	json           bool
	running        bool // flags and arguments were right
}

// usageError is a wrong use that only the command itself can see.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func firstLine(err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return line
}

func (a *app) complain(message string) {
	fmt.Fprintln(a.stderr, "convnet: "+message)
}

func (a *app) root() *cobra.Command {
	root := a.group("convnet", "Search pictures by what convolutional networks see in them",
		`ConvNet Playground: search pictures, your own too, by any layer of a convolutional network,
in the browser or in the shell. It works offline: two networks and example pictures are part of it.
Others come with "convnet models pull" and "convnet datasets pull".`)
	root.Example = `  convnet serve --open
  convnet search --query 37
  convnet search --image cat.jpg
  convnet datasets add holidays ~/Pictures/holidays
  convnet predict dog.jpg`
	root.SilenceErrors = true
	root.SilenceUsage = true
	root.CompletionOptions.HiddenDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVar(&a.data, "data", "", "data `directory` (default: convnet below $XDG_DATA_HOME or ~/.local/share)")
	flags.IntVar(&a.threads, "threads", 0, "threads that compute (default: all cores)")
	flags.BoolVar(&a.json, "json", false, "print JSON")
	root.AddCommand(
		a.serve(), a.models(), a.datasets(), a.index(), a.predict(), a.embed(),
		a.search(), a.evaluate(), a.compare(), a.contrast(), a.mapVerb(), a.precompute(), a.export(), a.visualize(), a.gradient(), a.top(), a.activation(), a.bench(), a.doctor(), a.version(),
	)
	return root
}

// command makes a verb of a function.
func (a *app) command(use, short, example string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example, Args: args,
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			a.running = true
			if a.threads < 0 || a.threads > maxThreads {
				return &usageError{fmt.Sprintf("--threads %d is not 0 to %d", a.threads, maxThreads)}
			}
			return run(c.Context(), args)
		},
	}
}

// group makes a command that only holds others.
func (a *app) group(name, short, long string) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Long: long, Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			message := fmt.Sprintf("unknown command %q", args[0])
			var known []string
			for _, sub := range c.Commands() {
				known = append(known, sub.Name())
			}
			if near := playground.Near(args[0], known); len(near) > 0 {
				message += ": did you mean " + strings.Join(near, ", ") + "?"
			}
			return &usageError{message}
		},
	}
}

func (a *app) options() playground.Options {
	return playground.Options{Data: a.data, Threads: a.threads, Version: a.build.Version, Commit: a.build.Commit}
}

// with opens the playground for the time of a verb.
func (a *app) with(ctx context.Context, use func(*playground.Playground) error) error {
	pg, err := playground.New(ctx, a.options())
	if err != nil {
		return err
	}
	return errors.Join(use(pg), pg.Close())
}

// library opens the models of the data directory, for verbs that need no more.
func (a *app) library() (*playground.Models, error) { return playground.OpenModels(a.options()) }

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// table prints rows in aligned columns, the first row as their names.
func (a *app) table(rows [][]string) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}
