package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

func (s *service) registerAbout(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/about", "about", "about",
		"About", "The program and the machine it runs on."),
		func(context.Context, *struct{}) (*body[playground.About], error) {
			return &body[playground.About]{s.pg.About()}, nil
		})
}
