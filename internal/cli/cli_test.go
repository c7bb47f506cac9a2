package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/model"
)

var update = flag.Bool("update", false, "write the golden files anew")

// asProgram makes the test binary behave as the program, for tests that kill it.
const asProgram = "CONVNET_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(os.Args[1:], testBuild))
	}
	goleak.VerifyTestMain(m)
}

var testBuild = Build{Version: "1.2.3", Commit: "0123abc"}

// run is the program with these arguments.
func run(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Run(t.Context(), args, &out, &errs, testBuild)
	return code, out.String(), errs.String()
}

// must is run where nothing may go wrong.
func must(t testing.TB, args ...string) string {
	t.Helper()
	code, stdout, stderr := run(t, args...)
	if code != exitOK || stderr != "" {
		t.Fatalf("%v: exit code %d, stderr %q", args, code, stderr)
	}
	return stdout
}

func mustJSON[T any](t testing.TB, args ...string) (v T) {
	t.Helper()
	stdout := must(t, append(args, "--json")...)
	if err := json.Unmarshal([]byte(stdout), &v); err != nil {
		t.Fatalf("%v in: %s", err, stdout)
	}
	return v
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-golden +now):\n%s", file, diff)
	}
}

func TestOutputsAreTheGoldenOnes(t *testing.T) {
	data := t.TempDir()
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"help", []string{"--help"}},
		{"help-serve", []string{"serve", "--help"}},
		{"help-models", []string{"models", "--help"}},
		{"help-models-list", []string{"models", "list", "--help"}},
		{"help-models-show", []string{"models", "show", "--help"}},
		{"help-models-pull", []string{"models", "pull", "--help"}},
		{"help-models-import", []string{"models", "import", "--help"}},
		{"help-models-remove", []string{"models", "remove", "--help"}},
		{"help-datasets", []string{"datasets", "--help"}},
		{"help-datasets-list", []string{"datasets", "list", "--help"}},
		{"help-datasets-add", []string{"datasets", "add", "--help"}},
		{"help-datasets-pull", []string{"datasets", "pull", "--help"}},
		{"help-datasets-remove", []string{"datasets", "remove", "--help"}},
		{"help-index", []string{"index", "--help"}},
		{"help-predict", []string{"predict", "--help"}},
		{"help-embed", []string{"embed", "--help"}},
		{"help-search", []string{"search", "--help"}},
		{"help-evaluate", []string{"evaluate", "--help"}},
		{"help-compare", []string{"compare", "--help"}},
		{"help-contrast", []string{"contrast", "--help"}},
		{"help-map", []string{"map", "--help"}},
		{"help-precompute", []string{"precompute", "--help"}},
		{"help-export", []string{"export", "--help"}},
		{"help-visualize", []string{"visualize", "--help"}},
		{"help-gradient", []string{"gradient", "--help"}},
		{"help-top", []string{"top", "--help"}},
		{"help-activation", []string{"activation", "--help"}},
		{"help-bench", []string{"bench", "--help"}},
		{"help-doctor", []string{"doctor", "--help"}},
		{"help-version", []string{"version", "--help"}},
		{"models-list", []string{"models", "list"}},
		{"models-list-json", []string{"models", "list", "--json"}},
		{"models-show", []string{"models", "show", "efficientnet-lite0"}},
		{"datasets-list", []string{"datasets", "list", "--data", data}},
		{"datasets-list-available", []string{"datasets", "list", "--available", "--data", data}},
	} {
		t.Run(tt.name, func(t *testing.T) { golden(t, tt.name, must(t, tt.args...)) })
	}
}

func TestEveryCommandHasAnExample(t *testing.T) {
	a := &app{}
	commands := a.root().Commands()
	for len(commands) > 0 {
		c := commands[0]
		commands = append(commands[1:], c.Commands()...)
		if c.Example == "" && c.Name() != "help" && c.Name() != "completion" {
			t.Errorf("%s has no example", c.CommandPath())
		}
	}
}

