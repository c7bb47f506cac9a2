package api

import (
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// compressed gzips texts for clients that take it. Pictures are small already,
// and events must not wait in a buffer.
func compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !takesGzip(r.Header.Get("Accept-Encoding")) || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		z := &gzipWriter{ResponseWriter: w}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

func takesGzip(accept string) bool {
	for coding := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if strings.TrimSpace(name) != "gzip" {
			continue
		}
		q = strings.ReplaceAll(q, " ", "")
		return q != "q=0" && !strings.HasPrefix(q, "q=0.000")
	}
	return false
}

var gzipPool = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// gzipWriter compresses from the moment the headers say that it is worth it.
type gzipWriter struct {
	http.ResponseWriter
	gzip    *gzip.Writer
	started bool
}

func (z *gzipWriter) WriteHeader(status int) {
	if !z.started {
		z.started = true
		h := z.Header()
		hasBody := status != http.StatusNoContent && status != http.StatusNotModified
		if hasBody && h.Get("Content-Encoding") == "" && isText(h.Get("Content-Type")) {
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			z.gzip = gzipPool.Get().(*gzip.Writer)
			z.gzip.Reset(z.ResponseWriter)
		}
	}
	z.ResponseWriter.WriteHeader(status)
}

func isText(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind {
	case "application/json", "application/problem+json", "text/html", "text/css", "text/javascript",
		"text/plain", "image/svg+xml", "application/manifest+json":
		return true
	}
	return false
}

func (z *gzipWriter) Write(b []byte) (int, error) {
	if !z.started {
		z.WriteHeader(http.StatusOK)
	}
	if z.gzip == nil {
		return z.ResponseWriter.Write(b)
	}
	return z.gzip.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (z *gzipWriter) Unwrap() http.ResponseWriter { return z.ResponseWriter }

func (z *gzipWriter) close() {
	if z.gzip == nil {
		return
	}
	// An error means that the client is gone.
	_ = z.gzip.Close()
	z.gzip.Reset(nil)
	gzipPool.Put(z.gzip)
}
