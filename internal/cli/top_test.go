package cli

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/playground"
)

func TestTopIndexesWhatIsMissing(t *testing.T) {
	data := t.TempDir()
	dir := t.TempDir()
	for i, name := range []string{"bird/duck.jpg", "bird/pink_flamingo.jpg", "carnivore_mammal/dingo.jpg"} {
		write(t, filepath.Join(dir, fmt.Sprint(i)+".jpg"), read(t, filepath.Join("../../dataset/stamps", name)))
	}
	must(t, "datasets", "add", "mine", dir, "--data", data)
	args := []string{"top", "--dataset", "mine", "--layer", "block2b_add", "--channel", "3", "--data", data}
	result := mustJSON[playground.TopResult](t, args...)
	if len(result.Results) != 3 || result.Map != [2]int{56, 56} || result.Results[0].Value < result.Results[2].Value {
		t.Errorf("it answers %+v", result)
	}
	stdout := must(t, args...)
	first := result.Results[0]
	for _, want := range []string{
		`^mine: channel 3 of block2b_add of efficientnet-lite0, a map of 56x56, in 3 pictures\n\nRANK +VALUE +ROW +COLUMN +CELL +BOX +INDEX +CLASS +FILE\n`,
		fmt.Sprintf(`\n1 +%.4f +%d +%d +\d+,\d+-\d+,\d+ +\d+,\d+-\d+,\d+ +%d +%s\n`, first.Value, first.Position[0], first.Position[1], first.Index, first.File),
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("no %s in:\n%s", want, stdout)
		}
	}
	// The weights of channel 16 are zero.
	dead := must(t, "top", "--dataset", "mine", "--layer", "stem_conv", "--channel", "16", "--data", data)
	if !strings.HasSuffix(dead, "no picture excites it: its greatest value is 0\n") {
		t.Errorf("a dead channel: %s", dead)
	}
}

func TestActivationDrawsAndTells(t *testing.T) {
	out := filepath.Join(t.TempDir(), "map.png")
	args := []string{"activation", "--layer", "block4c_add", "--channel", "17", "../../dataset/stamps/bird/duck.jpg"}
	m := mustJSON[playground.ActivationMap](t, args...)
	stdout := must(t, append(args, "--out", out)...)
	want := fmt.Sprintf("../../dataset/stamps/bird/duck.jpg: channel 17 of block4c_add of efficientnet-lite0, a map of 14x14\n"+
		"least %.4f, mean %.4f, greatest %.4f at row %d, column %d\n", m.Min, m.Mean, m.Max, m.Position[0], m.Position[1])
	if stdout != want {
		t.Errorf("it prints\n%s, want\n%s", stdout, want)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if im, err := png.DecodeConfig(f); err != nil || im.Width != 36*14 || im.Height != 36*14 {
		t.Errorf("the heat map is %dx%d, %v", im.Width, im.Height, err)
	}
	stdout = must(t, "activation", "--layer", "stem_conv", "--channel", "16", "../../dataset/stamps/bird/duck.jpg")
	if !strings.HasSuffix(stdout, "it is the same everywhere: the picture does not excite the channel\n") {
		t.Errorf("a dead channel: %s", stdout)
	}
}
