package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

type datasetList struct {
	Datasets  []playground.DatasetSummary `json:"datasets" doc:"All datasets: built in first, then by name"`
	Available []playground.PublicDataset  `json:"available" doc:"Public datasets that can be pulled and are not there yet"`
}

// DatasetPath names a dataset. It is exported because the framework looks into
// embedded structs only then.
type DatasetPath struct {
	Dataset string `path:"dataset" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Name of the dataset" example:"stamps"`
}

type publicPath struct {
	Dataset string `path:"dataset" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Name of the public dataset" example:"iconic200"`
}

type imagePath struct {
	DatasetPath
	Index   int    `path:"index" minimum:"0" maximum:"2147483647" doc:"Position of the picture in the dataset" example:"37"`
	Version string `query:"v" minLength:"1" maxLength:"128" doc:"Version of the dataset; only makes the address change with the pictures"`
	Match   string `header:"If-None-Match" doc:"Entity tags that the client has"`
}

// picture is an answer of image bytes, or 304 without them.
type picture struct {
	Status       int
	ContentType  string `header:"Content-Type"`
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

func (s *service) registerDatasets(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/datasets", "list-datasets", "datasets",
		"List datasets", "All datasets: those built in first, then by name; and the public ones that can be pulled."),
		func(ctx context.Context, _ *struct{}) (*body[datasetList], error) {
			list, err := s.pg.Datasets(ctx)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			available, err := s.pg.PublicDatasets(ctx)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[datasetList]{datasetList{list, available}}, nil
		})

	huma.Register(api, operation(http.MethodGet, "/datasets/{dataset}", "get-dataset", "datasets",
		"Show a dataset", "A dataset with all its pictures, and the files that were left out.", http.StatusNotFound),
		func(ctx context.Context, in *DatasetPath) (*body[playground.DatasetDetail], error) {
			d, err := s.pg.Dataset(ctx, in.Dataset)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.DatasetDetail]{d}, nil
		})

	pull := operation(http.MethodPost, "/datasets/{dataset}/pull", "pull-dataset", "datasets",
		"Pull a public dataset", "Downloads a public dataset from where it is published and adds it. What a pull that was cut downloaded is not loaded again; if the dataset is there already the job ends at once. If the same job is at work it is returned.",
		http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests)
	pull.DefaultStatus = http.StatusAccepted
	huma.Register(api, pull, func(ctx context.Context, in *publicPath) (*started, error) {
		status, err := s.pg.StartPullDataset(ctx, in.Dataset)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return &started{Location: base + "/jobs/" + status.ID, Body: newJob(status)}, nil
	})

	thumbnail := operation(http.MethodGet, "/datasets/{dataset}/images/{index}/thumbnail", "get-thumbnail", "datasets",
		"Small picture", "The picture as JPEG, its longest side at most 256 pixels.", http.StatusNotFound, http.StatusConflict)
	thumbnail.Responses = pictureResponses("image/jpeg")
	huma.Register(api, thumbnail, func(ctx context.Context, in *imagePath) (*picture, error) {
		jpeg, version, err := s.pg.Thumbnail(ctx, in.Dataset, in.Index)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return cached(in, version, "image/jpeg", jpeg), nil
	})

	file := operation(http.MethodGet, "/datasets/{dataset}/images/{index}/file", "get-image", "datasets",
		"Picture", "The picture file itself.", http.StatusNotFound, http.StatusConflict)
	file.Responses = pictureResponses("image/*")
	huma.Register(api, file, func(ctx context.Context, in *imagePath) (*picture, error) {
		content, contentType, version, err := s.pg.ImageFile(ctx, in.Dataset, in.Index)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return cached(in, version, contentType, content), nil
	})
}

// cached answers with a picture of a dataset. Its address may be kept for ever
// if it carries the version.
func cached(in *imagePath, version, contentType string, content []byte) *picture {
	p := &picture{
		Status:       http.StatusOK,
		ContentType:  contentType,
		ETag:         fmt.Sprintf(`"%s-%d"`, version, in.Index),
		CacheControl: "no-cache",
		Body:         content,
	}
	if in.Version == version {
		p.CacheControl = "public, max-age=31536000, immutable"
	}
	return p.unless(in.Match)
}
