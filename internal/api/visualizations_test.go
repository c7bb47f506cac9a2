package api

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/playground"
)

const channelAddress = "/api/v1/models/efficientnet-lite0/layers/block2b_add/channels/3"

// finish follows the job of an answer to its end.
func (s *testServer) finish(t *testing.T, a answer) [][]string {
	t.Helper()
	if a.status != http.StatusAccepted {
		t.Fatalf("answered with %d: %s", a.status, a.body)
	}
	return s.events(t, strings.TrimPrefix(a.header.Get("Location"), "/api/v1/jobs/"))
}

func TestAChannelIsRenderedOnceAndKept(t *testing.T) {
	s := startServer(t)
	const settings = "?steps=12&size=64&seed=5"
	first := s.do(t, "GET", channelAddress+"/image"+settings, "")
	second := s.do(t, "POST", channelAddress+"/rendering"+settings, "")
	if a, b := first.header.Get("Location"), second.header.Get("Location"); a == "" || a != b {
		t.Errorf("the same picture is rendered by %s and %s", a, b)
	}
	events := s.finish(t, first)
	end := events[len(events)-1]
	if end[2] != "done" || !strings.Contains(end[3], `"step":12,"steps":12`) || !strings.Contains(end[3], "data:image/jpeg;base64,") {
		t.Errorf("the last event is %.500s", end[0])
	}

	kept := s.do(t, "GET", channelAddress+"/image"+settings, "")
	if kept.status != 200 || kept.header.Get("Content-Type") != "image/png" {
		t.Fatalf("%d, %s", kept.status, kept.header.Get("Content-Type"))
	}
	if picture, err := png.Decode(bytes.NewReader([]byte(kept.body))); err != nil || picture.Bounds().Dx() != 64 {
		t.Errorf("the picture: %v", err)
	}
	if !strings.Contains(kept.body[:2000], `"layer":"block2b_add"`) {
		t.Error("the picture has no recipe in it")
	}
	if again := s.do(t, "GET", channelAddress+"/image"+settings, "", "If-None-Match", kept.header.Get("ETag")); again.status != http.StatusNotModified || again.body != "" {
		t.Errorf("a picture that the client has: %d, %d bytes", again.status, len(again.body))
	}

	state := decode[renderState](t, s.do(t, "POST", channelAddress+"/rendering"+settings, ""))
	if state.Rendering == nil || state.Job != nil || state.Rendering.Steps[len(state.Rendering.Steps)-1] != 12 {
		t.Fatalf("kept: %+v", state)
	}
	address := "/api/v1/renderings/" + state.Rendering.Hash
	if whole := s.do(t, "GET", address+"/image", ""); whole.body != kept.body || !strings.Contains(whole.header.Get("Cache-Control"), "immutable") {
		t.Errorf("by its hash: %d, %s", whole.status, whole.header.Get("Cache-Control"))
	}
	for step, want := range map[int]int{1: 200, 12: 200, 11: 404} {
		if frame := s.do(t, "GET", fmt.Sprintf("%s/frames/%d", address, step), ""); frame.status != want {
			t.Errorf("frame %d: %d", step, frame.status)
		}
	}
	if unknown := s.do(t, "GET", "/api/v1/renderings/"+strings.Repeat("0", 64), ""); unknown.status != http.StatusNotFound {
		t.Errorf("an unknown picture: %d", unknown.status)
	}
}

func TestPicturesThatCannotBeRendered(t *testing.T) {
	s := startServer(t)
	layers := "/api/v1/models/efficientnet-lite0/layers/"
	for _, tt := range []struct {
		target string
		status int
		want   string
	}{
		{layers + "block2b_add/channels/24/image", 422, "channel 24: the layer has 0 to 23"},
		{layers + "block2b_ad/channels/0/image", 404, `layer \"block2b_ad\" is unknown`},
		{"/api/v1/models/alexnet/layers/conv1/channels/0/image", 404, `model \"alexnet\" is unknown`},
		{"/api/v1/models/vgg16/layers/block1_conv1/channels/0/image", 409, "its weights are not installed"},
		{layers + "block2b_add/channels/0/image?size=1", 422, "height and width must be from 32"},
		{layers + "block2b_add/channels/0/image?size=100000", 422, "size"},
		{layers + "block2b_add/channels/0/image?steps=0", 422, "steps"},
		{layers + "block2b_add/channels/0/image?objective=best", 422, "known: channel, neuron, layer, class"},
		{layers + "block2b_add/channels/0/image?with=24", 422, "channel 24"},
		{layers + "block2b_add/channels/0/image?colour=red", 422, "colour"},
	} {
		a := s.do(t, "GET", tt.target, "")
		if a.status != tt.status || !strings.Contains(a.body, tt.want) {
			t.Errorf("%s: %d, want %d with %q: %s", tt.target, a.status, tt.status, tt.want, a.body)
		}
	}
}

func TestTooManyPicturesAtOnceAreRefused(t *testing.T) {
	s := startServer(t)
	block := make(chan struct{})
	defer close(block)
	for i := range job.MaxWaiting {
		s.start(t, fmt.Sprint(i), func(context.Context, job.Reporter) error { <-block; return nil })
	}
	a := s.do(t, "GET", channelAddress+"/image", "")
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, `"code":"busy"`) {
		t.Errorf("%d, Retry-After %q: %s", a.status, a.header.Get("Retry-After"), a.body)
	}
}

// The server stops in the middle; the next one on the same data goes on from
// what was saved.
func TestARenderingGoesOnAfterARestart(t *testing.T) {
	data := t.TempDir()
	s := startServerOn(t, data)
	const settings = "?steps=65536&size=64" // minutes of work
	a := s.do(t, "GET", channelAddress+"/image"+settings+"&urgency=bulk", "")
	if a.status != http.StatusAccepted {
		t.Fatalf("%d: %s", a.status, a.body)
	}
	id := strings.TrimPrefix(a.header.Get("Location"), "/api/v1/jobs/")
	saved := func(s *testServer) int {
		status, err := s.pg.Jobs().Get(id)
		if err != nil {
			t.Fatal(err)
		}
		view, _ := status.View.(playground.RenderView)
		return view.Step
	}
	deadline := time.Now().Add(20 * time.Second)
	for started := time.Now(); time.Since(started) < 4*time.Second || saved(s) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("it does not begin")
		}
		time.Sleep(50 * time.Millisecond)
	}
	before := saved(s)
	s.stop()

	again := startServerOn(t, data)
	for saved(again) == 0 {
		if time.Now().After(deadline.Add(20 * time.Second)) {
			t.Fatal("it does not go on")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if first := saved(again); first < before/4 {
		t.Errorf("it was at step %d and goes on at step %d", before, first)
	}
	if err := again.pg.Jobs().Remove(t.Context(), id); err != nil {
		t.Error(err)
	}
}
