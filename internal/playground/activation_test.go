package playground

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
)

const duck = "../../dataset/stamps/bird/duck.jpg"

func TestActivationReportsItsMap(t *testing.T) {
	p := open(t)
	content, err := os.ReadFile(duck)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := p.AddPicture(t.Context(), bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	info, err := p.networks.describe(DefaultModel)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		layer string
		size  int
	}{{"block4c_add", 14}, {"avg_pool", 1}, {info.Layers[0].Name, 224}} {
		a, err := p.Activation(t.Context(), ActivationRequest{Model: DefaultModel, Layer: tt.layer, Channel: 2, Picture: picture.ID})
		if err != nil {
			t.Fatal(err)
		}
		if a.Height != tt.size || a.Width != tt.size || len(a.Values) != tt.size || len(a.Values[0]) != tt.size || a.Region != [4]float64{0, 0, 1, 1} {
			t.Fatalf("%s: %dx%d over %v", tt.layer, a.Height, a.Width, a.Region)
		}
		lo, hi, mean := math.Inf(1), math.Inf(-1), 0.
		for _, row := range a.Values {
			for _, v := range row {
				lo, hi, mean = min(lo, float64(v)), max(hi, float64(v)), mean+float64(v)/float64(a.Height*a.Width)
			}
		}
		if float64(a.Min) != lo || float64(a.Max) != hi || math.Abs(a.Mean-mean) > 1e-9*math.Abs(mean) {
			t.Errorf("%s: least %g, greatest %g, mean %g; want %g, %g, %g", tt.layer, a.Min, a.Max, a.Mean, lo, hi, mean)
		}
	}
}

func TestActivationOfACroppedFileSaysWhereItLies(t *testing.T) {
	models, err := OpenModels(Options{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	request := ActivationRequest{Model: DefaultModel, Layer: "block2b_add", Channel: 3, Image: duck, Resizing: Resizing{Aspect: "crop"}}
	a, err := models.Activation(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	for _, edge := range a.Region {
		if edge <= 0 || edge >= 1 {
			t.Errorf("the map lies over %v, want a part in the middle", a.Region)
		}
	}
	path := filepath.Join(t.TempDir(), "map.png")
	if err := a.WritePNG(path); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	im, err := png.DecodeConfig(f)
	if err != nil || im.Width != 56*9 || im.Height != 56*9 {
		t.Errorf("the heat map is %dx%d, %v", im.Width, im.Height, err)
	}
}

func TestActivationErrors(t *testing.T) {
	p := open(t)
	good := ActivationRequest{Model: DefaultModel, Layer: "block2b_add", Channel: 3, Dataset: "stamps"}
	for name, tt := range map[string]struct {
		change func(*ActivationRequest)
		kind   Kind
	}{
		"model":      {func(r *ActivationRequest) { r.Model = "vgg61" }, NotFound},
		"no weights": {func(r *ActivationRequest) { r.Model, r.Layer = "vgg16", "block1_conv1" }, Conflict},
		"layer":      {func(r *ActivationRequest) { r.Layer = "block2b_ad" }, NotFound},
		"channel":    {func(r *ActivationRequest) { r.Channel = 24 }, NotFound},
		"dataset":    {func(r *ActivationRequest) { r.Dataset = "stamp" }, NotFound},
		"index":      {func(r *ActivationRequest) { r.Index = 204 }, NotFound},
		"picture":    {func(r *ActivationRequest) { r.Picture = "0123456789abcdef" }, NotFound},
		"size":       {func(r *ActivationRequest) { r.Size = 3 }, Invalid},
	} {
		r := good
		tt.change(&r)
		_, err := p.Activation(t.Context(), r)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		wantKind(t, err, tt.kind)
	}
	models := p.Models()
	good.Image = filepath.Join(t.TempDir(), "nosuch.jpg")
	_, err := models.Activation(t.Context(), good)
	wantKind(t, err, NotFound)
	good.Image = t.TempDir()
	_, err = models.Activation(t.Context(), good)
	wantKind(t, err, Invalid)
}
