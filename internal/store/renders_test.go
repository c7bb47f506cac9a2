package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func openTest(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestRendersAreKept(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	ctx := t.Context()
	if _, err := s.Render(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	if err := s.SaveRenderState(ctx, "abc", []byte("half-way")); err != nil {
		t.Fatal(err)
	}
	if state, err := s.RenderState(ctx, "abc"); err != nil || string(state) != "half-way" {
		t.Errorf("state %q, %v", state, err)
	}
	want := Render{Hash: "abc", Recipe: "{}", Values: []float64{1.5, -2}, Seconds: 3, PNG: []byte("png"), Steps: []int{1, 16}}
	frames := []Frame{{16, []byte("sixteen")}, {1, []byte("one")}}
	if err := s.AddRender(ctx, want, frames); err != nil {
		t.Fatal(err)
	}
	if err := s.AddRender(ctx, want, frames); err != nil {
		t.Fatalf("the same again: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	got, err := s.Render(ctx, "abc")
	if err != nil || !slices.Equal(got.Values, want.Values) || !bytes.Equal(got.PNG, want.PNG) || !slices.Equal(got.Steps, want.Steps) || got.Recipe != want.Recipe {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if jpeg, err := s.RenderFrame(ctx, "abc", 16); err != nil || string(jpeg) != "sixteen" {
		t.Errorf("frame %q, %v", jpeg, err)
	}
	if _, err := s.RenderFrame(ctx, "abc", 2); !errors.Is(err, ErrNotFound) {
		t.Errorf("a frame that is not kept: %v", err)
	}
	if _, err := s.RenderState(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the state of a finished picture: %v", err)
	}
}

func TestRendersAreListedByRecipe(t *testing.T) {
	s := openTest(t, t.TempDir())
	for hash, recipe := range map[string]string{"one": `{"b":1}`, "two": `{"a":2}`} {
		if err := s.AddRender(t.Context(), Render{Hash: hash, Recipe: recipe, Values: []float64{0.5}, Seconds: 2, PNG: []byte("png")}, nil); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Renders(t.Context())
	if err != nil || len(all) != 2 || all[0].Hash != "two" || all[1].Hash != "one" {
		t.Fatalf("%+v, %v", all, err)
	}
	if r := all[0]; r.Recipe != `{"a":2}` || !slices.Equal(r.Values, []float64{0.5}) || r.Seconds != 2 || r.PNG != nil || r.Steps != nil {
		t.Errorf("listed is %+v", r)
	}
}

func TestRendersUsedLongestAgoGo(t *testing.T) {
	s := openTest(t, t.TempDir())
	ctx := t.Context()
	s.renderCap = 1000
	add := func(hash string) {
		if err := s.AddRender(ctx, Render{Hash: hash, PNG: make([]byte, 300)}, []Frame{{1, make([]byte, 100)}}); err != nil {
			t.Fatal(err)
		}
	}
	add("a")
	add("b")
	if _, err := s.Render(ctx, "a"); err != nil { // used
		t.Fatal(err)
	}
	add("c")
	for hash, kept := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, err := s.Render(ctx, hash); (err == nil) != kept {
			t.Errorf("%s: %v, kept %v", hash, err, kept)
		}
	}
	if _, err := s.RenderFrame(ctx, "b", 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("the frames of one that is gone: %v", err)
	}
}

func TestADamagedRenderIsNotThere(t *testing.T) {
	dir := t.TempDir()
	ctx := t.Context()
	s := openTest(t, dir)
	png := bytes.Repeat([]byte("picture of a channel "), 1000)
	if err := s.AddRender(ctx, Render{Hash: "abc", PNG: png}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "renders.db")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(content, []byte("channel"))
	if at < 0 {
		t.Fatal("the picture is not in the file")
	}
	content[at] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	if _, err := s.Render(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Errorf("changed on the disk: %v", err)
	}
	if err := s.AddRender(ctx, Render{Hash: "abc", PNG: png}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("no database at all, but long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openTest(t, dir).Render(ctx, "abc"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another file: %v", err)
	}
}

func TestFewStatesAreKept(t *testing.T) {
	s := openTest(t, t.TempDir())
	for i := range maxStates + 3 {
		if err := s.SaveRenderState(t.Context(), fmt.Sprint(i), []byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	for i, kept := range map[int]bool{0: false, 2: false, 3: true, maxStates + 2: true} {
		if _, err := s.RenderState(t.Context(), fmt.Sprint(i)); (err == nil) != kept {
			t.Errorf("state %d: %v, kept %v", i, err, kept)
		}
	}
}
