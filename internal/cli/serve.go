package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/api"
	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/web"
)

type serving struct {
	addr    string
	hosts   []string
	open    bool
	workers int
}

func (a *app) serve() *cobra.Command {
	var s serving
	c := a.command("serve [flags]", "Serve the page and the API",
		`  convnet serve --open
  convnet serve --addr 127.0.0.1:0
  convnet serve --addr 0.0.0.0:8080 --host pictures.example`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return a.runServe(ctx, s) })
	c.Long = `Serve the page and the HTTP API until Ctrl-C. Only this machine can reach it unless --addr says
otherwise; then name the hosts under which it is called with --host. There are no accounts: whoever
reaches the server may use it. The API is described at /docs.`
	c.Flags().StringVar(&s.addr, "addr", "127.0.0.1:8080", "`address` to listen on; port 0 takes a free one")
	c.Flags().StringSliceVar(&s.hosts, "host", nil, "further host `name` by which the server may be called")
	c.Flags().BoolVar(&s.open, "open", false, "open the page in the browser")
	c.Flags().IntVar(&s.workers, "workers", 1, "jobs that compute at a time, each on all threads")
	return c
}

func (a *app) runServe(ctx context.Context, s serving) error {
	logger := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	listener, err := listen(ctx, s.addr)
	if err != nil {
		return err
	}
	options := a.options()
	options.Logger = logger
	options.Background = true
	options.Workers = s.workers
	pg, err := playground.New(ctx, options)
	if err != nil {
		listener.Close()
		return err
	}
	server, err := api.New(api.Config{Playground: pg, Version: a.build.Version, Files: web.Files(), Hosts: s.hosts, Logger: logger})
	if err != nil {
		listener.Close()
		return errors.Join(err, pg.Close())
	}
	if err := a.announce(pg, listener, s); err != nil {
		listener.Close()
		return errors.Join(err, pg.Close())
	}
	// The first search should not have to wait for it.
	if _, err := pg.StartIndex(ctx, playground.IndexRequest{}); err != nil {
		logger.Warn("the example pictures are not indexed", "error", err)
	}
	if err := errors.Join(server.Serve(ctx, listener), pg.Close()); err != nil {
		return err
	}
	a.complain("stopped")
	return nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err == nil {
		return listener, nil
	}
	e := &playground.Error{Kind: playground.Unavailable, What: "cannot listen on " + addr, Why: err.Error()}
	var reason *net.OpError
	if errors.As(err, &reason) {
		e.Why = reason.Err.Error()
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		e.Why = "another program listens there"
		e.Hint = "choose another address with --addr; port 0 takes a free one"
	case errors.Is(err, syscall.EACCES):
		e.Hint = "ports below 1024 need special rights; choose another with --addr"
	default:
		e.Hint = "an address is HOST:PORT, as in 127.0.0.1:8080"
	}
	return nil, e
}

// announce prints the address, and opens it.
func (a *app) announce(pg *playground.Playground, l net.Listener, s serving) error {
	url := address(l.Addr())
	about := pg.About()
	if a.json {
		err := a.printJSON(struct {
			Address string `json:"address"`
			playground.About
		}{url, about})
		if err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.stdout, "ConvNet Playground is at %s (Ctrl-C ends it)\n", url)
		fmt.Fprintf(a.stdout, "data in %s, %s kernels, %d threads\n", about.Data, about.CPULevel, about.Threads)
	}
	if !web.Built {
		a.complain("this binary has no page: only the API is served; make build puts the page in")
	}
	if s.open {
		if err := openBrowser(url); err != nil {
			a.complain(fmt.Sprintf("cannot open the browser: %v; go to %s", err, url))
		}
	}
	return nil
}

// address is where a browser on this machine finds the server.
func address(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return "http://" + addr.String()
	}
	if tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", tcp.Port)
	}
	return "http://" + tcp.String()
}

func openBrowser(url string) error {
	var c *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		c = exec.Command("open", url)
	case "windows":
		c = exec.Command("rundll32", "url.dll,FileProtocolHandler", url)
	default:
		c = exec.Command("xdg-open", url)
	}
	if err := c.Start(); err != nil {
		return err
	}
	return c.Process.Release()
}
