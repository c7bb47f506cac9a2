package model

import (
	"context"
	_ "embed" // the labels
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/preprocess"
)

//go:embed imagenet_labels.txt
var imagenetLabels string

// Prediction is one class of a classifier's answer.
type Prediction struct {
	Index       int     `json:"index"`
	Label       string  `json:"label"`
	Probability float64 `json:"probability"`
}

// Predictor classifies pictures. It serves one goroutine at a time.
type Predictor struct {
	embedder *Embedder
	labels   []string
}

// ErrNoClassifier means that a model's weights are only those of its feature
// maps.
var ErrNoClassifier = errors.New("its weights have no classifier")

// ErrNotFinite means that a network puts out infinite values or none at all.
var ErrNotFinite = errors.New("the network's output is not finite")

// Predictor prepares the forward pass to the last layer. The error wraps
// ErrNoClassifier where there is none.
func (m *Model) Predictor(ctx context.Context, r preprocess.Recipe, pool *graph.Pool) (*Predictor, error) {
	if !m.options.Top {
		return nil, fmt.Errorf("model %s: %w", m.info.Name, ErrNoClassifier)
	}
	last := m.info.Layers[len(m.info.Layers)-1]
	e, err := m.Embedder(ctx, []string{last.Name}, Flatten, r, pool)
	if err != nil {
		return nil, err
	}
	return &Predictor{embedder: e, labels: m.labels}, nil
}

// labels names the classes of a classifier: ImageNet's, or numbers.
func labels(classes int) []string {
	names := strings.Split(strings.TrimSpace(imagenetLabels), "\n")
	if len(names) == classes {
		return names
	}
	names = make([]string, classes)
	for i := range names {
		names[i] = fmt.Sprintf("class %d", i)
	}
	return names
}

// Predict returns the top most probable classes, most probable first; of
// equal ones the lower index. The error wraps ErrNotFinite where there are no
// probabilities.
func (p *Predictor) Predict(ctx context.Context, im *preprocess.Image, top int) ([]Prediction, error) {
	vectors, err := p.embedder.Embed(ctx, im)
	if err != nil {
		return nil, err
	}
	all := make([]Prediction, len(p.labels))
	for i, probability := range vectors[0] {
		if math.IsNaN(float64(probability)) {
			return nil, fmt.Errorf("%w: class %d has the probability %v", ErrNotFinite, i, probability)
		}
		all[i] = Prediction{Index: i, Label: p.labels[i], Probability: float64(probability)}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Probability > all[j].Probability })
	return all[:min(max(top, 0), len(all))], nil
}
