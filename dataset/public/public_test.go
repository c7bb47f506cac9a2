package public_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/dataset/archive"
	"github.com/convnetplayground/convnet/dataset/public"
	"github.com/convnetplayground/convnet/dataset/public/publictest"
)

func TestTheSetsAreWhole(t *testing.T) {
	var names []string
	for _, s := range public.Sets() {
		names = append(names, s.Name)
		if err := dataset.CheckName(s.Name); err != nil {
			t.Error(err)
		}
		if len(s.Classes()) != 10 || !slices.IsSortedFunc(s.Classes(), dataset.NaturalCompare) {
			t.Errorf("%s has the classes %q", s.Name, s.Classes())
		}
		for _, text := range []string{s.Title, s.Description, s.Licence, s.Page, s.ByHand} {
			if text == "" {
				t.Errorf("%s lacks a text", s.Name)
			}
		}
		for _, source := range s.Sources {
			if !source.Folder() && (len(source.SHA256) != 64 || source.Bytes == 0) {
				t.Errorf("%s: the size or hash of %s is not known", s.Name, source.Address)
			}
			if s.Source(source.Address) != source {
				t.Errorf("%s does not know its own source %s", s.Name, source.Address)
			}
		}
	}
	if diff := cmp.Diff([]string{"iconic200", "fashion200", "tinyimagenet", "cifar10"}, names); diff != "" {
		t.Error(diff)
	}
	if public.Find("cifar10") == nil || public.Find("stamps") != nil {
		t.Error("Find does not find the set, or one that is none")
	}
}

// extract takes a set out of source and returns its pictures by their names.
func extract(t testing.TB, set, source string) (classes []string, pictures map[string][]byte, err error) {
	t.Helper()
	dir := t.TempDir()
	classes, err = public.Find(set).Extract(t.Context(), source, dir, nil)
	entries, readErr := os.ReadDir(dir)
	if readErr != nil {
		t.Fatal(readErr)
	}
	pictures = map[string][]byte{}
	for _, e := range entries {
		if pictures[e.Name()], readErr = os.ReadFile(filepath.Join(dir, e.Name())); readErr != nil {
			t.Fatal(readErr)
		}
	}
	return classes, pictures, err
}

var orders = map[string]string{
	"iconic200":    "ferrariyellow empirestatebuilding tractor eiffeltower pickup stonehenge beetle arch sedan banana",
	"fashion200":   "menjeans womenjeans sandals sportshoe menshirt mentshirt womenheels flipflops womentshirt womenshirt",
	"tinyimagenet": "tractor goldfish bridge sandals bus bottles arch faces teapot frogs",
}

// wantClasses are the classes of a set's pictures in their order.
func wantClasses(set string) (classes []string) {
	if set == "cifar10" {
		names := public.Find(set).Classes() // alphabetical, as the numbers are
		for _, label := range publictest.CIFARLabels() {
			classes = append(classes, names[label])
		}
		return classes
	}
	for _, class := range strings.Fields(orders[set]) {
		classes = append(classes, slices.Repeat([]string{class}, 20)...)
	}
	return classes
}

func checkPictures(t *testing.T, set string, classes []string, pictures map[string][]byte, official bool) {
	t.Helper()
	if diff := cmp.Diff(wantClasses(set), classes); diff != "" {
		t.Errorf("classes: %s", diff)
	}
	if len(pictures) != 200 {
		t.Errorf("%d pictures", len(pictures))
	}
	for i := range 200 {
		if !official || set != "cifar10" {
			if !bytes.Equal(pictures[fmt.Sprintf("%d.jpg", i)], publictest.Picture(t, i)) {
				t.Errorf("picture %d is another one", i)
			}
			continue
		}
		im, err := png.Decode(bytes.NewReader(pictures[fmt.Sprintf("%d.png", i)]))
		if err != nil {
			t.Fatal(err)
		}
		r, g, b, _ := im.At(31, 7).RGBA()
		want := publictest.Pixel(i)
		if im.Bounds().Dx() != 32 || uint8(r) != want.R || uint8(g) != want.G || uint8(b) != want.B {
			t.Errorf("picture %d has the colour %d %d %d, want %v", i, uint8(r), uint8(g), uint8(b), want)
		}
	}
}

func TestSetsComeOutOfTheirOfficialArchives(t *testing.T) {
	for _, s := range public.Sets() {
		files := publictest.Official(t, s.Name)
		for kind, source := range map[string]string{
			"zip":    publictest.File(t, "a.zip", publictest.Zip(t, files)),
			"tar.gz": publictest.File(t, "a.tar.gz", publictest.TarGz(t, files)),
			"folder": publictest.Folder(t, files),
		} {
			t.Run(s.Name+" "+kind, func(t *testing.T) {
				t.Parallel()
				classes, pictures, err := extract(t, s.Name, source)
				if err != nil {
					t.Fatal(err)
				}
				checkPictures(t, s.Name, classes, pictures, true)
			})
		}
	}
}

