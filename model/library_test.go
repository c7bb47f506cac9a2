package model_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/disk"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/safetensors"
	"github.com/convnetplayground/convnet/zoo"
)

// weightFile writes random weights of an architecture in one of its forms.
func weightFile(t *testing.T, architecture string, o zoo.Options, change func(name string, values []float32)) string {
	t.Helper()
	a, ok := zoo.Find(architecture)
	if !ok {
		t.Fatalf("no architecture %s", architecture)
	}
	g, err := a.Build(o)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	var entries []safetensors.Entry
	for _, p := range g.Parameters() {
		w := tensor.New(p.Shape...)
		for i := range w.Data {
			w.Data[i] = 0.05 * (random.Float32() - 0.5)
			if strings.HasSuffix(p.Name, "variance") || strings.HasSuffix(p.Name, "gamma") {
				w.Data[i] = 0.5 + random.Float32()
			}
		}
		if change != nil {
			change(p.Name, w.Data)
		}
		entries = append(entries, safetensors.Entry{Name: p.Name, DType: safetensors.F32, Tensor: w})
	}
	path := filepath.Join(t.TempDir(), architecture+".safetensors")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(safetensors.Write(f, entries), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func install(t *testing.T, l *model.Library, im model.Import) model.Installation {
	t.Helper()
	i, err := l.Install(t.Context(), im, nil)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestAnInstalledModelIsFoundAgain(t *testing.T) {
	dir := t.TempDir()
	l := model.NewLibrary(dir)
	if _, err := l.Open("mobilenet"); !errors.Is(err, model.ErrMissing) {
		t.Fatalf("before: %v", err)
	}
	file := weightFile(t, "mobilenet", zoo.Options{Top: true}, nil)
	i := install(t, l, model.Import{Architecture: "mobilenet", File: file, Source: "a test"})
	if i.Classes != 1000 || !i.Top || len(i.SHA256) != 64 {
		t.Errorf("installed %+v", i)
	}
	again := model.NewLibrary(dir)
	m, err := again.Open("mobilenet")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if info := m.Info(); info.Weights != model.Installed || info.Classes != 1000 {
		t.Errorf("info %s, %d classes", info.Weights, info.Classes)
	}
	if hash, err := m.WeightsHash(); err != nil || hash != i.SHA256 {
		t.Errorf("hash %s (%v), want %s", hash, err, i.SHA256)
	}
	if _, err := again.Install(t.Context(), model.Import{Architecture: "mobilenet", File: file}, nil); !errors.Is(err, model.ErrInstalled) {
		t.Errorf("again: %v", err)
	}
	install(t, again, model.Import{Architecture: "mobilenet", File: file, Replace: true, Shared: true})
	if err := again.Remove("mobilenet"); err != nil {
		t.Fatal(err)
	}
	if err := again.Remove("mobilenet"); !errors.Is(err, model.ErrMissing) {
		t.Errorf("removed twice: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestModelsOfOnesOwn(t *testing.T) {
	l := model.NewLibrary(t.TempDir())
	file := weightFile(t, "mobilenet", zoo.Options{Top: true, Classes: 3}, nil)
	labels := []string{"daisy", `"rose"`, "<tulip>"}
	install(t, l, model.Import{Name: "flowers", Architecture: "mobilenet", File: file, Labels: labels})
	if names := l.Names(); names[len(names)-1] != "flowers" {
		t.Errorf("names %v", names)
	}
	info, err := l.Describe("flowers")
	if err != nil || info.Name != "flowers" || info.Title != "flowers (MobileNet)" || info.Classes != 3 || info.Licence != "" {
		t.Errorf("%+v, %v", info, err)
	}
	m, err := l.Open("flowers")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	p, err := m.Predictor(context.Background(), m.Recipe(preprocess.Crop, preprocess.Bilinear), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Predict(context.Background(), stamp(t, "carnivore_mammal/dingo.jpg"), 5)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 {
		t.Fatalf("predictions %v", got)
	}
	for _, prediction := range got {
		if prediction.Label != labels[prediction.Index] {
			t.Errorf("%d is called %s", prediction.Index, prediction.Label)
		}
	}
}

func TestInstallRefusals(t *testing.T) {
	l := model.NewLibrary(t.TempDir())
	file := weightFile(t, "mobilenet", zoo.Options{Top: true, Classes: 3}, nil)
	tests := []struct {
		name string
		im   model.Import
		want string
	}{
		{"labels for other classes", model.Import{Architecture: "mobilenet", File: file, Labels: []string{"one"}}, "1 labels for 3 classes"},
		{"other classes than asked for", model.Import{Architecture: "mobilenet", File: file, Classes: 1000}, "weights for 3 classes, not 1000"},
		{"another architecture", model.Import{Architecture: "mobilenetv2", File: file}, "weights do not fit the network"},
		{"the name of another architecture", model.Import{Name: "vgg16", Architecture: "mobilenet", File: file}, "the name of another architecture"},
		{"a name that leads elsewhere", model.Import{Name: "../x", Architecture: "mobilenet", File: file}, "not usable as a name"},
		{"no such file", model.Import{Architecture: "mobilenet", File: file + "x"}, "no such file"},
	}
	for _, test := range tests {
		_, err := l.Install(t.Context(), test.im, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Install(ctx, model.Import{Architecture: "mobilenet", File: file}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, found, err := l.Installation("mobilenet"); found || err != nil {
		t.Errorf("installed all the same: %v", err)
	}
}

func TestTheFormIsThatOfTheFile(t *testing.T) {
	official := func(name string, values []float32) {
		if name == "normalization/variance" {
			copy(values, []float32{0.229, 0.224, 0.225})
		}
	}
	tests := []struct {
		name         string
		architecture string
		form         zoo.Options
		change       func(string, []float32)
	}{
		{"without a classifier", "mobilenet", zoo.Options{}, nil},
		{"EfficientNet of one's own", "efficientnetb0", zoo.Options{Top: true, Classes: 7}, nil},
		{"official EfficientNet", "efficientnetb0", zoo.Options{Top: true, Classes: 1000, ImageNet: true}, official},
	}
	for _, test := range tests {
		l := model.NewLibrary(t.TempDir())
		i := install(t, l, model.Import{Architecture: test.architecture, File: weightFile(t, test.architecture, test.form, test.change)})
		if i.Top != test.form.Top || i.Classes != test.form.Classes || i.ImageNet != test.form.ImageNet {
			t.Errorf("%s: %+v", test.name, i)
		}
		info, err := l.Describe(test.architecture)
		if err != nil {
			t.Fatal(err)
		}
		scaled := slices.ContainsFunc(info.Layers, func(layer model.Layer) bool { return layer.Name == "rescaling_1" })
		if scaled != test.form.ImageNet {
			t.Errorf("%s: scales its input once more: %v", test.name, scaled)
		}
		m, err := l.Open(test.architecture)
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Predictor(t.Context(), m.Recipe(preprocess.Crop, preprocess.Bilinear), nil)
		if errors.Is(err, model.ErrNoClassifier) == test.form.Top {
			t.Errorf("%s: predictor: %v", test.name, err)
		}
		m.Close()
	}
}

// A layer at another size is that of the network built for it; a classifier
// that cannot be is said not to be there.
func TestOtherInputSizes(t *testing.T) {
	m, err := model.Random("vgg16", 1)
	if err != nil {
		t.Fatal(err)
	}
	recipe := m.Recipe(preprocess.Squash, preprocess.Nearest)
	recipe.Width, recipe.Height = 64, 64
	e, err := m.Embedder(t.Context(), []string{"block1_conv1", "block3_pool"}, model.None, recipe, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Shapes(); !slices.Equal(got[0], []int{64, 64, 64}) || !slices.Equal(got[1], []int{8, 8, 256}) {
		t.Errorf("shapes %v", got)
	}
	if _, err := m.Embedder(t.Context(), []string{"fc1"}, model.Flatten, recipe, nil); !errors.Is(err, model.ErrSize) {
		t.Errorf("fc1 at 64: %v", err)
	}
	if err := m.CheckSize(16); err == nil || !strings.Contains(err.Error(), "must be from 32 to") {
		t.Errorf("16: %v", err)
	}
	if err := m.CheckSize(48); err != nil {
		t.Errorf("48: %v", err)
	}
}

func TestADamagedManifestNamesItself(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "mobilenet"), 0o700); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(dir, "mobilenet", "model.json")
	for content, want := range map[string]string{
		"":                           "unexpected end of JSON input",
		"[]":                         "cannot unmarshal array",
		"null":                       `unknown architecture ""`,
		`{"architecture":"alexnet"}`: `unknown architecture "alexnet"`,
		`{"architecture":"mobilenet","top":true,"classes":-5}`:                 "-5 classes",
		`{"architecture":"mobilenet","top":true,"classes":7,"labels":["cat"]}`: "1 labels for 7 classes",
	} {
		if err := os.WriteFile(manifest, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		library := model.NewLibrary(dir)
		_, err := library.Open("mobilenet")
		if !errors.Is(err, model.ErrDamaged) || !strings.Contains(err.Error(), manifest) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", content, err)
		}
		if info, err := library.Describe("mobilenet"); err != nil || info.Weights != model.Damaged {
			t.Errorf("%s: it is described as %s, %v", content, info.Weights, err)
		}
	}
	library := model.NewLibrary(dir)
	if err := library.Remove("mobilenet"); err != nil {
		t.Error(err)
	}
	if info, err := library.Describe("mobilenet"); err != nil || info.Weights != model.Missing {
		t.Errorf("when it is removed it is %s, %v", info.Weights, err)
	}
}

// What a killed program left behind takes no room for ever; what a living one is
// writing stays.
func TestInstallationsOfOneModelComeOneAfterAnother(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, ".mobilenet.partial", "weights.partial")
	if err := errors.Join(os.Mkdir(filepath.Dir(left), 0o700), os.WriteFile(left, []byte("left"), 0o600)); err != nil {
		t.Fatal(err)
	}
	library := model.NewLibrary(dir)
	file := weightFile(t, "mobilenet", zoo.Options{Top: true, Classes: 3}, nil)
	im := model.Import{Architecture: "mobilenet", File: file}
	_, err := library.Install(t.Context(), im, func(int64, int64) {
		if _, err := library.Install(t.Context(), im, nil); !errors.Is(err, disk.ErrLocked) {
			t.Errorf("a second one meanwhile: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "mobilenet" {
		t.Errorf("the library holds %v, %v", entries, err)
	}
}

func TestDamagedWeightsAreRefused(t *testing.T) {
	form := zoo.Options{Top: true, Classes: 4}
	for name, damage := range map[string]func(path string) error{
		"cut":       func(path string) error { return os.Truncate(path, 100_000) },
		"empty":     func(path string) error { return os.Truncate(path, 0) },
		"not there": os.Remove,
		"other class": func(path string) error {
			return os.Rename(weightFile(t, "mobilenet", zoo.Options{Top: true}, nil), path)
		},
		"another": func(path string) error { return os.Rename(weightFile(t, "mobilenetv2", form, nil), path) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			library := model.NewLibrary(dir)
			_, err := library.Install(t.Context(), model.Import{Architecture: "mobilenet", File: weightFile(t, "mobilenet", form, nil), Labels: []string{"a", "b", "c", "d"}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := damage(filepath.Join(dir, "mobilenet", "weights")); err != nil {
				t.Fatal(err)
			}
			if _, err := library.Open("mobilenet"); !errors.Is(err, model.ErrDamaged) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestPredictionsThatAreNoNumbersAreRefused(t *testing.T) {
	file := weightFile(t, "mobilenet", zoo.Options{Top: true, Classes: 3}, func(name string, values []float32) {
		if name == "conv_preds/bias" {
			values[1] = float32(math.NaN())
		}
	})
	m, err := model.OpenWeights("mobilenet", file)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	p, err := m.Predictor(t.Context(), m.Recipe(preprocess.Squash, preprocess.Bilinear), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Predict(t.Context(), stamp(t, "bird/duck.jpg"), 3); !errors.Is(err, model.ErrNotFinite) {
		t.Errorf("error is %v", err)
	}
}
