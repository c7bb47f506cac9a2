package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// page serves the files of the user interface, and its index.html for every
// address without an extension: those are views, which the page itself knows.
type page struct {
	files fs.FS
	tags  map[string]string // entity tag by name
}

func newPage(files fs.FS) (*page, error) {
	p := &page{files: files, tags: map[string]string{}}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		p.tags[name] = `"` + hex.EncodeToString(sum[:8]) + `"`
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the page: %w", err)
	}
	if p.tags["index.html"] == "" {
		return nil, fmt.Errorf("cannot read the page: no index.html in it")
	}
	return p, nil
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		notAllowed(http.MethodGet, http.MethodHead)(w, r)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	tag, ok := p.tags[name]
	if !ok && path.Ext(name) == "" {
		name = "index.html"
		tag, ok = p.tags[name]
	}
	if !ok {
		writeProblem(w, problem(http.StatusNotFound, "not_found", fmt.Sprintf("no file %q", shorten(name)), ""))
		return
	}
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	content, err := fs.ReadFile(p.files, name)
	if err != nil {
		panic("api: a file of the page is gone: " + name)
	}
	h.Set("Content-Type", contentType(name))
	_, _ = w.Write(content) // the client may be gone
}

// contentType does not ask the system, whose answers differ between machines.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".woff":
		return "font/woff"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
