package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/playground"
)

// MapSettings are the parameters of a map: those of a search, of which top does
// not count, and how the map is made.
type MapSettings struct {
	Settings
	Method     string  `query:"method" enum:"umap,pca" default:"umap" doc:"How the map is made: neighbours stay neighbours, or the two directions of the greatest variance, which is quick"`
	Neighbours int     `query:"neighbours" default:"15" minimum:"2" maximum:"200" doc:"With how many of the nearest pictures each is compared, itself counted: the more, the more the map shows of the whole and the less of detail"`
	MinDist    float64 `query:"min_dist" default:"0.1" minimum:"0" maximum:"1" doc:"How near pictures are let to each other"`
	Seed       uint64  `query:"seed" default:"42" minimum:"0" maximum:"9007199254740991" doc:"Seed of the random numbers"`
	Aligned    bool    `query:"aligned" default:"false" doc:"Start from the map of the indexed search layer before, and turn to it, so that the maps of a model's layers can be compared; those that are not kept are made too"`
}

func (in MapSettings) request() playground.MapRequest {
	return playground.MapRequest{
		SearchSettings: in.Settings.request(), Method: in.Method, Neighbours: in.Neighbours,
		MinDist: in.MinDist, Seed: in.Seed, Aligned: in.Aligned,
	}
}

type startMap struct {
	MapSettings
	Urgency string `query:"urgency" enum:"normal,bulk" default:"normal" doc:"A bulk map is made after others"`
	Watched bool   `query:"watched" default:"false" doc:"The map is only for those who follow its job, which ends when the last has left"`
}

func (in startMap) urgency() job.Urgency {
	if in.Urgency == "bulk" {
		return job.Bulk
	}
	return job.Normal
}

type placeInput struct {
	MapSettings
	Picture string `query:"picture" required:"true" pattern:"^[0-9a-f]{16}$" doc:"Id of an uploaded picture" example:"0123456789abcdef"`
}

// mapped is an answer with a finished map, or with the job that makes it.
type mapped struct {
	Status   int
	Location string `header:"Location"`
	Body     mapState
}

type mapState struct {
	Map *playground.Map `json:"map,omitempty" doc:"The finished map; absent while it is made"`
	Job *Job            `json:"job,omitempty" doc:"The job that makes it; absent when it is finished"`
}

func (s *service) registerMaps(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/map", "get-map", "maps",
		"Show a map", "Where the pictures of a dataset lie so that those which a layer takes for alike lie near each other. A map that is not made yet is answered with not_mapped, vectors that are not there with not_indexed.",
		http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *MapSettings) (*body[playground.Map], error) {
			m, err := s.pg.KeptMap(ctx, in.request())
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.Map]{m}, nil
		})

	start := operation(http.MethodPost, "/map", "make-map", "maps",
		"Make a map", "A map that is kept is answered at once; otherwise it is made by a job, whose events show how it settles. Whoever asks for the same map joins the same job.",
		http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests)
	start.Responses = map[string]*huma.Response{"202": {Description: "It is made by a job"}}
	huma.Register(api, start, s.makeMap)

	huma.Register(api, operation(http.MethodGet, "/map/place", "place-on-map", "maps",
		"Place a picture on a map", "Where an uploaded picture belongs on a map that is kept: among the pictures that it is most similar to.",
		http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *placeInput) (*body[playground.MapPlace], error) {
			place, err := s.pg.PlaceOnMap(ctx, in.request(), in.Picture)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.MapPlace]{place}, nil
		})
}

func (s *service) makeMap(ctx context.Context, in *startMap) (*mapped, error) {
	m, err := s.pg.KeptMap(ctx, in.request())
	if err == nil {
		return &mapped{Status: http.StatusOK, Body: mapState{Map: &m}}, nil
	}
	var e *playground.Error
	if !errors.As(err, &e) || e.Kind != playground.NotMapped {
		return nil, s.failure(ctx, err)
	}
	status, err := s.pg.StartMap(ctx, in.request(), in.urgency(), in.Watched)
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	started := newJob(status)
	return &mapped{Status: http.StatusAccepted, Location: base + "/jobs/" + started.ID, Body: mapState{Job: &started}}, nil
}
