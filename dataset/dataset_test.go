package dataset_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/preprocess"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// picture is a small picture file of the wanted size.
func picture(t testing.TB, width, height int, encode func(io.Writer, image.Image) error) string {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		im.Set(i%width, i/width, color.RGBA{R: uint8(i), G: uint8(i >> 3), B: 7, A: 255})
	}
	var b bytes.Buffer
	if err := encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func jpegPicture(t testing.TB, width, height int) string {
	return picture(t, width, height, func(w io.Writer, im image.Image) error { return jpeg.Encode(w, im, nil) })
}

func pngPicture(t testing.TB, width, height int) string {
	return picture(t, width, height, png.Encode)
}

// hugePNG has a header that claims 100,000 x 100,000 pixels.
func hugePNG(t testing.TB) string {
	content := []byte(pngPicture(t, 1, 1))
	copy(content[16:], []byte{0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0})
	// The checksum of the header chunk, so that only the claim is wrong.
	binary.BigEndian.PutUint32(content[29:], crc32.ChecksumIEEE(content[12:29]))
	return string(content)
}

// folder writes files, by slash path, into a new folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func scan(t testing.TB, dir string) (*dataset.Dataset, []dataset.Problem) {
	t.Helper()
	d, problems, err := dataset.Scan(context.Background(), "pets", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d, problems
}

func filesOf(d *dataset.Dataset) []string {
	var files []string
	for _, im := range d.Images {
		files = append(files, im.File)
	}
	return files
}

func TestStamps(t *testing.T) {
	d := dataset.Stamps()
	if len(d.Images) != 204 || len(d.Classes) != 12 || !d.BuiltIn {
		t.Fatalf("%d images in %d classes, expected 204 in 12, built in", len(d.Images), len(d.Classes))
	}
	for i, im := range d.Images {
		if im.Index != i || im.Title == "" || classOf(im.File) != im.Class {
			t.Errorf("image %d is %+v", i, im)
		}
		picture, err := d.Decode(i)
		if err != nil {
			t.Fatal(err)
		}
		if picture.Width != im.Width || picture.Height != im.Height {
			t.Errorf("%s is %dx%d, listed as %dx%d", im.File, picture.Width, picture.Height, im.Width, im.Height)
		}
	}
	if f := d.Fingerprint(); len(f) != 64 || f != dataset.Stamps().Fingerprint() {
		t.Errorf("fingerprint %q", f)
	}
}

func classOf(file string) string {
	class, _, _ := strings.Cut(file, "/")
	return class
}

func TestScanFindsTheStamps(t *testing.T) {
	d, problems := scan(t, "stamps")
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	// labels.csv has flower10 before flower2.
	files := filesOf(d)
	slices.Sort(files)
	if diff := cmp.Diff(filesOf(dataset.Stamps()), files); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(dataset.Stamps().Classes, d.Classes); diff != "" {
		t.Error(diff)
	}
}

func TestScanTakesAClassPerFolderInNaturalOrder(t *testing.T) {
	p := jpegPicture(t, 8, 6)
	dir := folder(t, map[string]string{
		"dog/10.jpg": p, "dog/9.jpg": p, "dog/old/1.JPG": p,
		"cat/img2.jpeg": p, "cat/img10.jpeg": p,
		"z.jpg": p, "README.md": "text", "labels.csv": "text", ".hidden.jpg": "text", ".git/x.jpg": "text",
	})
	d, problems := scan(t, dir)
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	want := []string{"z.jpg", "cat/img2.jpeg", "cat/img10.jpeg", "dog/9.jpg", "dog/10.jpg", "dog/old/1.JPG"}
	if diff := cmp.Diff(want, filesOf(d)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"cat", "dog"}, d.Classes); diff != "" {
		t.Error(diff)
	}
	for i, im := range d.Images {
		if im.Index != i || im.Width != 8 || im.Height != 6 || im.Version == "" {
			t.Errorf("image %d is %+v", i, im)
		}
	}
	if d.Images[0].Class != "" || d.Images[5].Class != "dog" {
		t.Errorf("classes %q and %q, expected none and dog", d.Images[0].Class, d.Images[5].Class)
	}
}