func TestErrorsAreOneLineWithAHint(t *testing.T) {
	data := t.TempDir()
	dir := t.TempDir()
	text := filepath.Join(dir, "text.jpg")
	write(t, text, "hello")
	huge := filepath.Join(dir, "huge.png")
	write(t, huge, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x02\x00\x00\x00\x27\x30\x9c\x9f")
	cut := filepath.Join(dir, "cut.jpg")
	duck := read(t, duckFile)
	write(t, cut, duck[:len(duck)/2])
	weights := filepath.Join(dir, "lying.safetensors")
	write(t, weights, "\xff\xff\xff\xff\xff\xff\xff\x7f{}")
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string // regular expression
	}{
		{"unknown command", []string{"serch"}, 2, `^unknown command "serch": did you mean search.*\?; see convnet --help$`},
		{"unknown verb of models", []string{"models", "lst"}, 2, `^unknown command "lst": did you mean list\?; see convnet models --help$`},
		{"unknown flag", []string{"search", "--qurey", "3"}, 2, `^unknown flag: --qurey; see convnet search --help$`},
		{"flag that is no number", []string{"search", "--query", "x"}, 2, `^invalid argument "x" for "--query" flag.*; see convnet search --help$`},
		{"no query", []string{"search"}, 2, `^name one picture: --query N or --image FILE; see convnet search --help$`},
		{"two queries", []string{"search", "--query", "1", "--image", text}, 2, `^name one picture`},
		{"missing argument", []string{"models", "show"}, 2, `^accepts 1 arg\(s\), received 0; see convnet models show --help$`},
		{"surplus argument", []string{"doctor", "x"}, 2, `^unknown command "x" for "convnet doctor"; see convnet doctor --help$`},
		{"missing flag", []string{"embed", "--out", "x.npy", text}, 2, `^required flag\(s\) "layer" not set; see`},
		{"gradient of no channel", []string{"gradient", "--layer", "stem_conv", "--out", "x.npy", text}, 2, `^required flag\(s\) "channel" not set; see convnet gradient --help$`},
		{"gradient of two pictures", []string{"gradient", "--layer", "stem_conv", "--channel", "3", "--out", "x.npy", text, text}, 2, `^accepts 1 arg\(s\), received 2; see`},
		{"no layer to visualize", []string{"visualize", "--channel", "3", "--out", "x.png"}, 2, `^one --layer is needed, unless --channels is given; see convnet visualize --help$`},
		{"one channel and many", []string{"visualize", "--layer", "stem_conv", "--channel", "3", "--channels", "all", "--out", "x"}, 2, `^if any flags in the group \[channel channels\] are set`},
		{"no channel", []string{"top", "--layer", "stem_conv"}, 2, `^required flag\(s\) "channel" not set; see convnet top --help$`},
		{"no picture for an activation", []string{"activation", "--layer", "stem_conv", "--channel", "3"}, 2, `^accepts 1 arg\(s\), received 0; see convnet activation --help$`},
		{"negative threads", []string{"bench", "--threads", "-1"}, 2, `^--threads -1 is not 0 to 1024; see convnet bench --help$`},
		{"no runs", []string{"bench", "--runs", "0"}, 2, `^--runs is below 1`},

		{"unknown model", []string{"models", "show", "efficientnet-lite9"}, 1, `^model "efficientnet-lite9" is unknown; did you mean efficientnet-lite0.*\? list them with: convnet models list$`},
		{"unknown layer", []string{"search", "--query", "0", "--layer", "top_activaton"}, 1, `^layer "top_activaton" is unknown; did you mean top_activation`},
		{"unknown metric", []string{"search", "--query", "0", "--metric", "cosin"}, 1, `^metric "cosin" is unknown; did you mean cosine\? known: cosine, euclidean`},
		{"unknown pooling", []string{"search", "--query", "0", "--pool", "avgg"}, 1, `^pooling "avgg" is unknown; did you mean avg\? known: avg, max, flatten$`},
		{"pooling none for a search", []string{"search", "--query", "0", "--pool", "none"}, 1, `^pooling "none" is unknown`},
		{"unknown transform", []string{"search", "--query", "0", "--transform", "centre"}, 1, `^transform "centre" is unknown; did you mean center`},
		{"power for cosine", []string{"search", "--query", "0", "--p", "3"}, 1, `^cannot measure by cosine: .*`},
		{"power below 1", []string{"search", "--query", "0", "--metric", "minkowski", "--p", "0.5"}, 1, `^cannot measure by minkowski: .*`},
		{"channel past the end", []string{"top", "--layer", "stem_conv", "--channel", "32"}, 1, `^layer "stem_conv" of efficientnet-lite0 has no channel 32; its channels are 0 to 31$`},
		{"channel below nought", []string{"activation", "--layer", "stem_conv", "--channel", "-1", text}, 1, `^layer "stem_conv" of efficientnet-lite0 has no channel -1`},
		{"text for an activation", []string{"activation", "--layer", "stem_conv", "--channel", "1", text}, 1, `^cannot read .*text\.jpg: .*; use JPEG, PNG, GIF`},
		{"unknown dataset", []string{"search", "--query", "0", "--dataset", "stamp"}, 1, `^dataset "stamp" is unknown; did you mean stamps\? list them with: convnet datasets list$`},
		{"unknown filter", []string{"predict", "--filter", "bilinaer", text}, 1, `^filter "bilinaer" is unknown; did you mean bilinear`},
		{"text for a picture", []string{"predict", text}, 1, `^cannot read .*text\.jpg: .*; use JPEG, PNG, GIF`},
		{"missing picture", []string{"predict", filepath.Join(dir, "nosuch.jpg")}, 1, `^cannot open the picture: .*nosuch\.jpg.*; check the path$`},
		{"huge picture", []string{"predict", huge}, 1, `^cannot read .*huge\.png: .*; scale it down$`},
		{"truncated picture", []string{"predict", cut}, 1, `^cannot read .*cut\.jpg: .*; fetch or save it again$`},
		{"folder for a picture", []string{"predict", dir}, 1, `^cannot read .*: it is a folder; name a picture file$`},
		{"lying weights", []string{"predict", "--weights", weights, text}, 1, `^cannot use the weights: .*lying\.safetensors: .*`},
		{"missing weights", []string{"predict", "--weights", filepath.Join(dir, "nosuch"), text}, 1, `^cannot open the weights: .*nosuch.*; check the path$`},
		{"public dataset that was not pulled", []string{"search", "--query", "0", "--dataset", "cifar10"}, 1, `^dataset "cifar10" is not here yet; download it with: convnet datasets pull cifar10$`},
		{"empty folder", []string{"datasets", "add", "nothing", empty}, 1, `^cannot add the dataset: .*; expected JPEG, PNG`},
		{"missing folder", []string{"datasets", "add", "nothing", filepath.Join(dir, "nosuch")}, 1, `^cannot add the dataset: .*nosuch.*; check the path$`},
		{"bad dataset name", []string{"datasets", "add", "../x", dir}, 1, `^cannot add the dataset: .*; use 1 to 64 of`},
		{"dataset that is there", []string{"datasets", "add", "stamps", "../../dataset/stamps"}, 1, `^cannot add the dataset: .*; choose another name`},
		{"removing what is built in", []string{"datasets", "remove", "stamps"}, 1, `^cannot remove the dataset: .*; datasets that are part of the program stay$`},
		{"pulling what is not public", []string{"datasets", "pull", "iconic"}, 1, `^public dataset "iconic" is unknown; did you mean iconic200\? list them with: convnet datasets list --available$`},
		{"pulling nothing", []string{"datasets", "pull"}, 2, `^give the NAME of a public dataset, or --all; see convnet datasets pull --help$`},
		{"pulling one and all", []string{"datasets", "pull", "cifar10", "--all"}, 2, `^give a NAME or --all, not both; see`},
		{"pulling all from one", []string{"datasets", "pull", "--all", "--from", dir}, 2, `^--from is for one NAME`},
		{"pulling from a picture", []string{"datasets", "pull", "cifar10", "--from", cut}, 1, `^cannot pull dataset cifar10: .*cut\.jpg: not a zip, tar or tar\.gz archive; download cifar-10-binary\.tar\.gz from .*, then: convnet datasets pull cifar10 --from FILE$`},
		{"pulling from an empty folder", []string{"datasets", "pull", "iconic200", "--from", empty}, 1, `^cannot pull dataset iconic200: .*: not an archive of this set: it has no folder of pictures 0\.jpg to 199\.jpg; download the folder`},
		{"pulling from nowhere", []string{"datasets", "pull", "cifar10", "--from", filepath.Join(dir, "nosuch.zip")}, 1, `^cannot pull dataset cifar10: .*nosuch\.zip: .*; check the path$`},
		{"removing nothing", []string{"datasets", "remove", "nosuch"}, 1, `^dataset "nosuch" is unknown; list them with`},
		{"picture past the end", []string{"search", "--query", "204", "--pool", "max", "--layer", "stem_conv"}, 1, `^dataset "stamps" has no picture 204; its pictures are 0 to 203$`},
		{"no results", []string{"search", "--query", "0", "--top", "0"}, 1, `^cannot search: 0 results are asked for; ask for at least 1$`},
		{"gradient of an unknown layer", []string{"gradient", "--layer", "stem_con", "--channel", "3", "--out", "x.npy", duckFile}, 1, `^layer "stem_con" is unknown; did you mean stem_conv`},
		{"gradient of a channel past the end", []string{"gradient", "--layer", "stem_conv", "--channel", "32", "--out", "x.npy", duckFile}, 1, `^cannot take the gradient: channel 32 of layer stem_conv: there are 0 to 31$`},
		{"gradient of a channel below 0", []string{"gradient", "--layer", "predictions", "--channel", "-1", "--out", "x.npy", duckFile}, 1, `^cannot take the gradient: channel -1 of layer predictions: there are 0 to 999$`},
		{"gradient of a small picture", []string{"gradient", "--layer", "stem_conv", "--channel", "3", "--size", "4", "--out", "x.npy", duckFile}, 1, `^cannot resize: .*4x4.*; leave the size out`},
		{"gradient of text", []string{"gradient", "--layer", "stem_conv", "--channel", "3", "--out", "x.npy", text}, 1, `^cannot read .*text\.jpg: .*; use JPEG, PNG, GIF`},
		{"gradient into no folder", []string{"gradient", "--layer", "stem_conv", "--channel", "3", "--out", filepath.Join(dir, "nosuch", "x.npy"), duckFile}, 1, `^cannot write .*; check the path$`},
		{"huge batch", []string{"bench", "--batch", "100000"}, 1, `^cannot measure: a batch of 100000; batches are 1 to 64$`},
		{"channel past the last", []string{"visualize", "--layer", "stem_conv", "--channel", "32", "--out", "x.png"}, 1, `^cannot visualize channel 32 of layer stem_conv: channel 32: the layer has 0 to 31$`},
		{"picture of a pixel", []string{"visualize", "--layer", "stem_conv", "--size", "1", "--out", "x.png"}, 1, `^cannot visualize channel 0 of layer stem_conv: .*: height and width must be from 32 to`},
		{"picture of 100000 pixels", []string{"visualize", "--layer", "stem_conv", "--size", "100000", "--out", "x.png"}, 1, `^cannot visualize: size 100000: pictures are at most 1024 pixels high and wide$`},
		{"unknown objective", []string{"visualize", "--layer", "stem_conv", "--objective", "chanel", "--out", "x.png"}, 1, `^objective "chanel" is unknown; did you mean channel\? known: `},
		{"picture in no folder", []string{"visualize", "--layer", "stem_conv", "--steps", "1", "--size", "32", "--out", filepath.Join(dir, "no", "x.png")}, 1, `^cannot write .*x\.png: .*; check the path$`},
		{"address in use", []string{"serve", "--addr", occupied(t)}, 1, `^cannot listen on .*: another program listens there; choose another address`},
		{"export to nowhere", []string{"export"}, 2, `^required flag\(s\) "out" not set; see convnet export --help$`},
		{"export of what is not indexed", []string{"export", "--out", filepath.Join(dir, "site")}, 1, `^cannot export dataset stamps: it is not indexed with pooling avg; index it with: convnet index --dataset stamps --model efficientnet-lite0 --pool avg, or all models with: convnet precompute --dataset stamps$`},
		{"nonsense address", []string{"serve", "--addr", "nonsense"}, 1, `^cannot listen on nonsense: .*; an address is HOST:PORT`},
		{"data directory that is a file", []string{"datasets", "list", "--data", text}, 1, `^cannot start: .*text\.jpg.*; choose another directory with --data DIR$`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := tt.args
			if !strings.Contains(strings.Join(args, " "), "--data") {
				args = append(args, "--data", data)
			}
			code, stdout, stderr := run(t, args...)
			line, isError := strings.CutPrefix(stderr, "convnet: ")
			line, whole := strings.CutSuffix(line, "\n")
			if code != tt.code || !isError || !whole || strings.Contains(line, "\n") || stdout != "" {
				t.Errorf("exit code %d, want %d; stdout %q, stderr %q", code, tt.code, stdout, stderr)
			}
			if !regexp.MustCompile(tt.want).MatchString(line) {
				t.Errorf("message %q, want %s", line, tt.want)
			}
		})
	}
}

