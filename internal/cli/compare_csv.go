package cli

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/convnetplayground/convnet/internal/playground"
)

// writeCSV writes a table to a file, or not at all for "".
func writeCSV(file string, rows [][]string) error {
	if file == "" {
		return nil
	}
	return playground.WriteFile(file, func(w io.Writer) error { return csv.NewWriter(w).WriteAll(rows) })
}

func oneAsCSV(result playground.CompareResult) [][]string {
	rows := [][]string{{"model", "layer", "score", "same_class", "results"}}
	for _, r := range result.Rows {
		var score, same string
		if r.Score != nil {
			score, same = number(*r.Score), strconv.Itoa(*r.SameClass)
		}
		rows = append(rows, []string{r.Model, r.Layer, score, same, joinInts(r.Results, " ")})
	}
	return rows
}

func allAsCSV(result playground.ScoresResult) [][]string {
	rows := [][]string{{
		"model", "layer", "queries", "weighted_score", "interval_low", "interval_high",
		"precision_at_1", "precision_at_15", "mean_average_precision", "ndcg",
	}}
	for _, r := range result.Rows {
		var low, high string
		if r.Interval != nil {
			low, high = number(r.Interval.Low), number(r.Interval.High)
		}
		rows = append(rows, []string{
			r.Model, r.Layer, strconv.Itoa(r.Queries), number(r.WeightedScore), low, high,
			number(r.PrecisionAt1), number(r.PrecisionAt15), number(r.MeanAveragePrecision), number(r.NDCG),
		})
	}
	return rows
}

// label is a text of the user's own in a table. One that a spreadsheet would take
// for a formula gets an apostrophe in front.
func label(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// number is full precision, as in JSON.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func joinInts(list []int, between string) string {
	var texts []string
	for _, n := range list {
		texts = append(texts, strconv.Itoa(n))
	}
	return strings.Join(texts, between)
}
