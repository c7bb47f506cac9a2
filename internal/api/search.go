package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

// Names that a request may use, with the schema that lists them.
type (
	metricName    string
	poolName      string
	transformName string
	resizeName    string
)

func (metricName) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return oneOf(s, playground.Choices().Metrics)
}

func (poolName) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return oneOf(s, playground.Choices().Poolings)
}

func (transformName) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return oneOf(s, playground.Choices().Transforms)
}

func (resizeName) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return oneOf(s, playground.Choices().Resizes)
}

func oneOf(s *huma.Schema, choices []playground.Choice) *huma.Schema {
	s.Enum = nil
	for _, c := range choices {
		s.Enum = append(s.Enum, c.Name)
	}
	return s
}

// Settings are the parameters that say which vectors are compared, and how.
type Settings struct {
	Dataset   string        `query:"dataset" default:"stamps" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Dataset to search"`
	Model     string        `query:"model" default:"efficientnet-lite0" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Model that makes the vectors"`
	Layer     string        `query:"layer" pattern:"^[A-Za-z0-9_./-]{1,128}$" doc:"Layer the vectors are taken from; by default the model's last" example:"top_activation"`
	Metric    metricName    `query:"metric" default:"cosine" doc:"Distance between vectors"`
	P         float64       `query:"p" minimum:"1" maximum:"1000" default:"3" doc:"Power of minkowski; other metrics take no notice of it"`
	Pool      poolName      `query:"pool" default:"avg" doc:"Way from a feature map to a vector"`
	Transform transformName `query:"transform" default:"sqrt-center" doc:"What is done to all vectors before they are compared"`
	Resize    resizeName    `query:"resize" default:"standard" doc:"Way in which pictures become the size of the model's input"`
	Size      int           `query:"size" default:"0" minimum:"0" maximum:"4096" doc:"Height and width of the model's input; 0 for those it was trained at"`
	Top       int           `query:"top" default:"15" minimum:"1" maximum:"1000" doc:"Number of results; the score counts as many"`
}

func (in Settings) request() playground.SearchSettings {
	r := playground.SearchSettings{
		Dataset: in.Dataset, Model: in.Model, Layer: in.Layer, Metric: string(in.Metric),
		Pool: string(in.Pool), Transform: string(in.Transform), Resize: string(in.Resize), Size: in.Size, Top: in.Top,
	}
	if r.Metric == "minkowski" {
		r.P = in.P
	}
	return r
}

// SearchInput is a search for a picture of the dataset or an uploaded one.
type SearchInput struct {
	Settings
	Query   int    `query:"query" default:"0" minimum:"0" maximum:"2147483647" doc:"Position in the dataset of the picture to search for"`
	Picture string `query:"picture" pattern:"^[0-9a-f]{16}$" doc:"Id of an uploaded picture to search for; goes before query"`
}

func (in SearchInput) request() playground.SearchRequest {
	r := playground.SearchRequest{SearchSettings: in.Settings.request(), Picture: in.Picture}
	if in.Picture == "" {
		r.Query = &in.Query
	}
	return r
}

type searchAnswer struct {
	playground.SearchResult
	ElapsedMS float64 `json:"elapsed_ms" minimum:"0" doc:"Time that the search took in the server"`
}

func (s *service) registerSearch(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/search", "search", "search",
		"Search", "The pictures of a dataset that are most similar to one of them, or to an uploaded picture, by the chosen layer. A layer that is not indexed yet is answered with not_indexed: start an index first.",
		http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *SearchInput) (*body[searchAnswer], error) {
			started := time.Now()
			result, err := s.pg.Search(ctx, in.request())
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			elapsed := float64(time.Since(started).Microseconds()) / 1000
			return &body[searchAnswer]{searchAnswer{result, elapsed}}, nil
		})

	huma.Register(api, operation(http.MethodGet, "/evaluate", "evaluate", "search",
		"Evaluate a search", "The mean quality of a search with every picture of the dataset as a query.",
		http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *Settings) (*body[playground.Evaluation], error) {
			e, err := s.pg.Evaluate(ctx, in.request(), nil)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.Evaluation]{e}, nil
		})

	huma.Register(api, operation(http.MethodGet, "/options", "list-options", "search",
		"List options", "Everything that a search can be told, and what it takes where nothing is said."),
		func(context.Context, *struct{}) (*body[playground.SearchOptions], error) {
			return &body[playground.SearchOptions]{playground.Choices()}, nil
		})
}
