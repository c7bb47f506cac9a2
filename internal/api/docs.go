package api

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsTemplate string

//go:embed docs.css
var docsStyle []byte

// renderDocs makes the page that shows the description to people. It is one
// plain document: it works offline and without scripts.
func renderDocs(description *huma.OpenAPI) ([]byte, error) {
	t, err := template.New("docs").Funcs(template.FuncMap{
		"type": describeSchema,
		"list": func(values []any) string { return strings.Trim(fmt.Sprint(values), "[]") },
		"ref":  refName,
	}).Parse(docsTemplate)
	if err != nil {
		return nil, fmt.Errorf("cannot read the template of the docs: %w", err)
	}
	data := struct {
		Info       *huma.Info
		Operations []*huma.Operation
		Schemas    []namedSchema
	}{Info: description.Info}
	for _, p := range sortedKeys(description.Paths) {
		item := description.Paths[p]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Delete} {
			if op != nil {
				data.Operations = append(data.Operations, op)
			}
		}
	}
	slices.SortStableFunc(data.Operations, func(a, b *huma.Operation) int { return strings.Compare(a.Tags[0], b.Tags[0]) })
	schemas := description.Components.Schemas.Map()
	for _, name := range sortedKeys(schemas) {
		data.Schemas = append(data.Schemas, newNamedSchema(name, schemas[name]))
	}
	var page bytes.Buffer
	if err := t.Execute(&page, data); err != nil {
		return nil, fmt.Errorf("cannot write the docs: %w", err)
	}
	return page.Bytes(), nil
}

type namedSchema struct {
	Name       string
	Properties []property
}

type property struct {
	Name     string
	Required bool
	Schema   *huma.Schema
}

func newNamedSchema(name string, s *huma.Schema) namedSchema {
	n := namedSchema{Name: name}
	for _, p := range sortedKeys(s.Properties) {
		n.Properties = append(n.Properties, property{p, slices.Contains(s.Required, p), s.Properties[p]})
	}
	return n
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// describeSchema says in a few words what values a schema takes.
func describeSchema(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return refName(s)
	case s.Type == huma.TypeArray:
		return "list of " + describeSchema(s.Items)
	}
	words := []string{s.Type}
	if s.Format == "binary" || s.Format == "date-time" {
		words = []string{s.Format}
	}
	if s.Minimum != nil {
		words = append(words, fmt.Sprintf("≥ %g", *s.Minimum))
	}
	if s.Maximum != nil {
		words = append(words, fmt.Sprintf("≤ %g", *s.Maximum))
	}
	if s.Pattern != "" {
		words = append(words, s.Pattern)
	}
	if s.Default != nil {
		words = append(words, fmt.Sprintf("(default %v)", s.Default))
	}
	return strings.Join(words, " ")
}

// refName is the name of the schema that s refers to, or lists; "" for others.
func refName(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	if s.Items != nil {
		s = s.Items
	}
	_, name, _ := strings.Cut(s.Ref, "schemas/")
	return name
}
