package index_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"github.com/google/go-cmp/cmp"
)

// TestDistancesOfScipy compares with the distances that tools/oracle/distances.py
// took from scipy.
func TestDistancesOfScipy(t *testing.T) {
	text, err := os.ReadFile("testdata/distances.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name      string
		A, B      []float32
		Distances map[string]*float64 // nil where the angle is undefined
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 20 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		for key, scipy := range c.Distances {
			name, p := key, 0.0
			if fields := strings.Fields(key); len(fields) == 2 {
				name = fields[0]
				if _, err := fmt.Sscan(fields[1], &p); err != nil {
					t.Fatal(err)
				}
			}
			want := 1.0
			if scipy != nil {
				want = *scipy
			}
			if got := metric(t, name, p).Distance(c.A, c.B); !near(got, want, 1e-5) {
				t.Errorf("%s: %s is %v, by scipy %v", c.Name, key, got, want)
			}
		}
	}
}

func TestEveryMetricIsCompared(t *testing.T) {
	text, err := os.ReadFile("testdata/distances.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range index.Metrics() {
		if !strings.Contains(string(text), `"`+name) {
			t.Errorf("testdata/distances.json has no %s", name)
		}
	}
}

func TestMetrics(t *testing.T) {
	want := []string{"cosine", "euclidean", "sqeuclidean", "minkowski", "manhattan", "chebyshev", "correlation"}
	if diff := cmp.Diff(want, index.Metrics()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, name := range index.Metrics() {
		m := metric(t, name, 0)
		if m.Name() != name || m.Title() == "" || m.Description() == "" {
			t.Errorf("%s describes itself as %q, %q, %q", name, m.Name(), m.Title(), m.Description())
		}
	}
	if metric(t, "cosine", 0) != (index.Metric{}) {
		t.Error("the zero Metric is not cosine")
	}
}

func TestPowerOfMinkowski(t *testing.T) {
	for _, test := range []struct{ given, want float64 }{{0, 3}, {1, 1}, {2.5, 2.5}, {1e300, 1e300}} {
		if got := metric(t, "minkowski", test.given).P(); got != test.want {
			t.Errorf("p = %v becomes %v, want %v", test.given, got, test.want)
		}
	}
	if p := metric(t, "cosine", 0).P(); p != 0 {
		t.Errorf("cosine has p = %v", p)
	}
}

func TestParseMetricRefuses(t *testing.T) {
	for _, test := range []struct {
		name    string
		p       float64
		message string
	}{
		{"minkowski", 0.5, "metric minkowski: p is 0.5; it must be a finite number of at least 1"},
		{"minkowski", -3, "metric minkowski: p is -3; it must be a finite number of at least 1"},
		{"minkowski", math.NaN(), "metric minkowski: p is NaN; it must be a finite number of at least 1"},
		{"minkowski", math.Inf(1), "metric minkowski: p is +Inf; it must be a finite number of at least 1"},
		{"cosine", 2, "metric cosine: takes no p; leave p out, or use minkowski"},
		{"cosine", math.NaN(), "metric cosine: takes no p; leave p out, or use minkowski"},
	} {
		if _, err := index.ParseMetric(test.name, test.p); err == nil || err.Error() != test.message {
			t.Errorf("%s, p = %v: error %q, want %q", test.name, test.p, err, test.message)
		}
	}
}

func TestUnknownMetricListsTheNearNames(t *testing.T) {
	for _, test := range []struct {
		name string
		near []string
	}{
		{"cosin", []string{"cosine"}},
		{"Cosine", []string{"cosine"}},
		{"cos", []string{"cosine"}},
		{"euclidian", []string{"euclidean", "sqeuclidean"}},
		{"manhatan", []string{"manhattan"}},
		{"m", []string{"minkowski", "manhattan"}},
		{"hamming", nil},
		{"", nil},
		{strings.Repeat("cosine", 1_000_000), nil},
	} {
		_, err := index.ParseMetric(test.name, 0)
		var unknown *index.UnknownMetricError
		if !errors.As(err, &unknown) {
			t.Errorf("%.20q: error %v", test.name, err)
			continue
		}
		if diff := cmp.Diff(test.near, unknown.Near); diff != "" {
			t.Errorf("%.20q (-want +got):\n%s", test.name, diff)
		}
		if diff := cmp.Diff(index.Metrics(), unknown.Known); diff != "" {
			t.Errorf("%.20q (-want +got):\n%s", test.name, diff)
		}
	}
	_, err := index.ParseMetric(strings.Repeat("cosine", 1_000_000), 0)
	if len(err.Error()) > 200 {
		t.Errorf("a name of 6 MB makes a message of %d bytes", len(err.Error()))
	}
	_, err = index.ParseMetric("cosin", 0)
	want := `metric "cosin": unknown; did you mean cosine? known are cosine, euclidean, sqeuclidean, minkowski, manhattan, chebyshev, correlation`
	if err.Error() != want {
		t.Errorf("message %q\nwant    %q", err, want)
	}
}

func TestSimilarity(t *testing.T) {
	for _, test := range []struct {
		metric               string
		distance, similarity float64
	}{
		{"cosine", 0, 1}, {"cosine", 0.12, 0.88}, {"cosine", 2, -1},
		{"correlation", 0.5, 0.5}, {"correlation", 2, -1},
		{"euclidean", 0, 1}, {"euclidean", 3, 0.25}, {"sqeuclidean", 1, 0.5},
		{"minkowski", 4, 0.2}, {"manhattan", 9, 0.1}, {"chebyshev", 1e300, 1e-300},
	} {
		if got := metric(t, test.metric, 0).Similarity(test.distance); math.Abs(got-test.similarity) > 1e-15 {
			t.Errorf("%s at distance %v: similarity %v, want %v", test.metric, test.distance, got, test.similarity)
		}
	}
}

// Where one vector has no direction there is no angle, and the distance is 1,
// also between two equal vectors.
func TestNoDirection(t *testing.T) {
	zeros, values := []float32{0, 0, 0}, []float32{1, 2, 4}
	// 0.1 has no exact float32 value: the mean of equal values must be exact all the same.
	level := []float32{0.1, 0.1, 0.1}
	for _, test := range []struct {
		metric string
		a, b   []float32
	}{
		{"cosine", zeros, values}, {"cosine", values, zeros}, {"cosine", zeros, zeros},
		{"correlation", zeros, values}, {"correlation", values, level}, {"correlation", level, level},
		{"cosine", nil, nil}, {"correlation", nil, nil}, {"correlation", []float32{1}, []float32{2}},
	} {
		if got := metric(t, test.metric, 0).Distance(test.a, test.b); got != 1 {
			t.Errorf("%s of %v and %v is %v, want 1", test.metric, test.a, test.b, got)
		}
	}
}

func TestVectorsWithoutValues(t *testing.T) {
	for _, name := range []string{"euclidean", "sqeuclidean", "minkowski", "manhattan", "chebyshev"} {
		if got := metric(t, name, 0).Distance(nil, nil); got != 0 {
			t.Errorf("%s is %v, want 0", name, got)
		}
	}
}

// scipy overflows here; the distance itself is an ordinary number.
func TestLargePowersNeitherOverflowNorVanish(t *testing.T) {
	for _, p := range []float64{7.5, 16, 17, 100, 1e6, 1e20, math.MaxFloat64} {
		m := metric(t, "minkowski", p)
		for _, size := range []float32{math.SmallestNonzeroFloat32, 1e-38, 0.1, 1, 49, 3e38} {
			want := float64(size) * math.Pow(3, 1/p)
			if got := m.Distance([]float32{size, 0, -size}, []float32{0, size, 0}); !near(got, want, 1e-12) {
				t.Errorf("p = %v, values of %v: %v, want %v", p, size, got, want)
			}
		}
	}
}

func metric(t testing.TB, name string, p float64) index.Metric {
	t.Helper()
	m, err := index.ParseMetric(name, p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// near allows a relative difference, and the rounding of 1 - cos next to 0.
func near(a, b, relative float64) bool {
	return math.Abs(a-b) <= math.Max(relative*math.Max(math.Abs(a), math.Abs(b)), rounding(a, b))
}

func rounding(a, b float64) float64 {
	if a == 0 || b == 0 {
		return 1e-15
	}
	return 0
}
