package embedding_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/embedding"
)

// picture is what the tests tell of a picture: few values, so that many are
// alike.
type picture struct{ values, positions []float32 }

func drawPictures(seed uint64, shape embedding.TopShape) []picture {
	random := rand.New(rand.NewPCG(seed, 0))
	all := make([]picture, shape.Pictures)
	for i := range all {
		for range shape.Channels {
			all[i].values = append(all[i].values, float32(random.IntN(7)-3)/4)
			all[i].positions = append(all[i].positions, float32(random.IntN(shape.Height*shape.Width)))
		}
	}
	return all
}

// bestOf is the top pictures of a channel by sorting all of them.
func bestOf(pictures []picture, channel int, leftOut map[int]bool) []embedding.Peak {
	var peaks []embedding.Peak
	for i, p := range pictures {
		if !leftOut[i] {
			peaks = append(peaks, embedding.Peak{Picture: i, Position: int(p.positions[channel]), Value: p.values[channel]})
		}
	}
	slices.SortStableFunc(peaks, func(a, b embedding.Peak) int { return cmp.Compare(b.Value, a.Value) })
	return peaks[:min(len(peaks), embedding.TopCount)]
}

func openTopWriter(t testing.TB, s *embedding.Store, shape embedding.TopShape) *embedding.TopWriter {
	t.Helper()
	w, err := s.TopWriter(testKey, shape)
	if err != nil {
		t.Fatalf("top writer: %v", err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// writeTop commits the top pictures of all pictures.
func writeTop(t testing.TB, s *embedding.Store, shape embedding.TopShape, pictures []picture) {
	t.Helper()
	w := openTopWriter(t, s, shape)
	for i, p := range pictures {
		if err := w.Put(i, p.values, p.positions); err != nil {
			t.Fatalf("put: %v", err)
		}
	}
	if err := errors.Join(w.Commit(), w.Close()); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

func TestTopPicturesAreThoseOfAFullSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "top")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		draw := func(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, label) }
		shape := embedding.TopShape{Pictures: draw("pictures", 1, 40), Height: draw("height", 1, 9), Width: draw("width", 1, 9), Channels: draw("channels", 1, 12)}
		pictures := drawPictures(rapid.Uint64().Draw(t, "seed"), shape)
		order := rapid.Permutation(sequence(shape.Pictures)).Draw(t, "order")
		pause := draw("pause", 0, shape.Pictures)
		leftOut := map[int]bool{}
		if shape.Pictures > 1 && rapid.Bool().Draw(t, "one left out") {
			leftOut[draw("left out", 0, shape.Pictures-1)] = true
		}

		s := embedding.Open(dir)
		defer s.Close()
		tell := func(which []int) *embedding.TopWriter {
			w, err := s.TopWriter(testKey, shape)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range which {
				if w.Done(i) {
					continue
				}
				if err := w.Put(i, pictures[i].values, pictures[i].positions); err != nil {
					t.Fatal(err)
				}
			}
			return w
		}
		readable := slices.DeleteFunc(order, func(i int) bool { return leftOut[i] })
		pause = min(pause, len(readable))
		tell(readable[:pause]).Close()
		journal, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.journal.partial"))
		if err != nil || len(journal) != 1 {
			t.Fatalf("journals %v, %v", journal, err)
		}
		cutJournal(t, journal[0])
		w := tell(readable)
		defer w.Close()
		for i := range leftOut {
			if err := w.LeaveOut(i, "gone"); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		for c := range shape.Channels {
			got, err := s.Top(testKey, c)
			if err != nil {
				t.Fatal(err)
			}
			want := embedding.Top{TopShape: shape, LeftOut: len(leftOut), Peaks: bestOf(pictures, c, leftOut)}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("channel %d: %s", c, diff)
			}
		}
	})
}

// cutJournal takes some bytes off the end, as a power cut may.
func cutJournal(t *rapid.T, path string) {
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, max(0, info.Size()-int64(rapid.IntRange(0, 200).Draw(t, "cut")))); err != nil {
		t.Fatal(err)
	}
}

