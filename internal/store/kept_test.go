package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/internal/disk"
	"github.com/convnetplayground/convnet/internal/store"
)

var aboutMixed = &dataset.Dataset{Name: "mixed", Title: "Mixed", Description: "Cats and dogs", Licence: "free", Source: "https://example.org"}

// mixed are the classes of twelve pictures, neither sorted nor in blocks.
var mixed = strings.Fields("dog cat dog owl cat dog owl owl cat dog cat owl")

// fillMixed writes the pictures of the set "mixed".
func fillMixed(t testing.TB) func(dir string) ([]string, error) {
	return func(dir string) ([]string, error) {
		for i := range mixed {
			name := filepath.Join(dir, fmt.Sprintf("%d.jpg", i))
			if err := os.WriteFile(name, jpegPicture(t, 20, 10+i, uint64(i)), 0o600); err != nil {
				return nil, err
			}
		}
		return mixed, nil
	}
}

func keepMixed(t testing.TB, s *store.Store) *dataset.Dataset {
	t.Helper()
	d, err := s.KeepDataset(ctx, aboutMixed, fillMixed(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// kept lists what is in the folder of kept sets.
func kept(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "datasets"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestKeptSetsStayInTheirOrderAndMoveWithTheDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "before")
	s := open(t, dir)
	first := keepMixed(t, s)
	if diff := cmp.Diff([]string{"mixed"}, kept(t, dir)); diff != "" {
		t.Error(diff)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(filepath.Dir(dir), "after")
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	d, err := open(t, moved).Dataset(ctx, "mixed")
	if err != nil {
		t.Fatal(err)
	}
	if !d.Kept || d.Title != "Mixed" || d.Licence != "free" || d.Dir != filepath.Join(moved, "datasets", "mixed") || d.Fingerprint() != first.Fingerprint() {
		t.Errorf("after the move: %q, kept %v, in %s", d.Title, d.Kept, d.Dir)
	}
	if diff := cmp.Diff([]string{"cat", "dog", "owl"}, d.Classes); diff != "" {
		t.Error(diff)
	}
	for i, im := range d.Images {
		if im.Index != i || im.File != fmt.Sprintf("%d.jpg", i) || im.Class != mixed[i] || im.Height != 10+i {
			t.Errorf("image %d is %+v", i, im)
		}
		if _, err := d.Decode(i); err != nil {
			t.Error(err)
		}
	}
}

func TestRemovingAKeptSetRemovesItsPicturesAlone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	pets := petsFolder(t)
	importPets(t, s, pets)
	keepMixed(t, s)
	for _, name := range []string{"mixed", "pets"} {
		if err := s.RemoveDataset(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	if names := kept(t, dir); len(names) > 0 {
		t.Errorf("left are %q", names)
	}
	if _, err := os.Stat(filepath.Join(pets, "cat", "tom.jpg")); err != nil {
		t.Errorf("a picture of the user's own is gone: %v", err)
	}
	keepMixed(t, s)
	// Its folder may have been removed by hand.
	if err := os.RemoveAll(filepath.Join(dir, "datasets", "mixed")); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveDataset(ctx, "mixed"); err != nil {
		t.Error(err)
	}
}

func TestASetThatCannotBeKeptLeavesNothing(t *testing.T) {
	broken := errors.New("broken")
	with := func(name, content string) func(dir string) ([]string, error) {
		return func(dir string) ([]string, error) {
			classes, err := fillMixed(t)(dir)
			return classes, errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
		}
	}
	for _, c := range []struct {
		name    string
		fill    func(dir string) ([]string, error)
		want    error
		message string
	}{
		{"fails", func(string) ([]string, error) { return nil, broken }, broken, "broken"},
		{"no picture", func(string) ([]string, error) { return nil, nil }, dataset.ErrEmpty, "no pictures found"},
		{"damaged picture", with("7.jpg", "not a picture"), store.ErrUnreadable, "dataset mixed: pictures cannot be read, 1 in all, the first is 7.jpg: not a picture"},
		{"one too many", with("12.jpg", string(jpegPicture(t, 8, 8, 0))), store.ErrUnreadable, "there are 13 for 12 classes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			_, err := s.KeepDataset(ctx, aboutMixed, c.fill)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.message) {
				t.Errorf("%v, expected %q", err, c.message)
			}
			if names := kept(t, dir); len(names) > 0 {
				t.Errorf("left are %q", names)
			}
			if _, err := s.Dataset(ctx, "mixed"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the set: %v", err)
			}
			keepMixed(t, s)
		})
	}
}

func TestWhatAKilledProgramLeftIsReplaced(t *testing.T) {
	dir := t.TempDir()
	for _, left := range []string{".mixed.partial", "mixed", ".mixed.removed"} {
		path := filepath.Join(dir, "datasets", left)
		if err := errors.Join(os.MkdirAll(path, 0o700), os.WriteFile(filepath.Join(path, "99.jpg"), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	keepMixed(t, s)
	if err := s.RemoveDataset(ctx, "mixed"); err != nil {
		t.Fatal(err)
	}
	if names := kept(t, dir); len(names) > 0 {
		t.Errorf("left are %q", names)
	}
}

func TestASetIsKeptByOneAtATime(t *testing.T) {
	dir := t.TempDir()
	here, there := open(t, dir), open(t, dir)
	_, err := here.KeepDataset(ctx, aboutMixed, func(dir string) ([]string, error) {
		if _, err := there.KeepDataset(ctx, aboutMixed, fillMixed(t)); !errors.Is(err, disk.ErrLocked) {
			t.Errorf("elsewhere: %v, expected ErrLocked", err)
		}
		return fillMixed(t)(dir)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := there.KeepDataset(ctx, aboutMixed, fillMixed(t)); !errors.Is(err, store.ErrExists) {
		t.Errorf("afterwards: %v, expected ErrExists", err)
	}
	if d, err := here.Dataset(ctx, "mixed"); err != nil || len(d.Images) != len(mixed) {
		t.Errorf("the set: %v", err)
	}
}

func TestDownloadsStayUntilTheyAreDropped(t *testing.T) {
	s := open(t, t.TempDir())
	folder, err := s.DownloadFolder("mixed")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "a.zip"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := s.DownloadFolder("mixed"); err != nil || again != folder {
		t.Errorf("%s, %v", again, err)
	}
	if err := s.DropDownloads("mixed"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder: %v", err)
	}
	for _, name := range []string{"..", "a/b", ""} {
		if _, err := s.DownloadFolder(name); !errors.Is(err, dataset.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
		if err := s.DropDownloads(name); !errors.Is(err, dataset.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
