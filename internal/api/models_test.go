package api

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/playground"
)

func TestAModelThatIsHereIsPulledAtOnce(t *testing.T) {
	s := startServer(t)
	a := s.do(t, "POST", "/api/v1/models/efficientnet-lite0/pull", "")
	j := decode[Job](t, a)
	if a.status != http.StatusAccepted || j.Kind != "pull" || j.Title != "Install efficientnet-lite0" || a.header.Get("Location") != "/api/v1/jobs/"+j.ID {
		t.Fatalf("%d, %+v", a.status, j)
	}
	s.do(t, "GET", "/api/v1/jobs/"+j.ID+"/events", "")
	if j = decode[Job](t, s.do(t, "GET", "/api/v1/jobs/"+j.ID, "")); j.State != "done" {
		t.Errorf("the job ended as %+v, %+v", j, j.Error)
	}
}

func TestAPullOfAModelIsOneJob(t *testing.T) {
	s := startServer(t)
	pull := func() Job { return decode[Job](t, s.do(t, "POST", "/api/v1/models/resnet50/pull", "")) }
	first := pull()
	if again := pull(); again.ID != first.ID {
		t.Errorf("jobs %s and %s", first.ID, again.ID)
	}
	if a := s.do(t, "DELETE", "/api/v1/jobs/"+first.ID, ""); a.status >= 300 {
		t.Fatalf("%d: %s", a.status, a.body)
	}
	for _, m := range decode[modelList](t, s.do(t, "GET", "/api/v1/models", "")).Models {
		if m.Name == "resnet50" && (m.Weights != "missing" || !m.Pullable) {
			t.Errorf("its weights are %s", m.Weights)
		}
	}
}

func TestModelsThatCannotBePulled(t *testing.T) {
	s := startServer(t)
	for name, hint := range map[string]string{
		"efficientnet-lite1": "then: convnet models import FILE --as efficientnet-lite1",
		"resnet51":           "list them with: convnet models list",
	} {
		a := s.do(t, "POST", "/api/v1/models/"+name+"/pull", "")
		if p := decode[Problem](t, a); a.status != http.StatusNotFound || !strings.HasSuffix(p.Hint, hint) {
			t.Errorf("%s: %d, %+v", name, a.status, p)
		}
	}
}

func TestADamagedModelIsListed(t *testing.T) {
	data := t.TempDir()
	folder := filepath.Join(data, "models", "mobilenet")
	if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(filepath.Join(folder, "model.json"), []byte("{"), 0o600)); err != nil {
		t.Fatal(err)
	}
	s := startServerOn(t, data)
	a := s.do(t, "GET", "/api/v1/models/mobilenet", "")
	if m := decode[playground.ModelDetail](t, a); a.status != http.StatusOK || m.Weights != "damaged" {
		t.Errorf("%d: %s", a.status, a.body)
	}
	a = s.do(t, "GET", "/api/v1/search?model=mobilenet&query=0", "")
	if p := decode[Problem](t, a); a.status != http.StatusConflict || !strings.Contains(p.Hint, "convnet models remove mobilenet") {
		t.Errorf("%d: %s", a.status, a.body)
	}
}

// The server goes on while weights are installed, replaced and removed by another
// process.
func TestWeightsThatAreReplacedAreUsed(t *testing.T) {
	s := startServer(t)
	install := func(from string) {
		t.Helper()
		// The weights of the program, as a file of one's own.
		r := playground.ImportRequest{File: "../../weights/embedded/" + from + ".safetensors", Architecture: from, Name: "mine", Replace: true}
		if _, err := s.pg.Models().Import(t.Context(), r, nil); err != nil {
			t.Fatal(err)
		}
	}
	search := func() string {
		return s.do(t, "GET", "/api/v1/search?model=mine&query=0&layer=stem_conv", "").body
	}
	install("efficientnet-lite0")
	if _, err := s.pg.Index(t.Context(), playground.IndexRequest{Dataset: "stamps", Model: "mine", Layers: []string{"stem_conv"}, Pool: "avg"}, nil); err != nil {
		t.Fatal(err)
	}
	if body := search(); !strings.Contains(body, `"results"`) {
		t.Errorf("indexed: %s", body)
	}
	install("efficientnet-lite2")
	if body := search(); !strings.Contains(body, `"not_indexed"`) {
		t.Errorf("replaced: %s", body)
	}
	if err := s.pg.Models().Remove("mine"); err != nil {
		t.Fatal(err)
	}
	if body := search(); !strings.Contains(body, `"not_found"`) {
		t.Errorf("removed: %s", body)
	}
}
