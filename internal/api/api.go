// Package api says the playground's verbs over HTTP: JSON described by OpenAPI
// 3.1, events of long jobs, and the page.
package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/convnetplayground/convnet/internal/playground"
)

// base is the path below which all operations lie.
const base = "/api/v1"

// The framework is as strict as the schemas that it shows, and its errors are ours.
func init() {
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
	huma.NewErrorWithContext = newProblem
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return newProblem(nil, status, message, errs...)
	}
}

// service holds what the operations need.
type service struct {
	pg  *playground.Playground
	log *slog.Logger
	// ctx ends when the server shuts down, so that event streams end too.
	ctx context.Context
}

// routes registers all operations on mux and returns their description.
func routes(s *service, mux *http.ServeMux, version string) *huma.OpenAPI {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "ConvNet Playground",
				Version:     version,
				Description: "Search pictures by what convolutional networks see in them. Errors are problem documents (RFC 9457) with a code, a hint and names that may have been meant.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			},
		},
		Formats: map[string]huma.Format{
			"application/json": huma.DefaultJSONFormat,
			"json":             huma.DefaultJSONFormat, // of application/problem+json
		},
		DefaultFormat: "application/json",
	}
	api := humago.New(mux, config)
	api.UseMiddleware(strictRequest)
	s.registerDatasets(api)
	s.registerAtlas(api)
	s.registerModels(api)
	s.registerSearch(api)
	s.registerCompare(api)
	s.registerMaps(api)
	s.registerChannels(api)
	s.registerPictures(api)
	s.registerIndexes(api)
	s.registerVisualizations(api)
	s.registerJobs(api)
	s.registerAbout(api)
	return api.OpenAPI()
}

// Description is the OpenAPI 3.1 document of the API, as indented JSON.
func Description(version string) ([]byte, error) {
	doc := routes(&service{}, http.NewServeMux(), version)
	b, err := json.MarshalIndent(doc, "", "  ")
	return append(b, '\n'), err
}

// operation starts the description of an operation. errors are the statuses,
// besides those that every operation has, with which it may answer.
func operation(method, path, id, tag, summary, description string, errors ...int) huma.Operation {
	errors = append(errors, http.StatusBadRequest, http.StatusForbidden, http.StatusMethodNotAllowed)
	slices.Sort(errors)
	return huma.Operation{
		Method:      method,
		Path:        base + path,
		OperationID: id,
		Tags:        []string{tag},
		Summary:     summary,
		Description: description,
		Errors:      errors,
	}
}

// body is an answer of JSON.
type body[T any] struct{ Body T }
