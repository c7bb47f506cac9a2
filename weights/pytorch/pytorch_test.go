package pytorch_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/pytorch"
)

// open reads a file of testdata.
func open(t *testing.T, name string) *pytorch.File {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := pytorch.Read(bytes.NewReader(b), int64(len(b)), name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// golden is a tensor as torch reads it.
type golden struct {
	Name   string
	Shape  tensor.Shape
	Values []float32
}

// goldens lists the tensors of NAME.pth and of all NAME.VARIANT.pth.
func goldens(t *testing.T, file string) []golden {
	t.Helper()
	name, _, _ := strings.Cut(filepath.Base(file), ".")
	text, err := os.ReadFile(filepath.Join("testdata", name+".want.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want []golden
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("no %s in testdata: %v", pattern, err)
	}
	for i := range found {
		found[i] = strings.TrimPrefix(found[i], "testdata"+string(filepath.Separator))
	}
	return found
}

func TestReadsWhatTorchReads(t *testing.T) {
	for _, name := range files(t, "*.pth") {
		t.Run(name, func(t *testing.T) {
			f := open(t, name)
			var got []golden
			for _, tensor := range f.Names() {
				shape, _ := f.Shape(tensor)
				values := make([]float32, shape.Elements())
				if err := f.Read(values, tensor, 0); err != nil {
					t.Fatal(err)
				}
				got = append(got, golden{tensor, shape, values})
			}
			if diff := cmp.Diff(goldens(t, name), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadsRanges(t *testing.T) {
	for _, name := range files(t, "strided*.pth") {
		f := open(t, name)
		want := goldens(t, name)
		rapid.Check(t, func(t *rapid.T) {
			w := rapid.SampledFrom(want).Draw(t, "tensor")
			offset := rapid.IntRange(0, len(w.Values)).Draw(t, "offset")
			got := make([]float32, rapid.IntRange(0, len(w.Values)-offset).Draw(t, "length"))
			if err := f.Read(got, w.Name, offset); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(w.Values[offset:offset+len(got)], got); diff != "" {
				t.Fatalf("%s: %s\n%s", name, w.Name, diff)
			}
		})
	}
}

func TestReadsFromManyGoroutines(t *testing.T) {
	for _, name := range files(t, "strided*.pth") {
		f := open(t, name)
		var group errgroup.Group
		for _, w := range goldens(t, name) {
			for range 4 {
				group.Go(func() error {
					got := make([]float32, len(w.Values))
					if err := f.Read(got, w.Name, 0); err != nil {
						return err
					}
					if !slices.Equal(got, w.Values) {
						return fmt.Errorf("%s: %s differs", name, w.Name)
					}
					return nil
				})
			}
		}
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
	}
}

func TestRefusesValuesThatAreNotThere(t *testing.T) {
	f := open(t, "types.pth")
	for offset, length := range map[int]int{-1: 1, 9: 1, 10: 0, 5: 5, math.MaxInt: 1} {
		err := f.Read(make([]float32, length), "float16", offset)
		if err == nil || !strings.Contains(err.Error(), `pytorch types.pth: tensor "float16": no values`) {
			t.Errorf("%d values from %d of 9: error is %v", length, offset, err)
		}
	}
	if err := f.Read(nil, "weight", 0); err == nil || err.Error() != `pytorch types.pth: no tensor "weight"` {
		t.Errorf("error is %v", err)
	}
	if shape, ok := f.Shape("weight"); ok {
		t.Errorf("a tensor that is not there has the shape %v", shape)
	}
}

func TestHashIsThatOfTheFile(t *testing.T) {
	b, err := os.ReadFile("testdata/types.pth")
	if err != nil {
		t.Fatal(err)
	}
	hash, err := open(t, "types.pth").Hash()
	if want := fmt.Sprintf("%x", sha256.Sum256(b)); err != nil || hash != want {
		t.Errorf("hash %s (%v), want %s", hash, err, want)
	}
}

// closer counts how often it is closed.
type closer struct {
	*bytes.Reader
	closed int
}

func (c *closer) Close() error {
	c.closed++
	return nil
}

func TestCloseClosesTheReader(t *testing.T) {
	b, err := os.ReadFile("testdata/types.pth")
	if err != nil {
		t.Fatal(err)
	}
	c := &closer{Reader: bytes.NewReader(b)}
	f, err := pytorch.Read(c, c.Size(), "types.pth")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil || c.closed != 1 {
		t.Errorf("closed %d times, error is %v", c.closed, err)
	}
}

func TestRecognise(t *testing.T) {
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	cases := []struct {
		name    string
		content []byte
		want    bool
	}{
		{"archive", read("types.pth"), true},
		{"archive cut short", read("types.pth")[:2000], true},
		{"archive packed again", read("strided.deflated.pth"), true},
		{"legacy", read("types.legacy.pth"), true},
		{"legacy of protocol 4", read("checkpoint.legacy.pth"), true},
		{"legacy cut short", read("types.legacy.pth")[:500], true},
		{"other archive", zipped(entry{"config.json", "{}"}, entry{"model.weights.h5", "HDF"}), false},
		{"other archive with a pickle deeper", zipped(entry{"a", ""}, entry{"b/c/data.pkl", ""}), false},
		{"other pickle", []byte("\x80\x02}."), false},
		{"PK", []byte("PK\x03\x04"), false},
		{"empty", nil, false},
	}
	for _, c := range cases {
		if got := pytorch.Recognise(bytes.NewReader(c.content), int64(len(c.content))); got != c.want {
			t.Errorf("%s: recognised is %v", c.name, got)
		}
	}
}