func write(t testing.TB, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// occupied is an address where something listens already.
func occupied(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// folder copies some stamps: classes maps a class to how many of its pictures.
func folder(t testing.TB, classes map[string]int) string {
	t.Helper()
	dir := t.TempDir()
	for class, n := range classes {
		files, err := filepath.Glob(filepath.Join("../../dataset/stamps", class, "*.jpg"))
		if err != nil || len(files) < n {
			t.Fatalf("class %s has %d pictures, not %d: %v", class, len(files), n, err)
		}
		if err := os.Mkdir(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, file := range files[:n] {
			write(t, filepath.Join(dir, class, filepath.Base(file)), read(t, file))
		}
	}
	return dir
}

func TestAFolderWithABadFileIsIndexedWithoutIt(t *testing.T) {
	data := t.TempDir()
	dir := folder(t, map[string]int{"bird": 3, "coin": 3})
	write(t, filepath.Join(dir, "coin", "notes.jpg"), "not a picture")

	stdout := must(t, "datasets", "add", "small", dir, "--data", data)
	for _, want := range []string{"dataset small: 6 pictures in 2 classes\n", "left out coin/notes.jpg: "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in %q", want, stdout)
		}
	}
	if stdout = must(t, "index", "--dataset", "small", "--layer", "top_activation", "--data", data); !strings.HasPrefix(stdout, "small: 6 pictures at 1 layer of efficientnet-lite0 in ") {
		t.Errorf("index prints %q", stdout)
	}
	if stdout = must(t, "index", "--dataset", "small", "--layer", "top_activation", "--data", data); stdout != "small is indexed already: 6 pictures at 1 layer of efficientnet-lite0\n" {
		t.Errorf("a second index prints %q", stdout)
	}

	// A picture that is damaged after it was added is left out by the next index.
	files, err := filepath.Glob(filepath.Join(dir, "bird", "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, files[0], "damaged")
	report := mustJSON[playground.IndexReport](t, "index", "--dataset", "small", "--layer", "stem_conv", "--data", data)
	if len(report.Problems) != 1 || !strings.HasPrefix(report.Problems[0].File, "bird/") || report.Problems[0].Reason == "" {
		t.Errorf("left out: %+v, want the damaged picture", report.Problems)
	}
	code, _, stderr := run(t, "search", "--dataset", "small", "--layer", "stem_conv", "--query", "0", "--data", data)
	if code != exitFailed || !strings.Contains(stderr, "could not be read when the dataset was indexed") {
		t.Errorf("a search for it: exit code %d, %q", code, stderr)
	}
}

func TestSearchIndexesFirstAndFindsTheSameFromTheFile(t *testing.T) {
	data := t.TempDir()
	dir := folder(t, map[string]int{"bird": 4, "coin": 4})
	must(t, "datasets", "add", "small", dir, "--data", data)

	common := []string{"search", "--dataset", "small", "--top", "5", "--data", data}
	result := mustJSON[playground.SearchResult](t, append(common, "--query", "5")...)
	if result.Query.Index == nil || *result.Query.Index != 5 || result.Query.Class != "coin" || len(result.Results) != 5 || result.Score == nil {
		t.Fatalf("the result is %+v", result)
	}
	for i, n := range result.Results {
		if n.Rank != i+1 || n.Index == 5 || math.Abs(n.Similarity-(1-n.Distance)) > 1e-12 {
			t.Errorf("result %d is %+v", i, n)
		}
		if i > 0 && n.Distance < result.Results[i-1].Distance {
			t.Errorf("result %d is nearer than the one before", i)
		}
	}

	// The same picture from its file is its own nearest.
	file := filepath.Join(dir, filepath.FromSlash(result.Query.File))
	own := mustJSON[playground.SearchResult](t, append(common, "--image", file)...)
	if own.Results[0].Index != 5 || own.Results[0].Distance > 1e-5 || own.Query.File != file || own.Score != nil {
		t.Errorf("searching for %s finds %+v", file, own)
	}

	stdout := must(t, append(common, "--query", "5")...)
	for _, want := range []string{"small: top_activation of efficientnet-lite0, cosine, pooling avg, transform sqrt-center\n", "query coin/", "in the same category", "RANK"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in %q", want, stdout)
		}
	}
}

func TestEvaluationReachesTheKnownFigures(t *testing.T) {
	data := t.TempDir()
	for transform, want := range map[string]float64{"none": 66.5, "sqrt-center": 68.5} {
		e := mustJSON[playground.Evaluation](t, "evaluate", "--dataset", "stamps", "--model", "efficientnet-lite0",
			"--layer", "top_activation", "--pool", "avg", "--metric", "cosine", "--transform", transform, "--data", data)
		if e.Queries != 204 || math.Abs(e.WeightedScore-want) > 0.5 {
			t.Errorf("transform %s: %d queries, weighted score %.2f; want 204, %.1f", transform, e.Queries, e.WeightedScore, want)
		}
	}
	if stdout := must(t, "evaluate", "--data", data); !strings.Contains(stdout, "weighted score          68.") {
		t.Errorf("evaluate prints %q", stdout)
	}
}

func TestEvaluationNeedsClasses(t *testing.T) {
	data := t.TempDir()
	flat := filepath.Join(folder(t, map[string]int{"bird": 3}), "bird")
	must(t, "datasets", "add", "flat", flat, "--data", data)
	code, _, stderr := run(t, "evaluate", "--dataset", "flat", "--data", data)
	if code != exitFailed || !strings.Contains(stderr, "no picture of dataset flat has a class") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	result := mustJSON[playground.SearchResult](t, "search", "--dataset", "flat", "--query", "0", "--data", data)
	if result.Score != nil || result.SameClass != nil || len(result.Results) != 2 {
		t.Errorf("a search without classes gives %+v", result)
	}
}

const duckFile = "../../dataset/stamps/bird/duck.jpg"

func TestPredictNamesTheClass(t *testing.T) {
	answers := mustJSON[[]playground.ImagePredictions](t, "predict", "--top", "3", duckFile, duckFile)
	if len(answers) != 2 || answers[0].Image != duckFile || len(answers[0].Predictions) != 3 {
		t.Fatalf("predictions are %+v", answers)
	}
	if best := answers[0].Predictions[0]; best.Label != "drake" || best.Index != 97 || best.Probability < 0.5 {
		t.Errorf("the duck is a %+v", best)
	}
	if diff := cmp.Diff(answers[0].Predictions, answers[1].Predictions); diff != "" {
		t.Errorf("the same picture twice: %s", diff)
	}
	if stdout := must(t, "predict", duckFile); !strings.Contains(stdout, "%  drake (97)\n") {
		t.Errorf("predict prints %q", stdout)
	}
}

func TestEmbedWritesArraysOfTheRightShape(t *testing.T) {
	dir := folder(t, map[string]int{"bird": 2})
	out := filepath.Join(t.TempDir(), "out.npy")
	for _, tt := range []struct {
		pool  string
		shape string
		size  int
	}{
		{"avg", "(2, 1280)", 2 * 1280},
		{"max", "(2, 1280)", 2 * 1280},
		{"flatten", "(2, 62720)", 2 * 7 * 7 * 1280},
		{"none", "(2, 7, 7, 1280)", 2 * 7 * 7 * 1280},
	} {
		t.Run(tt.pool, func(t *testing.T) {
			report := mustJSON[playground.EmbedReport](t, "embed", "--layer", "top_activation", "--pool", tt.pool, "--out", out, dir)
			if len(report.Images) != 2 || report.Out != out {
				t.Errorf("the report is %+v", report)
			}
			content := read(t, out)
			header, _, _ := strings.Cut(content, "\n")
			if !strings.HasPrefix(content, "\x93NUMPY\x01\x00") || !strings.Contains(header, "'shape': "+tt.shape) {
				t.Errorf("the header is %q, want shape %s", header, tt.shape)
			}
			if got := len(content) - len(header) - 1; got != 4*tt.size {
				t.Errorf("%d bytes of data, want %d", got, 4*tt.size)
			}
		})
	}
	left, err := filepath.Glob(out + ".partial*")
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBenchMeasures(t *testing.T) {
	b := mustJSON[model.BenchReport](t, "bench", "--batch", "1,2", "--runs", "2", "--threads", "1")
	if b.Model != "efficientnet-lite0" || b.Threads != 1 || len(b.Forward) != 2 || b.Forward[1].Batch != 2 || b.Forward[0].MsMedian <= 0 || b.Parameters == 0 || b.MultiplyAdds == 0 || b.Gradient != nil {
		t.Errorf("the report is %+v", b)
	}
	b = mustJSON[model.BenchReport](t, "bench", "--gradient", "--runs", "2")
	if b.Gradient == nil || b.Gradient.MsMedian < b.Gradient.MsMin || b.Gradient.MsMin <= 0 {
		t.Errorf("the report is %+v", b)
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	d := mustJSON[playground.Diagnosis](t, "doctor", "--data", t.TempDir())
	if !d.Healthy || d.Version != "1.2.3" || len(d.Models) == 0 || len(d.Datasets) == 0 || len(d.Checks) < 3 {
		t.Errorf("the diagnosis is %+v", d)
	}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	code, stdout, stderr := run(t, "doctor", "--data", file)
	if code != exitFailed || !strings.Contains(stdout, "FAILED  data directory") || !strings.HasPrefix(stderr, "convnet: a check failed") {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
}

func TestVersion(t *testing.T) {
	if stdout := must(t, "version"); !strings.HasPrefix(stdout, "convnet 1.2.3 (0123abc), go1.") {
		t.Errorf("version prints %q", stdout)
	}
	if v := mustJSON[map[string]string](t, "version"); v["version"] != "1.2.3" || v["commit"] != "0123abc" {
		t.Errorf("version prints %v", v)
	}
}

func TestAnInterruptEndsCleanly(t *testing.T) {
	data := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	var stdout, stderr bytes.Buffer
	code := Run(ctx, []string{"index", "--data", data, "--threads", "1", "--pool", "max"}, &stdout, &stderr, testBuild)
	if code != exitInterrupted || !strings.HasPrefix(stderr.String(), "convnet: interrupted: ") {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}

func TestServeTellsItsAddressAndStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--json"}, w, io.Discard, testBuild)
		w.Close()
	}()
	var announced struct{ Address string }
	if err := json.NewDecoder(r).Decode(&announced); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	response, err := client.Get(announced.Address + "/api/v1/about")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	client.CloseIdleConnections()
	cancel()
	_, _ = io.Copy(io.Discard, r)
	if got := <-code; got != exitOK || response.StatusCode != 200 {
		t.Errorf("exit code %d, status %d", got, response.StatusCode)
	}
}

// program starts the program as a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

func TestAKilledIndexGoesOn(t *testing.T) {
	data := t.TempDir()
	args := []string{"index", "--layer", "top_activation", "--threads", "1", "--data", data}
	killed := program(t, args...)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	awaitJournal(t, data)
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait() // it was killed

	finished, err := filepath.Glob(filepath.Join(data, "embeddings", "stamps", "*", "*.npy"))
	if err != nil || len(finished) > 0 {
		t.Fatalf("the killed index left %v, %v", finished, err)
	}
	report := mustJSON[playground.IndexReport](t, args...)
	if report.Images != 204 || report.Computed == 0 || report.Computed >= 204 {
		t.Errorf("%d of %d pictures were computed; the killed run should have finished some", report.Computed, report.Images)
	}
	whole := t.TempDir()
	must(t, "index", "--layer", "top_activation", "--data", whole)
	for _, kind := range []string{"avg", "top"} {
		if got, want := readOnly(t, data, kind), readOnly(t, whole, kind); got != want {
			t.Errorf("the %s file is not that of an index in one go", kind)
		}
	}
}

// awaitJournal waits until an index under way has noted that some pictures are
// finished: each has a line after the first.
func awaitJournal(t *testing.T, data string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		journals, err := filepath.Glob(filepath.Join(data, "embeddings", "stamps", "*", "*.avg.*.journal.partial"))
		if err != nil {
			t.Fatal(err)
		}
		for _, journal := range journals {
			// A file that is gone again has no lines.
			if content, err := os.ReadFile(journal); err == nil && bytes.Count(content, []byte("\n")) > 20 {
				return
			}
		}
	}
	t.Fatal("the index does not begin")
}

// readOnly reads the only .npy file of a kind below a data directory.
func readOnly(t *testing.T, data, kind string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "embeddings", "*", "*", "*."+kind+".*.npy"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	return read(t, files[0])
}

func TestTwoProcessesShareADataDirectory(t *testing.T) {
	data := t.TempDir()
	first := program(t, "index", "--threads", "1", "--data", data)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond)
	must(t, "datasets", "list", "--data", data)
	code, _, stderr := run(t, "index", "--threads", "1", "--data", data)
	if code != exitOK && !strings.Contains(stderr, "wait until it has finished") {
		t.Errorf("the second index: exit code %d, %q", code, stderr)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first index: %v", err)
	}
	must(t, "search", "--query", "0", "--data", data)
}

func TestAnUnwritableDataDirectoryIsNamed(t *testing.T) {
	dir := filepath.Join("/proc", "convnet")
	if _, err := os.Stat("/proc"); err != nil {
		dir = "/dev/null/convnet"
	}
	code, _, stderr := run(t, "datasets", "list", "--data", dir)
	if code != exitFailed || !strings.Contains(stderr, "cannot start: ") || !strings.Contains(stderr, dir) || !strings.Contains(stderr, "--data DIR") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}
