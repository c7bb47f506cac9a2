package api

import (
	"bytes"
	"image/png"
	"net/http"
	"testing"

	"github.com/convnetplayground/convnet/internal/playground"
)

func TestChannelScenarios(t *testing.T) {
	s := startServer(t)
	s.addPictures(t)
	s.index(t, `"top_activation","stem_conv"`)
	id := decode[playground.Picture](t, s.upload(t, "../../dataset/stamps/bird/duck.jpg")).ID
	const top, stem = "/api/v1/datasets/small/top", "/api/v1/models/efficientnet-lite0/layers/stem_conv/channels/3/activation"
	s.play(t, []scenario{
		{name: "top pictures", target: top + "?channel=3", status: 200,
			contains: []string{`"dataset":"small","model":"efficientnet-lite0","layer":"top_activation","channel":3,"map":[7,7],"pictures":8,"left_out":0,"dead":false,"results":[{"rank":1,"index":`, `"box":[0,0,1,1]`, `"rank":8`}},
		{name: "top pictures of a layer", target: top + "?channel=3&model=efficientnet-lite0&layer=stem_conv", status: 200, contains: []string{`"map":[112,112]`}},
		{name: "top pictures of a dead channel", target: top + "?channel=16&layer=stem_conv", status: 200, contains: []string{`"dead":true`, `"value":0,"position":[0,0]`}},
		{name: "top pictures without an index", target: top + "?channel=3&layer=block4c_add", status: 409,
			contains: []string{`"code":"not_indexed"`, `convnet index --dataset small --model efficientnet-lite0 --layer block4c_add`}},
		{name: "top pictures at another size", target: top + "?channel=3&size=256", status: 409, contains: []string{`--layer top_activation --size 256`}},
		{name: "top pictures of no channel", target: top, status: 422, contains: []string{`channel`}},
		{name: "top pictures of a channel past the end", target: top + "?channel=1280", status: 404, contains: []string{`has no channel 1280`, `its channels are 0 to 1279`}},
		{name: "top pictures of a channel that is no number", target: top + "?channel=x", status: 422},
		{name: "top pictures of an unknown layer", target: top + "?channel=0&layer=stem_con", status: 404, contains: []string{`"near":["stem_conv_pad","stem_conv"`}},
		{name: "top pictures of an unknown dataset", target: "/api/v1/datasets/smal/top?channel=0", status: 404, contains: []string{`"near":["small"`}},

		{name: "activation of an image", target: stem + "?dataset=small&image=7", status: 200,
			contains: []string{`"layer":"stem_conv","channel":3,"height":112,"width":112,"min":`, `"region":[0,0,1,1],"values":[[`}},
		{name: "activation of an uploaded picture", target: stem + "?picture=" + id, status: 200, contains: []string{`"height":112`}},
		{name: "activation at another size", target: stem + "?dataset=small&size=64", status: 200, contains: []string{`"height":32,"width":32`}},
		{name: "activation at a huge size", target: stem + "?dataset=small&size=4096", status: 422},
		{name: "activation of an image past the end", target: stem + "?dataset=small&image=8", status: 404, contains: []string{`has no picture 8`}},
		{name: "activation of an unknown picture", target: stem + "?picture=0123456789abcdef", status: 404},
		{name: "activation of a channel past the end", target: "/api/v1/models/efficientnet-lite0/layers/stem_conv/channels/32/activation", status: 404, contains: []string{`has no channel 32`}},
		{name: "activation of a model without weights", target: "/api/v1/models/vgg16/layers/block1_conv1/channels/3/activation.png", status: 409, contains: []string{`convnet models pull`}},
		{name: "activation of an unknown model", target: "/api/v1/models/vgg61/layers/block1_conv1/channels/3/activation", status: 404},
	})

	drawn := s.do(t, "GET", stem+".png?dataset=small&image=7", "")
	im, err := png.Decode(bytes.NewReader([]byte(drawn.body)))
	if err != nil || im.Bounds().Dx() != 112 || im.Bounds().Dy() != 112 || drawn.header.Get("Content-Type") != "image/png" {
		t.Errorf("the heat map: %v, %s", err, drawn.header.Get("Content-Type"))
	}
	again := s.do(t, "GET", stem+".png?dataset=small&image=7", "", "If-None-Match", drawn.header.Get("ETag"))
	if again.status != http.StatusNotModified || again.body != "" {
		t.Errorf("a heat map that the client has: %d, %d bytes", again.status, len(again.body))
	}
}
