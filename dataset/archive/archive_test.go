package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var generous = Limits{Entries: 1000, EntryBytes: 1 << 20, TotalBytes: 1 << 30}

// entry is what is put into an archive.
type entry struct {
	name    string
	content string
	kind    byte   // of tar, 0 for a regular file
	link    string // target of a link
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, NonUTF8: true}
		header.SetMode(0o644)
		if e.kind == tar.TypeSymlink {
			header.SetMode(0o777 | fs.ModeSymlink)
		}
		f, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.content+e.link); err != nil && !strings.HasSuffix(e.name, "/") {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		kind := e.kind
		if kind == 0 {
			kind = tar.TypeReg
		}
		if strings.HasSuffix(e.name, "/") {
			kind = tar.TypeDir
		}
		header := &tar.Header{Name: e.name, Typeflag: kind, Linkname: e.link, Size: int64(len(e.content)), Mode: 0o644, Format: tar.FormatGNU}
		if kind == tar.TypeXGlobalHeader {
			header = &tar.Header{Typeflag: kind, PAXRecords: map[string]string{"comment": "0123abc"}}
		}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// contents walks over an archive and reads every file of it.
func contents(path string, limits Limits) (map[string]string, error) {
	files := map[string]string{}
	err := Walk(context.Background(), path, limits, func(f *File) error {
		content, err := io.ReadAll(f)
		files[f.Name] = string(content)
		return err
	})
	return files, err
}

func TestWalkReadsEveryFormat(t *testing.T) {
	entries := []entry{
		{name: "set/"},
		{name: "set/a.jpg", content: "first"},
		{name: "./set/more/b.txt", content: strings.Repeat("second ", 5000)},
		{name: "größe.png", content: ""},
	}
	want := map[string]string{"set/a.jpg": "first", "set/more/b.txt": strings.Repeat("second ", 5000), "größe.png": ""}
	folder := t.TempDir()
	for name, content := range want {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// What git archive puts in front is no file.
	comment := entry{kind: tar.TypeXGlobalHeader}
	for name, path := range map[string]string{
		"zip":         write(t, "a", zipOf(t, entries...)),
		"tar":         write(t, "a.zip", tarOf(t, append([]entry{comment}, entries...)...)),
		"tar.gz":      write(t, "a", gzipOf(t, tarOf(t, entries...))),
		"gzip in two": write(t, "a", append(gzipOf(t, tarOf(t, entries...)[:700]), gzipOf(t, tarOf(t, entries...)[700:])...)),
		"folder":      folder,
		"empty zip":   write(t, "a", zipOf(t)),
		"empty tar":   write(t, "a", gzipOf(t, tarOf(t))),
	} {
		t.Run(name, func(t *testing.T) {
			want := want
			if strings.HasPrefix(name, "empty") {
				want = map[string]string{}
			}
			got, err := contents(path, generous)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWalkStopsWhereTheVisitorWants(t *testing.T) {
	path := write(t, "a.tgz", gzipOf(t, tarOf(t, entry{name: "a"}, entry{name: "b"})))
	for _, c := range []struct {
		answer error
		want   error
		visits int
	}{{nil, nil, 2}, {fs.SkipAll, nil, 1}, {io.ErrNoProgress, io.ErrNoProgress, 1}} {
		visits := 0
		err := Walk(t.Context(), path, generous, func(*File) error { visits++; return c.answer })
		if !errors.Is(err, c.want) || visits != c.visits {
			t.Errorf("%v: %d visits and %v, expected %d", c.answer, visits, err, c.visits)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := Walk(ctx, path, generous, func(*File) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestWalkUnpacksOnlyWhatIsRead(t *testing.T) {
	bomb := entry{name: "zeros", content: strings.Repeat("\x00", 1<<20)}
	limits := Limits{Entries: 10, EntryBytes: 1 << 20, TotalBytes: 1000}
	path := write(t, "a.zip", zipOf(t, bomb, entry{name: "b", content: "wanted"}))
	var wanted []byte
	err := Walk(t.Context(), path, limits, func(f *File) (err error) {
		if f.Name == "b" {
			wanted, err = io.ReadAll(f)
		}
		return err
	})
	if err != nil || string(wanted) != "wanted" {
		t.Errorf("%q, %v", wanted, err)
	}
}

func TestHostileArchivesAreRefused(t *testing.T) {
	long := strings.Repeat("long", 200)
	for _, c := range []struct {
		name    string
		content []byte
		want    error
		message string
	}{
		{"parent in zip", zipOf(t, entry{name: "a/../../evil"}), ErrRefused, `"a/../../evil": refused: its name leads out of the archive`},
		{"parent in tar", tarOf(t, entry{name: "../evil"}), ErrRefused, `"../evil": refused: its name leads out of the archive`},
		{"folder that leads out", tarOf(t, entry{name: "../evil/"}), ErrRefused, `"../evil/": refused: its name leads out`},
		{"parent that stays inside", zipOf(t, entry{name: "a/b/../c"}), ErrRefused, `its name leads out of the archive`},
		{"absolute in zip", zipOf(t, entry{name: "/etc/passwd"}), ErrRefused, `"/etc/passwd": refused: its name is an absolute path`},
		{"absolute in tar", tarOf(t, entry{name: "/etc/passwd"}), ErrRefused, `its name is an absolute path`},
		{"drive", zipOf(t, entry{name: "C:evil"}), ErrRefused, `its name is an absolute path`},
		{"backslash", zipOf(t, entry{name: `a\..\..\evil`}), ErrRefused, `its name has a backslash`},
		{"double slash", zipOf(t, entry{name: "a//b"}), ErrRefused, `its name is not a clean path`},
		{"dot within", tarOf(t, entry{name: "a/./b"}), ErrRefused, `its name is not a clean path`},
		{"no name", zipOf(t, entry{name: ""}), ErrRefused, `its name is not a clean path`},
		{"not UTF-8", zipOf(t, entry{name: "gr\xf6sse.jpg"}), ErrRefused, `"gr\xf6sse.jpg": refused: its name is not valid UTF-8`},
		{"control", tarOf(t, entry{name: "a\nb"}), ErrRefused, `"a\nb": refused: its name is not plain text`},
		{"nul", zipOf(t, entry{name: "a.jpg\x00.exe"}), ErrRefused, `its name is not plain text`},
		{"long", tarOf(t, entry{name: long}), ErrRefused, `its name has 800 bytes, the cap is 512`},
		{"twice in zip", zipOf(t, entry{name: "a"}, entry{name: "a"}), ErrRefused, `"a": refused: it comes twice`},
		{"twice in tar", tarOf(t, entry{name: "a"}, entry{name: "./a"}), ErrRefused, `"./a": refused: it comes twice`},
		{"link in zip", zipOf(t, entry{name: "a", kind: tar.TypeSymlink, link: "/etc/passwd"}), ErrRefused, `"a": refused: it is a link`},
		{"symbolic link in tar", tarOf(t, entry{name: "a", kind: tar.TypeSymlink, link: "/etc/passwd"}), ErrRefused, `it is a link`},
		{"hard link in tar", tarOf(t, entry{name: "a", kind: tar.TypeLink, link: "b"}), ErrRefused, `it is a link`},
		{"device", tarOf(t, entry{name: "a", kind: tar.TypeChar}), ErrRefused, `it is not a regular file`},
		{"pipe", gzipOf(t, tarOf(t, entry{name: "a", kind: tar.TypeFifo})), ErrRefused, `it is not a regular file`},

		{"empty", nil, ErrFormat, "not a zip, tar or tar.gz archive"},
		{"text", []byte("<html>404 not found</html>"), ErrFormat, "not a zip, tar or tar.gz archive"},
		{"gzip of text", gzipOf(t, []byte(strings.Repeat("text", 500))), ErrFormat, "not a zip, tar or tar.gz archive"},
		{"cut zip", zipOf(t, entry{name: "a", content: "a"})[:60], ErrDamaged, "damaged archive: zip: not a valid zip file"},
		{"cut tar.gz", gzipOf(t, tarOf(t, entry{name: "a", content: "a"}))[:60], ErrDamaged, "damaged archive: it is cut short"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, "set.zip", c.content)
			_, err := contents(path, generous)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.message) || !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("%v, expected %q", err, c.message)
			}
		})
	}
}

func TestLimitsAreKept(t *testing.T) {
	a, b := entry{name: "a", content: strings.Repeat("a", 100)}, entry{name: "b", content: strings.Repeat("b", 100)}
	for _, c := range []struct {
		name    string
		content []byte
		limits  Limits
		message string
	}{
		{"entries", zipOf(t, a, entry{name: "c/"}, b), Limits{2, 100, 1000}, `"b": too large: it holds more than 2 entries`},
		{"a file", tarOf(t, a, b), Limits{2, 99, 5000}, `"a": too large: it claims 100 bytes, the cap is 99`},
		{"all files", zipOf(t, a, b), Limits{2, 100, 150}, `"b": too large: it unpacks to more than 150 bytes`},
		{"all of a stream", gzipOf(t, tarOf(t, a, b)), Limits{2, 100, 1000}, `too large: it unpacks to more than 1000 bytes`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := contents(write(t, "set", c.content), c.limits)
			if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), c.message) {
				t.Errorf("%v, expected %q", err, c.message)
			}
		})
	}
	if _, err := contents(write(t, "set", zipOf(t, a, b)), Limits{2, 100, 200}); err != nil {
		t.Errorf("just within the limits: %v", err)
	}
}

func TestDamagedContentIsTold(t *testing.T) {
	stored := func() []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		f, err := w.CreateHeader(&zip.FileHeader{Name: "a", Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, "precious content")
		w.Close()
		return b.Bytes()
	}
	change := func(content []byte, old, new string) []byte {
		if !bytes.Contains(content, []byte(old)) {
			t.Fatalf("there is no %q", old)
		}
		return bytes.Replace(content, []byte(old), []byte(new), -1)
	}
	tgz := gzipOf(t, tarOf(t, entry{name: "a", content: "precious content"}))
	flipped := bytes.Clone(tgz)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	method := zipOf(t, entry{name: "a", content: "a"})
	encrypted := bytes.Clone(method)
	directory := bytes.Index(method, []byte("PK\x01\x02"))
	method[directory+10] = 12
	encrypted[directory+8] |= 1
	for _, c := range []struct {
		name    string
		content []byte
		want    error
		message string
	}{
		{"zip checksum", change(stored(), "precious", "Precious"), ErrDamaged, `"a": damaged archive: zip: checksum error`},
		{"gzip checksum", flipped, ErrDamaged, `damaged archive: gzip: invalid checksum`},
		{"cut behind the files", tgz[:len(tgz)-8], ErrDamaged, `damaged archive: it is cut short`},
		{"tar that is cut", tarOf(t, entry{name: "a", content: "precious content"})[:520], ErrDamaged, `"a": damaged archive: it is cut short`},
		{"tar header", change(tarOf(t, entry{name: "a"}, entry{name: "bcd"}), "bcd\x00", "xyz\x00"), ErrDamaged, `damaged archive: archive/tar: invalid tar header`},
		{"zip method", method, ErrRefused, `"a": refused: it is packed by method 12; only stored and deflated`},
		{"encrypted zip", encrypted, ErrRefused, `"a": refused: it is encrypted`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := contents(write(t, "set", c.content), generous)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.message) {
				t.Errorf("%v, expected %q", err, c.message)
			}
		})
	}
}

func TestBombsAreRefusedByTheirRatio(t *testing.T) {
	zeros := strings.Repeat("\x00", 16<<20)
	var entries []entry
	for i := range 18 { // 288 MB, packed into some 290 kB
		entries = append(entries, entry{name: fmt.Sprint(i), content: zeros})
	}
	limits := Limits{Entries: 100, EntryBytes: 1 << 30, TotalBytes: 1 << 40}
	for name, content := range map[string][]byte{"zip": zipOf(t, entries...), "tar.gz": gzipOf(t, tarOf(t, entries...))} {
		t.Run(name, func(t *testing.T) {
			read := int64(0)
			err := Walk(t.Context(), write(t, "bomb", content), limits, func(f *File) error {
				n, err := io.Copy(io.Discard, f)
				read += n
				return err
			})
			if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "more than 200 times its size") || read > 257<<20 {
				t.Errorf("%v after %d bytes", err, read)
			}
		})
	}
}

func TestATableOfContentsIsCappedBeforeItIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "many.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	for i := range 80_000 {
		header := &zip.FileHeader{Name: fmt.Sprintf("%0500d", i), Method: zip.Store}
		if _, err := w.CreateHeader(header); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	err = Walk(t.Context(), path, Limits{Entries: 1 << 30}, func(*File) error { return nil })
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "table of contents has more than 32 MB") {
		t.Error(err)
	}
}

func TestFoldersAreNotLeft(t *testing.T) {
	outside := write(t, "secret", []byte("secret"))
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link.jpg")); err != nil {
		t.Skip(err)
	}
	_, err := contents(dir, generous)
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), `"link.jpg": refused: it is a link`) {
		t.Error(err)
	}
	_, err = contents(filepath.Join(dir, "nosuch"), generous)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// FuzzWalk looks for archives that make a walk show a name that is not clean,
// or more than the limits allow.
func FuzzWalk(f *testing.F) {
	f.Add(zipOf(f, entry{name: "a/b.jpg", content: "content"}, entry{name: "c/"}))
	f.Add(zipOf(f, entry{name: "../a", content: "content"}))
	f.Add(zipOf(f, entry{name: "a", kind: tar.TypeSymlink, link: "b"}))
	f.Add(tarOf(f, entry{name: "./a/b.jpg", content: "content"}, entry{name: "c/"}))
	f.Add(tarOf(f, entry{name: strings.Repeat("a/", 100) + "b", content: "content"}, entry{name: "a", kind: tar.TypeLink, link: "b"}))
	f.Add(tarOf(f, entry{kind: tar.TypeXGlobalHeader}, entry{name: "a"}))
	f.Add(gzipOf(f, tarOf(f, entry{name: "a", content: strings.Repeat("a", 3000)})))
	limits := Limits{Entries: 20, EntryBytes: 1000, TotalBytes: 1 << 16}
	f.Fuzz(func(t *testing.T, content []byte) {
		total := int64(0)
		seen := map[string]bool{}
		w := &walk{ctx: t.Context(), limits: limits, seen: map[string]bool{}, visit: func(f *File) error {
			if !fs.ValidPath(f.Name) || strings.ContainsAny(f.Name, "\\\x00") || seen[f.Name] {
				t.Errorf("a file named %q", f.Name)
			}
			seen[f.Name] = true
			n, err := io.Copy(io.Discard, f)
			total += n
			if n > limits.EntryBytes || err == nil && n != f.Size {
				t.Errorf("%d bytes of %q, which claims %d", n, f.Name, f.Size)
			}
			return err
		}}
		err := w.archive(bytes.NewReader(content), int64(len(content)))
		if total > limits.TotalBytes || len(seen) > limits.Entries {
			t.Errorf("%d bytes of %d files", total, len(seen))
		}
		if err == nil {
			return
		}
		for _, known := range []error{ErrFormat, ErrDamaged, ErrRefused, ErrTooLarge} {
			if errors.Is(err, known) {
				return
			}
		}
		t.Errorf("an error of no kind: %v", err)
	})
}
