package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/convnetplayground/convnet/internal/export"
)

func TestExport(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	must(t, "datasets", "add", "small", folder(t, map[string]int{"bird": 4, "coin": 4}), "--data", data)
	must(t, "index", "--dataset", "small", "--layer", "stem_conv", "--data", data)

	out := filepath.Join(dir, "site")
	stdout := must(t, "export", "--dataset", "small", "--out", out, "--data", data)
	for _, want := range []string{
		`^` + regexp.QuoteMeta(out) + `: 8 pictures, 1 layer of efficientnet-lite0, in \d+\.\d s\n\nPART +FILES +MB\n`,
		`\nsimilarity +4 +0\.0\n`, `\nall +\d+ +\d+\.\d\n`,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("no %s in:\n%s", want, stdout)
		}
	}
	code, _, stderr := run(t, "export", "--dataset", "small", "--out", out, "--data", data)
	if want := "convnet: cannot export to " + out + ": the folder is not empty; name a new folder, or an empty one\n"; code != exitFailed || stderr != want {
		t.Errorf("a second time: exit code %d, %q", code, stderr)
	}
	if _, err := os.Stat(filepath.Join(out, "assets", "semsearch", "details.json")); err != nil {
		t.Error(err)
	}
	report := mustJSON[export.Report](t, "export", "--dataset", "small", "--out", filepath.Join(dir, "second"), "--data", data)
	if report.Images != 8 || report.Layers != 1 || report.Ranks != 7 || report.Files == 0 || report.Bytes == 0 || len(report.Parts) == 0 {
		t.Errorf("%+v", report)
	}
}