func TestSetsComeOutOfTheFirstPlayground(t *testing.T) {
	// The whole of its repository has all sets, and numbered pictures of other kinds.
	repository := publictest.Files{"assets/models/vgg16/conv1/0.jpg": nil, "assets/models/vgg16/conv1/2.jpg": nil}
	for i := range 240 {
		repository[fmt.Sprintf("assets/models/b0/conv1/%d.jpg", i)] = publictest.Picture(t, i)
	}
	for _, s := range public.Sets() {
		maps.Copy(repository, publictest.Former(t, s.Name))
	}
	whole := publictest.File(t, "repository.zip", publictest.Zip(t, repository))
	for _, s := range public.Sets() {
		alone := publictest.Files{}
		for name, content := range publictest.Former(t, s.Name) {
			alone[filepath.Base(name)] = content
		}
		labelled := maps.Clone(alone)
		var labels []string
		for _, class := range wantClasses(s.Name) {
			if s.Name == "cifar10" {
				class = fmt.Sprint(slices.Index(s.Classes(), class))
			}
			labels = append(labels, class)
		}
		labelled["classes.json"] = publictest.Labels(t, labels)
		sources := map[string]string{"repository": whole, "labelled": publictest.Folder(t, labelled)}
		if s.Name == "iconic200" {
			sources["folder"] = publictest.Folder(t, alone)
			sources["zip of a folder"] = publictest.File(t, "a.zip", publictest.Zip(t, publictest.Former(t, s.Name)))
		}
		for kind, source := range sources {
			t.Run(s.Name+" "+kind, func(t *testing.T) {
				t.Parallel()
				classes, pictures, err := extract(t, s.Name, source)
				if err != nil {
					t.Fatal(err)
				}
				checkPictures(t, s.Name, classes, pictures, false)
			})
		}
	}
}

func TestLabelsOfAFolderCount(t *testing.T) {
	files := publictest.Files{}
	for name, content := range publictest.Former(t, "iconic200") {
		files[filepath.Base(name)] = content
	}
	reversed := wantClasses("iconic200")
	slices.Reverse(reversed)
	files["classes.json"] = publictest.Labels(t, reversed)
	classes, _, err := extract(t, "iconic200", publictest.Folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reversed, classes); diff != "" {
		t.Error(diff)
	}
}

