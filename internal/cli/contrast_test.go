package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/playground"
)

func TestContrast(t *testing.T) {
	data := t.TempDir()
	must(t, "datasets", "add", "small", folder(t, map[string]int{"bird": 4, "coin": 4}), "--data", data)
	common := []string{"contrast", "--dataset", "small", "--top", "3", "--query", "5", "--other-layer", "stem_conv", "--data", data}
	c := mustJSON[playground.Contrast](t, common...)
	if c.First.Layer != "top_activation" || c.Second.Layer != "stem_conv" || len(c.First.Results) != 3 || len(c.Second.Results) != 3 {
		t.Errorf("%+v", c)
	}
	if len(c.Common)+len(c.OnlyFirst) != 3 || len(c.Common)+len(c.OnlySecond) != 3 {
		t.Errorf("%d in both, %v, %v", len(c.Common), c.OnlyFirst, c.OnlySecond)
	}
	stdout := must(t, common...)
	for _, want := range []string{
		`^first: top_activation of efficientnet-lite0, cosine, pooling avg, transform sqrt-center: score \d+\.\d\nsecond: stem_conv of `,
		`\n\d in both, \d only in the first, \d only in the second\n\nRANK +FIRST +IN SECOND +SECOND +IN FIRST\n`,
		`\n1 +` + regexp.QuoteMeta(c.First.Results[0].File) + ` +[-123] +` + regexp.QuoteMeta(c.Second.Results[0].File) + ` +[-123]\n`,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("no %s in:\n%s", want, stdout)
		}
	}
}

func TestTheSecondSearchIsTheFirstButForWhatIsSaid(t *testing.T) {
	first := playground.SearchSettings{Dataset: "d", Model: "m", Layer: "l", Metric: "minkowski", P: 4, Pool: "max", Transform: "none", Size: 96, Top: 5}
	with := func(change func(*playground.SearchSettings)) playground.SearchSettings {
		s := first
		change(&s)
		return s
	}
	for name, tt := range map[string]struct{ said, want playground.SearchSettings }{
		"nothing":        {playground.SearchSettings{}, first},
		"a layer":        {playground.SearchSettings{Layer: "k"}, with(func(s *playground.SearchSettings) { s.Layer = "k" })},
		"a model":        {playground.SearchSettings{Model: "n"}, with(func(s *playground.SearchSettings) { s.Model, s.Layer = "n", "" })},
		"the same model": {playground.SearchSettings{Model: "m"}, first},
		"a metric":       {playground.SearchSettings{Metric: "cosine"}, with(func(s *playground.SearchSettings) { s.Metric, s.P = "cosine", 0 })},
		"a power":        {playground.SearchSettings{P: 2}, with(func(s *playground.SearchSettings) { s.P = 2 })},
	} {
		if got := otherThan(first, tt.said); got != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestContrastSaysWhatIsWrong(t *testing.T) {
	data := t.TempDir()
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, `convnet: name one picture: --query N or --image FILE; see convnet contrast --help`},
		{[]string{"--query", "1", "--other-metric", "cosin"}, exitFailed, `convnet: metric "cosin" is unknown; did you mean cosine?`},
		{[]string{"--query", "204"}, exitFailed, `convnet: dataset "stamps" has no picture 204`},
	} {
		code, stdout, stderr := run(t, append([]string{"contrast", "--data", data}, tt.args...)...)
		if code != tt.code || stdout != "" || !strings.Contains(stderr, tt.want) {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q", tt.args, code, stdout, stderr)
		}
	}
}
