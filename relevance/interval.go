package relevance

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is the 95 % confidence interval of a mean.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// ScoreInterval is the interval of the mean weighted score of queries, in
// percent: Student's t interval, mean ± t s/√n, where s is the standard deviation
// with n-1 in its divisor and t the 0.975 quantile at n-1 degrees of freedom, cut
// to the 0 to 100 that a score can be. One query has no interval: false.
//
// Source: Student: The probable error of a mean, Biometrika 6(1), 1908.
func ScoreInterval(queries []Quality) (Interval, bool) {
	n := float64(len(queries))
	if n < 2 {
		return Interval{}, false
	}
	middle := Summarize(queries).WeightedScore
	var squares float64
	for _, q := range queries {
		d := q.WeightedScore - middle
		squares += d * d
	}
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975)
	half := t * math.Sqrt(squares/(n-1)/n)
	return Interval{Low: max(middle-half, 0), High: min(middle+half, 100)}, true
}