func TestIncompleteArchivesSayWhatIsMissing(t *testing.T) {
	without := func(set string, unwanted ...string) publictest.Files {
		files := publictest.Official(t, set)
		before := len(files)
		maps.DeleteFunc(files, func(name string, _ []byte) bool {
			return slices.ContainsFunc(unwanted, func(part string) bool { return strings.Contains(name, part) })
		})
		if len(files) == before {
			t.Fatalf("there is no %q", unwanted)
		}
		return files
	}
	with := func(set, name, content string) publictest.Files {
		files := publictest.Official(t, set)
		files[name] = []byte(content)
		return files
	}
	edited := func(set, name, old, new string) publictest.Files {
		files := publictest.Official(t, set)
		files[name] = bytes.ReplaceAll(files[name], []byte(old), []byte(new))
		return files
	}
	labels := func(change func([]string)) publictest.Files {
		classes := wantClasses("iconic200")
		change(classes)
		return with("iconic200", "datasets/iconic200/classes.json", string(publictest.Labels(t, classes)))
	}
	badLabel := publictest.Official(t, "cifar10")
	badLabel["cifar-10-batches-bin/data_batch_2.bin"][3073] = 10
	for _, c := range []struct {
		name, set string
		files     publictest.Files
		want      error
		message   string
	}{
		{"no picture 57", "iconic200", without("iconic200", "/57."), public.ErrMissing, "incomplete: it has no picture datasets/iconic200/57.jpg"},
		{"something else", "iconic200", publictest.Files{"a.txt": nil}, public.ErrOther, "not an archive of this set: it has no folder of pictures 0.jpg to 199.jpg"},
		{"something else again", "cifar10", publictest.Files{"a.txt": nil}, public.ErrOther, "199.jpg, nor the files of the official archive"},
		{"another set", "iconic200", publictest.Former(t, "fashion200"), public.ErrOther, "it is one of fashion200"},
		{"two folders", "iconic200", publictest.Files{"a/0.jpg": nil, "b/0.jpg": nil}, public.ErrOther, "it has no folder of pictures"},
		{"a picture twice", "iconic200", with("iconic200", "datasets/iconic200/7.png", "x"), public.ErrContent, "damaged file: picture 7 comes as 7."},
		{"foreign class", "iconic200", labels(func(c []string) { c[3] = "duck" }), public.ErrOther, `classes.json: not an archive of this set: class "duck" is none of iconic200`},
		{"uneven classes", "iconic200", labels(func(c []string) { c[3] = "arch" }), public.ErrMissing, "it has 21 pictures of class arch, 20 are needed"},
		{"labels that are no JSON", "iconic200", with("iconic200", "datasets/iconic200/classes.json", "{"), public.ErrContent, "classes.json: damaged file: unexpected end of JSON"},
		{"labels that are cut", "iconic200", with("iconic200", "datasets/iconic200/classes.json", `[{"0":"arch"}]`), public.ErrMissing, "it has no class of picture 1"},
		{"labels beyond", "iconic200", with("iconic200", "datasets/iconic200/classes.json", `[{"200":"arch"}]`), public.ErrContent, `there is no picture "200"`},

		{"no synset", "tinyimagenet", without("tinyimagenet", "n01443537"), public.ErrMissing, "incomplete: it has no class n01443537 (goldfish)"},
		{"a small synset", "tinyimagenet", without("tinyimagenet", "n01443537_1"), public.ErrMissing, "it has 11 pictures of class goldfish, 20 are needed"},
		{"validation only", "tinyimagenet", publictest.Files{"val/n01443537/images/1.JPEG": nil}, public.ErrMissing, "it has no picture val/n01443537/images/0.jpg"},

		{"no product", "fashion200", edited("fashion200", "styles.csv", "Heels", "Wheels"), public.ErrMissing, "styles.csv has no class Heels (womenheels)"},
		{"too few products", "fashion200", without("fashion200", "images/10011", "images/10010"), public.ErrMissing, "it has 19 pictures of class menjeans, 20 are needed"},
		{"no columns", "fashion200", edited("fashion200", "styles.csv", "articleType", "article"), public.ErrContent, `"styles.csv": damaged file: its first line does not name the columns`},
		{"empty table", "fashion200", with("fashion200", "styles.csv", ""), public.ErrContent, `"styles.csv": damaged file: its first line`},
		{"endless line", "fashion200", with("fashion200", "styles.csv", strings.Repeat("x", 1<<17)), public.ErrContent, "a line is longer than 65536 bytes"},

		{"first batch is missing", "cifar10", without("cifar10", "batch_1"), public.ErrMissing, "it has no data_batch_1.bin"},
		{"second batch is missing", "cifar10", without("cifar10", "batch_2", "batch_3"), public.ErrMissing, "it has 9 pictures of class airplane, 21 are needed"},
		{"cut batch", "cifar10", with("cifar10", "cifar-10-batches-bin/data_batch_4.bin", "cut"), public.ErrContent, "data_batch_4.bin\": damaged file: its 3 bytes are not whole records of 3073"},
		{"label", "cifar10", badLabel, public.ErrContent, "record 1 has label 10, the labels are 0 to 9"},
		{"batch twice", "cifar10", with("cifar10", "copy/data_batch_1.bin", strings.Repeat("\x00", 3073)), public.ErrContent, "there is another batch 1"},
		{"one class only", "cifar10", publictest.Files{"data_batch_1.bin": make([]byte, 3073*30)}, public.ErrMissing, "it has no class 1 (automobile)"},
		{"Python version", "cifar10", publictest.Files{"cifar-10-batches-py/data_batch_1": []byte("\x80")}, public.ErrOther, "it is the Python version, the binary one is needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := publictest.File(t, "set.zip", publictest.Zip(t, c.files))
			_, pictures, err := extract(t, c.set, source)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.message) || !strings.HasPrefix(err.Error(), source+": ") {
				t.Errorf("%v, expected %q", err, c.message)
			}
			if len(pictures) > 0 {
				t.Errorf("%d pictures were written", len(pictures))
			}
		})
	}
}

func TestHostileArchivesEndTheExtraction(t *testing.T) {
	files := publictest.Official(t, "tinyimagenet")
	files["../evil.jpg"] = []byte("x")
	source := publictest.File(t, "a.zip", publictest.Zip(t, files))
	_, pictures, err := extract(t, "tinyimagenet", source)
	if !errors.Is(err, archive.ErrRefused) || len(pictures) > 0 {
		t.Errorf("%d pictures, %v", len(pictures), err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(source), "..", "evil.jpg")); err == nil {
		t.Error("a file outside was written")
	}
}

func TestExtractionReportsAndStops(t *testing.T) {
	source := publictest.Folder(t, publictest.Official(t, "tinyimagenet"))
	ctx, cancel := context.WithCancel(t.Context())
	last := 0
	_, err := public.Find("tinyimagenet").Extract(ctx, source, t.TempDir(), func(done, total int) {
		if last++; done != last || total != 200 {
			t.Errorf("progress %d of %d after %d", done, total, last-1)
		}
		if done == 50 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || last != 50 {
		t.Errorf("%v after %d", err, last)
	}
}
