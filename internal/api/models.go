package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

type modelList struct {
	Models []playground.ModelSummary `json:"models" doc:"All models"`
}

type modelPath struct {
	Model string `path:"model" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Name of the model" example:"efficientnet-lite0"`
}

func (s *service) registerModels(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/models", "list-models", "models",
		"List models", "All models that the program knows."),
		func(ctx context.Context, _ *struct{}) (*body[modelList], error) {
			list, err := s.pg.Models().List()
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[modelList]{modelList{list}}, nil
		})

	huma.Register(api, operation(http.MethodGet, "/models/{model}", "get-model", "models",
		"Show a model", "A model with all its layers.", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *modelPath) (*body[playground.ModelDetail], error) {
			m, err := s.pg.Models().Show(in.Model)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.ModelDetail]{m}, nil
		})

	pull := operation(http.MethodPost, "/models/{model}/pull", "pull-model", "models",
		"Install a model", "Downloads the official weights of a model, checks them and installs them. What has arrived of an earlier download is not loaded again; if the model is here already the job ends at once. If the same job is at work it is returned.",
		http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests)
	pull.DefaultStatus = http.StatusAccepted
	huma.Register(api, pull, func(ctx context.Context, in *modelPath) (*started, error) {
		status, err := s.pg.StartPull(ctx, in.Model)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return &started{Location: base + "/jobs/" + status.ID, Body: newJob(status)}, nil
	})
}
