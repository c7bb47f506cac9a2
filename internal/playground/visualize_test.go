package playground

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/convnetplayground/convnet/featurevis"
)

func TestChannelsAreChosenByNameOrNumber(t *testing.T) {
	for _, tt := range []struct {
		choice      string
		n           int
		count, last int
	}{
		{ChannelsAll, 40, 40, 39},
		// The first playground's table of channels and strides.
		{ChannelsOriginal, 16, 16, 15},
		{ChannelsOriginal, 48, 48, 47},
		{ChannelsOriginal, 64, 32, 62},
		{ChannelsOriginal, 96, 32, 93},
		{ChannelsOriginal, 144, 36, 140},
		{ChannelsOriginal, 480, 30, 464},
		{ChannelsOriginal, 1152, 31, 1140},
		{ChannelsOriginal, 2048, 31, 2040},
		{"0,3, 7,3", 8, 3, 7},
	} {
		got, err := chooseChannels(tt.choice, tt.n, 1)
		if err != nil || len(got) != tt.count || got[len(got)-1] != tt.last {
			t.Errorf("%s of %d: %v, %v, want %d up to %d", tt.choice, tt.n, got, err, tt.count, tt.last)
		}
	}
	one, err := chooseChannels(ChannelsSample, 100, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := chooseChannels(ChannelsSample, 100, 1)
	other, _ := chooseChannels(ChannelsSample, 100, 2)
	if len(one) != 30 || !slices.Equal(one, again) || slices.Equal(one, other) || len(slices.Compact(slices.Clone(one))) != 30 {
		t.Errorf("samples %v, %v and %v", one, again, other)
	}
	if few, _ := chooseChannels(ChannelsSample, 12, 1); len(few) != 12 {
		t.Errorf("a sample of 12 is %v", few)
	}
	for _, choice := range []string{"", "some", "8", "-1", "1,,2"} {
		_, err := chooseChannels(choice, 8, 1)
		wantKind(t, err, Invalid)
	}
}

// quick is a request that takes a moment.
func quick(layer string, channel int) VisualizeRequest {
	return VisualizeRequest{Layer: layer, Channel: channel, Steps: 12, Size: 40}
}

func TestAVisualizationGoesOnFromTheStateOfAFrame(t *testing.T) {
	models := open(t).Models()
	r := quick("block2b_add", 3)
	r.Pictures = 2
	var state []byte
	var values []float64
	whole, err := models.Visualize(t.Context(), r, func(f Frame) {
		values = append(values, f.Values[0])
		if f.Steps != 12 || f.Step != len(values) {
			t.Errorf("step %d of %d is told as the %dth", f.Step, f.Steps, len(values))
		}
		if f.Step == 5 {
			state = f.State()
			if im := f.Picture(); im.Width != 80 || im.Height != 40 {
				t.Errorf("a frame of %dx%d", im.Width, im.Height)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if recipe, err := models.VisualizationRecipe(r); err != nil || recipe.Hash() != whole.Hash {
		t.Errorf("recipe %s, %v, want hash %s", recipe, err, whole.Hash)
	}
	for name, from := range map[string][]byte{"its state": state, "a damaged state": state[1:], "nothing": nil} {
		steps := 0
		again, err := models.VisualizeFrom(t.Context(), from, r, func(Frame) { steps++ })
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]int{"its state": 7}[name]; want != 0 && steps != want {
			t.Errorf("from %s: %d steps, want %d", name, steps, want)
		}
		if !bytes.Equal(again.Picture.Pix, whole.Picture.Pix) || again.Values[0] != whole.Values[0] {
			t.Errorf("from %s: another picture", name)
		}
	}
}

func TestChannelsThatAreThereAreNotRenderedAgain(t *testing.T) {
	models := open(t).Models()
	dir := t.TempDir()
	r := VisualizeChannelsRequest{
		VisualizeRequest: quick("", 0), Layers: []string{"stem_conv", "block2b_add"}, Channels: "0,3", Out: dir,
	}
	report, err := models.VisualizeChannels(t.Context(), r, nil)
	if err != nil || report.Rendered != 4 || report.Channels != 4 || len(report.Problems) != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	file := filepath.Join(dir, "efficientnet-lite0", "block2b_add", "3.png")
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if config, err := png.DecodeConfig(f); err != nil || config.Width != 40 || config.Height != 40 {
		t.Errorf("%+v, %v", config, err)
	}
	before := modified(t, file)

	damaged := filepath.Join(dir, "efficientnet-lite0", "stem_conv", "0.png")
	if err := os.Truncate(damaged, 200); err != nil {
		t.Fatal(err)
	}
	var told []int
	report, err = models.VisualizeChannels(t.Context(), r, func(done, total int) { told = append(told, done, total) })
	if err != nil || report.Rendered != 1 || !slices.Equal(told, []int{1, 4, 2, 4, 3, 4, 4, 4}) {
		t.Errorf("after one was damaged: %+v, %v, told %v", report, err, told)
	}
	if !modified(t, file).Equal(before) {
		t.Error("a picture that was there is written again")
	}

	r.Seed = 1
	if report, err = models.VisualizeChannels(t.Context(), r, nil); err != nil || report.Rendered != 4 {
		t.Errorf("with another seed: %+v, %v", report, err)
	}
}

func modified(t *testing.T, file string) time.Time {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

func TestVisualizationsThatCannotBe(t *testing.T) {
	models := open(t).Models()
	request := func(change func(*VisualizeRequest)) VisualizeRequest {
		r := quick("block2b_add", 3)
		change(&r)
		return r
	}
	far := 24
	for name, tt := range map[string]struct {
		request VisualizeRequest
		kind    Kind
	}{
		"unknown model":         {request(func(r *VisualizeRequest) { r.Model = "lite" }), NotFound},
		"missing weights":       {request(func(r *VisualizeRequest) { r.Model = "vgg16" }), Conflict},
		"unknown layer":         {request(func(r *VisualizeRequest) { r.Layer = "block" }), NotFound},
		"no layer":              {request(func(r *VisualizeRequest) { r.Layer = "" }), NotFound},
		"unknown objective":     {request(func(r *VisualizeRequest) { r.Objective = "beauty" }), NotFound},
		"channel past the last": {request(func(r *VisualizeRequest) { r.Channel = 24 }), Invalid},
		"second one past it":    {request(func(r *VisualizeRequest) { r.With = &far }), Invalid},
		"a size of 1":           {request(func(r *VisualizeRequest) { r.Size = 1 }), Invalid},
		"a size of 100000":      {request(func(r *VisualizeRequest) { r.Size = 100000 }), Invalid},
		"a class of a layer":    {request(func(r *VisualizeRequest) { r.Objective = ObjectiveClass }), Invalid},
		"class past the last":   {VisualizeRequest{Objective: ObjectiveClass, Channel: 1000}, Invalid},
	} {
		if _, err := models.Visualize(t.Context(), tt.request, nil); asError(err) == nil || asError(err).Kind != tt.kind {
			t.Errorf("%s: %v, want kind %s", name, err, tt.kind)
		}
	}
	_, err := models.VisualizeChannels(t.Context(), VisualizeChannelsRequest{
		VisualizeRequest: VisualizeRequest{Objective: string(featurevis.Layer)}, Channels: ChannelsAll, Out: t.TempDir(),
	}, nil)
	wantKind(t, err, Invalid)
}
