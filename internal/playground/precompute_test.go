package playground

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/convnetplayground/convnet/index"
)

func TestPrecomputeDoesAllThatPagesAskFor(t *testing.T) {
	p := open(t)
	addBirds(t, p, 5)
	ctx, cancel := context.WithCancel(t.Context())
	request := PrecomputeRequest{Dataset: "birds", Models: []string{DefaultModel}, Channels: "3"}

	// Interrupted while it renders, it goes on from there.
	_, err := p.Precompute(ctx, request, func(step PrecomputeStep) {
		if strings.HasPrefix(step.What, "rendering birds") && step.Done == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var stages []int
	report, err := p.Precompute(t.Context(), request, func(step PrecomputeStep) {
		mu.Lock()
		defer mu.Unlock()
		if step.Stages != 5 || step.Done > step.Total {
			t.Errorf("%+v", step)
		}
		if !slices.Contains(stages, step.Stage) {
			stages = append(stages, step.Stage)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Models) != 1 || len(report.Problems) != 0 || report.Images != 5 || !slices.Equal(report.Metrics, index.Metrics()) {
		t.Fatalf("%+v", report)
	}
	m := report.Models[0]
	if len(m.Layers) != 8 || m.Computed != 0 || m.Maps != 8 || m.Scores != 8*len(index.Metrics()) || m.Channels+m.Dead != 8 || m.Rendered > 6 || m.Rendered == 0 {
		t.Errorf("%+v", m)
	}

	// All of it is what the pages ask for.
	for _, layer := range m.Layers {
		settings := SearchSettings{Dataset: "birds", Layer: layer, Top: 15}
		if _, err := p.KeptMap(t.Context(), MapRequest{SearchSettings: settings, MinDist: DefaultMinDist, Seed: DefaultMapSeed, Aligned: true}); err != nil {
			t.Errorf("the map of %s: %v", layer, err)
		}
		if _, err := p.Evaluate(t.Context(), settings, func(int, int) { t.Error("scores are computed again") }); err != nil {
			t.Error(err)
		}
	}
	if _, err := p.Rendered(t.Context(), VisualizeRequest{Layer: m.Layers[0], Channel: 3, Size: 96, Steps: 128}); err != nil {
		t.Errorf("the sketch of a channel: %v", err)
	}
	again, err := p.Precompute(t.Context(), request, nil)
	if err != nil || again.Models[0].Rendered != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func TestPrecomputeGoesOnAfterAModelThatFails(t *testing.T) {
	p := open(t)
	addSet(t, p, "plain", map[string]int{"": 2})
	report, err := p.Precompute(t.Context(), PrecomputeRequest{
		Dataset: "plain", Models: []string{"vgg16", DefaultModel, DefaultModel}, Renderings: RenderNone,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Models) != 1 || report.Models[0].Model != DefaultModel || report.Models[0].Scores != 0 || report.Models[0].Channels != 0 {
		t.Errorf("%+v", report.Models)
	}
	if len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Reason, "convnet models pull vgg16") {
		t.Errorf("%+v", report.Problems)
	}
}

func TestAPrecomputationThatCannotBeginSaysWhy(t *testing.T) {
	p := open(t)
	for _, tt := range []struct {
		request PrecomputeRequest
		kind    Kind
	}{
		{PrecomputeRequest{Dataset: "stmps"}, NotFound},
		{PrecomputeRequest{Models: []string{"alexnet"}}, NotFound},
		{PrecomputeRequest{Metrics: []string{"cosin"}}, NotFound},
		{PrecomputeRequest{Pool: "mean"}, NotFound},
		{PrecomputeRequest{Transform: "centre"}, NotFound},
		{PrecomputeRequest{Renderings: "skech"}, NotFound},
		{PrecomputeRequest{Channels: "few"}, Invalid},
		{PrecomputeRequest{Models: []string{"vgg16"}}, Invalid},
	} {
		_, err := p.Precompute(t.Context(), tt.request, nil)
		wantKind(t, err, tt.kind)
	}
	if got, err := p.several(nil); err != nil || !slices.Equal(got, []string{DefaultModel, lite2}) {
		t.Errorf("installed: %v, %v", got, err)
	}
	all, err := p.several([]string{AllModels, DefaultModel})
	if err != nil || len(all) <= len(p.networks.Pullable()) || !slices.Contains(all, "vgg16") || !slices.Contains(all, lite2) {
		t.Errorf("all: %v, %v", all, err)
	}
}
