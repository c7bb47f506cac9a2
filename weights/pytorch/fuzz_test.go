package pytorch_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/pytorch"
)

// FuzzRead opens any bytes and reads the ends of all tensors. Whatever is refused is
// refused with a kind; nothing may panic or read past the file.
func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"testdata/*.pth", "testdata/refused/*.pth"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Add(archived(one(), "12345678"))
	f.Add(packed(zip.Deflate, entry{"net/data.pkl", one()}, entry{"net/data/0", "12345678"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		read(t, b)
	})
}

// FuzzPickle is FuzzRead for the pickle in an archive, which its checksum protects.
func FuzzPickle(f *testing.F) {
	f.Add([]byte(one()))
	for _, d := range refusals(f) {
		if pickle := pickleOf(d.content); pickle != nil && len(pickle) < 10_000 {
			f.Add(pickle)
		}
	}
	for _, name := range []string{"types.pth", "strided.pth", "types.protocol4.pth", "checkpoint.pth", "parameters.pth"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(pickleOf(b))
	}
	f.Fuzz(func(t *testing.T, pickle []byte) {
		read(t, archived(string(pickle), "12345678"))
	})
}

func read(t *testing.T, b []byte) {
	pytorch.Recognise(bytes.NewReader(b), int64(len(b)))
	file, err := pytorch.Read(bytes.NewReader(b), int64(len(b)), "net.pth")
	if err != nil {
		if !errors.Is(err, pytorch.ErrCorrupt) && !errors.Is(err, pytorch.ErrUnsupported) {
			t.Fatalf("an error of no kind: %v", err)
		}
		return
	}
	lite := pytorch.EfficientNetLite(file, []string{"block1a_bn/gamma"})
	for _, source := range []pytorch.Source{file, lite} {
		for _, name := range source.Names() {
			shape, ok := source.Shape(name)
			if !ok {
				t.Fatalf("%q is listed and has no shape", name)
			}
			readEnds(t, source, name, shape)
		}
	}
}

func readEnds(t *testing.T, source pytorch.Source, name string, shape tensor.Shape) {
	n := shape.Elements()
	values := make([]float32, min(n, 1000))
	for _, offset := range []int{0, n - len(values)} {
		err := source.Read(values, name, offset)
		if err != nil && !errors.Is(err, pytorch.ErrCorrupt) {
			t.Fatalf("%q: %v", name, err)
		}
	}
	if err := source.Read(values, name, n-len(values)+1); err == nil {
		t.Fatalf("%q has more than %d values", name, n)
	}
}
