package embedded_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/weights/embedded"
)

// The sums are those that tools/weights/convert.py checks.
var published = map[string]struct {
	hash    string
	tensors int
	values  int
}{
	"efficientnet-lite0": {"922b699ed03e9033a2596bd513680c06d1057e3afa7389833bd3a25fcdc37612", 247, 4694024},
	"efficientnet-lite2": {"fc2e1ae56978ee21e040e1a8002af7087c594a93c9bd888c25122f1760a920af", 322, 6150168},
}

func TestEmbeddedWeightsAreThePublishedOnes(t *testing.T) {
	if diff := cmp.Diff([]string{"efficientnet-lite0", "efficientnet-lite2"}, embedded.Names()); diff != "" {
		t.Fatal(diff)
	}
	for _, model := range embedded.Names() {
		source, err := embedded.Open(model)
		if err != nil {
			t.Fatal(err)
		}
		want := published[model]
		if hash, err := source.Hash(); hash != want.hash {
			t.Errorf("%s: hash %s (%v), want %s", model, hash, err, want.hash)
		}
		names := source.Names()
		if len(names) != want.tensors {
			t.Errorf("%s: %d tensors, want %d", model, len(names), want.tensors)
		}
		values := 0
		for _, name := range names {
			shape, _ := source.Shape(name)
			data := make([]float32, shape.Elements())
			if err := source.Read(data, name, 0); err != nil {
				t.Fatal(err)
			}
			values += len(data)
			for _, v := range data {
				if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
					t.Fatalf("%s: %s holds %g", model, name, v)
				}
			}
		}
		if values != want.values {
			t.Errorf("%s: %d values, want %d", model, values, want.values)
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenNamesWhatIsEmbedded(t *testing.T) {
	_, err := embedded.Open("vgg16")
	if err == nil || !strings.Contains(err.Error(), "embedded are efficientnet-lite0, efficientnet-lite2") {
		t.Errorf("error is %v", err)
	}
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		source, err := embedded.Open("efficientnet-lite0")
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range source.Names() {
			shape, _ := source.Shape(name)
			if err := source.Read(make([]float32, shape.Elements()), name, 0); err != nil {
				b.Fatal(err)
			}
		}
	}
}
