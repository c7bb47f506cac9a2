// Package relevance measures how good a ranking is: how many of the results
// are of the query's own class, and how early they come.
//
// A ranking is a []bool, nearest result first, true where the result has the
// class of the query. The query itself is not part of it.
package relevance

import "math"

// WeightedScore is the search score, in percent: with K results, the i-th,
// counted from 0, weighs (K-i)/K, and the score is the weight of the results
// of the query's class as a share of all weight. An empty ranking scores 0.
func WeightedScore(same []bool) float64 {
	k := len(same)
	if k == 0 {
		return 0
	}
	// In units of 1/K the weights are the whole numbers K … 1: no rounding.
	hit := 0
	for i, s := range same {
		if s {
			hit += k - i
		}
	}
	return 100 * float64(hit) / float64(k*(k+1)/2)
}

// PrecisionAt is the share, from 0 to 1, of the first k results that are of the
// query's class. Results that a shorter ranking lacks count as wrong. It is 0
// for a k below 1.
func PrecisionAt(same []bool, k int) float64 {
	if k < 1 {
		return 0
	}
	return float64(count(same[:min(k, len(same))])) / float64(k)
}

// AveragePrecision is the mean, over the relevant pictures that there are, of
// the precision at the rank where each one stands; those not in the ranking
// count 0. relevant is the number of pictures of the query's class, the query
// left out, and so at least the number of those in the ranking. With none it
// is 0.
func AveragePrecision(same []bool, relevant int) float64 {
	if relevant < 1 {
		return 0
	}
	var found int
	var sum float64
	for i, s := range same {
		if s {
			found++
			sum += float64(found) / float64(i+1)
		}
	}
	return sum / float64(relevant)
}

// NDCG is the normalised discounted cumulative gain, from 0 to 1: a result of
// the query's class at rank r, counted from 1, gains 1/log2(r+1), and the sum is
// divided by that of the best possible ranking of the same length. relevant is
// as for AveragePrecision; with none, or with an empty ranking, it is 0.
//
// Source: Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR
// techniques, ACM TOIS 20(4), 2002.
func NDCG(same []bool, relevant int) float64 {
	best := min(relevant, len(same))
	if best < 1 {
		return 0
	}
	var gain, ideal float64
	for i, s := range same {
		if !s && i >= best {
			continue
		}
		discounted := 1 / math.Log2(float64(i+2))
		if s {
			gain += discounted
		}
		if i < best {
			ideal += discounted
		}
	}
	return gain / ideal
}

func count(same []bool) int {
	n := 0
	for _, s := range same {
		if s {
			n++
		}
	}
	return n
}
