package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

// CompareSettings are the parameters of a search that all layers share.
type CompareSettings struct {
	Dataset   string        `query:"dataset" default:"stamps" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Dataset to search"`
	Model     string        `query:"model" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Compare only the layers of this model; by default those of all" example:"efficientnet-lite0"`
	Metric    metricName    `query:"metric" default:"cosine" doc:"Distance between vectors"`
	P         float64       `query:"p" minimum:"1" maximum:"1000" default:"3" doc:"Power of minkowski; other metrics take no notice of it"`
	Pool      poolName      `query:"pool" default:"avg" doc:"Way from a feature map to a vector"`
	Transform transformName `query:"transform" default:"sqrt-center" doc:"What is done to all vectors before they are compared"`
	Resize    resizeName    `query:"resize" default:"standard" doc:"Way in which pictures become the size of the model's input"`
	Size      int           `query:"size" default:"0" minimum:"0" maximum:"4096" doc:"Height and width of the model's input; 0 for those it was trained at"`
	Top       int           `query:"top" default:"15" minimum:"1" maximum:"1000" doc:"Number of results; the score counts as many"`
}

func (in CompareSettings) request() playground.CompareSettings {
	r := playground.CompareSettings{
		Dataset: in.Dataset, Model: in.Model, Metric: string(in.Metric),
		Pool: string(in.Pool), Transform: string(in.Transform), Resize: string(in.Resize), Size: in.Size, Top: in.Top,
	}
	if r.Metric == "minkowski" {
		r.P = in.P
	}
	return r
}

type compareInput struct {
	CompareSettings
	Query   int    `query:"query" default:"0" minimum:"0" maximum:"2147483647" doc:"Position in the dataset of the picture to search for"`
	Picture string `query:"picture" pattern:"^[0-9a-f]{16}$" doc:"Id of an uploaded picture to search for; goes before query, and has no score"`
}

func (in compareInput) request() playground.CompareRequest {
	return playground.CompareRequest{CompareSettings: in.CompareSettings.request(), Query: in.Query, Picture: in.Picture}
}

// OtherSettings are the parameters of the second of two searches.
type OtherSettings struct {
	Model     string        `query:"other_model" default:"efficientnet-lite0" pattern:"^[a-z0-9][a-z0-9._-]{0,63}$" doc:"Of the second search: model"`
	Layer     string        `query:"other_layer" pattern:"^[A-Za-z0-9_./-]{1,128}$" doc:"Of the second search: layer; by default the model's last"`
	Metric    metricName    `query:"other_metric" default:"cosine" doc:"Of the second search: metric"`
	P         float64       `query:"other_p" minimum:"1" maximum:"1000" default:"3" doc:"Of the second search: p"`
	Pool      poolName      `query:"other_pool" default:"avg" doc:"Of the second search: pool"`
	Transform transformName `query:"other_transform" default:"sqrt-center" doc:"Of the second search: transform"`
	Resize    resizeName    `query:"other_resize" default:"standard" doc:"Of the second search: resize"`
	Size      int           `query:"other_size" default:"0" minimum:"0" maximum:"4096" doc:"Of the second search: size"`
}

func (in OtherSettings) request() playground.SearchSettings {
	return Settings{
		Model: in.Model, Layer: in.Layer, Metric: in.Metric, P: in.P,
		Pool: in.Pool, Transform: in.Transform, Resize: in.Resize, Size: in.Size,
	}.request()
}

type contrastInput struct {
	SearchInput
	OtherSettings
}

