package index

import (
	"fmt"
	"math"
	"strings"
)

// Metric is one way to measure how far two vectors lie apart. Metrics are
// comparable with ==. The zero Metric is cosine.
type Metric struct {
	kind kind
	p    float64 // the power of minkowski, else 0
}

type kind int

const (
	cosine kind = iota
	euclidean
	squaredEuclidean
	minkowski
	manhattan
	chebyshev
	correlation
)

// DefaultP is the power of minkowski when none is asked for. At 1 it would
// repeat manhattan, at 2 euclidean.
const DefaultP = 3

// kinds is the one list of metrics, in the order in which they are offered.
var kinds = [...]struct{ name, title, description string }{
	cosine:           {"cosine", "Cosine", "1 minus the cosine of the angle between the vectors. The length of a vector does not count."},
	euclidean:        {"euclidean", "Euclidean", "The length of the straight line between the vectors."},
	squaredEuclidean: {"sqeuclidean", "Squared Euclidean", "The Euclidean distance squared. It ranks as the Euclidean does; far vectors get larger numbers."},
	minkowski:        {"minkowski", "Minkowski", "The p-th root of the summed p-th powers of the differences. The larger p is, the more the largest differences count."},
	manhattan:        {"manhattan", "Manhattan", "The sum of the absolute differences."},
	chebyshev:        {"chebyshev", "Chebyshev", "The largest absolute difference."},
	correlation:      {"correlation", "Correlation", "1 minus the Pearson correlation of the values: cosine after each vector's own mean was subtracted."},
}

// Metrics lists the names that ParseMetric knows, in the order in which they
// are offered; the first is the default.
func Metrics() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

// UnknownMetricError says that no metric has the name asked for.
type UnknownMetricError struct {
	Name  string
	Near  []string // metrics of a similar name, the most similar first; may be empty
	Known []string // all metrics
}

func (e *UnknownMetricError) Error() string {
	hint := "known are " + strings.Join(e.Known, ", ")
	if len(e.Near) > 0 {
		hint = "did you mean " + strings.Join(e.Near, " or ") + "? " + hint
	}
	return fmt.Sprintf("metric %.40q: unknown; %s", e.Name, hint)
}

// ParseMetric returns the metric of that name. p is the power of minkowski,
// finite and at least 1; 0 stands for not given, which is DefaultP. The other
// metrics take no p. An unknown name is an *UnknownMetricError.
func ParseMetric(name string, p float64) (Metric, error) {
	for i, k := range kinds {
		if k.name == name {
			return newMetric(kind(i), p)
		}
	}
	known := Metrics()
	return Metric{}, &UnknownMetricError{Name: name, Near: near(name, known), Known: known}
}

func newMetric(k kind, p float64) (Metric, error) {
	if k != minkowski {
		if p != 0 {
			return Metric{}, fmt.Errorf("metric %s: takes no p; leave p out, or use minkowski", kinds[k].name)
		}
		return Metric{kind: k}, nil
	}
	if p == 0 {
		p = DefaultP
	}
	if !(p >= 1) || math.IsInf(p, 1) {
		return Metric{}, fmt.Errorf("metric minkowski: p is %v; it must be a finite number of at least 1", p)
	}
	return Metric{kind: k, p: p}, nil
}

// Name is the name that ParseMetric knows.
func (m Metric) Name() string { return kinds[m.kind].name }

// Title is the name as a heading shows it.
func (m Metric) Title() string { return kinds[m.kind].title }

// Description says in a sentence or two what the metric measures.
func (m Metric) Description() string { return kinds[m.kind].description }

// P is the power of minkowski, and 0 for every other metric.
func (m Metric) P() float64 { return m.p }

// Similarity turns a distance of this metric into a number that grows as
// vectors get nearer and is 1 at distance 0: 1 - distance for cosine and
// correlation, from -1 to 1; 1 / (1 + distance) for the others, from 0 to 1.
func (m Metric) Similarity(distance float64) float64 {
	if m.kind == cosine || m.kind == correlation {
		return 1 - distance
	}
	return 1 / (1 + distance)
}
