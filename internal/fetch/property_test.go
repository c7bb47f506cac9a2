package fetch_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/internal/fetch"
)

// faults that leave an honest server: what it sends is the file, as far as it goes.
func honestFault(t *rapid.T, size int) fault {
	n := rapid.IntRange(0, size).Draw(t, "bytes")
	f := rapid.SampledFrom([]fault{
		cutAfter(n), cutAfter(n), cutAfter(n), stillAfter(n), answering(503), answering(429), honest,
	}).Draw(t, "fault")
	manner := rapid.SampledFrom([]func(fault) fault{rangeless, careless, nil}).Draw(t, "manner")
	if manner == nil {
		return f
	}
	return manner(f)
}

// tries fetches up to four times, with changes in between, and reports the
// content of the file, or nil if it never arrived.
func tries(t *rapid.T, r fetch.Request, between func()) []byte {
	for range 4 {
		result, err := fetch.Get(t.Context(), r)
		got, readErr := os.ReadFile(r.Dest)
		if err == nil {
			if readErr != nil || result.Size != int64(len(got)) || result.SHA256 != sha(got) {
				t.Fatalf("%+v does not describe the file of %d bytes, %v", result, len(got), readErr)
			}
			return append([]byte{}, got...)
		}
		if !errors.Is(readErr, fs.ErrNotExist) {
			t.Fatalf("after %v there is a file: %v", err, readErr)
		}
		between()
	}
	return nil
}

func propertyRequest(t *rapid.T, s *site) (fetch.Request, func()) {
	dir, err := os.MkdirTemp("", "fetch")
	if err != nil {
		t.Fatal(err)
	}
	return fetch.Request{
		Source: s.URL, Dest: filepath.Join(dir, "x"), Private: true,
		Tries: 3, Pause: time.Microsecond, Stall: 50 * time.Millisecond,
	}, func() { os.RemoveAll(dir) }
}

// Whatever the cuts, an honest server's file arrives as it is there, even if it
// changes in between and no hash is known.
func TestPropertyFilesArriveWholeOrNotAtAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(0, 100_000).Draw(t, "size")
		content := random(1, size)
		var faults []fault
		for range rapid.IntRange(0, 10).Draw(t, "faults") {
			faults = append(faults, honestFault(t, size))
		}
		s := newOwnSite(content, faults...)
		defer s.Close()
		tag := rapid.SampledFrom([]string{`"v1"`, "", `W/"v1"`}).Draw(t, "tag")
		modified := rapid.SampledFrom([]time.Time{{}, time.Unix(1e9, 0)}).Draw(t, "modified")
		s.become(content, tag, modified)
		r, remove := propertyRequest(t, s)
		defer remove()
		checked := rapid.Bool().Draw(t, "checked")
		if checked {
			r.SHA256 = sha(content)
		}
		versions := [][]byte{content}
		got := tries(t, r, func() {
			if rapid.Bool().Draw(t, "changes") {
				n := len(versions) + 1
				changed := random(uint64(n), rapid.SampledFrom([]int{size, size / 2, size + 1}).Draw(t, "new size"))
				versions = append(versions, changed)
				if tag != "" {
					tag = fmt.Sprintf("%s%d\"", tag[:len(tag)-1], n)
				}
				if !modified.IsZero() {
					modified = modified.Add(time.Hour)
				}
				s.become(changed, tag, modified)
			}
		})
		if want := versions[len(versions)-1]; got != nil && !bytes.Equal(got, want) {
			t.Errorf("%d bytes arrived, not the %d bytes of version %d", len(got), len(want), len(versions))
		}
		if got != nil && checked && !bytes.Equal(got, content) {
			t.Error("a file with another hash arrived")
		}
	})
}

// Where the hash is known, even a server that lies about ranges, tags and sizes
// cannot bring anything but the file.
func TestPropertyAHashHoldsAgainstAnyServer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 50_000).Draw(t, "size")
		content := random(1, size)
		lie := func() fault {
			status := rapid.SampledFrom([]int{200, 206, 416}).Draw(t, "status")
			begin, end := rapid.IntRange(0, size).Draw(t, "begin"), rapid.IntRange(0, size).Draw(t, "end")
			total := rapid.SampledFrom([]int{size, size, size - 1, size + 1, begin}).Draw(t, "total")
			tag := rapid.SampledFrom([]string{`"v1"`, `"v1"`, `"v2"`, ""}).Draw(t, "tag")
			seed := rapid.SampledFrom([]uint64{1, 2}).Draw(t, "seed")
			return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
				begin := begin
				if begin%2 == 0 { // half of them begin where they should
					fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &begin)
				}
				w.Header().Set("ETag", tag)
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", begin, end-1, total))
				if status == 416 {
					w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", total))
				}
				w.WriteHeader(status)
				w.Write(random(seed, size)[min(begin, size):max(min(begin, size), end)])
			}
		}
		var faults []fault
		for range rapid.IntRange(1, 10).Draw(t, "faults") {
			f := honestFault(t, size)
			if rapid.Bool().Draw(t, "lies") {
				f = lie()
			}
			faults = append(faults, f)
		}
		s := newOwnSite(content, faults...)
		defer s.Close()
		r, remove := propertyRequest(t, s)
		defer remove()
		if rapid.Bool().Draw(t, "md5") {
			r.MD5 = md(content)
		} else {
			r.SHA256 = sha(content)
		}
		if got := tries(t, r, func() {}); got != nil && !bytes.Equal(got, content) {
			t.Error("another file arrived")
		}
	})
}
