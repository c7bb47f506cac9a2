package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

type indexList struct {
	Indexes []playground.IndexEntry `json:"indexes" doc:"Indexed layers"`
}

type indexFilter struct {
	Dataset string `query:"dataset" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Only those of this dataset"`
}

type startIndex struct {
	Body indexBody
}

type indexBody struct {
	Dataset string     `json:"dataset" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Dataset to index" example:"stamps"`
	Model   string     `json:"model" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Model to index with" example:"efficientnet-lite0"`
	Layers  []string   `json:"layers,omitempty" minItems:"1" maxItems:"64" pattern:"^[A-Za-z0-9_./-]{1,128}$" doc:"Layers to fill in one pass; by default the model's search layers"`
	Pool    poolName   `json:"pool,omitempty" default:"avg" doc:"Way from a feature map to a vector"`
	Resize  resizeName `json:"resize,omitempty" doc:"Way in which pictures become the size of the model's input; by default standard"`
	Size    int        `json:"size,omitempty" minimum:"0" maximum:"4096" doc:"Height and width of the model's input; 0 for those it was trained at"`
}

// UnmarshalJSON refuses null, which the framework takes for an absent member
// though the schema does not allow it.
func (b *indexBody) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	for name, value := range members {
		if bytes.Equal(bytes.TrimSpace(value), []byte("null")) {
			return fmt.Errorf("%s is null", name)
		}
	}
	type plain indexBody
	return json.Unmarshal(data, (*plain)(b))
}

type started struct {
	Location string `header:"Location" doc:"Address of the job"`
	Body     Job
}

func (s *service) registerIndexes(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/indexes", "list-indexes", "indexes",
		"List what is indexed", "The layers whose vectors are there."),
		func(ctx context.Context, in *indexFilter) (*body[indexList], error) {
			list, err := s.pg.Indexes(ctx, in.Dataset)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[indexList]{indexList{list}}, nil
		})

	start := operation(http.MethodPost, "/indexes", "start-index", "indexes",
		"Index a dataset", "Passes every picture of a dataset through a model, once for all layers asked for, and keeps the vectors, and which pictures excite each channel most. What is there already is not computed again. If the same job is at work it is returned.",
		http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	start.DefaultStatus = http.StatusAccepted
	huma.Register(api, start, func(ctx context.Context, in *startIndex) (*started, error) {
		status, err := s.pg.StartIndex(ctx, playground.IndexRequest{
			Dataset: in.Body.Dataset, Model: in.Body.Model, Layers: in.Body.Layers, Pool: string(in.Body.Pool),
			Resize: string(in.Body.Resize), Size: in.Body.Size,
		})
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return &started{Location: base + "/jobs/" + status.ID, Body: newJob(status)}, nil
	})
}
