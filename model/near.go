package model

import (
	"fmt"
	"slices"
	"strings"
)

// UnknownError tells that a name is not known, and which ones are near it.
type UnknownError struct {
	Kind string   // "model", "layer", "pooling"
	Name string   // what was asked for
	Near []string // known names like it, nearest first; may be empty
}

func (e *UnknownError) Error() string {
	if len(e.Near) == 0 {
		return fmt.Sprintf("unknown %s %q", e.Kind, e.Name)
	}
	return fmt.Sprintf("unknown %s %q; did you mean %s?", e.Kind, e.Name, strings.Join(e.Near, ", "))
}

// Near returns at most three of the known names that are most like name:
// those that begin with it or hold it, then those a few typing errors away.
func Near(name string, known []string) []string {
	const limit = 3
	if name == "" {
		return nil
	}
	type candidate struct {
		name     string
		distance int
	}
	lower := strings.ToLower(name)
	var candidates []candidate
	for _, k := range known {
		distance := nameDistance(lower, strings.ToLower(k))
		switch {
		case strings.Contains(strings.ToLower(k), lower):
			distance = 0
		case distance > max(2, len(name)/2):
			continue
		}
		candidates = append(candidates, candidate{k, distance})
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return a.distance - b.distance })
	var near []string
	for _, c := range candidates[:min(limit, len(candidates))] {
		near = append(near, c.name)
	}
	return near
}

// nameDistance is the Levenshtein distance in bytes of a to b, or one more than
// that to the beginning of b: names are often cut short. A name from outside
// may be long; what is past the first 64 bytes does not make it nearer.
func nameDistance(a, b string) int {
	a = a[:min(len(a), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return min(row[len(b)], 1+slices.Min(row))
}
