// Command convnet searches pictures by what convolutional networks see in them.
package main

import (
	"os"

	"github.com/convnetplayground/convnet/internal/cli"
)

// Stamped by the linker: -ldflags "-X main.version=… -X main.commit=…".
var (
	version = "dev"
	commit  = "unknown"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Build{Version: version, Commit: commit}))
}
