package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// stream is an answer of server-sent events.
type stream struct {
	Body func(huma.Context)
}

// eventTimeout is how long a client may take to accept one event.
const eventTimeout = 10 * time.Second

// eventWriter sends events to one client. Until the first, another answer can
// still be given.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	begun   bool
}

// stream answers with the events that write sends until it returns. Its context
// ends with the client and with the server, whose shutdown a stream would hold up.
func (s *service) stream(write func(ctx context.Context, events *eventWriter)) *stream {
	return &stream{Body: func(hctx huma.Context) {
		r, w := humago.Unwrap(hctx)
		ctx, cancel := s.untilStopped(r.Context())
		defer cancel()
		events := &eventWriter{w: w, control: http.NewResponseController(w)}
		if r.Method == http.MethodHead {
			events.begin()
			return
		}
		// The connection may serve other requests afterwards.
		defer func() { _ = events.control.SetWriteDeadline(time.Time{}) }()
		write(ctx, events)
	}}
}

// untilStopped is ctx, ended also by the server's shutdown.
func (s *service) untilStopped(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

func (e *eventWriter) begin() {
	if e.begun {
		return
	}
	e.begun = true
	h := e.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	e.w.WriteHeader(http.StatusOK)
}

// send writes one event, with data as JSON, and sees that it leaves.
func (e *eventWriter) send(id int, name string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	e.begin()
	if err := e.control.SetWriteDeadline(time.Now().Add(eventTimeout)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(e.w, "id: %d\nevent: %s\ndata: %s\n\n", id, name, text); err != nil {
		return err
	}
	return e.control.Flush()
}

// eventResponse describes the events of a stream: what their data is, the names of
// those that others follow, and of those that end it.
func eventResponse(data string, followed []any, final ...any) map[string]*huma.Response {
	schema := &huma.Schema{
		Type: huma.TypeObject,
		Properties: map[string]*huma.Schema{
			"id":    {Type: huma.TypeString, Pattern: "^[0-9]+$", Description: "Grows from event to event"},
			"event": {Type: huma.TypeString, Enum: slices.Concat(followed, final), Description: fmt.Sprintf("The last %d are final", len(final))},
			"data":  {Type: huma.TypeString, Description: data},
		},
		Required: []string{"data", "event", "id"},
	}
	return map[string]*huma.Response{
		"200": {
			Description: "Events",
			Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: schema}},
		},
	}
}
