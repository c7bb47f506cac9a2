package playground

import (
	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// The values that a search takes where nothing is said. sqrt-center measured
// best of the transforms, top_activation of the layers.
const (
	DefaultDataset   = "stamps"
	DefaultModel     = "efficientnet-lite0"
	DefaultMetric    = "cosine"
	DefaultPool      = "avg"
	DefaultTransform = "sqrt-center"
	DefaultTop       = 15
)

// Choices lists what a search can be told.
func Choices() SearchOptions {
	builtIn := Models{library: model.NewLibrary("")}
	o := SearchOptions{
		Poolings: []Choice{
			{"avg", "Average", "The mean of each channel over the picture: what is seen, wherever it is."},
			{"max", "Maximum", "The largest value of each channel: the strongest trace of each feature."},
			{"flatten", "Flatten", "The whole feature map: what is seen and where. Large, and slow to compare."},
		},
		Transforms: []Choice{
			{"none", "None", "Vectors as the network gives them."},
			{"center", "Centre", "The dataset's mean is subtracted: what all pictures share no longer counts."},
			{"sqrt-center", "Square root and centre", "Square roots damp large values, then the dataset's mean is subtracted. Measured best."},
		},
		Resizes: []Choice{
			{ResizeStandard, "Standard", "To the size that the model was trained at, bilinear and antialiased."},
			{ResizeOriginal, "Original", "As the first playground did: 224 x 224 for every model, by the nearest pixel."},
		},
		Defaults: Defaults{
			Dataset: DefaultDataset, Model: DefaultModel, Layer: builtIn.defaultLayer(DefaultModel),
			Metric: DefaultMetric, Pool: DefaultPool, Transform: DefaultTransform, Top: DefaultTop,
		},
	}
	for _, name := range index.Metrics() {
		m, err := index.ParseMetric(name, 0)
		if err != nil {
			panic("playground: index lists a metric that it does not know: " + name)
		}
		o.Metrics = append(o.Metrics, Choice{name, m.Title(), m.Description()})
	}
	descriptions := map[preprocess.Filter]Choice{
		preprocess.Nearest:  {"nearest", "Nearest", "The nearest pixel."},
		preprocess.Bilinear: {"bilinear", "Bilinear", "Weighted mean of the neighbours, antialiased when shrinking."},
		preprocess.Bicubic:  {"bicubic", "Bicubic", "Sharper than bilinear, antialiased when shrinking."},
	}
	for _, name := range preprocess.Filters() {
		o.Filters = append(o.Filters, descriptions[preprocess.Filter(name)])
	}
	return o
}
