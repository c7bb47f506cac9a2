package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/playground"
)

func TestMapScenarios(t *testing.T) {
	s := startServer(t)
	s.addCompared(t)
	s.play(t, []scenario{
		{name: "map", target: "/api/v1/map?dataset=small", status: 404, contains: []string{`"code":"not_mapped"`}},
		{name: "map of what is not indexed", target: "/api/v1/map?dataset=small&pool=max", status: 409, contains: []string{`"code":"not_indexed"`}},
		{name: "make a map of what is not indexed", method: "POST", target: "/api/v1/map?dataset=small&pool=max", status: 409, contains: []string{`"code":"not_indexed"`}},
		{name: "map of an unknown dataset", target: "/api/v1/map?dataset=smal", status: 404, contains: []string{`"near":["small"]`}},
		{name: "map by an unknown method", method: "POST", target: "/api/v1/map?dataset=small&method=tsne", status: 422, contains: []string{"known: umap, pca"}},
		{name: "map with one neighbour", method: "POST", target: "/api/v1/map?dataset=small&neighbours=1", status: 422},
		{name: "map with a negative distance", method: "POST", target: "/api/v1/map?dataset=small&min_dist=-1", status: 422},
		{name: "place without a picture", target: "/api/v1/map/place?dataset=small", status: 422},
		{name: "place on no map", target: "/api/v1/map/place?dataset=small&picture=0123456789abcdef", status: 404, contains: []string{`"code":"not_mapped"`}},
	})
}

func TestAMapSettlesAndIsKept(t *testing.T) {
	s := startServer(t)
	s.addCompared(t)
	const address = "/api/v1/map?dataset=small&aligned=true"
	a := s.do(t, "POST", address, "")
	state := decode[mapState](t, a)
	if a.status != http.StatusAccepted || state.Job == nil || state.Job.Kind != "map" || state.Job.Arguments["dataset"] != "small" ||
		a.header.Get("Location") != "/api/v1/jobs/"+state.Job.ID {
		t.Fatalf("%d: %s", a.status, a.body)
	}
	if again := decode[mapState](t, s.do(t, "POST", address, "")); again.Job != nil && again.Job.ID != state.Job.ID {
		t.Errorf("a second visitor got another job")
	}
	views := 0
	for _, event := range s.events(t, state.Job.ID) {
		var j Job
		if err := json.Unmarshal([]byte(event[3]), &j); err != nil {
			t.Fatal(err)
		}
		if j.Map != nil {
			views++
			if len(j.Map.X) != 8 || len(j.Map.Y) != 8 || len(j.Map.Images) != 8 || j.Map.Epochs != 500 {
				t.Errorf("view %+v", j.Map)
			}
		}
		if j.State != "running" && j.State != "queued" && j.State != "done" {
			t.Errorf("state %s: %+v", j.State, j.Error)
		}
	}
	if views == 0 {
		t.Error("nothing was shown")
	}
	if list := s.do(t, "GET", "/api/v1/jobs", ""); strings.Contains(list.body, `"map":{`) {
		t.Error("the list of jobs holds a map")
	}
	kept := s.do(t, "GET", address, "")
	m := decode[playground.Map](t, kept)
	if kept.status != http.StatusOK || len(m.X) != 8 || !m.Aligned || m.After == "" {
		t.Errorf("%d: %s", kept.status, kept.body)
	}
	if whole := decode[mapState](t, s.do(t, "POST", address, "")); whole.Map == nil || whole.Job != nil {
		t.Error("the kept map is made again")
	}

	id := decode[playground.Picture](t, s.upload(t, "../../dataset/stamps/bird/duck.jpg")).ID
	place := s.do(t, "GET", "/api/v1/map/place?dataset=small&aligned=true&picture="+id, "")
	if place.status != http.StatusOK || !strings.Contains(place.body, `"x":`) {
		t.Errorf("%d: %s", place.status, place.body)
	}
	if unknown := s.do(t, "GET", "/api/v1/map/place?dataset=small&aligned=true&picture=0123456789abcdef", ""); unknown.status != http.StatusNotFound {
		t.Errorf("an unknown picture: %d", unknown.status)
	}
}
