package cli

import (
	"encoding/csv"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/playground"
)

func TestCompare(t *testing.T) {
	data := t.TempDir()
	must(t, "datasets", "add", "small", folder(t, map[string]int{"bird": 4, "coin": 4}), "--data", data)
	common := []string{"compare", "--dataset", "small", "--top", "3", "--data", data}

	code, stdout, stderr := run(t, common...)
	if want := "convnet: cannot compare: dataset small is not indexed with pooling avg; index it with: convnet index --dataset small --model efficientnet-lite0 --pool avg\n"; code != exitFailed || stdout != "" || stderr != want {
		t.Errorf("before the index: exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	must(t, "index", "--dataset", "small", "--layer", "top_activation", "--layer", "stem_conv", "--data", data)

	one := append(common, "--query", "5")
	result := mustJSON[playground.CompareResult](t, one...)
	if len(result.Rows) != 2 || *result.Query.Index != 5 || result.Query.Class != "coin" || len(result.Best) == 0 || len(result.Missing) != 2 {
		t.Errorf("%+v", result)
	}
	found := mustJSON[playground.SearchResult](t, "search", "--dataset", "small", "--layer", "stem_conv", "--top", "3", "--query", "5", "--data", data)
	if row := result.Rows[0]; row.Layer != "stem_conv" || *row.Score != *found.Score || row.Results[2] != found.Results[2].Index {
		t.Errorf("%+v, a search finds %+v", row, found)
	}
	stdout = must(t, one...)
	for _, want := range []string{
		`^small: cosine, pooling avg, transform sqrt-center\nquery coin/\S+ \(5\), coin\n\n`,
		`\n +MODEL +LAYER +SCORE +SAME CLASS +NEAREST\n`,
		`\n[* ] +efficientnet-lite0 +stem_conv +\d+\.\d +\d / 3 +\d+ \d+ \d+\n`,
		`\n\* +efficientnet-lite0 +top_activation`,
		`\nnot indexed: 6 layers of efficientnet-lite0; index with: convnet index --dataset small --model efficientnet-lite0 --pool avg\nnot indexed: 8 layers of efficientnet-lite2; `,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("no %s in:\n%s", want, stdout)
		}
	}

	own := "../../dataset/stamps/carnivore_mammal/badger.jpg"
	stdout = must(t, append(common, "--image", own)...)
	for _, want := range []string{
		`\nquery ` + regexp.QuoteMeta(own) + `\n\n`,
		`\n +efficientnet-lite0 +stem_conv +- +- +\d \d \d\n`,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("no %s in:\n%s", want, stdout)
		}
	}

	scores := mustJSON[playground.ScoresResult](t, common...)
	e := mustJSON[playground.Evaluation](t, "evaluate", "--dataset", "small", "--layer", "stem_conv", "--top", "3", "--data", data)
	if row := scores.Rows[0]; row.Layer != "stem_conv" || row.Summary != e.Summary || len(row.Scores) != 8 || row.Interval == nil {
		t.Errorf("%+v, evaluated %+v", row, e)
	}
	stdout = must(t, common...)
	for _, want := range []string{
		`^small: cosine, pooling avg, transform sqrt-center, 8 queries\n\n +MODEL +LAYER +SCORE +95 % INTERVAL +P@1 +P@15 +MAP +NDCG\n`,
		`\n[* ] +efficientnet-lite0 +stem_conv +\d+\.\d +\d+\.\d to \d+\.\d +\d\.\d{3} +\d\.\d{3} +\d\.\d{3} +\d\.\d{3}\n`,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("no %s in:\n%s", want, stdout)
		}
	}
}

func TestCompareAsCSV(t *testing.T) {
	data := t.TempDir()
	must(t, "datasets", "add", "small", folder(t, map[string]int{"bird": 3, "coin": 1}), "--data", data)
	must(t, "index", "--dataset", "small", "--layer", "top_activation", "--data", data)
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"one", []string{"--query", "0"}, `^model,layer,score,same_class,results\nefficientnet-lite0,top_activation,[\d.]+,2,\d \d \d\n$`},
		{"all", nil, `^model,layer,queries,weighted_score,interval_low,interval_high,precision_at_1,precision_at_15,mean_average_precision,ndcg\nefficientnet-lite0,top_activation,4(,[\d.]+){7}\n$`},
	} {
		file := filepath.Join(t.TempDir(), tt.name+".csv")
		must(t, append([]string{"compare", "--dataset", "small", "--data", data, "--csv", file}, tt.args...)...)
		text := read(t, file)
		if !regexp.MustCompile(tt.want).MatchString(text) {
			t.Errorf("%s: %q", tt.name, text)
		}
		if rows, err := csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil || len(rows) != 2 {
			t.Errorf("%s: %d rows, %v", tt.name, len(rows), err)
		}
	}
	code, _, stderr := run(t, "compare", "--dataset", "small", "--data", data, "--csv", filepath.Join(data, "no", "scores.csv"))
	if code != exitFailed || !strings.HasPrefix(stderr, "convnet: cannot write ") {
		t.Errorf("into a folder that is not there: exit code %d, %q", code, stderr)
	}
}

func TestLabelsAreNoFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "cat": "cat", "a=b": "a=b", "=SUM(1,2)": "'=SUM(1,2)", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "🦜": "🦜",
	} {
		if got := label(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestCompareSaysWhatIsWrong(t *testing.T) {
	data := t.TempDir()
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--dataset", "stmps"}, exitFailed, `convnet: dataset "stmps" is unknown; did you mean stamps?`},
		{[]string{"--model", "alexnet"}, exitFailed, `convnet: model "alexnet" is unknown`},
		{[]string{"--model", "vgg16"}, exitFailed, `its weights are not installed; install them with: convnet models pull`},
		{[]string{"--metric", "cosin"}, exitFailed, `convnet: metric "cosin" is unknown; did you mean cosine?`},
		{[]string{"--query", "204"}, exitFailed, `convnet: dataset "stamps" has no picture 204; its pictures are 0 to 203`},
		{[]string{"--query", "-2"}, exitUsage, `convnet: --query -2 is below 0; see convnet compare --help`},
		{[]string{"--query", "2", "--image", "cat.jpg"}, exitUsage, `convnet: name one picture: --query N or --image FILE; see convnet compare --help`},
		{[]string{"--image", "no-such.jpg"}, exitFailed, `convnet: cannot open the picture: `},
		{[]string{"--top", "0"}, exitFailed, `0 results are asked for; ask for at least 1`},
		{[]string{"--resize", "orginal"}, exitFailed, `convnet: resizing "orginal" is unknown; did you mean original?`},
	} {
		code, stdout, stderr := run(t, append([]string{"compare", "--data", data}, tt.args...)...)
		if code != tt.code || stdout != "" || !strings.Contains(stderr, tt.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q", tt.args, code, stdout, stderr)
		}
	}
}
