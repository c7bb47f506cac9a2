package featurevis

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

var quality = flag.String("quality", "", "folder for the pictures of TestQuality, which renders for minutes")

// TestQuality compares, for 20 channels of five layers each, how much three
// kinds of pictures excite them, all of 128 pixels and seen as they are: what
// the default recipe renders, the best of the stamps, and 512 steps of ascent
// on plain pixels.
func TestQuality(t *testing.T) {
	if *quality == "" {
		t.Skip("renders 200 pictures; wants -quality FOLDER")
	}
	m := lite0(t)
	for _, layer := range []string{"block2a_expand_conv", "block3b_add", "block4c_add", "block5c_add", "top_activation"} {
		photos := bestOfStamps(t, m, layer)
		channels := rand.New(rand.NewPCG(1, 0)).Perm(len(photos))[:min(20, len(photos))]
		rendered, ascended := make([]float64, len(channels)), make([]float64, len(channels))
		var group errgroup.Group
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i, c := range channels {
			r := Default(c)
			r.Model, r.Layer = m.Info().Name, layer
			plain := r
			plain.Parameters, plain.Transforms = Pixels, Still
			file := filepath.Join(*quality, fmt.Sprintf("%s-%d", layer, c))
			group.Go(func() (err error) {
				rendered[i], err = renderTo(t.Context(), file+".png", m, r)
				return err
			})
			group.Go(func() (err error) {
				ascended[i], err = renderTo(t.Context(), file+"-pixels.png", m, plain)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		var best []float64
		above := 0
		for i, c := range channels {
			best = append(best, photos[c])
			if rendered[i] > photos[c] {
				above++
			}
		}
		t.Logf("%-20s medians: rendered %6.2f, best of the stamps %6.2f, plain pixels %6.2f; %d of %d rendered are above the best",
			layer, median(rendered), median(best), median(ascended), above, len(channels))
	}
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// renderTo writes the picture of a recipe and returns its objective. A dead
// channel counts as zero.
func renderTo(ctx context.Context, file string, m *model.Model, r Recipe) (float64, error) {
	p, err := New(m, r, nil)
	if err != nil {
		return 0, err
	}
	for !p.Done() {
		if err := p.Step(ctx); errors.Is(err, ErrDead) {
			return 0, nil
		} else if err != nil {
			return 0, err
		}
	}
	var encoded bytes.Buffer
	if err := EncodePNG(&encoded, p.Picture(0), r); err != nil {
		return 0, err
	}
	if err := os.WriteFile(file, encoded.Bytes(), 0o644); err != nil {
		return 0, err
	}
	values, err := p.Look(ctx)
	if err != nil {
		return 0, err
	}
	return values[0], nil
}

// bestOfStamps is the greatest mean of each channel of a layer over the stamps
// in the size of the renderings.
func bestOfStamps(t *testing.T, m *model.Model, layer string) []float64 {
	t.Helper()
	files, err := filepath.Glob("../dataset/stamps/*/*.jpg")
	if err != nil || len(files) != 204 {
		t.Fatalf("%d stamps, %v", len(files), err)
	}
	recipe := m.Recipe(preprocess.Squash, preprocess.Bilinear)
	recipe.Width, recipe.Height = 128, 128
	network, err := m.Network(128, layer)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := network.Compile(t.Context(), 1, graph.Tap{Node: layer, Reduce: graph.Mean, Linear: true})
	if err != nil {
		t.Fatal(err)
	}
	s := plan.NewSession(nil)
	var best []float64
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		im, err := preprocess.Decode(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		recipe.Fill(s.Input().Data, im)
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		for c, v := range s.Tap(0).Data {
			if len(best) <= c {
				best = append(best, float64(v))
			}
			best[c] = max(best[c], float64(v))
		}
	}
	return best
}
