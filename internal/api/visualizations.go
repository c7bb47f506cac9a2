package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/playground"
)

// ChannelPath names a channel of a layer of a model. It is exported because the
// framework looks into embedded structs only then.
type ChannelPath struct {
	Model   string `path:"model" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Name of the model" example:"efficientnet-lite0"`
	Layer   string `path:"layer" pattern:"^[A-Za-z0-9_.-]{1,128}$" doc:"Name of the layer" example:"block4c_add"`
	Channel int    `path:"channel" minimum:"0" maximum:"2147483647" doc:"Channel of the layer, or index of a class" example:"17"`
}

// RenderSettings say how a picture is rendered.
type RenderSettings struct {
	Objective string  `query:"objective" enum:"channel,neuron,layer,class" default:"channel" doc:"What is climbed: the channel's mean, its centre, the mean square of the whole layer, or the score of a class"`
	With      int     `query:"with" default:"-1" minimum:"-1" maximum:"2147483647" doc:"Second channel, climbed together with the first; -1 for none"`
	Blend     float64 `query:"blend" default:"0.5" minimum:"0" maximum:"1" doc:"Weight of the second channel, of 1 in all"`
	Negative  bool    `query:"negative" default:"false" doc:"What excites least instead of most"`
	Pictures  int     `query:"pictures" default:"1" minimum:"1" maximum:"16" doc:"Pictures rendered at once and made to differ, side by side"`
	Steps     int     `query:"steps" default:"512" minimum:"1" maximum:"65536" doc:"Steps of the optimiser"`
	Size      int     `query:"size" default:"128" minimum:"1" maximum:"1024" doc:"Height and width of the picture"`
	Seed      uint64  `query:"seed" default:"0" minimum:"0" maximum:"9007199254740991" doc:"Seed of the noise that it begins with"`
	Urgency   string  `query:"urgency" enum:"interactive,bulk" default:"interactive" doc:"An interactive rendering goes before others, a bulk one after them"`
	Watched   bool    `query:"watched" default:"false" doc:"The rendering is only for those who follow its job, and ends when the last has left; interactive ones always are. It goes on from there when it is asked for again"`
}

func (in ChannelPath) request(s RenderSettings) playground.VisualizeRequest {
	r := playground.VisualizeRequest{
		Model: in.Model, Layer: in.Layer, Objective: s.Objective, Channel: in.Channel, Negative: s.Negative,
		Pictures: s.Pictures, Steps: s.Steps, Size: s.Size, Seed: s.Seed,
	}
	if s.With >= 0 {
		r.With, r.Blend = &s.With, s.Blend
	}
	return r
}

func (s RenderSettings) urgency() job.Urgency {
	if s.Urgency == "bulk" {
		return job.Bulk
	}
	return job.Interactive
}

type renderInput struct {
	ChannelPath
	RenderSettings
	Match string `header:"If-None-Match" doc:"Entity tags that the client has"`
}

// RenderPath names a recipe.
type RenderPath struct {
	Hash string `path:"hash" pattern:"^[0-9a-f]{64}$" doc:"Hash of the recipe"`
}

type framePath struct {
	RenderPath
	Step int `path:"step" minimum:"0" maximum:"65536" doc:"Step of a frame that is kept"`
}

// rendered is an answer with a finished picture, or with the job that makes it.
type rendered struct {
	Status   int
	Location string `header:"Location"`
	Body     renderState
}

type renderState struct {
	Rendering *playground.Rendering `json:"rendering,omitempty" doc:"The finished picture; absent while it is rendered"`
	Job       *Job                  `json:"job,omitempty" doc:"The job that renders it; absent when it is finished"`
}

// channelPicture is an answer of image bytes, or of the job that makes them.
type channelPicture struct {
	Status       int
	ContentType  string `header:"Content-Type"`
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Location     string `header:"Location"`
	Body         any
}

