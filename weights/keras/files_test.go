package keras_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/weights/keras"
)

// golden is what tools/oracle/keras_files.py says of the files that it wrote.
type golden struct {
	Networks map[string][]keras.Layer
	Contents []map[string]string // by tensor: shape and head of the SHA-256
	Files    []goldenFile
}

type goldenFile struct {
	File    string
	Network string
	Content int
	Layers  []string
}

// TestReadsWhatKerasWrote reads the small files of testdata and, where
// CONVNET_KERAS_FILES names a folder that tools/oracle/keras_files.py made, the whole
// networks in it.
func TestReadsWhatKerasWrote(t *testing.T) {
	files := testdata(t)
	check(t, "testdata", 7, func(name string) (io.ReaderAt, int64) {
		return bytes.NewReader(files[name]), int64(len(files[name]))
	})
	folder := os.Getenv("CONVNET_KERAS_FILES")
	if folder == "" {
		return
	}
	check(t, folder, 1<<18, func(name string) (io.ReaderAt, int64) {
		f, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		return f, info.Size()
	})
}

func check(t *testing.T, folder string, piece int, open func(name string) (io.ReaderAt, int64)) {
	g := readGolden(t, folder)
	for _, want := range g.Files {
		t.Run(want.File, func(t *testing.T) {
			r, size := open(want.File)
			f, err := keras.Read(r, size, want.File, g.Networks[want.Network])
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if diff := cmp.Diff(g.Contents[want.Content], content(t, f, piece)); diff != "" {
				t.Errorf("fitted to the network, -want +got:\n%s", diff)
			}
			if diff := cmp.Diff(sorted(want.Layers), sorted(names(f.Layers()))); diff != "" && len(want.Layers) > 0 {
				t.Errorf("layers, -want +got:\n%s", diff)
			}
			own, err := keras.Read(r, size, want.File, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(values(g.Contents[want.Content]), values(content(t, own, piece))); diff != "" {
				t.Errorf("with the file's own names, -want +got:\n%s", diff)
			}
		})
	}
}

// content reads all tensors in pieces, several at a time.
func content(t *testing.T, f *keras.File, piece int) map[string]string {
	t.Helper()
	found := map[string]string{}
	var mu sync.Mutex
	var readers sync.WaitGroup
	for part := range slices.Chunk(f.Names(), 16) {
		readers.Go(func() {
			for _, name := range part {
				text, err := summary(f, name, piece)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				found[name] = text
				mu.Unlock()
			}
		})
	}
	readers.Wait()
	return found
}

// summary is the shape of a tensor and the head of its values' SHA-256.
func summary(f *keras.File, name string, piece int) (string, error) {
	shape, ok := f.Shape(name)
	if !ok {
		return "", fmt.Errorf("%s has no shape", name)
	}
	digest := sha256.New()
	buffer := make([]float32, piece)
	for at, n := 0, shape.Elements(); at < n; at += piece {
		part := buffer[:min(piece, n-at)]
		if err := f.Read(part, name, at); err != nil {
			return "", err
		}
		binary.Write(digest, binary.LittleEndian, part)
	}
	return fmt.Sprintf("%v %s", shape, hex.EncodeToString(digest.Sum(nil))[:16]), nil
}

func names(layers []keras.Layer) []string {
	var names []string
	for _, l := range layers {
		names = append(names, l.Name)
	}
	return names
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func values(content map[string]string) []string {
	var all []string
	for _, value := range content {
		all = append(all, value)
	}
	return sorted(all)
}

func readGolden(t testing.TB, folder string) golden {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "files.json"))
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// testdata is what lies in testdata/files.zip.
func testdata(t testing.TB) map[string][]byte {
	t.Helper()
	archive, err := zip.OpenReader("testdata/files.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string][]byte{}
	for _, entry := range archive.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[entry.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}
