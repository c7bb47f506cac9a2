package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestResultsAreKept(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	ctx := t.Context()
	if _, err := s.Result(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	want := Result{Hash: "abc", Dataset: "birds", Recipe: "{}", Content: []byte("content")}
	for range 2 { // the same again is no error
		if err := s.AddResult(ctx, want); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	got, err := s.Result(ctx, "abc")
	if err != nil || got.Dataset != want.Dataset || got.Recipe != want.Recipe || string(got.Content) != "content" {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if err := s.dropResults(ctx, "cats"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Result(ctx, "abc"); err != nil {
		t.Errorf("after another set was dropped: %v", err)
	}
	if err := s.dropResults(ctx, "birds"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Result(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Errorf("after its set was dropped: %v", err)
	}
}

func TestResultsUsedLongestAgoGo(t *testing.T) {
	s := openTest(t, t.TempDir())
	ctx := t.Context()
	s.resultCap = 250
	add := func(hash string) {
		if err := s.AddResult(ctx, Result{Hash: hash, Content: make([]byte, 100)}); err != nil {
			t.Fatal(err)
		}
	}
	add("a")
	add("b")
	if _, err := s.Result(ctx, "a"); err != nil { // used
		t.Fatal(err)
	}
	add("c")
	for hash, kept := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, err := s.Result(ctx, hash); (err == nil) != kept {
			t.Errorf("%s: %v, kept %v", hash, err, kept)
		}
	}
}

func TestResultsThatChangedOnTheDiskAreNotThere(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	ctx := t.Context()
	if err := s.AddResult(ctx, Result{Hash: "abc", Content: []byte("content")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.resultsDB.ExecContext(ctx, "UPDATE results SET content = x'00'"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Result(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Errorf("changed: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "results.db"), []byte("no database, and long enough to be looked at as one"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	if _, err := s.Result(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a damaged file: %v", err)
	}
}
