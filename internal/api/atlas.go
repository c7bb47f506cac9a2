package api

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

type atlasInput struct {
	DatasetPath
	Version string       `query:"v" minLength:"1" maxLength:"128" doc:"Version of the dataset; only makes the address change with the pictures"`
	Size    int          `query:"size" default:"64" minimum:"32" maximum:"128" doc:"Side of a cell in pixels: 32, 64 or 128"`
	Images  positionList `query:"images" required:"true" pattern:"^(0|[1-9][0-9]{0,9})(,[1-9][0-9]{0,9})*$" maxLength:"4096" doc:"Positions of at most 256 pictures in the dataset, ascending, with commas between" example:"3,17,101"`
	Match   string       `header:"If-None-Match" doc:"Entity tags that the client has"`
}

// positionList is positions with commas between, in the form of the pattern.
type positionList string

func (l positionList) positions() ([]int, error) {
	var all []int
	for text := range strings.SplitSeq(string(l), ",") {
		i, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return nil, problem(http.StatusUnprocessableEntity, "invalid", fmt.Sprintf("images: %q is no position", text), "")
		}
		all = append(all, int(i))
	}
	return all, nil
}

func (s *service) registerAtlas(api huma.API) {
	atlas := operation(http.MethodGet, "/datasets/{dataset}/atlas", "get-atlas", "datasets",
		"Sheet of small pictures", "Small pictures of a dataset on one JPEG: square cells in rows of 16 from the top left, each picture whole in the middle of its cell, on white. A picture that cannot be read leaves its cell empty.",
		http.StatusNotFound, http.StatusConflict)
	atlas.Responses = pictureResponses("image/jpeg")
	huma.Register(api, atlas, func(ctx context.Context, in *atlasInput) (*picture, error) {
		images, err := in.Images.positions()
		if err != nil {
			return nil, err
		}
		a, err := s.pg.Atlas(ctx, in.Dataset, in.Size, images)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return in.sheet(a), nil
	})
}

// sheet answers with an atlas, which may be kept for ever if its address carries
// the version and every picture is on it.
func (in *atlasInput) sheet(a playground.Atlas) *picture {
	sum := sha256.Sum256(a.JPEG)
	p := &picture{
		Status: http.StatusOK, ContentType: "image/jpeg", ETag: fmt.Sprintf(`"%x"`, sum[:8]),
		CacheControl: "no-cache", Body: a.JPEG,
	}
	if in.Version == a.Version && a.Whole {
		p.CacheControl = "public, max-age=31536000, immutable"
	}
	return p.unless(in.Match)
}
