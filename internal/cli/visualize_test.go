package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/featurevis"
	"github.com/convnetplayground/convnet/internal/playground"
)

func TestVisualizeWritesTheSamePictureWithItsRecipe(t *testing.T) {
	dir := t.TempDir()
	common := []string{"visualize", "--layer", "block2b_add", "--channel", "3", "--with", "5", "--steps", "3", "--size", "33", "--seed", "9"}
	one, two := filepath.Join(dir, "one.png"), filepath.Join(dir, "two.png")
	stdout := must(t, append(common, "--out", one)...)
	if !strings.HasPrefix(stdout, one+": 33x33, objective ") || !strings.Contains(stdout, " after 3 steps in ") {
		t.Errorf("it prints %q", stdout)
	}
	v := mustJSON[playground.Visualization](t, append(common, "--out", two, "--threads", "1")...)
	if read(t, one) != read(t, two) {
		t.Error("the same recipe gave two pictures")
	}
	recipe, err := featurevis.ReadRecipe(bytes.NewReader([]byte(read(t, one))))
	if err != nil || recipe.String() != v.Recipe.String() || recipe.Hash() != v.Hash || recipe.Seed != 9 || len(recipe.Channels) != 2 {
		t.Errorf("recipe %s, %v, in JSON %s", recipe, err, v.Recipe)
	}
}

func TestVisualizeChannelsGoesOn(t *testing.T) {
	dir := t.TempDir()
	args := []string{"visualize", "--layer", "stem_conv", "--channels", "original", "--steps", "1", "--size", "32", "--out", dir}
	// The weights of channel 16 are zero.
	stdout := must(t, args...)
	for _, want := range []string{dir + ": 32 channels of efficientnet-lite0, 31 rendered in ", "stem_conv/16.png: it is dead: no gradient from 6 starts"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in %q", want, stdout)
		}
	}
	if err := os.Remove(filepath.Join(dir, "efficientnet-lite0", "stem_conv", "31.png")); err != nil {
		t.Fatal(err)
	}
	report := mustJSON[playground.VisualizeChannelsReport](t, args...)
	if report.Channels != 32 || report.Rendered != 1 || len(report.Problems) != 1 {
		t.Errorf("%+v", report)
	}
}
