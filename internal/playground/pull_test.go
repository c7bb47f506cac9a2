package playground

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convnetplayground/convnet/dataset/public"
	"github.com/convnetplayground/convnet/dataset/public/publictest"
	"github.com/convnetplayground/convnet/internal/job"
)

// publisher stands for the servers that the public datasets come from.
type publisher struct {
	*httptest.Server

	mu    sync.Mutex
	files map[string][]byte // by path
	asked map[string]int
	after func(path string, asked int, w http.ResponseWriter) bool // may answer instead
}

// publish serves files for as long as the test runs.
func publish(t *testing.T, files map[string][]byte) *publisher {
	t.Helper()
	p := &publisher{files: files, asked: map[string]int{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	content, known := p.files[r.URL.Path]
	p.asked[r.URL.Path]++
	asked, after := p.asked[r.URL.Path], p.after
	p.mu.Unlock()
	if after != nil && after(r.URL.Path, asked, w) {
		return
	}
	if !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(content)))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func (p *publisher) times(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// folderOf are the pictures of the first playground at the paths that a server
// has them at.
func folderOf(t *testing.T, set string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for name, content := range publictest.Former(t, set) {
		files["/"+set+"/"+path.Base(name)] = content
	}
	return files
}

// openWith opens a playground whose set of that name comes from source alone.
func openWith(t *testing.T, data, set string, source public.Source) *Playground {
	t.Helper()
	s := public.Find(set)
	s.Sources = []public.Source{source}
	p, err := New(t.Context(), Options{Data: data, Background: true, Sets: []*public.Set{s}})
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

func archiveSource(server *publisher, name string, content []byte) public.Source {
	server.mu.Lock()
	defer server.mu.Unlock()
	server.files[name] = content
	return public.Source{Address: server.URL + name, SHA256: fmt.Sprintf("%x", sha256.Sum256(content)), Bytes: int64(len(content)), Private: true}
}

// wantWhole checks that the dataset is there in the order of the first playground.
func wantWhole(t *testing.T, p *Playground, set string) {
	t.Helper()
	d, err := p.Dataset(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	if !d.Pulled || len(d.Images) != 200 || len(d.Classes) != 10 || len(d.Problems) != 0 {
		t.Errorf("%d pictures in %d classes, %d problems, pulled %v", len(d.Images), len(d.Classes), len(d.Problems), d.Pulled)
	}
	for i, im := range d.Images {
		if im.Index != i || strings.TrimSuffix(im.File, path.Ext(im.File)) != fmt.Sprint(i) {
			t.Fatalf("image %d is %+v", i, im)
		}
	}
	if set == "cifar10" {
		for i, label := range publictest.CIFARLabels() {
			if d.Images[i].Class != d.Classes[label].Name {
				t.Errorf("picture %d is of class %s", i, d.Images[i].Class)
			}
		}
	}
	if _, _, err := p.Thumbnail(t.Context(), set, 199); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Join(p.options.Data, "downloads")); err == nil && len(left) > 0 {
		t.Errorf("the download of %s stays", left[0].Name())
	}
}

func TestEverySetIsPulled(t *testing.T) {
	for _, s := range public.Sets() {
		t.Run(s.Name, func(t *testing.T) {
			server := publish(t, folderOf(t, s.Name))
			source := public.Source{Address: server.URL + "/" + s.Name + "/", Private: true}
			if s.Name == "cifar10" {
				source = archiveSource(server, "/c.tar.gz", publictest.TarGz(t, publictest.Official(t, s.Name)))
			}
			p := openWith(t, t.TempDir(), s.Name, source)
			if list, err := p.PublicDatasets(t.Context()); err != nil || len(list) != 1 || list[0].Bytes != source.Bytes {
				t.Errorf("can be pulled: %+v, %v", list, err)
			}
			var last Progress
			report, err := p.PullDataset(t.Context(), s.Name, "", func(at Progress) {
				if at.Done < last.Done {
					t.Errorf("progress goes back from %v to %v", last, at)
				}
				last = at
			})
			if err != nil || !report.Pulled || report.Images != 200 {
				t.Fatalf("%+v, %v", report, err)
			}
			if want := (Progress{200, 200, false}); source.Bytes == 0 && last != want {
				t.Errorf("the last progress is %v", last)
			}
			if want := (Progress{source.Bytes, source.Bytes, true}); source.Bytes > 0 && last != want {
				t.Errorf("the last progress is %v", last)
			}
			wantWhole(t, p, s.Name)
			if list, err := p.PublicDatasets(t.Context()); err != nil || len(list) != 0 {
				t.Errorf("can be pulled: %+v, %v", list, err)
			}

			asked := server.times("/c.tar.gz") + server.times("/"+s.Name+"/7.jpg")
			again, err := p.PullDataset(t.Context(), s.Name, "", nil)
			if err != nil || again.Pulled || again.Images != 200 || asked != 1 {
				t.Errorf("pulled again: %+v, %v, asked %d times", again, err, asked)
			}
			if err := p.RemoveDataset(t.Context(), s.Name); err != nil {
				t.Fatal(err)
			}
			if left, err := os.ReadDir(filepath.Join(p.options.Data, "datasets")); err != nil || len(left) > 0 {
				t.Errorf("left are %v, %v", left, err)
			}
		})
	}
}

func TestSetsArePulledFromWhatTheUserHas(t *testing.T) {
	official := publictest.Official(t, "tinyimagenet")
	server := publish(t, folderOf(t, "tinyimagenet"))
	server.files["/labelled/classes.json"] = publictest.Labels(t, strings.Split(strings.Repeat("teapot tractor goldfish bridge sandals bus bottles arch faces frogs ", 20), " ")[:200])
	for name, content := range folderOf(t, "tinyimagenet") {
		server.files["/labelled/"+path.Base(name)] = content
	}
	archiveSource(server, "/tiny.zip", publictest.Zip(t, official))
	nowhere := public.Source{Address: server.URL + "/nowhere/", Private: true}
	for name, from := range map[string]string{
		"archive":                publictest.File(t, "tiny.zip", publictest.Zip(t, official)),
		"folder":                 publictest.Folder(t, official),
		"first playground":       publictest.Folder(t, publictest.Former(t, "tinyimagenet")),
		"address of an archive":  server.URL + "/tiny.zip",
		"address of a folder":    server.URL + "/tinyimagenet/",
		"address with a listing": server.URL + "/labelled/",
	} {
		t.Run(name, func(t *testing.T) {
			p := openWith(t, t.TempDir(), "tinyimagenet", nowhere)
			if _, err := p.PullDataset(t.Context(), "tinyimagenet", from, nil); err != nil {
				t.Fatal(err)
			}
			wantWhole(t, p, "tinyimagenet")
			d, err := p.Dataset(t.Context(), "tinyimagenet")
			if err != nil {
				t.Fatal(err)
			}
			want := "tractor"
			if name == "address with a listing" {
				want = "teapot"
			}
			if d.Images[0].Class != want {
				t.Errorf("the first picture is of class %s", d.Images[0].Class)
			}
		})
	}
}

func TestAPulledSetCanBeSearched(t *testing.T) {
	p := openWith(t, t.TempDir(), "iconic200", public.Source{})
	if _, err := p.PullDataset(t.Context(), "iconic200", publictest.Folder(t, publictest.Former(t, "iconic200")), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Index(t.Context(), IndexRequest{Dataset: "iconic200", Layers: []string{"stem_conv"}}, nil); err != nil {
		t.Fatal(err)
	}
	query := 40
	result, err := p.Search(t.Context(), SearchRequest{SearchSettings: SearchSettings{Dataset: "iconic200", Layer: "stem_conv", Top: 15}, Query: &query})
	if err != nil || len(result.Results) != 15 || result.Query.Class != "tractor" {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestADownloadThatWasCutGoesOn(t *testing.T) {
	server := publish(t, map[string][]byte{})
	source := archiveSource(server, "/c.tar.gz", publictest.TarGz(t, publictest.Official(t, "cifar10")))
	half := int(source.Bytes / 2)
	data := t.TempDir()
	// The first connection stands still half-way, until the user has enough of it.
	stuck, cancel := context.WithCancel(t.Context())
	server.after = func(_ string, asked int, w http.ResponseWriter) bool {
		if asked > 1 {
			return false
		}
		content := server.files["/c.tar.gz"]
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(content)))
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.Header().Set("Accept-Ranges", "bytes")
		w.Write(content[:half])
		http.NewResponseController(w).Flush()
		<-stuck.Done()
		return true
	}
	p := openWith(t, data, "cifar10", source)
	_, err := p.PullDataset(stuck, "cifar10", "", func(at Progress) {
		if at.Done >= int64(half) {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(data, "datasets")); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	first := int64(-1)
	if _, err := p.PullDataset(t.Context(), "cifar10", "", func(at Progress) {
		if first < 0 {
			first = at.Done
		}
	}); err != nil {
		t.Fatal(err)
	}
	if first < int64(half) {
		t.Errorf("the second download began at byte %d, %d had arrived", first, half)
	}
	wantWhole(t, p, "cifar10")
}

func TestPicturesThatHaveArrivedAreNotLoadedAgain(t *testing.T) {
	server := publish(t, folderOf(t, "fashion200"))
	late := server.files["/fashion200/150.jpg"]
	delete(server.files, "/fashion200/150.jpg")
	p := openWith(t, t.TempDir(), "fashion200", public.Source{Address: server.URL + "/fashion200/", Private: true})
	_, err := p.PullDataset(t.Context(), "fashion200", "", nil)
	wantKind(t, err, Unavailable)
	server.mu.Lock()
	server.files["/fashion200/150.jpg"] = late
	server.mu.Unlock()
	if _, err := p.PullDataset(t.Context(), "fashion200", "", nil); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, p, "fashion200")
	if n := server.times("/fashion200/3.jpg"); n != 1 {
		t.Errorf("a picture was asked for %d times", n)
	}
}

func TestWhatCannotBePulledSaysWhatToDownload(t *testing.T) {
	server := publish(t, map[string][]byte{"/page.html": []byte("<html>moved</html>")})
	good := publictest.Zip(t, publictest.Official(t, "tinyimagenet"))
	short := publictest.Official(t, "tinyimagenet")
	for name := range short {
		if strings.Contains(name, "n01443537") {
			delete(short, name)
		}
	}
	evil := publictest.Official(t, "tinyimagenet")
	evil["../../evil"] = nil
	unreadable := publictest.Official(t, "tinyimagenet")
	unreadable["tiny-imagenet-200/train/n01443537/images/n01443537_7.JPEG"] = []byte("not a picture")
	wrong := archiveSource(server, "/wrong.zip", good)
	wrong.SHA256 = strings.Repeat("0", 64)
	long := archiveSource(server, "/long.zip", good)
	long.Bytes--
	closed := public.Source{Address: "http://127.0.0.1:1/tiny.zip"}
	for _, c := range []struct {
		name    string
		source  public.Source
		from    string
		kind    Kind
		message string
	}{
		{"moved", public.Source{Address: server.URL + "/gone.zip", Private: true}, "", Unavailable, "404 Not Found"},
		{"folder that moved", public.Source{Address: server.URL + "/gone/", Private: true}, "", Unavailable, "404 Not Found"},
		{"web page", public.Source{Address: server.URL + "/page.html", Private: true}, "", Unsupported, "not a zip, tar or tar.gz archive"},
		{"wrong hash", wrong, "", Invalid, "wrong checksum"},
		{"too large", long, "", TooLarge, "larger than allowed"},
		{"private address", closed, "", Invalid, "the address is private"},
		{"hostile archive", archiveSource(server, "/evil.zip", publictest.Zip(t, evil)), "", Invalid, "its name leads out of the archive"},
		{"no class", archiveSource(server, "/short.zip", publictest.Zip(t, short)), "", Invalid, "it has no class n01443537 (goldfish)"},
		{"bad picture", archiveSource(server, "/unreadable.zip", publictest.Zip(t, unreadable)), "", Invalid, "the first is 27.jpg: not a picture"},
		{"local archive", closed, publictest.File(t, "short.zip", publictest.Zip(t, short)), Invalid, "it has no class n01443537 (goldfish)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := openWith(t, t.TempDir(), "tinyimagenet", c.source)
			_, err := p.PullDataset(t.Context(), "tinyimagenet", c.from, nil)
			wantKind(t, err, c.kind)
			if err == nil || !strings.HasPrefix(err.Error(), "cannot pull dataset tinyimagenet: ") || !strings.Contains(err.Error(), c.message) {
				t.Errorf("%v, expected %q", err, c.message)
			}
			if hint := "; download http://cs231n.stanford.edu/tiny-imagenet-200.zip, then: convnet datasets pull tinyimagenet --from FILE"; err == nil || !strings.HasSuffix(err.Error(), hint) {
				t.Errorf("%v, expected the hint %q", err, hint)
			}
			_, err = p.Dataset(t.Context(), "tinyimagenet")
			wantKind(t, err, NotFound)
			if left, err := os.ReadDir(filepath.Join(p.options.Data, "datasets")); err != nil || len(left) > 0 {
				t.Errorf("left are %v, %v", left, err)
			}
		})
	}
}

func TestABadDownloadIsNotKept(t *testing.T) {
	server := publish(t, folderOf(t, "iconic200"))
	good := server.files["/iconic200/99.jpg"]
	server.files["/iconic200/99.jpg"] = []byte("not a picture")
	p := openWith(t, t.TempDir(), "iconic200", public.Source{Address: server.URL + "/iconic200/", Private: true})
	_, err := p.PullDataset(t.Context(), "iconic200", "", nil)
	wantKind(t, err, Invalid)
	server.mu.Lock()
	server.files["/iconic200/99.jpg"] = good
	server.mu.Unlock()
	if _, err := p.PullDataset(t.Context(), "iconic200", "", nil); err != nil {
		t.Error(err)
	}
}

func TestPullsThatMakeNoSense(t *testing.T) {
	p := openWith(t, t.TempDir(), "iconic200", public.Source{})
	_, err := p.PullDataset(t.Context(), "iconic20", "", nil)
	wantKind(t, err, NotFound)
	if err == nil || !strings.Contains(err.Error(), "did you mean iconic200?") {
		t.Error(err)
	}
	_, err = p.PullDataset(t.Context(), "iconic200", filepath.Join(t.TempDir(), "nosuch.zip"), nil)
	wantKind(t, err, NotFound)
	if err == nil || !strings.HasSuffix(err.Error(), "check the path") {
		t.Error(err)
	}
	// A set of the user's own is not taken for the public one, nor written over.
	if _, err := p.AddDataset(t.Context(), "iconic200", publictest.Folder(t, publictest.Files{"a/1.jpg": publictest.Picture(t, 1)}), nil); err != nil {
		t.Fatal(err)
	}
	_, err = p.PullDataset(t.Context(), "iconic200", "", nil)
	wantKind(t, err, Conflict)
	_, err = p.StartPullDataset(t.Context(), "iconic200")
	wantKind(t, err, Conflict)
	if list, err := p.PublicDatasets(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("can be pulled: %+v, %v", list, err)
	}
}

func TestAPullIsOneJob(t *testing.T) {
	server := publish(t, folderOf(t, "iconic200"))
	release := make(chan struct{})
	server.after = func(path string, _ int, _ http.ResponseWriter) bool {
		if path == "/iconic200/100.jpg" {
			<-release
		}
		return false
	}
	p := openWith(t, t.TempDir(), "iconic200", public.Source{Address: server.URL + "/iconic200/", Private: true})
	first, err := p.StartPullDataset(t.Context(), "iconic200")
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.StartPullDataset(t.Context(), "iconic200")
	if err != nil || second.ID != first.ID {
		t.Errorf("the second is %+v, %v", second, err)
	}
	close(release)
	var last job.Status
	if err := p.Jobs().Follow(t.Context(), first.ID, 0, func(s job.Status) error { last = s; return nil }); err != nil {
		t.Fatal(err)
	}
	want := job.Status{State: job.Done, Done: 200, Total: 200, Title: "Pull dataset iconic200"}
	if diff := cmp.Diff(want, job.Status{State: last.State, Done: last.Done, Total: last.Total, Title: last.Title}); diff != "" {
		t.Errorf("%s%v", diff, last.Err)
	}
	wantWhole(t, p, "iconic200")
}
