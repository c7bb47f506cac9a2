package model_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/preprocess"
	"github.com/convnetplayground/convnet/zoo"
)

// The input of every network is bit for bit that of Keras' preprocess_input.
// The goldens are made by tools/oracle/keras_preprocess.py.
func TestPreprocessingIsThatOfKeras(t *testing.T) {
	text, err := os.ReadFile("testdata/preprocess.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Networks map[string]struct {
			SHA256      string
			First, Last []float32
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	picture := &preprocess.Image{Width: 256, Height: 1}
	for x := range 256 {
		picture.Pix = append(picture.Pix, uint8(x), uint8(255-x), uint8(7*x))
	}
	if len(golden.Networks) != 11 {
		t.Errorf("%d networks", len(golden.Networks))
	}
	for name, want := range golden.Networks {
		a, ok := zoo.Find(name)
		if !ok {
			t.Fatalf("no network %s", name)
		}
		p := a.Preprocessing
		recipe := preprocess.Recipe{
			Width: 256, Height: 1, Filter: preprocess.Nearest, Aspect: preprocess.Squash,
			Divisor: p.Divisor, Mean: p.Mean, Std: p.Std, BGR: p.BGR,
		}
		got := make([]float32, 3*256)
		recipe.Fill(got, picture)
		var raw []byte
		for _, v := range got {
			raw, _ = binary.Append(raw, binary.LittleEndian, v)
		}
		sum := sha256.Sum256(raw)
		if hex.EncodeToString(sum[:]) != want.SHA256 {
			t.Errorf("%s: another input than Keras'; begins %v, want %v; ends %v, want %v",
				name, got[:3], want.First, got[len(got)-3:], want.Last)
		}
		if !slices.Equal(got[:3], want.First) {
			t.Errorf("%s: begins %v, want %v", name, got[:3], want.First)
		}
	}
}