func TestScanListsBadFilesAndKeepsTheRest(t *testing.T) {
	good := jpegPicture(t, 80, 60)
	dir := folder(t, map[string]string{
		"cat/good.jpg": good, "cat/good.png": pngPicture(t, 5, 5),
		"cat/cut.jpg":   good[:len(good)/2],
		"cat/text.jpg":  "this is not a picture",
		"cat/huge.png":  hugePNG(t),
		"cat/empty.gif": "",
		"cat/a\nb.jpg":  good,
		"photo.heic":    "\x00\x00\x00\x18ftypheic",
	})
	d, problems := scan(t, dir)
	if diff := cmp.Diff([]string{"cat/good.jpg", "cat/good.png"}, filesOf(d)); diff != "" {
		t.Error(diff)
	}
	for _, want := range []struct{ file, reason string }{
		{"cat/a\nb.jpg", "name is not plain text"},
		{"cat/cut.jpg", "damaged picture"},
		{"cat/empty.gif", "empty file"},
		{"cat/huge.png", "picture too large"},
		{"cat/text.jpg", "not a picture"},
		{"photo.heic", "not a picture"},
	} {
		if len(problems) == 0 || problems[0].File != want.file || !strings.Contains(problems[0].Reason, want.reason) {
			t.Fatalf("problems %q, expected %s: %s", problems, want.file, want.reason)
		}
		problems = problems[1:]
	}
	if len(problems) > 0 {
		t.Errorf("more problems: %v", problems)
	}
}

func TestScanDoesNotFollowLinksOut(t *testing.T) {
	p := jpegPicture(t, 4, 4)
	outside := folder(t, map[string]string{"secret.jpg": p, "more/secret.jpg": p})
	dir := folder(t, map[string]string{"cat/a.jpg": p})
	for link, target := range map[string]string{
		"cat/absolute.jpg": filepath.Join(outside, "secret.jpg"),
		"cat/dangling.jpg": "nowhere.jpg",
		"cat/escape.jpg":   "../../" + filepath.Base(filepath.Dir(outside)) + "/secret.jpg",
		"cat/inside.jpg":   "a.jpg",
		"loop":             ".",
		"others":           outside,
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	d, problems := scan(t, dir)
	if diff := cmp.Diff([]string{"cat/a.jpg", "cat/inside.jpg"}, filesOf(d)); diff != "" {
		t.Error(diff)
	}
	const out = "link that leads out of the folder or nowhere"
	want := []dataset.Problem{
		{File: "cat/absolute.jpg", Reason: out},
		{File: "cat/dangling.jpg", Reason: out},
		{File: "cat/escape.jpg", Reason: out},
		{File: "loop", Reason: "link to a folder, not followed"},
		{File: "others", Reason: out},
	}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Error(diff)
	}

	// A picture that becomes a link after the scan is not followed either.
	if err := os.Remove(filepath.Join(dir, "cat/a.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret.jpg"), filepath.Join(dir, "cat/a.jpg")); err != nil {
		t.Fatal(err)
	}
	if f, err := d.Open(0); err == nil {
		f.Close()
		t.Error("opened a link that leads out of the folder")
	}
}

func TestScanOfFoldersWithoutPictures(t *testing.T) {
	file := filepath.Join(folder(t, map[string]string{"a.jpg": "x"}), "a.jpg")
	for _, c := range []struct {
		name, dir string
		is        error
		want      string
	}{
		{"empty", folder(t, nil), dataset.ErrEmpty, "no pictures found; expected JPEG, PNG, GIF, WebP, BMP or TIFF files, in a sub-folder per class or none"},
		{"only text", folder(t, map[string]string{"README": "x"}), dataset.ErrEmpty, "no pictures found; expected JPEG"},
		{"only bad ones", folder(t, map[string]string{"a.jpg": "x", "b.jpg": "y"}), dataset.ErrEmpty, "no pictures found; 2 left out, the first is a.jpg: not a picture"},
		{"missing", filepath.Join(t.TempDir(), "gone"), fs.ErrNotExist, "gone: no such file or directory"},
		{"a file", file, nil, "a.jpg: not a directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _, err := dataset.Scan(context.Background(), "pets", c.dir, nil)
			if d != nil || err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "dataset pets: ") {
				t.Fatalf("%v, expected %q", err, c.want)
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v does not wrap %v", err, c.is)
			}
		})
	}
}

func TestDatasetNames(t *testing.T) {
	for _, name := range []string{"a", "7", "pets-2026.v1_x", strings.Repeat("a", 64)} {
		if err := dataset.CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", ".", "..", "../up", "a/b", `a\b`, "-rf", "Pets", "a b", "a\n", "é", "a\x00", strings.Repeat("a", 65), strings.Repeat("a", 1<<20)} {
		_, _, err := dataset.Scan(context.Background(), name, t.TempDir(), nil)
		if !errors.Is(err, dataset.ErrName) || len(err.Error()) > 500 {
			t.Errorf("%.80q: %v, expected a short ErrName", name, err)
		}
	}
}