func TestTopFilesOnDisk(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	shape := embedding.TopShape{Pictures: 2, Height: 7, Width: 7, Channels: 1}
	writeTop(t, s, shape, []picture{{[]float32{0.5}, []float32{48}}, {[]float32{2}, []float32{9}}})
	path := onlyFile(t, dir, ".npy")
	if !strings.HasPrefix(path, filepath.Join(dir, "pets", "efficientnet-lite0", "top_activation.top.")) {
		t.Errorf("path %s", path)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header := "\x93NUMPY\x01\x00\x76\x00{'descr': [('picture', '<i4'), ('position', '<i4'), ('value', '<f4')], 'fortran_order': False, 'shape': (1, 9), }"
	want := []byte(header + strings.Repeat(" ", 127-len(header)) + "\n")
	for _, p := range [][3]int32{{1, 9, int32(math.Float32bits(2))}, {0, 48, int32(math.Float32bits(0.5))}, {-1}, {-1}, {-1}, {-1}, {-1}, {-1}, {-1}} {
		want, _ = binary.Append(want, binary.LittleEndian, p)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("file\n%q, want\n%q", got, want)
	}
	for _, rest := range []string{".partial", ".lock"} {
		if found, _ := filepath.Glob(filepath.Join(dir, "*", "*", "*"+rest)); len(found) > 0 {
			t.Errorf("left behind: %v", found)
		}
	}
	if list, err := s.List(); err != nil || len(list) != 0 {
		t.Errorf("matrices %v, %v; top pictures are none", list, err)
	}
}

func TestThePoolingOfTheKeyDoesNotMatterForTopPictures(t *testing.T) {
	s := openStore(t, t.TempDir())
	shape := embedding.TopShape{Pictures: 3, Height: 2, Width: 2, Channels: 2}
	writeTop(t, s, shape, drawPictures(1, shape))
	key := testKey
	key.Pooling = "max"
	if _, err := s.Top(key, 0); err != nil {
		t.Errorf("with another pooling: %v", err)
	}
	key.Weights = "other"
	if _, err := s.Top(key, 0); !errors.Is(err, embedding.ErrNotFound) {
		t.Errorf("with other weights: %v, expected ErrNotFound", err)
	}
	if _, err := s.Top(testKey, 2); err == nil || !strings.Contains(err.Error(), "channel 2: there are 0 to 1") {
		t.Errorf("channel 2 of 2: %v", err)
	}
	key.Layer = "../up"
	if _, err := s.Top(key, 0); err == nil || errors.Is(err, embedding.ErrNotFound) {
		t.Errorf("a hostile layer: %v, expected a refusal", err)
	}
}

func TestWholeTopPicturesAreNotMadeAgain(t *testing.T) {
	s := openStore(t, t.TempDir())
	shape := embedding.TopShape{Pictures: 3, Height: 2, Width: 2, Channels: 2}
	writeTop(t, s, shape, drawPictures(1, shape))
	w := openTopWriter(t, s, shape)
	if !w.Done(0) || !w.Done(2) {
		t.Error("they are to be made again")
	}
	if err := errors.Join(w.Put(0, []float32{9, 9}, []float32{0, 0}), w.LeaveOut(1, "gone"), w.Commit()); err != nil {
		t.Error(err)
	}
	if top, err := s.Top(testKey, 0); err != nil || top.Peaks[0].Value == 9 {
		t.Errorf("they changed: %+v, %v", top, err)
	}
}

func TestBadPeaksAreRefused(t *testing.T) {
	s := openStore(t, t.TempDir())
	w := openTopWriter(t, s, embedding.TopShape{Pictures: 2, Height: 2, Width: 3, Channels: 2})
	if other, err := s.TopWriter(testKey, embedding.TopShape{Pictures: 2, Height: 2, Width: 3, Channels: 2}); !errors.Is(err, embedding.ErrBusy) {
		t.Errorf("a second writer: %v, %v; expected ErrBusy", other, err)
	}
	for _, c := range []struct {
		name              string
		picture           int
		values, positions []float32
		want              string
	}{
		{"NaN", 0, []float32{0, float32(math.NaN())}, []float32{0, 0}, "picture 0 at layer top_activation: channel 1 is NaN: not a finite number"},
		{"length", 0, []float32{1}, []float32{0}, "top pictures of layer top_activation: 1 values at 1 positions, expected 2"},
		{"position", 0, []float32{1, 2}, []float32{5, 6}, "layer top_activation, channel 1: picture 0, position 6, value 2: out of range"},
		{"picture", 2, []float32{1, 2}, []float32{0, 0}, "layer top_activation, channel 0: picture 2, position 0, value 1: out of range"},
	} {
		if err := w.Put(c.picture, c.values, c.positions); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, expected %q", c.name, err, c.want)
		}
	}
	if err := w.Put(0, []float32{1, 2}, []float32{0, 5}); err != nil {
		t.Errorf("good peaks after refused ones: %v", err)
	}
	if err := w.Commit(); err == nil || !strings.Contains(err.Error(), "picture 1 is missing") {
		t.Errorf("commit: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := w.Put(1, []float32{1, 2}, []float32{0, 0}); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("put after close: %v", err)
	}
	for _, shape := range []embedding.TopShape{{}, {Pictures: 1, Height: 1, Width: 1}, {Pictures: 1, Height: 1 << 20, Width: 1 << 20, Channels: 1}} {
		if _, err := s.TopWriter(testKey, shape); err == nil || !strings.Contains(err.Error(), "out of range") {
			t.Errorf("shape %+v: %v", shape, err)
		}
	}
}

func TestDamagedTopPicturesAreNotFoundAndReplaced(t *testing.T) {
	const first = 128 // byte of the first peak
	poke := func(at int, b ...byte) func([]byte) []byte {
		return func(content []byte) []byte { copy(content[at:], b); return content }
	}
	edit := func(old, new string) func([]byte) []byte {
		return func(content []byte) []byte { return bytes.Replace(content, []byte(old), []byte(new), 1) }
	}
	for _, c := range []struct {
		name, suffix string
		damage       func([]byte) []byte
		want         string
	}{
		{"shortened", ".npy", func(b []byte) []byte { return b[:len(b)-1] }, "unexpected EOF"},
		{"lengthened", ".npy", func(b []byte) []byte { return append(b, 0) }, "more than 344 bytes"},
		{"other type", ".npy", edit("<i4", "<i8"), "the header is not that of 2 channels"},
		{"picture out of range", ".npy", poke(first, 3), "channel 0: picture 3, position 1, value 0.75: out of range"},
		{"position out of range", ".npy", poke(first+4, 4), "channel 0: picture 2, position 4, value 0.75: out of range"},
		{"a value that is NaN", ".npy", poke(first+8, 0, 0, 0xc0, 0x7f), "value NaN: out of range"},
		{"out of order, in another channel", ".npy", poke(first+9*12+8, 0, 0, 0, 0xc1), "channel 1: peak 1 is out of order"},
		{"a gap", ".npy", poke(first, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0), "channel 0: peak 1 is out of order"},
		{"empty manifest", ".json", func([]byte) []byte { return nil }, "damaged manifest"},
		{"newer manifest", ".json", edit(`"version": 1`, `"version": 2`), "version 2"},
		{"manifest of a matrix", ".json", edit("convnet-top", "convnet-embedding"), "convnet-embedding"},
		{"another key", ".json", edit("f00d", "beef"), "another key"},
		{"other channels", ".json", edit(`"channels": 2`, `"channels": 3`), "claims 344 bytes, 3 channels are 452"},
		{"a huge map", ".json", edit(`"height": 2`, `"height": 99999999999`), "out of range"},
		{"left-out picture out of range", ".json", edit(`"left_out": []`, `"left_out": [{"row": 3}]`), "left-out row 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s := openStore(t, dir)
			shape := embedding.TopShape{Pictures: 3, Height: 2, Width: 2, Channels: 2}
			pictures := []picture{{[]float32{0.5, 0.5}, []float32{0, 0}}, {[]float32{-1, 0.25}, []float32{3, 1}}, {[]float32{0.75, 0}, []float32{1, 1}}}
			writeTop(t, s, shape, pictures)
			path := onlyFile(t, dir, c.suffix)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, c.damage(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = s.Top(testKey, 0)
			if !errors.Is(err, embedding.ErrNotFound) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("top: %v, expected ErrNotFound that names %s and says %q", err, path, c.want)
			}
			writeTop(t, s, shape, pictures)
			if top, err := s.Top(testKey, 1); err != nil || len(top.Peaks) != 3 {
				t.Errorf("after writing again: %+v, %v", top, err)
			}
		})
	}
}

func TestAJournalOfOtherTopPicturesIsNotUsed(t *testing.T) {
	s := openStore(t, t.TempDir())
	shape := embedding.TopShape{Pictures: 3, Height: 2, Width: 2, Channels: 2}
	w := openTopWriter(t, s, shape)
	if err := errors.Join(w.Put(1, []float32{1, 2}, []float32{0, 3}), w.Close()); err != nil {
		t.Fatal(err)
	}
	shape.Height = 3
	w = openTopWriter(t, s, shape)
	for i := range shape.Pictures {
		if w.Done(i) {
			t.Errorf("picture %d is done", i)
		}
	}
}
