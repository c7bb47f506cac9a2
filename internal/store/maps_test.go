package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestMapsAreKept(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	ctx := t.Context()
	if _, err := s.Map(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	want := Map{Hash: "abc", Dataset: "birds", Recipe: "{}", Places: []Place{{0, 1.5, -2}, {7, 0, 3e-9}}}
	for range 2 { // the same again is no error
		if err := s.AddMap(ctx, want); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	got, err := s.Map(ctx, "abc")
	if err != nil || got.Dataset != want.Dataset || got.Recipe != want.Recipe || !slices.Equal(got.Places, want.Places) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if err := s.dropMaps(ctx, "cats"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Map(ctx, "abc"); err != nil {
		t.Errorf("after another set was dropped: %v", err)
	}
	if err := s.dropMaps(ctx, "birds"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Map(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Errorf("after its set was dropped: %v", err)
	}
}

func TestMapsUsedLongestAgoGo(t *testing.T) {
	s := openTest(t, t.TempDir())
	ctx := t.Context()
	s.mapCap = 250
	add := func(hash string) {
		if err := s.AddMap(ctx, Map{Hash: hash, Places: make([]Place, 10)}); err != nil {
			t.Fatal(err)
		}
	}
	add("a")
	add("b")
	if _, err := s.Map(ctx, "a"); err != nil { // used
		t.Fatal(err)
	}
	add("c")
	for hash, kept := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, err := s.Map(ctx, hash); (err == nil) != kept {
			t.Errorf("%s: %v, kept %v", hash, err, kept)
		}
	}
}

func TestMapsThatChangedOnTheDiskAreNotThere(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	ctx := t.Context()
	if err := s.AddMap(ctx, Map{Hash: "abc", Places: []Place{{0, 1, 2}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.mapsDB.ExecContext(ctx, "UPDATE maps SET places = x'0000000000000000000000ff'"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Map(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Errorf("changed: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "maps.db"), []byte("no database, and long enough to be looked at as one"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	if _, err := s.Map(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a damaged file: %v", err)
	}
}
