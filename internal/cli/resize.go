package cli

import (
	"github.com/spf13/cobra"

	"github.com/convnetplayground/convnet/internal/playground"
)

// resizeFlags are those of verbs that pass pictures of one's own through a
// network; aspect is the verb's default.
func resizeFlags(c *cobra.Command, r *playground.Resizing, aspect string) {
	sizeFlags(c, &r.Resize, &r.Size)
	c.Flags().StringVar(&r.Aspect, "aspect", "", "how a picture becomes square: crop or squash (default: "+aspect+")")
	c.Flags().StringVar(&r.Filter, "filter", "", "resampling: nearest, bilinear or bicubic (default: bilinear)")
}

// sizeFlags are those of all verbs that pass pictures through a network.
func sizeFlags(c *cobra.Command, resize *string, size *int) {
	c.Flags().StringVar(resize, "resize", "", "way to resize: "+names(playground.Choices().Resizes)+" (default: standard)")
	c.Flags().IntVar(size, "size", 0, "height and width of the network's input (default: those it was trained at)")
}
