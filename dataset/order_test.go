package dataset

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestNaturalOrder(t *testing.T) {
	sorted := []string{
		"1", "01", "2", "10", "a", "a/z", "a1", "a2b3", "a2b10", "a10", "a-1", "a_1", "b",
		"img99999999999999999999", "img100000000000000000000", "é",
	}
	// '-' and '_' are compared by their bytes: '-' < digits < '_'.
	slices.SortFunc(sorted, NaturalCompare)
	want := []string{
		"01", "1", "2", "10", "a", "a/z", "a-1", "a1", "a2b3", "a2b10", "a10", "a_1", "b",
		"img99999999999999999999", "img100000000000000000000", "é",
	}
	if !slices.Equal(sorted, want) {
		t.Errorf("order\n%q, expected\n%q", sorted, want)
	}
}

func TestNaturalCompareIsAnOrder(t *testing.T) {
	name := rapid.StringMatching(`[ab01/-]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		if NaturalCompare(a, b) != -NaturalCompare(b, a) {
			t.Fatalf("%q and %q compare as %d and %d", a, b, NaturalCompare(a, b), NaturalCompare(b, a))
		}
		if (NaturalCompare(a, b) == 0) != (a == b) {
			t.Fatalf("%q and %q compare as equal", a, b)
		}
		if NaturalCompare(a, b) < 0 && NaturalCompare(b, c) < 0 && NaturalCompare(a, c) >= 0 {
			t.Fatalf("%q < %q < %q, but not the first and the last", a, b, c)
		}
	})
}
