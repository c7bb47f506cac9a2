package playground

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// PredictRequest asks what pictures show.
type PredictRequest struct {
	Model   string
	Weights string   // file; "" for the embedded weights
	Images  []string // files
	Top     int      // classes per picture, at least 1
	Aspect  string   // "" for crop
	Filter  string   // "" for bilinear
	Threads int      // 0 for all cores
}

// ImagePredictions is what one picture shows.
type ImagePredictions struct {
	Image       string             `json:"image"`
	Predictions []model.Prediction `json:"predictions"`
}

// Predict classifies pictures. progress, which may be nil, is told the pictures
// finished. It fails at the first picture that cannot be read.
func Predict(ctx context.Context, r PredictRequest, progress func(done, total int)) ([]ImagePredictions, error) {
	if r.Top < 1 {
		return nil, invalid("cannot predict", fmt.Sprintf("%d classes are asked for", r.Top), "ask for at least 1")
	}
	m, recipe, err := prepare(r.Model, r.Weights, cmp.Or(r.Aspect, string(preprocess.Crop)), r.Filter)
	if err != nil {
		return nil, err
	}
	pool := graph.NewPool(r.Threads)
	defer pool.Close()
	predictor, err := m.Predictor(recipe, pool)
	if err != nil {
		return nil, explain("cannot predict", err)
	}
	answers := []ImagePredictions{}
	for _, path := range r.Images {
		im, err := decodeFile(path)
		if err != nil {
			return nil, err
		}
		predictions, err := predictor.Predict(ctx, im, r.Top)
		if err != nil {
			return nil, explain("cannot predict "+path, err)
		}
		answers = append(answers, ImagePredictions{path, predictions})
		if progress != nil {
			progress(len(answers), len(r.Images))
		}
	}
	return answers, nil
}

// prepare opens a model and its preprocessing by their names.
func prepare(name, weights, aspect, filter string) (*model.Model, preprocess.Recipe, error) {
	var recipe preprocess.Recipe
	if _, err := describe(name); err != nil {
		return nil, recipe, err
	}
	a, err := preprocess.ParseAspect(aspect)
	if err != nil {
		return nil, recipe, unknown("aspect", aspect, Near(aspect, preprocess.Aspects()), "known: squash, crop")
	}
	f, err := preprocess.ParseFilter(cmp.Or(filter, string(preprocess.Bilinear)))
	if err != nil {
		return nil, recipe, unknown("filter", filter, Near(filter, preprocess.Filters()), "known: nearest, bilinear, bicubic")
	}
	m, err := openWeights(name, weights)
	if err != nil {
		return nil, recipe, err
	}
	return m, m.Recipe(a, f), nil
}

func openWeights(name, file string) (*model.Model, error) {
	if file == "" {
		m, err := model.Open(name)
		return m, explain("cannot open model "+name, err)
	}
	if _, err := os.Stat(file); err != nil {
		return nil, explain("cannot open the weights", err)
	}
	m, err := model.OpenWeights(name, file)
	if err != nil {
		// The file is the user's: whatever is wrong with it, they can act upon.
		return nil, &Error{
			Kind: Invalid, What: "cannot use the weights", Why: err.Error(),
			Hint: "weights are .safetensors files for " + name, cause: err,
		}
	}
	return m, nil
}
