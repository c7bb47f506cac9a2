package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/fetch"
)

func TestCopy(t *testing.T) {
	for _, size := range []int{0, 1, 1_000_000} {
		content := random(1, size)
		source := filepath.Join(t.TempDir(), "mine.h5")
		write(t, source, content)
		var done, total int64
		r := fetch.Request{
			Source: source, Dest: filepath.Join(t.TempDir(), "weights.h5"), SHA256: sha(content), MD5: md(content),
			Progress: func(d, all int64) { done, total = d, all },
		}
		result, err := fetch.Copy(t.Context(), r)
		if err != nil || result.SHA256 != sha(content) || result.Size != int64(size) {
			t.Fatalf("%+v, %v", result, err)
		}
		if got, err := os.ReadFile(r.Dest); err != nil || !bytes.Equal(got, content) {
			t.Errorf("the copy differs, %v", err)
		}
		if done != int64(size) || total != int64(size) {
			t.Errorf("progress ends at %d of %d", done, total)
		}
		expectFiles(t, r.Dest, "weights.h5")
		expectFiles(t, source, "mine.h5")
	}
}

func TestACopyOntoItselfChangesNothing(t *testing.T) {
	content := random(1, 1000)
	path := filepath.Join(t.TempDir(), "x")
	write(t, path, content)
	if _, err := fetch.Copy(t.Context(), fetch.Request{Source: path, Dest: path}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, content) {
		t.Errorf("it differs, %v", err)
	}
}

func TestCopiesThatFail(t *testing.T) {
	content := random(1, 1000)
	dir := t.TempDir()
	source := filepath.Join(dir, "mine.h5")
	write(t, source, content)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		r    fetch.Request
		want error // nil: any
		says string
	}{
		{"nothing there", t.Context(), fetch.Request{Source: dir + "/missing"}, fs.ErrNotExist, "copy " + dir + "/missing: no such file or directory"},
		{"a folder", t.Context(), fetch.Request{Source: dir}, nil, "not a regular file"},
		{"a device", t.Context(), fetch.Request{Source: os.DevNull}, nil, "not a regular file"},
		{"too large", t.Context(), fetch.Request{Source: source, MaxSize: 999}, fetch.ErrTooLarge, "1000 bytes, the cap is 999"},
		{"another SHA-256", t.Context(), fetch.Request{Source: source, SHA256: sha(nil)}, fetch.ErrChecksum, sha(content)},
		{"another MD5", t.Context(), fetch.Request{Source: source, MD5: md(nil)}, fetch.ErrChecksum, md(content)},
		{"cancelled", cancelled, fetch.Request{Source: source}, context.Canceled, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Dest = filepath.Join(t.TempDir(), "weights.h5")
			_, err := fetch.Copy(tt.ctx, tt.r)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error is %v, expected %v saying %q", err, tt.want, tt.says)
			}
			expectFiles(t, tt.r.Dest)
		})
	}
}

// The beginning of a copy must not pass for that of a download.
func TestACopyReplacesWhatADownloadLeft(t *testing.T) {
	content, other := random(1, 1000), random(2, 1000)
	s := newSite(t, content, cutAfter(400))
	r := s.request(t)
	r.Tries = 1
	fail(t, r, fetch.ErrUnavailable)
	c := fetch.Request{Source: filepath.Join(t.TempDir(), "mine.h5"), Dest: r.Dest, SHA256: sha(content)}
	write(t, c.Source, other)
	if _, err := fetch.Copy(t.Context(), c); !errors.Is(err, fetch.ErrChecksum) {
		t.Fatal(err)
	}
	expectFiles(t, r.Dest)
	get(t, r, content)
}

func TestASourceThatGrowsOrShrinksWhileItIsCopied(t *testing.T) {
	for name, size := range map[string]int64{"grows": 2_000_000, "shrinks": 300_000} {
		t.Run(name, func(t *testing.T) {
			r := fetch.Request{Source: filepath.Join(t.TempDir(), "mine.h5"), Dest: filepath.Join(t.TempDir(), "weights.h5")}
			write(t, r.Source, random(1, 1_000_000))
			r.Progress = func(done, total int64) {
				if err := os.Truncate(r.Source, size); err != nil {
					t.Error(err)
				}
			}
			if _, err := fetch.Copy(t.Context(), r); err == nil || !strings.Contains(err.Error(), "changed while it was copied") {
				t.Errorf("error is %v", err)
			}
			expectFiles(t, r.Dest)
		})
	}
}
