package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/preprocess"
)

var ctx = context.Background()

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// jpegPicture is a JPEG file of noise, another one for another seed.
func jpegPicture(t testing.TB, width, height int, seed uint64) []byte {
	t.Helper()
	im := image.NewGray(image.Rect(0, 0, width, height))
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range im.Pix {
		im.Pix[i] = uint8(random.Uint32())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// petsFolder has a good picture in each of two classes, and a bad file.
func petsFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"cat/tom.jpg": jpegPicture(t, 400, 300, 1),
		"cat/bad.jpg": []byte("not a picture"),
		"dog/rex.jpg": jpegPicture(t, 20, 40, 2),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func importPets(t testing.TB, s *store.Store, dir string) *dataset.Dataset {
	t.Helper()
	d, _, err := s.ImportDataset(ctx, "pets", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDefaultDir(t *testing.T) {
	t.Setenv("HOME", "/home/someone")
	for xdg, want := range map[string]string{
		"/data":    "/data/convnet",
		"":         "/home/someone/.local/share/convnet",
		"relative": "/home/someone/.local/share/convnet",
	} {
		t.Setenv("XDG_DATA_HOME", xdg)
		if dir, err := store.DefaultDir(); err != nil || dir != want {
			t.Errorf("XDG_DATA_HOME=%q: %q, %v; expected %q", xdg, dir, err, want)
		}
	}
}

func TestNewDirectoryHasTheStampsAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data dir?#%")
	s := open(t, dir)
	all, err := s.Datasets(ctx)
	if err != nil || len(all) != 1 || all[0] != dataset.Stamps() {
		t.Fatalf("datasets %v, %v", all, err)
	}
	if problems, err := s.Problems(ctx, "stamps"); err != nil || len(problems) != 0 {
		t.Errorf("problems of the stamps: %v, %v", problems, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "convnet.db")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode of the data directory: %v, %v; expected it to be private", info.Mode(), err)
	}
}

func TestImportedDatasetIsRemembered(t *testing.T) {
	dir, pets := t.TempDir(), petsFolder(t)
	s := open(t, dir)
	d, problems, err := s.ImportDataset(ctx, "pets", pets, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) != 1 || problems[0].File != "cat/bad.jpg" {
		t.Errorf("problems %v, expected cat/bad.jpg", problems)
	}
	again, err := open(t, dir).Dataset(ctx, "pets")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, again, cmpopts.IgnoreUnexported(dataset.Dataset{})); diff != "" {
		t.Error(diff)
	}
	if d.Fingerprint() != again.Fingerprint() {
		t.Error("the fingerprint changed")
	}
	remembered, err := open(t, dir).Problems(ctx, "pets")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(problems, remembered); diff != "" {
		t.Error(diff)
	}
	if _, err := again.Decode(1); err != nil {
		t.Error(err)
	}
	all, err := s.Datasets(ctx)
	if err != nil || len(all) != 2 || all[0].Name != "stamps" || all[1].Name != "pets" {
		t.Errorf("datasets %v, %v", all, err)
	}
}

func TestTakenAndHostileNamesAreRefused(t *testing.T) {
	s := open(t, t.TempDir())
	pets := petsFolder(t)
	d := importPets(t, s, pets)
	for _, c := range []struct {
		name string
		is   error
		want string
	}{
		{"pets", store.ErrExists, "dataset pets: there is a dataset of that name already; choose another name, or remove it first"},
		{"stamps", store.ErrExists, "dataset stamps: there is a dataset of that name already, built in; choose another name"},
		{"../pets", dataset.ErrName, "not a dataset name"},
		{"x'; DROP TABLE datasets; --", dataset.ErrName, "not a dataset name"},
		{"", dataset.ErrName, "not a dataset name"},
	} {
		renamed := &dataset.Dataset{Name: c.name, Dir: d.Dir, Images: d.Images}
		_, _, err := s.ImportDataset(ctx, c.name, pets, nil)
		for what, err := range map[string]error{"import": err, "add": s.AddDataset(ctx, renamed, nil)} {
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s %q: %v, expected %q", what, c.name, err, c.want)
			}
		}
	}
	for _, name := range []string{"gone", "../pets", "x' OR 1=1 --", strings.Repeat("a", 1<<20)} {
		_, err := s.Dataset(ctx, name)
		_, problemsErr := s.Problems(ctx, name)
		for what, err := range map[string]error{"dataset": err, "problems": problemsErr, "remove": s.RemoveDataset(ctx, name)} {
			if !errors.Is(err, store.ErrNotFound) || len(err.Error()) > 200 {
				t.Errorf("%s of %.40q: %.300v, expected ErrNotFound", what, name, err)
			}
		}
	}
}

func TestEmptyFolderAddsNothing(t *testing.T) {
	s := open(t, t.TempDir())
	_, _, err := s.ImportDataset(ctx, "pets", t.TempDir(), nil)
	if !errors.Is(err, dataset.ErrEmpty) {
		t.Errorf("%v, expected ErrEmpty", err)
	}
	if _, err := s.Dataset(ctx, "pets"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the set is there: %v", err)
	}
}

func TestCancelledImportAddsNothing(t *testing.T) {
	s := open(t, t.TempDir())
	pets := petsFolder(t)
	cancelled, cancel := context.WithCancel(ctx)
	_, _, err := s.ImportDataset(cancelled, "pets", pets, func(done, total int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, expected to be cancelled", err)
	}
	importPets(t, s, pets)
}

func TestRemovedDatasetIsForgottenButItsPicturesStay(t *testing.T) {
	dir, pets := t.TempDir(), petsFolder(t)
	s := open(t, dir)
	d := importPets(t, s, pets)
	key := embedding.Key{Dataset: "pets", Model: "m", Layer: "l", Pooling: "avg"}
	w, err := s.Embeddings().Writer(key, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Put(0, []float32{1}), w.Commit(), w.Close()); err != nil {
		t.Fatal(err)
	}

	if err := s.RemoveDataset(ctx, "pets"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Dataset(ctx, "pets"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("dataset: %v", err)
	}
	if _, err := s.Embeddings().Load(key); !errors.Is(err, embedding.ErrNotFound) {
		t.Errorf("embedding: %v", err)
	}
	if _, err := os.Stat(filepath.Join(pets, "cat", "tom.jpg")); err != nil {
		t.Errorf("a picture is gone: %v", err)
	}
	if err := s.RemoveDataset(ctx, "stamps"); !errors.Is(err, store.ErrBuiltIn) {
		t.Errorf("removing the stamps: %v", err)
	}
	// The name is free for other content.
	if err := os.Remove(filepath.Join(pets, "cat", "tom.jpg")); err != nil {
		t.Fatal(err)
	}
	if again := importPets(t, s, pets); len(again.Images) != 1 || again.Fingerprint() == d.Fingerprint() {
		t.Errorf("the set added again has %d images", len(again.Images))
	}
}

func TestThumbnails(t *testing.T) {
	s := open(t, t.TempDir())
	pets := petsFolder(t)
	d := importPets(t, s, pets)
	// They were made by the import: the pictures are not needed any more.
	if err := os.RemoveAll(pets); err != nil {
		t.Fatal(err)
	}
	for i, want := range []image.Point{{X: 256, Y: 192}, {X: 20, Y: 40}} {
		content, err := s.Thumbnail(ctx, d, i)
		if err != nil {
			t.Fatal(err)
		}
		header, err := jpeg.DecodeConfig(bytes.NewReader(content))
		if err != nil || header.Width != want.X || header.Height != want.Y {
			t.Errorf("thumbnail %d is %dx%d, %v; expected %v", i, header.Width, header.Height, err, want)
		}
	}
	for _, i := range []int{-1, 2} {
		if _, err := s.Thumbnail(ctx, d, i); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("thumbnail %d: %v", i, err)
		}
	}
}

func TestThumbnailsAreMadeOnceFromManyRequests(t *testing.T) {
	s := open(t, t.TempDir())
	d := dataset.Stamps()
	var group sync.WaitGroup
	made := make([][]byte, 40)
	for k := range made {
		group.Go(func() {
			var err error
			if made[k], err = s.Thumbnail(ctx, d, k%4); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for k := range made {
		if !bytes.Equal(made[k], made[k%4]) {
			t.Errorf("request %d got another thumbnail than request %d", k, k%4)
		}
	}

	var calls int
	progress := func(done, total int) {
		calls++
		if done != 4+calls || total != 204 {
			t.Errorf("progress %d of %d at call %d", done, total, calls)
		}
	}
	if err := s.MakeThumbnails(ctx, d, progress); err != nil {
		t.Fatal(err)
	}
	if calls != 200 {
		t.Errorf("%d thumbnails made, expected the 200 that were missing", calls)
	}
	calls = 0
	if err := s.MakeThumbnails(ctx, d, progress); err != nil || calls != 0 {
		t.Errorf("second time: %d made, %v", calls, err)
	}
}

func TestThumbnailOfAPictureThatChanged(t *testing.T) {
	s := open(t, t.TempDir())
	pets := petsFolder(t)
	d, problems, err := dataset.Scan(ctx, "pets", pets, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddDataset(ctx, d, problems); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(pets, "cat", "tom.jpg")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content[:len(content)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Thumbnail(ctx, d, 0); !errors.Is(err, dataset.ErrChanged) || !strings.Contains(err.Error(), "cat/tom.jpg") {
		t.Errorf("%v, expected ErrChanged that names the file", err)
	}
	if err := s.MakeThumbnails(ctx, d, nil); err != nil {
		t.Errorf("the others: %v", err)
	}
	if _, err := s.Thumbnail(ctx, d, 1); err != nil {
		t.Error(err)
	}
}

func TestCancelledThumbnails(t *testing.T) {
	s := open(t, t.TempDir())
	cancelled, cancel := context.WithCancel(ctx)
	err := s.MakeThumbnails(cancelled, dataset.Stamps(), func(done, total int) { cancel() })
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q, expected one line about being cancelled", err)
	}
}

func TestPictures(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	content := jpegPicture(t, 30, 20, 1)
	id, err := s.AddPicture(ctx, content)
	if err != nil || len(id) != 16 || strings.Trim(id, "0123456789abcdef") != "" {
		t.Fatalf("id %q, %v; expected 16 hexadecimal digits", id, err)
	}
	if again, err := s.AddPicture(ctx, content); err != nil || again != id {
		t.Errorf("the same picture again: %q, %v; expected %q", again, err, id)
	}
	got, err := open(t, dir).Picture(ctx, id)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("picture of %d bytes, %v; expected %d", len(got), err, len(content))
	}
	for _, bad := range []string{"", "0123456789abcdef", "../../etc/passwd", strings.Repeat("f", 1<<20)} {
		if _, err := s.Picture(ctx, bad); !errors.Is(err, store.ErrNotFound) || len(err.Error()) > 200 {
			t.Errorf("picture %.20q: %.300v", bad, err)
		}
	}
	for _, size := range []int{0, 8<<20 + 1} {
		if _, err := s.AddPicture(ctx, make([]byte, size)); err == nil {
			t.Errorf("a picture of %d bytes was taken", size)
		}
	}
}

func TestRuns(t *testing.T) {
	s := open(t, t.TempDir())
	if runs, err := s.Runs(ctx, 10); err != nil || runs == nil || len(runs) != 0 {
		t.Errorf("runs at first: %v, %v", runs, err)
	}
	var want []store.Run
	for i := range 3 {
		r := store.Run{
			Verb: "index", Dataset: "stamps", Model: "efficientnet-lite0", Layer: fmt.Sprint("layer", i),
			Started: time.Date(2026, 11, 24, 4, i, 0, 123456789, time.UTC), Seconds: 1.25, Detail: "204 images",
		}
		if err := s.RecordRun(ctx, r); err != nil {
			t.Fatal(err)
		}
		want = append([]store.Run{r}, want...)
	}
	got, err := s.Runs(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[:2], got); diff != "" {
		t.Error(diff)
	}
}

// sqliteFile runs statements on a database file as another program would.
func sqliteFile(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}

func TestForeignDatabasesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, path string)
		is    error
		want  string
	}{
		{"newer", func(t *testing.T, path string) { sqliteFile(t, path, "PRAGMA user_version = 99") },
			store.ErrNewer, "schema 99, this one knows 1; update this one or choose another data directory"},
		{"another program's", func(t *testing.T, path string) { sqliteFile(t, path, "PRAGMA application_id = 7") },
			store.ErrDamaged, "a database of another program"},
		{"text", func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("text "), 1000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, store.ErrDamaged, "move it away to start anew"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := store.Open(ctx, dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "convnet.db")
			c.spoil(t, path)
			_, err = store.Open(ctx, dir)
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, expected %q and the path", err, c.want)
			}
		})
	}
}

func TestDamagedCacheIsMadeAnew(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "cache.db"), bytes.Repeat([]byte("text "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir).Thumbnail(ctx, dataset.Stamps(), 0); err != nil {
		t.Error(err)
	}
}

func TestThumbnailWithoutADecodablePicture(t *testing.T) {
	s := open(t, t.TempDir())
	pets := petsFolder(t)
	d, _, err := dataset.Scan(ctx, "pets", pets, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The same size and time, so that only decoding can tell.
	path := filepath.Join(pets, "dog", "rex.jpg")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("x"), int(info.Size())), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Thumbnail(ctx, d, 1); !errors.Is(err, preprocess.ErrFormat) || !strings.Contains(err.Error(), "dog/rex.jpg") {
		t.Errorf("%v, expected ErrFormat that names the file", err)
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		s, err := store.Open(ctx, dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Datasets(ctx); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStampsThumbnails(b *testing.B) {
	for b.Loop() {
		s, err := store.Open(ctx, b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		if err := s.MakeThumbnails(ctx, dataset.Stamps(), nil); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
