package relevance_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/relevance"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// ranking reads a picture of a ranking: x is of the class of the query, - is not.
func ranking(picture string) []bool {
	same := make([]bool, len(picture))
	for i, c := range picture {
		same[i] = c == 'x'
	}
	return same
}

func TestWeightedScore(t *testing.T) {
	for _, test := range []struct {
		ranking string
		want    float64
	}{
		{"", 0},
		{"x", 100},
		{"-", 0},
		{"x-", 200. / 3},
		{"-x", 100. / 3},
		{"xxxxxxxxxxxxxxx", 100},
		{"---------------", 0},
		{"x--------------", 12.5},       // 15 of 120
		{"--------------x", 100. / 120}, // one step
		{"xxxxxxxxxxxxxx-", 100 * 119. / 120},
		{"-xxxxxxxxxxxxxx", 87.5},
		{"x-x-x-x-x-x-x-x", 100 * 64. / 120},
	} {
		if got := relevance.WeightedScore(ranking(test.ranking)); !near(got, test.want) {
			t.Errorf("%q: %v, want %v", test.ranking, got, test.want)
		}
	}
}

// The definition: weights w(i) = (K-i)/K, score 100 Σ w·same / Σ w.
func TestWeightedScoreIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		same := rapid.SliceOfN(rapid.Bool(), 1, 300).Draw(t, "same")
		k := float64(len(same))
		var hit, all float64
		for i, s := range same {
			w := (k - float64(i)) / k
			all += w
			if s {
				hit += w
			}
		}
		if got, want := relevance.WeightedScore(same), 100*hit/all; !near(got, want) {
			t.Fatalf("%v, by definition %v", got, want)
		}
	})
}

func TestPrecisionAt(t *testing.T) {
	for _, test := range []struct {
		ranking string
		k       int
		want    float64
	}{
		{"x-x-", 1, 1}, {"x-x-", 2, 0.5}, {"x-x-", 3, 2. / 3}, {"x-x-", 4, 0.5},
		{"x-x-", 8, 0.25}, // what is missing counts as wrong
		{"x-x-", 0, 0}, {"x-x-", -1, 0}, {"", 5, 0},
	} {
		if got := relevance.PrecisionAt(ranking(test.ranking), test.k); !near(got, test.want) {
			t.Errorf("%q at %d: %v, want %v", test.ranking, test.k, got, test.want)
		}
	}
}

func TestAveragePrecision(t *testing.T) {
	for _, test := range []struct {
		ranking  string
		relevant int
		want     float64
	}{
		{"xxx---", 3, 1},
		{"x-x---", 2, (1 + 2./3) / 2},
		{"x-x---", 3, (1 + 2./3) / 3}, // the third is not in the ranking
		{"-----x", 1, 1. / 6},
		{"------", 4, 0},
		{"", 4, 0},
		{"---", 0, 0},
	} {
		if got := relevance.AveragePrecision(ranking(test.ranking), test.relevant); !near(got, test.want) {
			t.Errorf("%q of %d: %v, want %v", test.ranking, test.relevant, got, test.want)
		}
	}
}

func TestNDCG(t *testing.T) {
	second := 1 / math.Log2(3)
	for _, test := range []struct {
		ranking  string
		relevant int
		want     float64
	}{
		{"xxx---", 3, 1},
		{"xx", 5, 1}, // no ranking of two can hold more
		{"-x", 1, second},
		{"x-x", 2, (1 + 0.5) / (1 + second)},
		{"x-x", 3, (1 + 0.5) / (1 + second + 0.5)},
		{"---", 2, 0},
		{"", 2, 0},
		{"---", 0, 0},
	} {
		if got := relevance.NDCG(ranking(test.ranking), test.relevant); !near(got, test.want) {
			t.Errorf("%q of %d: %v, want %v", test.ranking, test.relevant, got, test.want)
		}
	}
}

// measures are all that reward the same thing: more results of the class, earlier.
var measures = map[string]func(same []bool, relevant int) float64{
	"weighted score":    func(same []bool, _ int) float64 { return relevance.WeightedScore(same) / 100 },
	"precision at 15":   func(same []bool, _ int) float64 { return relevance.PrecisionAt(same, 15) },
	"average precision": relevance.AveragePrecision,
	"nDCG":              relevance.NDCG,
}

func TestMeasuresStayBetweenNoneAndAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		same := rapid.SliceOfN(rapid.Bool(), 0, 60).Draw(t, "same")
		relevant := hits(same) + rapid.IntRange(0, 20).Draw(t, "not found")
		for name, measure := range measures {
			if got := measure(same, relevant); !(got >= 0 && got <= 1+1e-12) {
				t.Fatalf("%s: %v", name, got)
			}
		}
	})
}

func TestAnEarlierHitIsNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		same := rapid.SliceOfN(rapid.Bool(), 2, 60).Draw(t, "same")
		i := rapid.IntRange(0, len(same)-2).Draw(t, "place")
		same[i], same[i+1] = false, true
		better := slices.Clone(same)
		better[i], better[i+1] = true, false
		for name, measure := range measures {
			if a, b := measure(same, len(same)), measure(better, len(same)); a > b {
				t.Fatalf("%s falls from %v to %v", name, a, b)
			}
		}
	})
}

func TestTally(t *testing.T) {
	tally := relevance.NewTally(2)
	tally.Add(ranking("x-x-"), 2)
	tally.Add(ranking("-x--"), 1)
	tally.Add(ranking("----"), 0) // alone in its class: no average precision, no nDCG
	second := 1 / math.Log2(3)
	want := relevance.Summary{
		Queries:              3,
		WeightedScore:        (200./3 + 100./3 + 0) / 3,
		PrecisionAt1:         1. / 3,
		PrecisionAt15:        (2./15 + 1./15) / 3,
		MeanAveragePrecision: ((1+2./3)/2 + 0.5) / 2,
		NDCG:                 (1.5/(1+second) + second) / 2,
	}
	if diff := cmp.Diff(want, tally.Summary(), cmp.Comparer(near)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTallyOfNothing(t *testing.T) {
	if got := relevance.NewTally(15).Summary(); got != (relevance.Summary{}) {
		t.Errorf("%+v", got)
	}
	tally := relevance.NewTally(-1)
	tally.Add(nil, 0)
	if got := tally.Summary(); got != (relevance.Summary{Queries: 1}) {
		t.Errorf("%+v", got)
	}
}

func TestSummaryInJSON(t *testing.T) {
	text, err := json.Marshal(relevance.Summary{Queries: 204, WeightedScore: 66.5, PrecisionAt1: 0.83, PrecisionAt15: 0.6, MeanAveragePrecision: 0.5, NDCG: 0.75})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"queries":204,"weighted_score":66.5,"precision_at_1":0.83,"precision_at_15":0.6,"mean_average_precision":0.5,"ndcg":0.75}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func hits(same []bool) int {
	n := 0
	for _, s := range same {
		if s {
			n++
		}
	}
	return n
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Max(1, math.Abs(b)) }
