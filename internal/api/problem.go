package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/convnetplayground/convnet/internal/playground"
)

// Problem is every answer that is not a success (RFC 9457).
type Problem struct {
	Type   string   `json:"type" enum:"about:blank" doc:"Always about:blank: the code tells problems apart"`
	Title  string   `json:"title" doc:"Name of the status"`
	Status int      `json:"status" minimum:"400" maximum:"599" doc:"HTTP status"`
	Code   string   `json:"code" enum:"busy,conflict,forbidden,internal,invalid,method_not_allowed,not_found,not_indexed,not_mapped,not_rendered,too_large,unavailable,unsupported" doc:"What kind of problem it is, for programs"`
	Detail string   `json:"detail" doc:"What failed and why, for people"`
	Hint   string   `json:"hint" doc:"What to do about it; may be empty"`
	Near   []string `json:"near" doc:"Known names similar to one that is unknown"`
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status of the answer.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problem documents.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problem(status int, code, detail, hint string) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code: code, Detail: detail, Hint: hint, Near: []string{},
	}
}

// codes are the codes of problems that the framework finds.
var codes = map[int]string{
	http.StatusBadRequest:            "invalid",
	http.StatusNotFound:              "not_found",
	http.StatusMethodNotAllowed:      "method_not_allowed",
	http.StatusRequestEntityTooLarge: "too_large",
	http.StatusUnsupportedMediaType:  "unsupported",
	http.StatusUnprocessableEntity:   "invalid",
}

// newProblem makes the answer to a request that does not fit its description.
func newProblem(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
	code, known := codes[status]
	if !known {
		return internalProblem(status)
	}
	p := problem(status, code, message, "")
	if len(errs) == 0 {
		return p
	}
	var detail *huma.ErrorDetail
	if !errors.As(errs[0], &detail) {
		p.Detail = errs[0].Error()
		return p
	}
	p.Detail = describe(detail)
	if ctx != nil {
		p.suggest(ctx.Operation(), detail)
	}
	return p
}

func internalProblem(status int) *Problem {
	return problem(status, "internal", "the request could not be answered", "the server's log has the reason")
}

// describe says in one line which value is wrong and why.
func describe(d *huma.ErrorDetail) string {
	where := d.Location
	if _, name, found := strings.Cut(where, "."); found {
		where = name
	}
	if value, ok := d.Value.(string); ok && value != "" && where != "body" {
		return fmt.Sprintf("%s %q: %s", where, shorten(value), d.Message)
	}
	return fmt.Sprintf("%s: %s", where, d.Message)
}

// shorten keeps an echoed value to a length that fits a message.
func shorten(s string) string {
	const most = 80
	if utf8.RuneCountInString(s) <= most {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return string([]rune(s)[:most]) + "…"
}

// suggest lists the allowed values similar to a wrong one.
func (p *Problem) suggest(op *huma.Operation, d *huma.ErrorDetail) {
	value, ok := d.Value.(string)
	if !ok {
		return
	}
	for _, param := range op.Parameters {
		if d.Location != param.In+"."+param.Name || param.Schema == nil {
			continue
		}
		var allowed []string
		for _, v := range param.Schema.Enum {
			allowed = append(allowed, fmt.Sprint(v))
		}
		if len(allowed) > 0 {
			p.Near = append(p.Near, playground.Near(value, allowed)...)
			p.Detail = fmt.Sprintf("%s %q is unknown", param.Name, shorten(value))
			p.Hint = "known: " + strings.Join(allowed, ", ")
		}
	}
}

// statuses maps kinds of errors to the statuses of their answers. Unavailable
// is a conflict with the state of the machine, which the user can change.
var statuses = map[playground.Kind]int{
	playground.Busy:        http.StatusTooManyRequests,
	playground.NotFound:    http.StatusNotFound,
	playground.Invalid:     http.StatusUnprocessableEntity,
	playground.NotIndexed:  http.StatusConflict,
	playground.NotMapped:   http.StatusNotFound,
	playground.NotRendered: http.StatusNotFound,
	playground.Conflict:    http.StatusConflict,
	playground.TooLarge:    http.StatusRequestEntityTooLarge,
	playground.Unsupported: http.StatusUnsupportedMediaType,
	playground.Unavailable: http.StatusConflict,
}

// failure turns an error of a verb into its answer. What is not a
// *playground.Error is a fault of the program: its text goes to the log only.
func (s *service) failure(ctx context.Context, err error) error {
	p := s.problem(ctx, err)
	if p.Code == string(playground.Busy) {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {retryAfter}})
	}
	return p
}

func (s *service) problem(ctx context.Context, err error) *Problem {
	var e *playground.Error
	if !errors.As(err, &e) {
		if s.ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return problem(http.StatusConflict, string(playground.Unavailable), "the server is shutting down", "start it again")
		}
		if ctx.Err() == nil {
			s.log.ErrorContext(ctx, "a request failed", "error", err)
		}
		return internalProblem(http.StatusInternalServerError)
	}
	p := problem(statuses[e.Kind], string(e.Kind), e.Detail(), e.Hint)
	p.Near = append(p.Near, e.Near...)
	return p
}

// retryAfter is when a request that came at a bad time may come again, in
// seconds.
const retryAfter = "10"

// writeProblem answers outside of the framework.
func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	// The client may be gone; there is nobody else to tell.
	_ = json.NewEncoder(w).Encode(p)
}
