package api

import (
	"context"
	"errors"
	"image"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/playground"
)

func TestAnAtlasHoldsPicturesInRows(t *testing.T) {
	s := startServer(t)
	many := make([]string, 20)
	for i := range many {
		many[i] = strconv.Itoa(i)
	}
	for _, tt := range []struct {
		images string
		size   string
		want   image.Point
	}{
		{"7", "64", image.Pt(64, 64)},
		{"3,17,101", "32", image.Pt(96, 32)},
		{strings.Join(many, ","), "128", image.Pt(16*128, 2*128)},
	} {
		t.Run(tt.images+" of "+tt.size, func(t *testing.T) {
			a := s.do(t, "GET", "/api/v1/datasets/stamps/atlas?size="+tt.size+"&images="+tt.images, "")
			if a.status != http.StatusOK || a.header.Get("Content-Type") != "image/jpeg" {
				t.Fatalf("status %d, type %s: %s", a.status, a.header.Get("Content-Type"), a.body)
			}
			sheet, err := jpeg.Decode(strings.NewReader(a.body))
			if err != nil {
				t.Fatal(err)
			}
			if got := sheet.Bounds().Size(); got != tt.want {
				t.Errorf("a sheet of %v, want %v", got, tt.want)
			}
		})
	}
}

func TestACellOfAnAtlasIsTheThumbnailInSmall(t *testing.T) {
	s := startServer(t)
	s.addPictures(t)
	both := s.sheet(t, "/api/v1/datasets/small/atlas?size=64&images=0,6")
	for cell, i := range []string{"0", "6"} {
		alone := s.sheet(t, "/api/v1/datasets/small/atlas?size=64&images="+i)
		for y := range 64 {
			for x := range 64 {
				r, g, b, _ := alone.At(x, y).RGBA()
				r2, g2, b2, _ := both.At(64*cell+x, y).RGBA()
				if r != r2 || g != g2 || b != b2 {
					t.Fatalf("cell %d differs from the sheet of picture %s alone at %d, %d", cell, i, x, y)
				}
			}
		}
	}
}

func (s *testServer) sheet(t *testing.T, target string) image.Image {
	t.Helper()
	sheet, err := jpeg.Decode(strings.NewReader(s.do(t, "GET", target, "").body))
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func TestAtlasesAreCachedByTheVersion(t *testing.T) {
	s := startServer(t)
	s.addPictures(t)
	version := decode[playground.DatasetDetail](t, s.do(t, "GET", "/api/v1/datasets/small", "")).Version
	const target = "/api/v1/datasets/small/atlas?images=0,1,2"
	first := s.do(t, "GET", target+"&v="+version, "")
	if got := first.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("with the version: Cache-Control is %q", got)
	}
	if got := s.do(t, "GET", target+"&v=0", "").header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("with another version: Cache-Control is %q", got)
	}
	again := s.do(t, "GET", target, "", "If-None-Match", first.header.Get("ETag"))
	if again.status != http.StatusNotModified || again.body != "" {
		t.Errorf("known to the client: status %d, %d bytes", again.status, len(again.body))
	}
}

func TestAPictureThatIsGoneLeavesItsCellEmpty(t *testing.T) {
	data, pictures := t.TempDir(), t.TempDir()
	content, err := os.ReadFile("../../dataset/stamps/bird/duck.jpg")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.jpg", "b.jpg"} {
		if err := os.WriteFile(filepath.Join(pictures, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := startServerOn(t, data)
	if _, err := s.pg.AddDataset(t.Context(), "two", pictures, nil); err != nil {
		t.Fatal(err)
	}
	s.stop()
	// The thumbnails are a cache: without them the pictures themselves are looked at.
	for _, file := range []string{"cache.db", "cache.db-wal", "cache.db-shm"} {
		if err := os.Remove(filepath.Join(data, file)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(pictures, "a.jpg")); err != nil {
		t.Fatal(err)
	}
	s = startServerOn(t, data)
	version := decode[playground.DatasetDetail](t, s.do(t, "GET", "/api/v1/datasets/two", "")).Version
	target := "/api/v1/datasets/two/atlas?size=32&images=0,1&v=" + version
	if got := s.do(t, "GET", target, "").header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control of a sheet with an empty cell is %q", got)
	}
	sheet := s.sheet(t, target)
	isWhite := func(x, y int) bool { r, g, b, _ := sheet.At(x, y).RGBA(); return min(r, g, b) > 0xf800 }
	if !isWhite(16, 16) || isWhite(48, 16) {
		t.Errorf("the cells are white: %v and %v; want only the first", isWhite(16, 16), isWhite(48, 16))
	}
}

func TestAtlasesThatAreRefused(t *testing.T) {
	s := startServer(t)
	tooMany := make([]string, 257)
	for i := range tooMany {
		tooMany[i] = strconv.Itoa(i)
	}
	const target = "/api/v1/datasets/stamps/atlas"
	s.play(t, []scenario{
		{name: "without pictures", target: target, status: 422},
		{name: "with an empty list", target: target + "?images=", status: 422, contains: []string{"images is empty"}},
		{name: "with too many", target: target + "?images=" + strings.Join(tooMany, ","), status: 422},
		{name: "past the end", target: target + "?images=0,204", status: 404, contains: []string{"its pictures are 0 to 203"}},
		{name: "not ascending", target: target + "?images=5,3", status: 422, contains: []string{"3 stands after 5"}},
		{name: "twice the same", target: target + "?images=5,5", status: 422},
		{name: "a negative one", target: target + "?images=-1,5", status: 422},
		{name: "a huge one", target: target + "?images=9999999999", status: 422},
		{name: "no numbers", target: target + "?images=a,b", status: 422},
		{name: "of another size", target: target + "?images=1&size=48", status: 422},
		{name: "of an unknown dataset", target: "/api/v1/datasets/stmps/atlas?images=1", status: 404, contains: []string{`"near":["stamps"]`}},
	})
}

func TestAnAtlasThatNobodyWaitsForIsGivenUp(t *testing.T) {
	s := startServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.pg.Atlas(ctx, "stamps", 64, []int{0, 1, 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want %v", err, context.Canceled)
	}
}
