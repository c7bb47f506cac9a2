package hdf5_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/weights/hdf5"
)

// golden is what tools/oracle/hdf5_files.py says of a file that it wrote.
type golden struct {
	Datasets, Members map[string]string
	Attributes        map[string]map[string]*string
}

func TestReadsWhatH5pyWrote(t *testing.T) {
	text, err := os.ReadFile("testdata/files.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens map[string]golden
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	files := testdata(t)
	for name, want := range goldens {
		for _, piece := range []int{1, 7, 1 << 20} {
			t.Run(fmt.Sprint(name, " by ", piece), func(t *testing.T) {
				f := open(t, files[name])
				if diff := cmp.Diff(want, describe(t, f.Root(), want, piece)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

// describe says of a file what the golden says.
func describe(t *testing.T, root *hdf5.Object, want golden, piece int) golden {
	got := golden{map[string]string{}, map[string]string{}, map[string]map[string]*string{}}
	err := root.Walk(func(o *hdf5.Object) error {
		var err error
		if o.IsDataset() {
			got.Datasets[o.Path()], err = summary(o, piece)
		} else if members, failed := o.Members(); len(members) > 0 || failed != nil {
			got.Members[o.Path()], err = listed(members), failed
		}
		for name, text := range want.Attributes[o.Path()] {
			if got.Attributes[o.Path()] == nil {
				got.Attributes[o.Path()] = map[string]*string{}
			}
			values, found, err := o.Strings(name)
			if err != nil || !found {
				t.Errorf("%s, attribute %q: found is %v, error %v", o.Path(), name, found, err)
			}
			got.Attributes[o.Path()][name] = nil
			if text != nil {
				s := listed(values)
				got.Attributes[o.Path()][name] = &s
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return got
}

// summary is the shape of a dataset and the head of its values' SHA-256.
func summary(o *hdf5.Object, piece int) (string, error) {
	d, err := o.Dataset()
	if err != nil {
		return "", err
	}
	var raw bytes.Buffer
	buffer := make([]float32, piece)
	for at, n := 0, d.Shape().Elements(); at < n; at += piece {
		part := buffer[:min(piece, n-at)]
		if err := d.ReadAt(part, at); err != nil {
			return "", err
		}
		binary.Write(&raw, binary.LittleEndian, part)
	}
	return fmt.Sprintf("%v %s", d.Shape(), head(raw.Bytes())), nil
}

func listed(values []string) string {
	var all strings.Builder
	for _, v := range values {
		all.WriteString(v + "\x00")
	}
	return fmt.Sprint(len(values), " ", head([]byte(all.String())))
}

func head(content []byte) string {
	digest := sha256.Sum256(content)
	return hex.EncodeToString(digest[:8])
}

// Pieces that end within chunks, in all layouts of chunks that the file has.
func TestReadingOnReadsChunksOnce(t *testing.T) {
	content := testdata(t)["chunks-latest.h5"]
	reads := &counting{Reader: bytes.NewReader(content), at: map[int64]int{}}
	f, err := hdf5.Read(reads, int64(len(content)), "x.h5")
	if err != nil {
		t.Fatal(err)
	}
	err = f.Root().Walk(func(o *hdf5.Object) error {
		d, err := o.Dataset()
		if err != nil {
			return err
		}
		clear(reads.at)
		for at, n := 0, d.Shape().Elements(); at < n; at += 5 {
			if err := d.ReadAt(make([]float32, min(5, n-at)), at); err != nil {
				return err
			}
		}
		for at, n := range reads.at {
			if n > 1 {
				t.Errorf("%s: the chunk at byte %d is read %d times", o.Path(), at, n)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

type counting struct {
	*bytes.Reader
	at map[int64]int
}

func (c *counting) ReadAt(p []byte, at int64) (int, error) {
	c.at[at]++
	return c.Reader.ReadAt(p, at)
}

func TestManyReadOneDataset(t *testing.T) {
	f := open(t, testdata(t)["chunks.h5"])
	o, err := f.Root().Open("4-1-1")
	if err != nil {
		t.Fatal(err)
	}
	d, err := o.Dataset()
	if err != nil {
		t.Fatal(err)
	}
	whole := make([]float32, d.Shape().Elements())
	if err := d.ReadAt(whole, 0); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for first := range 8 {
		readers.Go(func() {
			part := make([]float32, 9)
			for at := first; at+9 <= len(whole); at += 3 {
				if err := d.ReadAt(part, at); err != nil || !slices.Equal(part, whole[at:at+9]) {
					t.Errorf("values from %d on: %v, error %v", at, part, err)
				}
			}
		})
	}
	readers.Wait()
}

func TestRefusesWhatKerasDoesNotWrite(t *testing.T) {
	cases := []struct{ file, path, want string }{
		{"other.h5", "big-endian", "values that are no little-endian numbers"},
		{"other.h5", "compound", "values that are no little-endian numbers"},
		{"other.h5", "text", "values that are no little-endian numbers"},
		{"other.h5", "complex", "values that are no little-endian numbers"},
		{"other.h5", "bool", "values that are no little-endian numbers"},
		{"other.h5", "extended", "values that are no little-endian numbers"},
		{"other.h5", "lzf", "filter 32000"},
		{"other.h5", "fletcher32", "filter 3"},
		{"other.h5", "scaleoffset", "filter 6"},
		{"other.h5", "null", "a dataspace without a shape"},
		{"other.h5", "elsewhere", "values in another file"},
		{"other.h5", "soft/link", `the link "link" is soft`},
		{"other.h5", "out/link", `the link "link" is soft or leads to another file`},
		{"other-latest.h5", "unlimited", "chunk index 4"},
		{"other-latest.h5", "unlimited twice", "chunk index 5"},
	}
	files := testdata(t)
	for _, c := range cases {
		t.Run(c.path, func(t *testing.T) {
			o, err := open(t, files[c.file]).Root().Open(c.path)
			if err == nil {
				_, err = o.Dataset()
			}
			if !errors.Is(err, hdf5.ErrUnsupported) {
				t.Fatalf("error is %v, want ErrUnsupported", err)
			}
			group, _, _ := strings.Cut(c.path, "/")
			for _, part := range []string{"hdf5 x.h5: ", "/" + group, " at byte ", c.want, "; save it again with Keras"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("message %q does not say %q", err, part)
				}
			}
		})
	}
}

func TestRefusesValuesThatWereNeverStored(t *testing.T) {
	f := open(t, testdata(t)["other.h5"])
	for _, path := range []string{"never written", "chunks never written"} {
		o, err := f.Root().Open(path)
		if err == nil {
			_, err = o.Dataset()
		}
		if !errors.Is(err, hdf5.ErrCorrupt) || !strings.Contains(err.Error(), "the values were never stored") {
			t.Errorf("%s: error is %v", path, err)
		}
	}
}

func open(t testing.TB, content []byte) *hdf5.File {
	t.Helper()
	f, err := hdf5.Read(bytes.NewReader(content), int64(len(content)), "x.h5")
	if err != nil {
		t.Fatal(err)
	}
	return f
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
