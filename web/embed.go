//go:build ui

package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Built tells whether the page is part of this binary.
const Built = true

// Files returns the built page: index.html at the root, everything that its
// build gave a content hash under assets/. The files never change while the
// program runs.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: the embedded page has no dist directory")
	}
	return files
}
