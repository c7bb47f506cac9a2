package fetch_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/convnetplayground/convnet/internal/fetch"
)

// FuzzAnswers sends any bytes for an answer, while a partial file with any
// state may be there. Errors leave nothing, files keep to the cap.
func FuzzAnswers(f *testing.F) {
	const state = `{"format":"convnet-download","version":1,"url":"URL","etag":"\"v1\"","size":8}`
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), "")
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), "")
	f.Add([]byte("HTTP/1.1 206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes 3-7/8\r\nContent-Length: 5\r\n\r\nhello"), state)
	f.Add([]byte("HTTP/1.1 416 x\r\nContent-Range: bytes */3\r\n\r\n"), state)
	f.Add([]byte("HTTP/1.1 503 x\r\nRetry-After: 0\r\n\r\n"), "{")
	f.Add([]byte("HTTP/1.0 200 OK\r\n\r\nhello"), "")
	f.Add([]byte("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"), "")
	f.Fuzz(func(t *testing.T, answer []byte, state string) {
		r := fetch.Request{
			Source: raw(t, answer), Dest: filepath.Join(t.TempDir(), "x"), Private: true,
			MaxSize: 1000, Tries: 2, Pause: time.Microsecond,
		}
		if state != "" {
			write(t, r.Dest+".partial", []byte("abc"))
			write(t, r.Dest+".partial.json", []byte(strings.ReplaceAll(state, "URL", r.Source)))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // an answer may ask to wait
		defer cancel()
		result, err := fetch.Get(ctx, r)
		content, readErr := os.ReadFile(r.Dest)
		switch {
		case err != nil && !os.IsNotExist(readErr):
			t.Errorf("after %v there is a file: %v", err, readErr)
		case err == nil && (readErr != nil || len(content) > 1000 || result.SHA256 != sha(content)):
			t.Errorf("%+v does not describe the file: %d bytes, %v", result, len(content), readErr)
		}
	})
}
