package api

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

// maxUpload caps the bytes of an uploaded picture.
const maxUpload = 32 << 20

type upload struct {
	RawBody []byte `contentType:"image/*"`
}

type uploaded struct {
	Location string `header:"Location" doc:"Address of the picture"`
	Body     playground.Picture
}

type picturePath struct {
	ID    string `path:"id" pattern:"^[0-9a-f]{16}$" doc:"Id of the picture"`
	Match string `header:"If-None-Match" doc:"Entity tags that the client has"`
}

func (s *service) registerPictures(api huma.API) {
	add := operation(http.MethodPost, "/pictures", "add-picture", "pictures",
		"Upload a picture", "Keeps a picture to search with: JPEG, PNG, GIF, WebP, BMP or TIFF, at most 32 MB and 64 megapixels. It is turned upright and kept as JPEG of at most 1024 pixels. The oldest pictures go when room is needed.",
		http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	add.DefaultStatus = http.StatusCreated
	add.MaxBodyBytes = maxUpload
	add.BodyReadTimeout = time.Minute
	huma.Register(api, add, func(ctx context.Context, in *upload) (*uploaded, error) {
		p, err := s.pg.AddPicture(ctx, bytes.NewReader(in.RawBody))
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return &uploaded{Location: base + "/pictures/" + p.ID, Body: p}, nil
	})

	get := operation(http.MethodGet, "/pictures/{id}", "get-picture", "pictures",
		"Uploaded picture", "The picture as it is kept: JPEG.", http.StatusNotFound)
	get.Responses = pictureResponses("image/jpeg")
	huma.Register(api, get, func(ctx context.Context, in *picturePath) (*picture, error) {
		jpeg, err := s.pg.Picture(ctx, in.ID)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		p := &picture{
			Status: http.StatusOK, ContentType: "image/jpeg", ETag: `"` + in.ID + `"`,
			CacheControl: "private, max-age=86400", Body: jpeg,
		}
		return p.unless(in.Match), nil
	})
}

// unless drops the content if the client has it already.
func (p *picture) unless(match string) *picture {
	for tag := range strings.SplitSeq(match, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == p.ETag || tag == "*" {
			p.Status, p.ContentType, p.Body = http.StatusNotModified, "", nil
		}
	}
	return p
}

func pictureResponses(contentType string) map[string]*huma.Response {
	return map[string]*huma.Response{
		"200": {
			Description: "The picture",
			Content: map[string]*huma.MediaType{
				contentType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
			},
		},
		"304": {Description: "The client has the picture already"},
	}
}
