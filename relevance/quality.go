package relevance

// Quality is how good the ranking of one query is.
type Quality struct {
	WeightedScore    float64 // percent
	PrecisionAt1     float64
	PrecisionAt15    float64
	AveragePrecision float64 // these two have no meaning for a query that is
	NDCG             float64 // alone in its class, and are 0
	Relevant         int     // pictures of the query's class, the query left out
}

// Judge measures the ranking of one query. same is the whole ranking, relevant
// the number of pictures of the query's class, the query left out. The weighted
// score counts the first top results, or all where there are fewer.
func Judge(same []bool, relevant, top int) Quality {
	return Quality{
		WeightedScore:    WeightedScore(same[:min(max(top, 0), len(same))]),
		PrecisionAt1:     PrecisionAt(same, 1),
		PrecisionAt15:    PrecisionAt(same, 15),
		AveragePrecision: AveragePrecision(same, relevant),
		NDCG:             NDCG(same, relevant),
		Relevant:         relevant,
	}
}

// Summary is the mean quality of the rankings of many queries.
type Summary struct {
	Queries              int     `json:"queries"`
	WeightedScore        float64 `json:"weighted_score"` // percent
	PrecisionAt1         float64 `json:"precision_at_1"`
	PrecisionAt15        float64 `json:"precision_at_15"`
	MeanAveragePrecision float64 `json:"mean_average_precision"`
	NDCG                 float64 `json:"ndcg"`
}

// Summarize is the mean over all queries. Average precision and nDCG are means
// over those that are not alone in their class. Means over no query are 0.
// Queries in the same order give the same Summary to the last bit.
func Summarize(queries []Quality) Summary {
	var sum Quality
	answerable := 0
	for _, q := range queries {
		sum.WeightedScore += q.WeightedScore
		sum.PrecisionAt1 += q.PrecisionAt1
		sum.PrecisionAt15 += q.PrecisionAt15
		if q.Relevant > 0 {
			answerable++
			sum.AveragePrecision += q.AveragePrecision
			sum.NDCG += q.NDCG
		}
	}
	return Summary{
		Queries:              len(queries),
		WeightedScore:        mean(sum.WeightedScore, len(queries)),
		PrecisionAt1:         mean(sum.PrecisionAt1, len(queries)),
		PrecisionAt15:        mean(sum.PrecisionAt15, len(queries)),
		MeanAveragePrecision: mean(sum.AveragePrecision, answerable),
		NDCG:                 mean(sum.NDCG, answerable),
	}
}

func mean(sum float64, n int) float64 {
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
