package relevance_test

import (
	stdcmp "cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
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

func TestSummarize(t *testing.T) {
	second := 1 / math.Log2(3)
	got := relevance.Summarize([]relevance.Quality{
		relevance.Judge(ranking("x-x-"), 2, 2),
		relevance.Judge(ranking("-x--"), 1, 2),
		relevance.Judge(ranking("----"), 0, 2), // alone in its class: no average precision, no nDCG
	})
	want := relevance.Summary{
		Queries:              3,
		WeightedScore:        (200./3 + 100./3 + 0) / 3,
		PrecisionAt1:         1. / 3,
		PrecisionAt15:        (2./15 + 1./15) / 3,
		MeanAveragePrecision: ((1+2./3)/2 + 0.5) / 2,
		NDCG:                 (1.5/(1+second) + second) / 2,
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(near)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNothingIsNoDivisionByZero(t *testing.T) {
	if got := relevance.Summarize(nil); got != (relevance.Summary{}) {
		t.Errorf("of no query: %+v", got)
	}
	if got := relevance.Judge(nil, 0, -1); got != (relevance.Quality{}) {
		t.Errorf("of no result: %+v", got)
	}
	if got := relevance.Summarize(make([]relevance.Quality, 1)); got != (relevance.Summary{Queries: 1}) {
		t.Errorf("of a query without results: %+v", got)
	}
}

func scores(values ...float64) []relevance.Quality {
	queries := make([]relevance.Quality, len(values))
	for i, v := range values {
		queries[i].WeightedScore = v
	}
	return queries
}

// The expected values are scipy.stats.t.interval(0.95, n-1, mean, sem) of SciPy
// 1.17, cut to 0 and 100.
func TestScoreInterval(t *testing.T) {
	for _, test := range []struct {
		scores []float64
		want   relevance.Interval
	}{
		{[]float64{50, 50, 50}, relevance.Interval{Low: 50, High: 50}},
		{[]float64{40, 60}, relevance.Interval{Low: 0, High: 100}},
		{[]float64{49, 51}, relevance.Interval{Low: 37.2937952638253, High: 62.7062047361747}},
		{[]float64{10, 20, 30, 40, 50, 60}, relevance.Interval{Low: 15.366856930196757, High: 54.63314306980324}},
		{[]float64{100, 100, 100, 90}, relevance.Interval{Low: 89.54388423679073, High: 100}},
	} {
		got, ok := relevance.ScoreInterval(scores(test.scores...))
		if diff := cmp.Diff(test.want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })); !ok || diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.scores, diff)
		}
	}
	for _, few := range [][]relevance.Quality{nil, scores(50)} {
		if got, ok := relevance.ScoreInterval(few); ok {
			t.Errorf("of %d queries: %+v", len(few), got)
		}
	}
}

// Means of many samples lie within the interval of one about 95 times of 100.
func TestScoreIntervalCovers(t *testing.T) {
	const runs, queries, truth = 4000, 25, 100 * 0.7
	random := rand.New(rand.NewPCG(1, 2))
	covered := 0
	for range runs {
		sample := make([]float64, queries)
		for i := range sample {
			for range 15 { // each score is the share of 15 draws
				if random.Float64() < truth/100 {
					sample[i] += 100. / 15
				}
			}
		}
		if in, ok := relevance.ScoreInterval(scores(sample...)); ok && in.Low <= truth && truth <= in.High {
			covered++
		}
	}
	if share := float64(covered) / runs; share < 0.94 || share > 0.96 {
		t.Errorf("%v of the intervals hold the true mean", share)
	}
}

func TestRankIsAWholeSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Few distances, so that many tie.
		distances := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 6), func(i int) float64 { return float64(i) / 2 }), 1, 60).Draw(t, "distances")
		class := rapid.SliceOfN(rapid.IntRange(0, 2), len(distances), len(distances)).Draw(t, "class")
		query := rapid.IntRange(0, len(distances)-1).Draw(t, "query")

		var others []int
		for i := range distances {
			if i != query {
				others = append(others, i)
			}
		}
		slices.SortStableFunc(others, func(a, b int) int { return stdcmp.Compare(distances[a], distances[b]) })
		want := make([]bool, len(others))
		for place, i := range others {
			want[place] = class[i] == class[query]
		}

		got := slices.Repeat([]bool{true}, len(others))
		relevance.Rank(got, distances, query, func(i int) bool { return class[i] == class[query] })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-whole sort +got):\n%s", diff)
		}
	})
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
