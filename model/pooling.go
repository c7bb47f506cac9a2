package model

import "github.com/convnetplayground/convnet/graph"

// Pooling says how a feature map [height, width, channels] becomes a vector.
type Pooling string

// The poolings.
const (
	Avg     Pooling = "avg"     // mean over height and width: [channels]
	Max     Pooling = "max"     // maximum over height and width: [channels]
	Flatten Pooling = "flatten" // all values: [height*width*channels]
	None    Pooling = "none"    // the feature map as it is: [height, width, channels]
)

// Poolings lists all of them.
func Poolings() []Pooling { return []Pooling{Avg, Max, Flatten, None} }

// ParsePooling finds a pooling by its name; the error is an *UnknownError.
func ParsePooling(name string) (Pooling, error) {
	var known []string
	for _, p := range Poolings() {
		if string(p) == name {
			return p, nil
		}
		known = append(known, string(p))
	}
	return "", &UnknownError{Kind: "pooling", Name: name, Near: Near(name, known)}
}

func (p Pooling) reduction() graph.Reduction {
	switch p {
	case Avg:
		return graph.Mean
	case Max:
		return graph.Maximum
	}
	return graph.Whole
}

// reductionWith is the reduction of a layer whose peaks may be wanted as well: a
// summary has the pooled vector in it.
func (p Pooling) reductionWith(peaks bool) graph.Reduction {
	if peaks && (p == Avg || p == Max) {
		return graph.Summary
	}
	return p.reduction()
}
