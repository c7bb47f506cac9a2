package relevance

// Summary is the mean quality of the rankings of many queries.
type Summary struct {
	Queries              int     `json:"queries"`
	WeightedScore        float64 `json:"weighted_score"` // percent
	PrecisionAt1         float64 `json:"precision_at_1"`
	PrecisionAt15        float64 `json:"precision_at_15"`
	MeanAveragePrecision float64 `json:"mean_average_precision"`
	NDCG                 float64 `json:"ndcg"`
}

// Tally gathers the rankings of many queries. It is not safe for concurrent
// use; rankings added in the same order give the same Summary to the last bit.
type Tally struct {
	top                         int
	queries, answerable         int
	weighted, first, fifteen    float64
	averagePrecision, cumulated float64
}

// NewTally returns an empty tally whose weighted score counts the first top
// results of each ranking, or all where there are fewer.
func NewTally(top int) *Tally { return &Tally{top: max(top, 0)} }

// Add counts one query. same is its whole ranking, not only the top results,
// and relevant the number of pictures of its class, the query left out.
func (t *Tally) Add(same []bool, relevant int) {
	t.queries++
	t.weighted += WeightedScore(same[:min(t.top, len(same))])
	t.first += PrecisionAt(same, 1)
	t.fifteen += PrecisionAt(same, 15)
	if relevant > 0 {
		t.answerable++
		t.averagePrecision += AveragePrecision(same, relevant)
		t.cumulated += NDCG(same, relevant)
	}
}

// Summary is the mean over all queries added. Average precision and nDCG have
// no meaning for a query that is alone in its class, and are means over the
// others. Means over no query are 0.
func (t *Tally) Summary() Summary {
	return Summary{
		Queries:              t.queries,
		WeightedScore:        mean(t.weighted, t.queries),
		PrecisionAt1:         mean(t.first, t.queries),
		PrecisionAt15:        mean(t.fifteen, t.queries),
		MeanAveragePrecision: mean(t.averagePrecision, t.answerable),
		NDCG:                 mean(t.cumulated, t.answerable),
	}
}

func mean(sum float64, n int) float64 {
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
