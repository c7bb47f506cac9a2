package index

import (
	"cmp"
	"slices"
	"strings"
)

// near returns the known names that a misspelt name may stand for: those that
// begin alike or are at most a third of their letters away, the nearest first.
func near(name string, known []string) []string {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || len(name) > 32 {
		return nil
	}
	edits := make(map[string]int)
	var found []string
	for _, k := range known {
		edits[k] = editDistance(name, k)
		if strings.HasPrefix(k, name) || edits[k] <= (len(k)+2)/3 {
			found = append(found, k)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(edits[a], edits[b]) })
	return found
}

// editDistance is the least number of bytes to insert, remove or replace to
// turn a into b (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1) // row[j]: from the part of a read so far to b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
