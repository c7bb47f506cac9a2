//go:build !ui

package web

import (
	"embed"
	"io/fs"
)

//go:embed unbuilt
var unbuilt embed.FS

// Built tells whether the page is part of this binary.
const Built = false

// Files returns a single index.html that says how to build the page; it
// stands in for the page where the binary was built without the ui tag.
func Files() fs.FS {
	files, err := fs.Sub(unbuilt, "unbuilt")
	if err != nil {
		panic("web: the embedded notice is missing")
	}
	return files
}
