package api

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/convnetplayground/convnet/internal/playground"
)

var (
	integerText = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,18})$`)
	numberText  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
)

// strictRequest refuses what the framework would let pass: undecodable
// queries, parameters that are unknown, empty or given twice, numbers that JSON
// would not take (NaN, 0x10, +1, -0), and bodies of an undeclared type.
func strictRequest(ctx huma.Context, next func(huma.Context)) {
	if p := checkRequest(ctx); p != nil {
		_, w := humago.Unwrap(ctx)
		writeProblem(w, p)
		return
	}
	next(ctx)
}

func checkRequest(ctx huma.Context) *Problem {
	u := ctx.URL()
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return problem(http.StatusBadRequest, "invalid", "the query cannot be read: "+err.Error(), "")
	}
	op := ctx.Operation()
	if p := checkNames(op, query); p != nil {
		return p
	}
	for _, param := range op.Parameters {
		var values []string
		switch param.In {
		case "query":
			values = query[param.Name]
		case "path":
			values = []string{ctx.Param(param.Name)}
		case "header":
			// Of texts, such as If-None-Match, HTTP allows several and empty ones.
			if param.Schema.Type != huma.TypeString {
				r, _ := humago.Unwrap(ctx)
				values = r.Header.Values(param.Name)
			}
		}
		if detail := checkValues(param, values); detail != "" {
			return problem(http.StatusUnprocessableEntity, "invalid", detail, "")
		}
	}
	return checkMediaType(op, ctx.Header("Content-Type"))
}

// checkNames refuses options that the operation does not have: a misspelt one
// would otherwise be left out without a word.
func checkNames(op *huma.Operation, query url.Values) *Problem {
	var known []string
	for _, param := range op.Parameters {
		if param.In == "query" {
			known = append(known, param.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if slices.Contains(known, name) {
			continue
		}
		p := problem(http.StatusUnprocessableEntity, "invalid", fmt.Sprintf("there is no option %q", shorten(name)), "")
		if len(known) > 0 {
			p.Hint = "known: " + strings.Join(known, ", ")
		}
		p.Near = append(p.Near, playground.Near(name, known)...)
		return p
	}
	return nil
}

func checkValues(param *huma.Param, values []string) string {
	if len(values) > 1 {
		return param.Name + " is given more than once"
	}
	for _, value := range values {
		switch {
		case value == "":
			return param.Name + " is empty"
		case param.Schema.Type == huma.TypeInteger && !integerText.MatchString(value):
			return fmt.Sprintf("%s %q is not an integer", param.Name, shorten(value))
		case param.Schema.Type == huma.TypeNumber && !numberText.MatchString(value):
			return fmt.Sprintf("%s %q is not a number", param.Name, shorten(value))
		}
	}
	return ""
}

// checkMediaType refuses a body whose type the operation does not declare. A
// request without a type passes: the content is looked at in any case.
func checkMediaType(op *huma.Operation, header string) *Problem {
	if op.RequestBody == nil || header == "" {
		return nil
	}
	given, _, err := mime.ParseMediaType(header)
	var known []string
	for declared := range op.RequestBody.Content {
		family, isRange := strings.CutSuffix(declared, "*")
		if err == nil && (given == declared || isRange && strings.HasPrefix(given, family)) {
			return nil
		}
		known = append(known, declared)
	}
	return problem(http.StatusUnsupportedMediaType, "unsupported",
		fmt.Sprintf("the body is of type %q", shorten(header)), "send "+strings.Join(known, " or "))
}
