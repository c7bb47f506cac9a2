package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/web"
)

// Config tells New what to serve.
type Config struct {
	Playground *playground.Playground
	Version    string
	Files      fs.FS    // the page: index.html, and hashed files below assets/
	Hosts      []string // names by which the server may be called, besides its address
	Logger     *slog.Logger
}

// Server answers the API and the page.
type Server struct {
	handler http.Handler
	hosts   []string
	log     *slog.Logger
	stop    context.CancelFunc // ends event streams
}

// New prepares a server.
func New(c Config) (*Server, error) {
	ctx, stop := context.WithCancel(context.Background())
	s := &service{pg: c.Playground, log: c.Logger, ctx: ctx}
	mux := http.NewServeMux()
	description := routes(s, mux, c.Version)
	addFallbacks(mux, description)
	if err := addDescription(mux, description); err != nil {
		stop()
		return nil, err
	}
	page, err := newPage(c.Files)
	if err != nil {
		stop()
		return nil, err
	}
	mux.Handle("/", page)

	server := &Server{hosts: c.Hosts, log: c.Logger, stop: stop}
	server.handler = secured(compressed(server.recovered(plainPaths(mux))))
	return server, nil
}

// ServeHTTP answers one request, whatever its Host.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Timeouts of the server. There is none for whole answers: events go on as
// long as their job, and each write of them has its own.
const (
	headerTimeout   = 5 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 5 * time.Second
)

// Serve answers on l, which it closes, until ctx is done. Requests under way
// get some seconds to finish. Requests that call the server by a name that is
// not its own, or come from a page of another origin, are refused.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	defer s.stop()
	guard := newGuard(l.Addr(), s.hosts)
	server := &http.Server{
		Handler:           guard.wrap(s),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	server.RegisterOnShutdown(s.stop)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := server.Shutdown(grace)
	if err != nil {
		err = server.Close()
	}
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		return served
	}
	return err
}

// addFallbacks answers what no operation does: other methods of a path with
// 405, other paths below /api with 404.
func addFallbacks(mux *http.ServeMux, description *huma.OpenAPI) {
	for pattern, item := range description.Paths {
		var methods []string
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodDelete: item.Delete,
		} {
			if op != nil {
				methods = append(methods, method)
			}
		}
		if item.Get != nil {
			methods = append(methods, http.MethodHead)
		}
		slices.Sort(methods)
		mux.HandleFunc(pattern, notAllowed(methods...))
	}
	notFound := func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, problem(http.StatusNotFound, "not_found", fmt.Sprintf("no address %q", shorten(r.URL.Path)), "the addresses are listed at /docs"))
	}
	mux.HandleFunc("/api", notFound)
	mux.HandleFunc("/api/", notFound)
}

func notAllowed(methods ...string) http.HandlerFunc {
	allow := strings.Join(methods, ", ")
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		writeProblem(w, problem(http.StatusMethodNotAllowed, "method_not_allowed",
			fmt.Sprintf("%s is not allowed at this address", shorten(r.Method)), "use "+allow))
	}
}

// addDescription serves the OpenAPI document, and a page that shows it.
func addDescription(mux *http.ServeMux, description *huma.OpenAPI) error {
	doc, err := json.MarshalIndent(description, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write the description of the API: %w", err)
	}
	docs, err := renderDocs(description)
	if err != nil {
		return err
	}
	serve := func(pattern, contentType string, content []byte) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(content) // the client may be gone
		})
		mux.HandleFunc(pattern, notAllowed(http.MethodGet, http.MethodHead))
	}
	serve("/openapi.json", "application/json", doc)
	serve("/docs", "text/html; charset=utf-8", docs)
	serve("/docs.css", "text/css; charset=utf-8", docsStyle)
	return nil
}

// plainPaths keeps the mux from redirecting requests for the API: a path that
// is not in its plain form names nothing.
func plainPaths(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		escaped := r.URL.EscapedPath()
		switch {
		case r.Method == http.MethodConnect:
			notAllowed(http.MethodGet, http.MethodHead)(w, r)
		case escaped != path.Clean(escaped) && escaped != path.Clean(escaped)+"/":
			writeProblem(w, problem(http.StatusNotFound, "not_found", fmt.Sprintf("no address %q", shorten(r.URL.Path)), ""))
		default:
			// The answers are of one type each; the framework's reading of
			// Accept would only find reasons to fail.
			r.Header.Del("Accept")
			next.ServeHTTP(w, r)
		}
	})
}

// policy is that of the page, which no other page may frame.
const policy = web.Policy + "; frame-ancestors 'none'"

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// recovered turns a crash of one request into its answer.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			s.log.Error("a request crashed", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			writeProblem(w, problem(http.StatusInternalServerError, "internal", "the request could not be answered", "the server's log has the reason"))
		}()
		next.ServeHTTP(w, r)
	})
}