func (s *service) registerVisualizations(api huma.API) {
	start := operation(http.MethodPost, "/models/{model}/layers/{layer}/channels/{channel}/rendering", "render-channel", "visualizations",
		"Render a channel", "The picture that excites a channel most. One that is kept is answered at once; otherwise it is rendered by a job, whose events show it on its way. Whoever asks for the same picture joins the same job.",
		http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests)
	start.Responses = map[string]*huma.Response{"202": {Description: "It is rendered by a job"}}
	huma.Register(api, start, s.render)

	channel := operation(http.MethodGet, "/models/{model}/layers/{layer}/channels/{channel}/image", "get-channel-image", "visualizations",
		"Picture of a channel", "The picture that excites a channel most, as PNG with its recipe in the metadata. If it is not kept, a job is started, or the one at work is joined, and answered with 202.",
		http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests)
	channel.Responses = map[string]*huma.Response{
		"200": {Description: "The picture", Content: map[string]*huma.MediaType{"image/png": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
		"202": {Description: "The job that renders it", Content: map[string]*huma.MediaType{"application/json": {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Job](), true, "Job")}}},
		"304": {Description: "The client has it"},
	}
	huma.Register(api, channel, s.channelImage)

	huma.Register(api, operation(http.MethodGet, "/renderings/{hash}", "get-rendering", "visualizations",
		"Show a rendering", "What is known of a finished picture.", http.StatusNotFound),
		func(ctx context.Context, in *RenderPath) (*body[playground.Rendering], error) {
			r, err := s.pg.Rendering(ctx, in.Hash)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.Rendering]{r}, nil
		})

	image := operation(http.MethodGet, "/renderings/{hash}/image", "get-rendering-image", "visualizations",
		"Rendered picture", "A finished picture as PNG with its recipe in the metadata.", http.StatusNotFound)
	image.Responses = pictureResponses("image/png")
	huma.Register(api, image, func(ctx context.Context, in *RenderPath) (*picture, error) {
		r, err := s.pg.Rendering(ctx, in.Hash)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return forEver("image/png", in.Hash, r.PNG), nil
	})

	frame := operation(http.MethodGet, "/renderings/{hash}/frames/{step}", "get-rendering-frame", "visualizations",
		"Frame of a rendering", "A finished picture as it was after one of its steps, as JPEG.", http.StatusNotFound)
	frame.Responses = pictureResponses("image/jpeg")
	huma.Register(api, frame, func(ctx context.Context, in *framePath) (*picture, error) {
		jpeg, err := s.pg.RenderingFrame(ctx, in.Hash, in.Step)
		if err != nil {
			return nil, s.failure(ctx, err)
		}
		return forEver("image/jpeg", fmt.Sprintf("%s-%d", in.Hash, in.Step), jpeg), nil
	})
}

// forEver answers with a picture whose address is that of its content.
func forEver(contentType, tag string, content []byte) *picture {
	return &picture{
		Status: http.StatusOK, ContentType: contentType, ETag: `"` + tag + `"`,
		CacheControl: "public, max-age=31536000, immutable", Body: content,
	}
}

// find returns a kept picture, or else the job that renders it.
func (s *service) find(ctx context.Context, in *renderInput) (*playground.Rendering, *Job, error) {
	request := in.request(in.RenderSettings)
	r, err := s.pg.Rendered(ctx, request)
	if err == nil {
		return &r, nil, nil
	}
	var e *playground.Error
	if !errors.As(err, &e) || e.Kind != playground.NotRendered {
		return nil, nil, s.failure(ctx, err)
	}
	status, err := s.pg.StartVisualize(ctx, request, in.urgency(), in.Watched)
	if err != nil {
		return nil, nil, s.failure(ctx, err)
	}
	started := newJob(status)
	return nil, &started, nil
}

func (s *service) render(ctx context.Context, in *renderInput) (*rendered, error) {
	r, started, err := s.find(ctx, in)
	if err != nil {
		return nil, err
	}
	answer := &rendered{Status: http.StatusOK, Body: renderState{Rendering: r, Job: started}}
	if started != nil {
		answer.Status, answer.Location = http.StatusAccepted, base+"/jobs/"+started.ID
	}
	return answer, nil
}

func (s *service) channelImage(ctx context.Context, in *renderInput) (*channelPicture, error) {
	r, started, err := s.find(ctx, in)
	if err != nil {
		return nil, err
	}
	if started != nil {
		return &channelPicture{
			Status: http.StatusAccepted, ContentType: "application/json", CacheControl: "no-store",
			Location: base + "/jobs/" + started.ID, Body: started,
		}, nil
	}
	p := &picture{Status: http.StatusOK, ContentType: "image/png", ETag: `"` + r.Hash + `"`, CacheControl: "no-cache", Body: r.PNG}
	p = p.unless(in.Match)
	return &channelPicture{Status: p.Status, ContentType: p.ContentType, ETag: p.ETag, CacheControl: p.CacheControl, Body: p.Body}, nil
}