func TestChangedPicturesAreRefused(t *testing.T) {
	p := jpegPicture(t, 4, 4)
	for _, c := range []struct {
		name   string
		change func(path string) error
		is     error
	}{
		{"longer", func(path string) error { return os.WriteFile(path, []byte(p+" "), 0o644) }, dataset.ErrChanged},
		{"touched", func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1, 0)) }, dataset.ErrChanged},
		{"removed", os.Remove, fs.ErrNotExist},
		{"a folder now", func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o755)) }, dataset.ErrChanged},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, map[string]string{"a.jpg": p})
			d, _ := scan(t, dir)
			if _, err := d.Decode(0); err != nil {
				t.Fatal(err)
			}
			if err := c.change(filepath.Join(dir, "a.jpg")); err != nil {
				t.Fatal(err)
			}
			_, err := d.Open(0)
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), "a.jpg") {
				t.Errorf("%v, expected %v that names the file", err, c.is)
			}
		})
	}
}

func TestOpenOutOfRange(t *testing.T) {
	for _, i := range []int{-1, 204} {
		if _, err := dataset.Stamps().Open(i); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("image %d: %v", i, err)
		}
	}
}

func TestFingerprintTellsContentApart(t *testing.T) {
	a, b := jpegPicture(t, 4, 4), jpegPicture(t, 9, 9)
	when := time.Unix(1_000_000_000, 0)
	fingerprint := func(name string, files map[string]string) string {
		dir := folder(t, files)
		for file := range files {
			if err := os.Chtimes(filepath.Join(dir, file), when, when); err != nil {
				t.Fatal(err)
			}
		}
		d, _, err := dataset.Scan(context.Background(), name, dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		return d.Fingerprint()
	}
	base := fingerprint("pets", map[string]string{"cat/1.jpg": a})
	if same := fingerprint("other", map[string]string{"cat/1.jpg": a}); same != base {
		t.Error("the same pictures elsewhere, under another name, differ")
	}
	for name, files := range map[string]map[string]string{
		"another picture": {"cat/1.jpg": b},
		"another class":   {"dog/1.jpg": a},
		"another name":    {"cat/2.jpg": a},
		"one more":        {"cat/1.jpg": a, "cat/2.jpg": a},
	} {
		if fingerprint("pets", files) == base {
			t.Errorf("%s: the same fingerprint", name)
		}
	}
}

func TestScanReportsProgressAndEndsWhenCancelled(t *testing.T) {
	files := map[string]string{}
	for _, name := range strings.Split("abcdefghij", "") {
		files[name+".jpg"] = jpegPicture(t, 4, 4)
	}
	dir := folder(t, files)
	last := 0
	_, _, err := dataset.Scan(context.Background(), "pets", dir, func(done, total int) {
		if done != last+1 || total != 10 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil || last != 10 {
		t.Errorf("%d reported, %v", last, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, _, err = dataset.Scan(ctx, "pets", dir, func(done, total int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, expected to be cancelled", err)
	}
}

func TestVisitorSeesGoodPicturesAndCanEndTheScan(t *testing.T) {
	dir := folder(t, map[string]string{"cat/a.jpg": jpegPicture(t, 4, 3), "cat/b.jpg": "bad"})
	var mu sync.Mutex
	seen := map[string][2]int{}
	visit := func(im dataset.Image, picture *preprocess.Image) error {
		mu.Lock()
		defer mu.Unlock()
		seen[im.File] = [2]int{picture.Width, picture.Height}
		return nil
	}
	if _, _, err := dataset.ScanEach(context.Background(), "pets", dir, visit, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][2]int{"cat/a.jpg": {4, 3}}, seen); diff != "" {
		t.Error(diff)
	}
	end := errors.New("enough")
	_, _, err := dataset.ScanEach(context.Background(), "pets", dir, func(dataset.Image, *preprocess.Image) error { return end }, nil)
	if !errors.Is(err, end) {
		t.Errorf("%v, expected the visitor's error", err)
	}
}

func BenchmarkScan(b *testing.B) {
	for b.Loop() {
		if _, _, err := dataset.Scan(context.Background(), "stamps", "stamps", nil); err != nil {
			b.Fatal(err)
		}
	}
}

func TestClassesComeOnceAndInNaturalOrder(t *testing.T) {
	var images []dataset.Image
	for _, class := range []string{"truck", "truck", "bird", "", "class 10", "truck", "class 9", "bird"} {
		images = append(images, dataset.Image{Class: class})
	}
	want := []string{"bird", "class 9", "class 10", "truck"}
	if diff := cmp.Diff(want, dataset.ClassesOf(images)); diff != "" {
		t.Error(diff)
	}
}
