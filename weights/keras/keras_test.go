package keras_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/weights/keras"
)

func read(t testing.TB, name string, layers []keras.Layer) *keras.File {
	t.Helper()
	content := testdata(t)[name]
	f, err := keras.Read(bytes.NewReader(content), int64(len(content)), name, layers)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNamesWithoutANetworkAreTheFilesOwn(t *testing.T) {
	cases := map[string]string{
		// In the order of the model, numbered by a session.
		"mini.h5": `stem_conv/kernel stem_conv/bias
			batch_normalization/beta batch_normalization/moving_mean batch_normalization/moving_variance
			dense/kernel dense/bias`,
		"nested-mini.keras": `functional_2/stem_conv/kernel functional_2/stem_conv/bias
			functional_2/batch_normalization_2/beta functional_2/batch_normalization_2/moving_mean
			functional_2/batch_normalization_2/moving_variance
			dense_2/kernel dense_2/bias`,
		// Without a configuration it is not known whether gamma or beta is missing.
		"nested-mini.weights.h5": `dense_2/kernel dense_2/bias
			functional_2/batch_normalization_2/0 functional_2/batch_normalization_2/1 functional_2/batch_normalization_2/2
			functional_2/stem_conv/kernel functional_2/stem_conv/bias`,
		"mini-unnamed.weights.h5": `dense/kernel dense/bias
			functional/batch_normalization/0 functional/batch_normalization/1 functional/batch_normalization/2
			functional/conv2d/kernel functional/conv2d/bias`,
		"keras1.h5": `block1_conv1/kernel block1_conv1/bias block1_conv2/kernel block1_conv2/bias
			fc1/kernel fc1/bias predictions/kernel predictions/bias`,
	}
	for name, want := range cases {
		if diff := cmp.Diff(strings.Fields(want), read(t, name, nil).Names()); diff != "" {
			t.Errorf("%s, -want +got:\n%s", name, diff)
		}
	}
}

func TestLayersTellWhatHasNoWeights(t *testing.T) {
	for name, want := range map[string]int{
		"scaled.h5": 2, "scaled.weights.h5": 2, "scaled.keras": 2,
		"float64.h5": 1, "plain.weights.h5": 1, "plain.keras": 1, "legacy.h5": 1, "official.h5": 1,
		"unnamed.weights.h5": 1, "keras1.h5": 0,
	} {
		got := 0
		for _, l := range read(t, name, nil).Layers() {
			if l.Class == "Rescaling" {
				got++
			}
		}
		if got != want {
			t.Errorf("%s has %d rescalings, want %d", name, got, want)
		}
	}
}

func TestWhatTheNetworkDoesNotHaveKeepsItsName(t *testing.T) {
	network := []keras.Layer{
		{Name: "input_layer", Class: "InputLayer"},
		{Name: "dense", Class: "Dense", Parameters: []string{"kernel", "bias"}},
	}
	for _, name := range []string{"mini.h5", "mini.weights.h5", "mini.keras", "mini-official.h5"} {
		f := read(t, name, network)
		for tensor, want := range map[string]string{"dense/kernel": "2x2", "stem_conv/kernel": "2x2x1x2"} {
			if shape, _ := f.Shape(tensor); shape.String() != want {
				t.Errorf("%s: %s is %v, want %s", name, tensor, shape, want)
			}
		}
	}
}

// A network whose layers are numbered as the file's are, but as others.
func TestNumbersOfASessionMeanNothing(t *testing.T) {
	network := []keras.Layer{
		{Name: "dense_1", Class: "Dense", Parameters: []string{"kernel", "bias"}},
		{Name: "stem_conv", Class: "Conv2D", Parameters: []string{"kernel", "bias"}},
		{Name: "dense", Class: "Dense", Parameters: []string{"kernel", "bias"}},
	}
	for _, name := range []string{"mini.h5", "mini.weights.h5", "mini.keras", "mini-official.h5"} {
		f := read(t, name, network)
		if _, ok := f.Shape("dense_1/kernel"); !ok {
			t.Errorf("%s: the only dense layer is not the first of the network: %v", name, f.Names())
		}
	}
}

func TestFileAnswersForItself(t *testing.T) {
	content := testdata(t)["mini.h5"]
	r := &closable{Reader: bytes.NewReader(content)}
	f, err := keras.Read(r, int64(len(content)), "mini.h5", nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	if hash, err := f.Hash(); err != nil || hash != hex.EncodeToString(sum[:]) {
		t.Errorf("the hash is %s, %v", hash, err)
	}
	if shape, ok := f.Shape("stem/kernel"); ok {
		t.Errorf("a tensor that is not there has the shape %v", shape)
	}
	for _, c := range []struct {
		name   string
		values int
		offset int
		want   string
	}{
		{"stem/kernel", 1, 0, `keras mini.h5: no tensor "stem/kernel"`},
		{"stem_conv/bias", 3, 0, "no values 0 to 3 in the shape 2"},
		{"stem_conv/bias", 1, 2, "no values 2 to 3 in the shape 2"},
		{"stem_conv/bias", 1, -1, "no values -1 to 0 in the shape 2"},
	} {
		if err := f.Read(make([]float32, c.values), c.name, c.offset); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want one that says %q", err, c.want)
		}
	}
	if err := f.Read(nil, "stem_conv/bias", 2); err != nil {
		t.Errorf("nothing at the end: %v", err)
	}
	if err := f.Close(); err != nil || !r.closed {
		t.Errorf("closed is %v, error %v", r.closed, err)
	}
}

type closable struct {
	*bytes.Reader
	closed bool
}

func (c *closable) Close() error {
	c.closed = true
	return nil
}
