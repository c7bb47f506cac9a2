package weights_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights"
	"github.com/convnetplayground/convnet/weights/hdf5"
	"github.com/convnetplayground/convnet/weights/keras"
	"github.com/convnetplayground/convnet/weights/pytorch"
	"github.com/convnetplayground/convnet/weights/safetensors"
)

// dense is a network of one layer.
func dense(t *testing.T) *graph.Graph {
	t.Helper()
	b := graph.NewBuilder()
	x := b.Input("input", 1, 1, 1)
	b.Dense("dense", b.Flatten("flat", x), graph.Dense{Units: 2})
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestOpenReadsByContent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights.bin")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	kernel := tensor.Tensor{Shape: tensor.Shape{1, 2}, Data: []float32{3, 4}}
	if err := safetensors.Write(f, []safetensors.Entry{{Name: "dense/kernel", DType: safetensors.F16, Tensor: kernel}}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	source, err := weights.Open(path, dense(t))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 2)
	if err := source.Read(got, "dense/kernel", 0); err != nil {
		t.Fatal(err)
	}
	if got[1] != 4 {
		t.Errorf("read %v", got)
	}
	if err := source.Close(); err != nil {
		t.Fatal(err)
	}
}

// Names of torch become those of Keras whatever file they are in.
func TestOpenKnowsTheNamesOfTorch(t *testing.T) {
	b := graph.NewBuilder()
	x := b.Flatten("flat", b.Input("input", 1, 1, 3))
	b.Dense("predictions", x, graph.Dense{Units: 2})
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lite.safetensors")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	kernel := tensor.Tensor{Shape: tensor.Shape{2, 3}, Data: []float32{1, 2, 3, 4, 5, 6}}
	if err := safetensors.Write(f, []safetensors.Entry{{Name: "_fc.weight", DType: safetensors.F32, Tensor: kernel}}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	source, err := weights.Open(path, g)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Check(g.Parameters(), source); err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 6)
	if err := source.Read(got, "predictions/kernel", 0); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float32{1, 4, 2, 5, 3, 6}, got); diff != "" {
		t.Error(diff)
	}
	if err := source.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenReadsFilesOfTorch(t *testing.T) {
	source, err := weights.Open("pytorch/testdata/types.pth", dense(t))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 1)
	if err := source.Read(got, "scalar", 0); err != nil || got[0] != 2.5 {
		t.Errorf("read %v (%v)", got, err)
	}
	if err := source.Close(); err != nil {
		t.Fatal(err)
	}
}

// A named pipe would never be open.
func TestOpenRefusesWhatIsNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		t.Skip("no named pipes here:", err)
	}
	for _, path := range []string{pipe, t.TempDir(), os.DevNull} {
		if _, err := weights.Open(path, dense(t)); !errors.Is(err, weights.ErrFormat) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error is %v", path, err)
		}
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	dir := t.TempDir()
	cases := []struct {
		name, content string
		is            error
	}{
		{"short.safetensors", "abc", weights.ErrFormat},
		{"keras.h5", "\x89HDF\r\n\x1a\n and more", hdf5.ErrUnsupported},
		{"other.zip", "PK\x03\x04 and more", keras.ErrCorrupt},
		{"cut.pth", "PK\x03\x04" + strings.Repeat("\x00", 22) + "\x0c\x00\x00\x00net/data.pkl", pytorch.ErrCorrupt},
		{"old.pth", "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", pytorch.ErrCorrupt},
		{"lying.safetensors", "\xff\xff\xff\x7f\x00\x00\x00\x00{}", safetensors.ErrCorrupt},
	}
	for _, c := range cases {
		path := filepath.Join(dir, c.name)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := weights.Open(path, dense(t))
		if !errors.Is(err, c.is) {
			t.Errorf("%s: error is %v, want %v", c.name, err, c.is)
		} else if !strings.Contains(err.Error(), path) {
			t.Errorf("message %q does not name the file", err)
		}
	}
	if _, err := weights.Open(filepath.Join(dir, "missing"), dense(t)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := weights.Open(dir, dense(t)); !errors.Is(err, weights.ErrFormat) {
		t.Errorf("directory: %v", err)
	}
}