func (s *service) registerCompare(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/compare", "compare", "compare",
		"Compare layers by one picture", "What every indexed layer finds for a picture of the dataset or an uploaded one, with the best layers, and the layers that an index would add.",
		http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *compareInput) (*body[playground.CompareResult], error) {
			ctx, cancel := s.untilStopped(ctx)
			defer cancel()
			result, err := s.pg.Compare(ctx, in.request(), nil)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.CompareResult]{result}, nil
		})

	rows := operation(http.MethodGet, "/compare/events", "follow-compare", "compare",
		"Compare layers by one picture, row by row", "Server-sent events: each row as soon as it is known, then done or failed. Closing the connection cancels the rest.",
		http.StatusNotFound, http.StatusConflict)
	rows.Responses = eventResponse("As JSON: of row, an entry of the rows that GET /api/v1/compare answers; of done, that answer with no rows; of failed, a problem",
		[]any{"row"}, "done", "failed")
	huma.Register(api, rows, func(_ context.Context, in *compareInput) (*stream, error) {
		return s.stream(func(ctx context.Context, events *eventWriter) {
			sendRows(ctx, s, events, func(ctx context.Context, row func(playground.CompareRow), _ func(done, total int)) (any, error) {
				result, err := s.pg.Compare(ctx, in.request(), row)
				result.Rows = []playground.CompareRow{}
				return result, err
			})
		}), nil
	})

	huma.Register(api, operation(http.MethodGet, "/compare/scores", "compare-scores", "compare",
		"Compare layers by all pictures", "The quality of every indexed layer with each picture that has a class as a query: the scores of all queries, their mean with its interval, and other measures.",
		http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *CompareSettings) (*body[playground.ScoresResult], error) {
			ctx, cancel := s.untilStopped(ctx)
			defer cancel()
			result, err := s.pg.CompareScores(ctx, in.request(), nil, nil)
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.ScoresResult]{result}, nil
		})

	scores := operation(http.MethodGet, "/compare/scores/events", "follow-compare-scores", "compare",
		"Compare layers by all pictures, row by row", "Server-sent events: each row as soon as it is known, now and then the progress, then done or failed. Closing the connection cancels the rest.",
		http.StatusNotFound, http.StatusConflict)
	scores.Responses = eventResponse("As JSON: of row, an entry of the rows that GET /api/v1/compare/scores answers; of progress, how many queries are done, and their total; of done, that answer with no rows; of failed, a problem",
		[]any{"row", "progress"}, "done", "failed")
	huma.Register(api, scores, func(_ context.Context, in *CompareSettings) (*stream, error) {
		return s.stream(func(ctx context.Context, events *eventWriter) {
			sendRows(ctx, s, events, func(ctx context.Context, row func(playground.ScoresRow), progress func(done, total int)) (any, error) {
				result, err := s.pg.CompareScores(ctx, in.request(), row, progress)
				result.Rows = []playground.ScoresRow{}
				return result, err
			})
		}), nil
	})

	huma.Register(api, operation(http.MethodGet, "/contrast", "contrast", "compare",
		"Contrast two searches", "Two searches for the same picture side by side: what both found, and what only one did. Parameters of the second begin with other_; dataset, picture and number of results are those of the first.",
		http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *contrastInput) (*body[playground.Contrast], error) {
			c, err := s.pg.Contrast(ctx, in.SearchInput.request(), in.OtherSettings.request())
			if err != nil {
				return nil, s.failure(ctx, err)
			}
			return &body[playground.Contrast]{c}, nil
		})
}

// progressEvery is how often the progress of a comparison is told.
const progressEvery = 200 * time.Millisecond

type comparisonProgress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

// sendRows sends the rows and the progress that compare tells, then its result or
// why it failed. compare may tell progress from several goroutines. What fails
// before the first event is answered as any other request.
func sendRows[R any](ctx context.Context, s *service, events *eventWriter,
	compare func(ctx context.Context, row func(R), progress func(done, total int)) (any, error),
) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	id, told := 0, time.Now()
	send := func(name string, data any) {
		id++
		if events.send(id, name, data) != nil {
			cancel() // the client is gone
		}
	}
	row := func(row R) {
		mu.Lock()
		defer mu.Unlock()
		send("row", row)
	}
	progress := func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(told) < progressEvery {
			return
		}
		told = time.Now()
		send("progress", comparisonProgress{done, total})
	}
	result, err := compare(ctx, row, progress)
	switch {
	case err == nil:
		send("done", result)
	case events.begun:
		send("failed", s.problem(ctx, err))
	default:
		writeProblem(events.w, s.problem(ctx, err))
	}
}
