package embedding_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/embedding"
)

var testKey = embedding.Key{
	Dataset: "pets", Fingerprint: "f00d", Model: "efficientnet-lite0", Weights: "0123456789ab",
	Layer: "top_activation", Pooling: "avg", Preprocessing: "bilinear-squash-224x224",
}

// vector is the row i that the tests write.
func vector(i, dim int) []float32 {
	v := make([]float32, dim)
	for j := range v {
		v[j] = float32(i) + float32(j)/1000
	}
	return v
}

func openStore(t testing.TB, dir string) *embedding.Store {
	t.Helper()
	s := embedding.Open(dir)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func openWriter(t testing.TB, s *embedding.Store, key embedding.Key, rows, dim int) *embedding.Writer {
	t.Helper()
	w, err := s.Writer(key, rows, dim)
	if err != nil {
		t.Fatalf("writer: %v", err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// writeMatrix commits the matrix of key with the rows of vector.
func writeMatrix(t testing.TB, s *embedding.Store, key embedding.Key, rows, dim int) {
	t.Helper()
	w := openWriter(t, s, key, rows, dim)
	for i := range rows {
		if err := w.Put(i, vector(i, dim)); err != nil {
			t.Fatalf("put: %v", err)
		}
	}
	if err := errors.Join(w.Commit(), w.Close()); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

// onlyFile is the one file below dir that ends in suffix.
func onlyFile(t testing.TB, dir, suffix string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*", "*", "*"+suffix))
	if err != nil || len(found) != 1 {
		t.Fatalf("files %s below %s: %v, %v; expected one", suffix, dir, found, err)
	}
	return found[0]
}

func TestMatrixIsWhatWasPut(t *testing.T) {
	const rows, dim = 20, 7
	s := openStore(t, t.TempDir())
	w := openWriter(t, s, testKey, rows, dim)
	var group sync.WaitGroup
	for i := range rows {
		group.Go(func() {
			var err error
			if i == 3 {
				err = w.LeaveOut(i, "rex.jpg: damaged picture")
			} else {
				err = w.Put(i, vector(i, dim))
			}
			if err != nil {
				t.Errorf("row %d: %v", i, err)
			}
		})
	}
	group.Wait()
	if _, err := s.Load(testKey); !errors.Is(err, embedding.ErrNotFound) {
		t.Fatalf("load before commit: %v, expected ErrNotFound", err)
	}
	if err := errors.Join(w.Commit(), w.Close()); err != nil {
		t.Fatal(err)
	}

	m, err := s.Load(testKey)
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows() != rows || m.Dim() != dim {
		t.Fatalf("shape %dx%d, expected %dx%d", m.Rows(), m.Dim(), rows, dim)
	}
	for i := range rows {
		if i == 3 {
			if !m.LeftOut(i) || !math.IsNaN(float64(m.Row(i)[dim-1])) {
				t.Errorf("row %d: %v, expected it to be left out and NaN", i, m.Row(i))
			}
			continue
		}
		if diff := cmp.Diff(vector(i, dim), m.Row(i)); diff != "" || m.LeftOut(i) {
			t.Errorf("row %d: %s", i, diff)
		}
	}
	if diff := cmp.Diff(map[int]string{3: "rex.jpg: damaged picture"}, m.Problems()); diff != "" {
		t.Error(diff)
	}
	again, err := s.Load(testKey)
	if err != nil || again != m {
		t.Errorf("second load: %p, %v; expected the same matrix %p", again, err, m)
	}
}

func TestFilesOnDisk(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	writeMatrix(t, s, testKey, 3, 2)

	npy := onlyFile(t, dir, ".npy")
	name := filepath.Base(npy)
	if !strings.HasPrefix(npy, filepath.Join(dir, "pets", "efficientnet-lite0", "top_activation.avg.")) ||
		len(name) != len("top_activation.avg.0123456789ab.npy") {
		t.Errorf("path %s, expected <dataset>/<model>/<layer>.<pool>.<12 digits>.npy", npy)
	}
	content, err := os.ReadFile(npy)
	if err != nil {
		t.Fatal(err)
	}
	want := append([]byte("\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }"),
		strings.Repeat(" ", 58)+"\n"...)
	if len(want) != 128 {
		t.Fatalf("test header has %d bytes", len(want))
	}
	for i := range 3 {
		want, _ = binary.Append(want, binary.LittleEndian, vector(i, 2))
	}
	if diff := cmp.Diff(want, content); diff != "" {
		t.Error(diff)
	}
	for _, rest := range []string{".partial", ".lock"} {
		if found, _ := filepath.Glob(filepath.Join(dir, "*", "*", "*"+rest)); len(found) > 0 {
			t.Errorf("left behind: %v", found)
		}
	}

	list, err := s.List()
	if err != nil || len(list) != 1 {
		t.Fatalf("list: %v, %v", list, err)
	}
	if m := list[0]; m.Key != testKey || m.Rows != 3 || m.Dim != 2 || m.Bytes != int64(len(want)) || m.Created.IsZero() {
		t.Errorf("manifest %+v", m)
	}
}

func TestNPYHeader(t *testing.T) {
	for _, shape := range [][]int{{5}, {2, 3}, {204, 1280}, {1, 112, 112, 32}} {
		header := embedding.NPYHeader(shape...)
		if len(header)%64 != 0 || header[len(header)-1] != '\n' {
			t.Errorf("shape %v: header of %d bytes, expected a multiple of 64 ending in a newline", shape, len(header))
		}
		if length := binary.LittleEndian.Uint16(header[8:]); int(length) != len(header)-10 {
			t.Errorf("shape %v: claims %d bytes after the first 10, has %d", shape, length, len(header)-10)
		}
	}
	if header := string(embedding.NPYHeader(5)); !strings.Contains(header, "'shape': (5,), }") {
		t.Errorf("one axis: %q, expected Python's tuple of one", header)
	}
}

func TestInterruptedWriterGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "embedding")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		rows, dim := rapid.IntRange(1, 30).Draw(t, "rows"), rapid.IntRange(1, 20).Draw(t, "dim")
		order := rapid.Permutation(sequence(rows)).Draw(t, "order")
		pause := rapid.IntRange(0, rows).Draw(t, "pause")

		first := embedding.Open(dir)
		put(t, first, order[:pause], rows, dim)
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		second := embedding.Open(dir)
		defer second.Close()
		w, err := second.Writer(testKey, rows, dim)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		for k, i := range order {
			if w.Done(i) != (k < pause) {
				t.Fatalf("row %d done: %v, expected %v", i, w.Done(i), k < pause)
			}
			if !w.Done(i) {
				if err := w.Put(i, vector(i, dim)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		m, err := second.Load(testKey)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if diff := cmp.Diff(vector(i, dim), m.Row(i)); diff != "" {
				t.Fatalf("row %d: %s", i, diff)
			}
		}
	})
}

func sequence(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func put(t *rapid.T, s *embedding.Store, which []int, rows, dim int) {
	w, err := s.Writer(testKey, rows, dim)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, i := range which {
		if err := w.Put(i, vector(i, dim)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLeftOutRowsSurviveAnInterruption(t *testing.T) {
	s := openStore(t, t.TempDir())
	w := openWriter(t, s, testKey, 2, 3)
	long := strings.Repeat("é", 100_000)
	if err := errors.Join(w.LeaveOut(0, long), w.Close()); err != nil {
		t.Fatal(err)
	}
	w = openWriter(t, s, testKey, 2, 3)
	if !w.Done(0) || w.Done(1) {
		t.Fatalf("done %v, %v; expected row 0 alone", w.Done(0), w.Done(1))
	}
	if err := errors.Join(w.Put(1, vector(1, 3)), w.Commit()); err != nil {
		t.Fatal(err)
	}
	m, err := s.Load(testKey)
	if err != nil {
		t.Fatal(err)
	}
	if reason := m.Problems()[0]; !strings.HasPrefix(long, reason) || len(reason) < 900 {
		t.Errorf("reason of %d bytes, expected the start of the one given", len(reason))
	}
}

func TestWholeMatrixIsNotMadeAgain(t *testing.T) {
	s := openStore(t, t.TempDir())
	writeMatrix(t, s, testKey, 4, 2)
	w := openWriter(t, s, testKey, 4, 2)
	for i := range 4 {
		if !w.Done(i) {
			t.Errorf("row %d is to be made again", i)
		}
	}
	if err := w.Commit(); err != nil {
		t.Error(err)
	}
}

func TestEveryPartOfTheKeyCounts(t *testing.T) {
	s := openStore(t, t.TempDir())
	writeMatrix(t, s, testKey, 2, 2)
	for name, change := range map[string]func(*embedding.Key){
		"dataset":       func(k *embedding.Key) { k.Dataset = "other" },
		"fingerprint":   func(k *embedding.Key) { k.Fingerprint = "other" },
		"model":         func(k *embedding.Key) { k.Model = "other" },
		"weights":       func(k *embedding.Key) { k.Weights = "other" },
		"layer":         func(k *embedding.Key) { k.Layer = "other" },
		"pooling":       func(k *embedding.Key) { k.Pooling = "other" },
		"preprocessing": func(k *embedding.Key) { k.Preprocessing = "other" },
	} {
		key := testKey
		change(&key)
		if _, err := s.Load(key); !errors.Is(err, embedding.ErrNotFound) {
			t.Errorf("another %s: %v, expected ErrNotFound", name, err)
		}
	}
}

func TestHostileKeysAreRefused(t *testing.T) {
	s := openStore(t, t.TempDir())
	for _, bad := range []string{"", ".", "..", "../up", "a/b", `a\b`, "-rf", "a\x00b", "a b", strings.Repeat("a", 129)} {
		for name, key := range map[string]embedding.Key{
			"dataset": {Dataset: bad, Model: "m", Layer: "l", Pooling: "avg"},
			"model":   {Dataset: "d", Model: bad, Layer: "l", Pooling: "avg"},
			"layer":   {Dataset: "d", Model: "m", Layer: bad, Pooling: "avg"},
			"pooling": {Dataset: "d", Model: "m", Layer: "l", Pooling: bad},
		} {
			if _, err := s.Writer(key, 1, 1); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("writer with %s %q: %v, expected a refusal that says %s", name, bad, err, name)
			}
			if _, err := s.Load(key); err == nil || errors.Is(err, embedding.ErrNotFound) {
				t.Errorf("load with %s %q: %v, expected a refusal", name, bad, err)
			}
		}
		if err := s.Remove(bad); err == nil {
			t.Errorf("remove %q: expected a refusal", bad)
		}
	}
}

func TestBadRowsAreRefused(t *testing.T) {
	s := openStore(t, t.TempDir())
	w := openWriter(t, s, testKey, 2, 2)
	for _, c := range []struct {
		name   string
		row    int
		vector []float32
		want   string
	}{
		{"NaN", 0, []float32{0, float32(math.NaN())}, "row 0 of layer top_activation: value 1 is NaN: not a finite number"},
		{"infinity", 0, []float32{float32(math.Inf(-1)), 0}, "row 0 of layer top_activation: value 0 is -Inf: not a finite number"},
		{"length", 0, []float32{1}, "row 0 of layer top_activation: 1 values, expected 2"},
		{"row", 2, []float32{1, 2}, "row 2 of layer top_activation: out of range, there are 2"},
	} {
		if err := w.Put(c.row, c.vector); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, expected %q", c.name, err, c.want)
		}
	}
	if err := w.Put(0, []float32{1, 2}); err != nil {
		t.Errorf("a good row after refused ones: %v", err)
	}
	if err := w.Commit(); err == nil || !strings.Contains(err.Error(), "1 of 2 rows are missing") {
		t.Errorf("commit: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := w.Put(1, []float32{1, 2}); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("put after close: %v", err)
	}
}

func TestMatrixWithoutAnyVectorIsNotMade(t *testing.T) {
	s := openStore(t, t.TempDir())
	w := openWriter(t, s, testKey, 2, 2)
	if err := errors.Join(w.LeaveOut(0, "gone"), w.LeaveOut(1, "gone")); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err == nil || !strings.Contains(err.Error(), "none of 2 rows has a vector; the first: gone") {
		t.Errorf("commit: %v", err)
	}
}

func TestDamagedMatrixIsNotFoundAndReplaced(t *testing.T) {
	overwrite := func(content string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
	}
	edit := func(old, new string) func(string) error {
		return func(path string) error {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if !strings.Contains(string(content), old) {
				return fmt.Errorf("%s does not contain %q", path, old)
			}
			return os.WriteFile(path, []byte(strings.Replace(string(content), old, new, 1)), 0o600)
		}
	}
	for _, c := range []struct {
		name, suffix string
		damage       func(path string) error
		want         string
	}{
		{"shortened values", ".npy", func(p string) error { return os.Truncate(p, 140) }, "140 bytes, expected 152"},
		{"empty values", ".npy", overwrite(""), "0 bytes, expected 152"},
		{"other magic", ".npy", edit("NUMPY", "NUMPI"), "not a .npy file"},
		{"other type", ".npy", edit("<f4", "<f8"), "expected float32"},
		{"other order", ".npy", edit("False", "True "), "C order"},
		{"other shape", ".npy", edit("(3, 2)", "(2, 3)"), "shape 2x3"},
		{"lying header length", ".npy", edit("\x76\x00", "\xff\xff"), "header claims 65535 bytes"},
		{"no manifest", ".json", os.Remove, "no such file"},
		{"empty manifest", ".json", overwrite(""), "damaged manifest"},
		{"manifest of something else", ".json", overwrite("[1, 2]"), "damaged manifest"},
		{"newer manifest", ".json", edit(`"version": 1`, `"version": 2`), "version 2"},
		{"manifest of another key", ".json", edit("f00d", "beef"), "another key"},
		{"manifest of another shape", ".json", edit(`"rows": 3`, `"rows": 4`), "3 rows|4 rows"},
		{"negative shape", ".json", edit(`"rows": 3`, `"rows": -3`), "out of range"},
		{"left-out row out of range", ".json", edit(`"left_out": []`, `"left_out": [{"row": 9, "reason": ""}]`), "left-out row 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s := openStore(t, dir)
			writeMatrix(t, s, testKey, 3, 2)
			path := onlyFile(t, dir, c.suffix)
			if err := c.damage(path); err != nil {
				t.Fatal(err)
			}
			fresh := openStore(t, dir)
			_, err := fresh.Load(testKey)
			if !errors.Is(err, embedding.ErrNotFound) || !strings.Contains(err.Error(), path) || !containsAny(err.Error(), c.want) {
				t.Fatalf("load: %v, expected ErrNotFound that names %s and says %q", err, path, c.want)
			}
			if list, err := fresh.List(); err != nil || (len(list) > 0 && c.suffix == ".json" && list[0].Key == testKey) {
				t.Errorf("list: %v, %v", list, err)
			}
			writeMatrix(t, fresh, testKey, 3, 2)
			m, err := fresh.Load(testKey)
			if err != nil {
				t.Fatalf("load after writing again: %v", err)
			}
			if diff := cmp.Diff(vector(2, 2), m.Row(2)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func containsAny(s, alternatives string) bool {
	for _, want := range strings.Split(alternatives, "|") {
		if strings.Contains(s, want) {
			return true
		}
	}
	return false
}

func TestDamagedPartialFileIsUsedAsFarAsItIsGood(t *testing.T) {
	for _, c := range []struct {
		name, suffix string
		damage       func(content []byte) []byte
		done         []bool
	}{
		{"half a line at the end", ".journal.partial", func(b []byte) []byte { return b[:len(b)-4] }, []bool{true, true, false, false}},
		{"garbage in the middle", ".journal.partial", func(b []byte) []byte {
			lines := strings.SplitAfter(string(b), "\n")
			return []byte(lines[0] + lines[1] + "garbage\n" + lines[3])
		}, []bool{true, false, false, false}},
		{"no first line", ".journal.partial", func(b []byte) []byte { return b[10:] }, make([]bool, 4)},
		{"empty journal", ".journal.partial", func(b []byte) []byte { return nil }, make([]bool, 4)},
		{"row out of range", ".journal.partial", func(b []byte) []byte {
			return append(b, `{"row":4,"crc32c":1}`+"\n"...)
		}, []bool{true, true, true, false}},
		{"a value that never reached the disk", ".npy.partial", func(b []byte) []byte {
			b[128+8] ^= 1
			return b
		}, []bool{true, false, true, false}},
		{"shortened values", ".npy.partial", func(b []byte) []byte { return b[:140] }, make([]bool, 4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s := openStore(t, dir)
			w := openWriter(t, s, testKey, 4, 2)
			for i := range 3 {
				if err := w.Put(i, vector(i, 2)); err != nil {
					t.Fatal(err)
				}
			}
			w.Close()
			path := onlyFile(t, dir, c.suffix)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, c.damage(content), 0o600); err != nil {
				t.Fatal(err)
			}

			w = openWriter(t, s, testKey, 4, 2)
			for i, want := range c.done {
				if w.Done(i) != want {
					t.Errorf("row %d done: %v, expected %v", i, w.Done(i), want)
				}
				if !w.Done(i) {
					if err := w.Put(i, vector(i, 2)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := errors.Join(w.Commit(), w.Close()); err != nil {
				t.Fatal(err)
			}
			m, err := s.Load(testKey)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 4 {
				if diff := cmp.Diff(vector(i, 2), m.Row(i)); diff != "" {
					t.Errorf("row %d: %s", i, diff)
				}
			}
		})
	}
}

func TestCommitCutBetweenItsRenamesLosesNothing(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	w := openWriter(t, s, testKey, 3, 2)
	for i := range 3 {
		if err := w.Put(i, vector(i, 2)); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	partial := onlyFile(t, dir, ".npy.partial")
	if err := os.Rename(partial, strings.TrimSuffix(partial, ".partial")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(testKey); !errors.Is(err, embedding.ErrNotFound) {
		t.Fatalf("load without a manifest: %v", err)
	}
	w = openWriter(t, s, testKey, 3, 2)
	for i := range 3 {
		if !w.Done(i) {
			t.Errorf("row %d is lost", i)
		}
	}
	if err := w.Commit(); err != nil {
		t.Error(err)
	}
}

func TestRemoveForgetsOneDataset(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	other := testKey
	other.Dataset = "stamps"
	writeMatrix(t, s, testKey, 3, 2)
	writeMatrix(t, s, other, 3, 2)
	old, err := s.Load(testKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove("pets"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(testKey); !errors.Is(err, embedding.ErrNotFound) {
		t.Errorf("load of what was removed: %v", err)
	}
	if diff := cmp.Diff(vector(1, 2), old.Row(1)); diff != "" {
		t.Errorf("the loaded matrix changed under its user: %s", diff)
	}
	if _, err := s.Load(other); err != nil {
		t.Errorf("load of another dataset: %v", err)
	}
	if list, err := s.List(); err != nil || len(list) != 1 || list[0].Key != other {
		t.Errorf("list: %v, %v", list, err)
	}
	if err := s.Remove("pets"); err != nil {
		t.Errorf("removing what is not there: %v", err)
	}
}

func TestListOfNothing(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "not [there]"))
	if list, err := s.List(); err != nil || list == nil || len(list) != 0 {
		t.Errorf("list: %v, %v; expected an empty one", list, err)
	}
}

func TestListInAFolderWithPatternCharacters(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "a[b]*c"))
	writeMatrix(t, s, testKey, 1, 1)
	if list, err := s.List(); err != nil || len(list) != 1 {
		t.Errorf("list: %v, %v", list, err)
	}
}
