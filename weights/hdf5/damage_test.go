package hdf5_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/weights/hdf5"
)

// small are the files whose every part is tried damaged.
var small = []string{
	"compact.h5", "compact-latest.h5", "other.h5", "other-latest.h5", "attributes.h5", "attributes-latest.h5",
	"groups-latest.h5", "chunks-latest.h5", "types.h5",
}

func TestTruncatedFilesAreErrors(t *testing.T) {
	files := testdata(t)
	for _, name := range small {
		content := files[name]
		for n := 0; n < len(content); n += 1 + len(content)/150 {
			if err := readAll(content[:n]); !named(err) {
				t.Errorf("%s cut to %d of %d bytes: error is %v", name, n, len(content), err)
			}
		}
	}
}

func TestFlippedBytesNeverPanic(t *testing.T) {
	files := testdata(t)
	for _, name := range small {
		content := bytes.Clone(files[name])
		for i := 0; i < len(content); i += 1 + len(content)/300 {
			flip := byte(1) << (i % 8)
			content[i] ^= flip
			if err := readAll(content); err != nil && !named(err) {
				t.Errorf("%s with byte %d flipped: error is %v", name, i, err)
			}
			content[i] ^= flip
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
		content := c.damage(bytes.Clone(files[c.file]))
		err := readAll(content)
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
	for _, kind := range []error{hdf5.ErrCorrupt, hdf5.ErrUnsupported} {
		text = strings.TrimPrefix(text, "hdf5 x.h5: "+kind.Error()+": ")
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
	{"an empty file", "mixed.h5", func([]byte) []byte { return nil }},
	{"a page in place of the file", "mixed.h5", func([]byte) []byte { return []byte("<html>404 not found</html>") }},
	{"a download that was cut", "mixed.h5", func(b []byte) []byte { return b[:len(b)-1000] }},
	{"a byte of the head", "mixed-latest.h5", flip("\x89HDF", 30)},
	{"a head of another version", "mixed.h5", replace("\r\n\x1a\n\x00", "\r\n\x1a\n\x01")},
	{"a byte of a group, in files with checksums", "mixed-latest.h5", flip("OHDR", 40)},
	{"a group's list of members", "mixed.h5", flip("SNOD", 0)},
	{"a member that is the group itself", "mixed.h5", replace(word(18856), word(96))},
	{"a name that lies elsewhere", "mixed.h5", flip("GCOL", 0)},
	{"a shape that is too large for any file", "mixed.h5", replace(word(2)+word(2)+word(3), word(2)+word(1<<40)+word(3))},
	{"a shape that is too large for this file", "mixed.h5", replace(word(2)+word(2)+word(3), word(2)+word(200)+word(300))},
	{"an address outside the file", "mixed.h5", replace(word(2048)+word(96), word(204800)+word(96))},
	{"values that were never stored", "mixed.h5", replace(word(2048)+word(96), word(-1)+word(96))},
	{"a compressed value", "mixed.h5", flip("\x78\x5e", 9)},
	{"a list of chunks", "mixed-latest.h5", flip("FADB", 20)},
	{"chunks that are missing", "mixed.h5", flip("TREE\x01\x00", 6)},
	{"numbers of another kind than float and integer", "other.h5", func(b []byte) []byte { return b }},
}

// flip damages the byte so far behind the first place with a signature.
func flip(signature string, behind int) func([]byte) []byte {
	return func(b []byte) []byte {
		b[bytes.Index(b, []byte(signature))+behind] ^= 1
		return b
	}
}

// replace puts other bytes of the same length everywhere.
func replace(old, new string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(new)) }
}

// named reports whether an error says which file is damaged and where.
func named(err error) bool {
	return (errors.Is(err, hdf5.ErrCorrupt) || errors.Is(err, hdf5.ErrUnsupported)) &&
		strings.HasPrefix(err.Error(), "hdf5 x.h5: ") && strings.Contains(err.Error(), " at byte ")
}

// readAll reads all that is in a file, until an error.
func readAll(content []byte) error {
	f, err := hdf5.Read(bytes.NewReader(content), int64(len(content)), "x.h5")
	if err != nil {
		return err
	}
	buffer := make([]float32, 1<<10)
	return f.Root().Walk(func(o *hdf5.Object) error {
		for _, name := range []string{"dtype", "fixed", "variable", "list3", "names7", "name", "name2"} {
			if _, _, err := o.Strings(name); err != nil {
				return err
			}
		}
		if !o.IsDataset() {
			return nil
		}
		d, err := o.Dataset()
		if err != nil {
			return err
		}
		for at, n := 0, d.Shape().Elements(); at < n; at += len(buffer) {
			if err := d.ReadAt(buffer[:min(len(buffer), n-at)], at); err != nil {
				return err
			}
		}
		return nil
	})
}
