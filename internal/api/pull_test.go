package api

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/convnetplayground/convnet/dataset/public"
	"github.com/convnetplayground/convnet/dataset/public/publictest"
	"github.com/convnetplayground/convnet/internal/playground"
)

// startPublicServer is startServer where the public dataset iconic200 comes from
// a server of pictures, and cifar10 from one that has moved.
func startPublicServer(t *testing.T) *testServer {
	t.Helper()
	pictures := map[string][]byte{}
	for name, content := range publictest.Former(t, "iconic200") {
		pictures["/"+path.Base(name)] = content
	}
	publisher := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, known := pictures[r.URL.Path]
		if !known {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(publisher.Close)
	iconic, cifar := public.Find("iconic200"), public.Find("cifar10")
	iconic.Sources = []public.Source{{Address: publisher.URL + "/", Private: true}}
	cifar.Sources = []public.Source{{Address: publisher.URL + "/moved.tar.gz", Private: true}}
	return startServer(t, iconic, cifar)
}

// pull starts a pull and waits for its end.
func (s *testServer) pull(t *testing.T, set string) Job {
	t.Helper()
	a := s.do(t, "POST", "/api/v1/datasets/"+set+"/pull", "")
	if a.status != http.StatusAccepted {
		t.Fatalf("the pull was answered with %d: %s", a.status, a.body)
	}
	j := decode[Job](t, a)
	if want := "/api/v1/jobs/" + j.ID; a.header.Get("Location") != want || j.Title != "Pull dataset "+set {
		t.Errorf("Location is %q, want %q; the title %q", a.header.Get("Location"), want, j.Title)
	}
	s.do(t, "GET", "/api/v1/jobs/"+j.ID+"/events", "")
	return decode[Job](t, s.do(t, "GET", "/api/v1/jobs/"+j.ID, ""))
}

func TestAPublicDatasetIsPulled(t *testing.T) {
	s := startPublicServer(t)
	if j := s.pull(t, "iconic200"); j.State != "done" || j.Done != 200 || j.Total != 200 {
		t.Fatalf("the job ended as %+v", j)
	}
	d := decode[playground.DatasetDetail](t, s.do(t, "GET", "/api/v1/datasets/iconic200", ""))
	if !d.Pulled || len(d.Images) != 200 || d.Images[0].Class != "ferrariyellow" || d.Images[199].Class != "banana" || d.Classes[0].Name != "arch" {
		t.Errorf("%d pictures, pulled %v, the first of class %s", len(d.Images), d.Pulled, d.Images[0].Class)
	}
	if a := s.do(t, "GET", fmt.Sprintf("/api/v1/datasets/iconic200/images/7/file?v=%s", d.Version), ""); a.status != 200 || a.body != string(publictest.Picture(t, 7)) {
		t.Errorf("a picture is answered with %d", a.status)
	}
	list := decode[datasetList](t, s.do(t, "GET", "/api/v1/datasets", ""))
	if len(list.Datasets) != 2 || len(list.Available) != 1 || list.Available[0].Name != "cifar10" {
		t.Errorf("the list is %+v", list)
	}
	if j := s.pull(t, "iconic200"); j.State != "done" {
		t.Errorf("a second pull ended as %+v", j)
	}
}

func TestAPullThatFailsSaysWhatToDownload(t *testing.T) {
	j := startPublicServer(t).pull(t, "cifar10")
	if j.State != "failed" || j.Error == nil || j.Error.Code != "unavailable" ||
		!strings.Contains(j.Error.Detail, "404 Not Found") || !strings.Contains(j.Error.Hint, "download cifar-10-binary.tar.gz from") {
		t.Errorf("the job ended as %+v, %+v", j, j.Error)
	}
}
