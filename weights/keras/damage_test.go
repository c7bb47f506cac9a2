package keras_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/weights/hdf5"
	"github.com/convnetplayground/convnet/weights/keras"
)

func TestTruncatedFilesAreErrors(t *testing.T) {
	files := testdata(t)
	for _, name := range []string{"legacy.h5", "keras1.h5", "latest.h5", "plain.weights.h5", "plain.keras", "deflated.keras"} {
		content := files[name]
		for n := 0; n < len(content); n += 1 + len(content)/150 {
			if _, err := readAll(content[:n], nil); !named(err) {
				t.Errorf("%s cut to %d of %d bytes: error is %v", name, n, len(content), err)
			}
		}
	}
}

// TestFlippedBytesAreErrors takes files whose structure and values have checksums.
func TestFlippedBytesAreErrors(t *testing.T) {
	files := testdata(t)
	layers := readGolden(t, "testdata").Networks["tiny"]
	for _, name := range []string{"packed-latest.weights.h5", "packed-latest.h5"} {
		content := bytes.Clone(files[name])
		whole, err := readAll(content, layers)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(content); i += 1 + len(content)/1000 {
			content[i] ^= 1 << (i % 8)
			found, err := readAll(content, layers)
			if err == nil && !maps.Equal(found, whole) || err != nil && !named(err) {
				t.Errorf("%s with byte %d flipped: error is %v", name, i, err)
			}
			content[i] ^= 1 << (i % 8)
		}
	}
}

// TestDamageIsNamed damages files in ways that a reader may meet. The page on weight
// files shows these messages.
func TestDamageIsNamed(t *testing.T) {
	files := testdata(t)
	page, err := os.ReadFile("../../docs/formats/weights.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range damages {
		_, err := readAll(c.damage(bytes.Clone(files[c.file])), nil)
		if !named(err) {
			t.Errorf("%s: error is %v", c.name, err)
			continue
		}
		if row := "| " + c.name + " | `" + reason(err) + "` |\n"; !strings.Contains(string(page), row) {
			t.Errorf("docs/formats/weights.md does not say\n%s", row)
		}
	}
}

// reason is what a message says between what every message says.
func reason(err error) string {
	text := err.Error()
	for _, kind := range []error{keras.ErrCorrupt, keras.ErrFormat} {
		text = strings.TrimPrefix(text, "keras x.h5: "+kind.Error()+": ")
	}
	if end := strings.LastIndex(text, "; "); end >= 0 {
		text = text[:end]
	}
	return text
}

var damages = []struct {
	name, file string
	damage     func([]byte) []byte
}{
	{"a file of three bytes", "mini.h5", func(b []byte) []byte { return b[:3] }},
	{"a layer whose group is called otherwise", "mini-official.h5", replace("stem_conv"+strings.Repeat("\x00", 15), "stem_cone"+strings.Repeat("\x00", 15))},
	{"a weight that is called otherwise", "mini-official.h5", replace(strings.Repeat("\x00", 8)+"bias:0", strings.Repeat("\x00", 8)+"bias_0")},
	{"a weight that is listed twice", "mini-official.h5", replace("stem_conv/bias:0\x00\x00", "stem_conv/kernel:0")},
	{"a configuration that is no JSON", "mini.h5", replace(`{"module": `, `{"module", `)},
	{"weights whose numbers have a gap", "mini.weights.h5", replace("0\x00\x00\x00\x00\x00\x00\x001\x00", "0\x00\x00\x00\x00\x00\x00\x003\x00")},
	{"a weight without a number", "mini.weights.h5", replace("0\x00\x00\x00\x00\x00\x00\x001\x00", "0\x00\x00\x00\x00\x00\x00\x00x\x00")},
	{"HDF5 of another program", "mini.weights.h5", replace("vars\x00", "data\x00")},
	{"an archive that was cut", "mini.keras", func(b []byte) []byte { return b[:len(b)-100] }},
	{"an archive of another program", "mini.keras", archived("model.json", "{}")},
	{"an archive without weights", "mini.keras", archived("config.json", "{}")},
	{"an archive that holds a name twice", "mini.keras", archived("config.json", "{}", "config.json", "{}")},
	{"weights in an archive that are none", "mini.keras", archived("config.json", "{}", "model.weights.h5", "none yet")},
	{"an archive that unpacks to very much", "mini.keras", archived("config.json", strings.Repeat(" ", 20<<20), "model.weights.h5", "")},
	{"a compressed archive", "deflated.keras", func(b []byte) []byte {
		b[len(b)/4] ^= 1
		return b
	}},
}

// replace puts other bytes of the same length everywhere.
func replace(old, new string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(new)) }
}

// archived makes a compressed archive of entries, each a name and its content.
func archived(entries ...string) func([]byte) []byte {
	return func([]byte) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for pair := range slices.Chunk(entries, 2) {
			w, err := z.Create(pair[0])
			if err == nil {
				_, err = w.Write([]byte(pair[1]))
			}
			if err != nil {
				panic(err)
			}
		}
		z.Close()
		return b.Bytes()
	}
}

// readAll reads all that is in a file, until an error.
func readAll(content []byte, layers []keras.Layer) (map[string]string, error) {
	f, err := keras.Read(bytes.NewReader(content), int64(len(content)), "x.h5", layers)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, name := range f.Names() {
		if found[name], err = summary(f, name, 1<<14); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// named reports whether an error says which file is damaged and where.
func named(err error) bool {
	for _, kind := range []error{keras.ErrCorrupt, keras.ErrFormat, hdf5.ErrCorrupt, hdf5.ErrUnsupported} {
		if errors.Is(err, kind) {
			return strings.Contains(err.Error(), " x.h5")
		}
	}
	return false
}
