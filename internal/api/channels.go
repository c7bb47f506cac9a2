package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

type topInput struct {
	DatasetPath
	Model   string     `query:"model" default:"efficientnet-lite0" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Model"`
	Layer   string     `query:"layer" pattern:"^[A-Za-z0-9_./-]{1,128}$" doc:"Layer; by default the model's last search layer" example:"block4c_add"`
	Channel int        `query:"channel" required:"true" minimum:"0" maximum:"2147483647" doc:"Channel of the layer" example:"17"`
	Resize  resizeName `query:"resize" default:"standard" doc:"Way in which pictures become the size of the model's input"`
	Size    int        `query:"size" default:"0" minimum:"0" maximum:"4096" doc:"Height and width of the model's input; 0 for those it was trained at"`
}

// ActivationSettings say which picture a channel is shown.
type ActivationSettings struct {
	ChannelPath
	Dataset string     `query:"dataset" default:"stamps" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Dataset of the picture"`
	Image   int        `query:"image" default:"0" minimum:"0" maximum:"2147483647" doc:"Position of the picture in the dataset" example:"37"`
	Picture string     `query:"picture" pattern:"^[0-9a-f]{16}$" doc:"Id of an uploaded picture; goes before dataset and image"`
	Resize  resizeName `query:"resize" default:"standard" doc:"Way in which the picture becomes the size of the model's input"`
	Size    int        `query:"size" default:"0" minimum:"0" maximum:"1024" doc:"Height and width of the model's input; 0 for those it was trained at"`
}

func (in ActivationSettings) request() playground.ActivationRequest {
	return playground.ActivationRequest{
		Model: in.Model, Layer: in.Layer, Channel: in.Channel, Dataset: in.Dataset, Index: in.Image, Picture: in.Picture,
		Resizing: playground.Resizing{Resize: string(in.Resize), Size: in.Size},
	}
}

type activationInput struct {
	ActivationSettings
	Match string `header:"If-None-Match" doc:"Entity tags that the client has"`
}

func (s *service) registerChannels(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/datasets/{dataset}/top", "list-top-pictures", "channels",
		"Top pictures of a channel", "The nine pictures of a dataset that excite a channel most, and where in them it is greatest. They are found while the dataset is indexed; what is not known yet is answered with not_indexed: start an index of the layer first.",
		http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *topInput) (*body[playground.TopResult], error) {
			top, err := s.pg.TopPictures(ctx, playground.TopRequest{
				Dataset: in.Dataset, Model: in.Model, Layer: in.Layer, Channel: in.Channel, Resize: string(in.Resize), Size: in.Size,
			})
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.TopResult]{top}, nil
		})

	huma.Register(api, operation(http.MethodGet, "/models/{model}/layers/{layer}/channels/{channel}/activation", "get-activation", "channels",
		"Activation of a channel", "What a channel makes of a picture: all values of its map.", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *ActivationSettings) (*body[playground.ActivationMap], error) {
			a, err := s.pg.Activation(ctx, in.request())
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.ActivationMap]{a}, nil
		})

	drawn := operation(http.MethodGet, "/models/{model}/layers/{layer}/channels/{channel}/activation.png", "get-activation-picture", "channels",
		"Heat map of a channel", "What a channel makes of a picture, as PNG with one pixel for each value of its map: dark violet is the least, light yellow the greatest.",
		http.StatusNotFound, http.StatusConflict)
	drawn.Responses = pictureResponses("image/png")
	huma.Register(api, drawn, func(ctx context.Context, in *activationInput) (*picture, error) {
		a, err := s.pg.Activation(ctx, in.request())
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		var png bytes.Buffer
		if err := a.EncodePNG(&png, 1); err != nil {
			return nil, s.failure(ctx, err)
		}
		sum := sha256.Sum256(png.Bytes())
		p := &picture{
			Status: http.StatusOK, ContentType: "image/png", ETag: fmt.Sprintf(`"%x"`, sum[:8]),
			CacheControl: "private, no-cache", Body: png.Bytes(),
		}
		return p.unless(in.Match), nil
	})
}
