package playground

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *Playground {
	t.Helper()
	p, err := New(t.Context(), Options{Data: t.TempDir(), Background: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// addBirds adds the dataset "birds", n pictures in one class, and returns its
// folder.
func addBirds(t *testing.T, p *Playground, n int) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bird"), 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../dataset/stamps/bird/*.jpg")
	if err != nil || len(files) < n {
		t.Fatalf("%d pictures, %v", len(files), err)
	}
	for _, file := range files[:n] {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "bird", filepath.Base(file)), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.AddDataset(t.Context(), "birds", dir, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

var (
	birds       = IndexRequest{Dataset: "birds", Layers: []string{"top_activation"}}
	searchBirds = SearchSettings{Dataset: "birds", Top: 3}
)

func wantKind(t *testing.T, err error, kind Kind) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("the error is %v, want one of kind %s", err, kind)
	}
}

func TestASearchBeforeTheIndexIsRefused(t *testing.T) {
	p := open(t)
	addBirds(t, p, 3)
	query := 0
	request := SearchRequest{SearchSettings: searchBirds, Query: &query}
	_, err := p.Search(t.Context(), request)
	wantKind(t, err, NotIndexed)
	if _, err := p.Index(t.Context(), birds, nil); err != nil {
		t.Fatal(err)
	}
	result, err := p.Search(t.Context(), request)
	if err != nil || len(result.Results) != 2 || *result.Score != 100 {
		t.Errorf("the result is %+v, %v", result, err)
	}
}

func TestAnIndexReportsEveryPicture(t *testing.T) {
	p := open(t)
	addBirds(t, p, 3)
	var last job.Status
	status, err := p.StartIndex(t.Context(), birds)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Jobs().Follow(t.Context(), status.ID, 0, func(s job.Status) error { last = s; return nil }); err != nil {
		t.Fatal(err)
	}
	if last.State != job.Done || last.Done != 3 || last.Total != 3 {
		t.Errorf("the job ended as %+v", last)
	}
	entries, err := p.Indexes(t.Context(), "birds")
	if err != nil || len(entries) != 1 || entries[0].Layer != "top_activation" || entries[0].Rows != 3 {
		t.Errorf("indexed is %+v, %v", entries, err)
	}
}

func TestPicturesThatAreGoneAreLeftOutUnlessAllAre(t *testing.T) {
	p := open(t)
	dir := addBirds(t, p, 3)
	files, err := filepath.Glob(filepath.Join(dir, "bird", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	report, err := p.Index(t.Context(), birds, nil)
	if err != nil || len(report.Problems) != 1 || report.Computed != 3 {
		t.Errorf("with one gone: %+v, %v", report, err)
	}

	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	other := birds
	other.Layers = []string{"stem_conv"}
	_, err = p.Index(t.Context(), other, nil)
	wantKind(t, err, Invalid)
	if entries, err := p.Indexes(t.Context(), "birds"); err != nil || len(entries) != 1 {
		t.Errorf("with all gone, indexed is %+v, %v; want no second layer", entries, err)
	}
}

func TestAPictureThatChangedIsNotShown(t *testing.T) {
	for name, change := range map[string]func(file string) error{
		"gone":    os.Remove,
		"damaged": func(file string) error { return os.WriteFile(file, []byte("damaged"), 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t)
			dir := addBirds(t, p, 2)
			files, err := filepath.Glob(filepath.Join(dir, "bird", "*"))
			if err != nil {
				t.Fatal(err)
			}
			if err := change(files[0]); err != nil {
				t.Fatal(err)
			}
			_, _, _, err = p.ImageFile(t.Context(), "birds", 0)
			wantKind(t, err, Conflict)
			// Its thumbnail was made when it was added.
			if _, _, err := p.Thumbnail(t.Context(), "birds", 0); err != nil {
				t.Errorf("the thumbnail: %v", err)
			}
			if content, mediaType, _, err := p.ImageFile(t.Context(), "birds", 1); err != nil || mediaType != "image/jpeg" || len(content) == 0 {
				t.Errorf("the other picture: %d bytes of %s, %v", len(content), mediaType, err)
			}
		})
	}
}

func TestAnIndexThatAnotherWritesIsAConflict(t *testing.T) {
	p := open(t)
	addBirds(t, p, 3)
	d, err := p.dataset(t.Context(), "birds")
	if err != nil {
		t.Fatal(err)
	}
	recipe, err := p.recipe(DefaultModel, Resizing{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := p.key(d, DefaultModel, "top_activation", "avg", recipe)
	if err != nil {
		t.Fatal(err)
	}
	w, err := embedding.Open(filepath.Join(p.options.Data, "embeddings")).Writer(key, 3, 1280)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Index(t.Context(), birds, nil)
	wantKind(t, err, Conflict)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Index(t.Context(), birds, nil); err != nil {
		t.Errorf("after the other has ended: %v", err)
	}
}

func TestACancelledIndexKeepsWhatItFinished(t *testing.T) {
	p := open(t)
	p.options.Threads = 1
	addBirds(t, p, 6)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := p.Index(ctx, birds, func(done, _ int) {
		if done == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the index ended with %v", err)
	}
	report, err := p.Index(t.Context(), birds, nil)
	if err != nil || report.Computed != 3 {
		t.Errorf("the next one computed %d pictures, %v; want 3", report.Computed, err)
	}
}

func TestARemovedDatasetIsForgotten(t *testing.T) {
	p := open(t)
	addBirds(t, p, 3)
	if _, err := p.Index(t.Context(), birds, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Evaluate(t.Context(), searchBirds, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.RemoveDataset(t.Context(), "birds"); err != nil {
		t.Fatal(err)
	}
	_, err := p.Evaluate(t.Context(), searchBirds, nil)
	wantKind(t, err, NotFound)
	if entries, err := p.Indexes(t.Context(), ""); err != nil || len(entries) != 0 {
		t.Errorf("still indexed: %+v, %v", entries, err)
	}

	addBirds(t, p, 4)
	query := 3
	_, err = p.Search(t.Context(), SearchRequest{SearchSettings: searchBirds, Query: &query})
	wantKind(t, err, NotIndexed)
}

func TestAnUploadedPictureFindsItself(t *testing.T) {
	p := open(t)
	dir := addBirds(t, p, 3)
	if _, err := p.Index(t.Context(), birds, nil); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "bird", "*"))
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(files[1])
	if err != nil {
		t.Fatal(err)
	}
	picture, err := p.AddPicture(t.Context(), bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.AddPicture(t.Context(), bytes.NewReader(content))
	if err != nil || again != picture {
		t.Errorf("the same picture again is %+v, %v; want %+v", again, err, picture)
	}
	result, err := p.Search(t.Context(), SearchRequest{SearchSettings: searchBirds, Picture: picture.ID})
	if err != nil {
		t.Fatal(err)
	}
	// It was encoded anew, so it is not quite the same.
	if best := result.Results[0]; best.Index != 1 || best.Similarity < 0.9 || len(result.Results) != 3 || result.Query.Picture != picture.ID {
		t.Errorf("the result is %+v", result)
	}
	_, err = p.AddPicture(t.Context(), strings.NewReader("hello"))
	wantKind(t, err, Unsupported)
	_, err = p.Picture(t.Context(), "0123456789abcdef")
	wantKind(t, err, NotFound)
}

func TestASearchNeedsAPicture(t *testing.T) {
	p := open(t)
	addBirds(t, p, 2)
	if _, err := p.Index(t.Context(), birds, nil); err != nil {
		t.Fatal(err)
	}
	_, err := p.Search(t.Context(), SearchRequest{SearchSettings: searchBirds})
	wantKind(t, err, Invalid)
}

func TestErrorsSayWhatWhyAndWhatToDo(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		kind Kind
		want string
	}{
		{"full disk", explain("cannot index", store.ErrDiskFull), Unavailable,
			"cannot index: " + store.ErrDiskFull.Error() + "; make room, or choose another directory with --data DIR; what is finished is kept"},
		{"unknown name", unknown("model", "vgg61", []string{"vgg16", "vgg19"}, "list them with: convnet models list"), NotFound,
			`model "vgg61" is unknown; did you mean vgg16, vgg19? list them with: convnet models list`},
		{"no reason", &Error{Kind: NotFound, What: "no job"}, NotFound, "no job"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantKind(t, tt.err, tt.kind)
			if tt.err.Error() != tt.want {
				t.Errorf("message %q, want %q", tt.err, tt.want)
			}
		})
	}
	if err := explain("cannot index", context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context becomes %v", err)
	}
	var e *Error
	if err := explain("cannot index", errors.New("odd")); errors.As(err, &e) || err.Error() != "cannot index: odd" {
		t.Errorf("a fault of the program becomes %v", err)
	}
}

func TestChoicesAreThoseOfThePackagesBelow(t *testing.T) {
	o := Choices()
	var transforms []string
	for _, c := range o.Transforms {
		transforms = append(transforms, c.Name)
	}
	if got, want := strings.Join(transforms, " "), strings.Join(embedding.Transforms(), " "); got != want {
		t.Errorf("transforms are %q, want %q", got, want)
	}
	for _, list := range [][]Choice{o.Metrics, o.Poolings, o.Transforms, o.Filters} {
		for _, c := range list {
			if c.Name == "" || c.Title == "" || c.Description == "" {
				t.Errorf("an incomplete choice: %+v", c)
			}
		}
	}
	if _, err := parseVectorPooling(o.Defaults.Pool); err != nil {
		t.Error(err)
	}
	if o.Defaults.Layer != "top_activation" {
		t.Errorf("the default layer is %q", o.Defaults.Layer)
	}
}
