package playground

import (
	"context"
	"errors"
	"fmt"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// PredictRequest asks what pictures show.
type PredictRequest struct {
	Model    string
	Weights  string   // file; "" for the weights that the model has
	Images   []string // files
	Top      int      // classes per picture, at least 1
	Resizing          // crops unless told otherwise
}

// ImagePredictions is what one picture shows.
type ImagePredictions struct {
	Image       string             `json:"image"`
	Predictions []model.Prediction `json:"predictions"`
}

// Predict classifies pictures. progress, which may be nil, is told the pictures
// finished. It fails at the first picture that cannot be read.
func (m *Models) Predict(ctx context.Context, r PredictRequest, progress func(done, total int)) ([]ImagePredictions, error) {
	if r.Top < 1 {
		return nil, invalid("cannot predict", fmt.Sprintf("%d classes are asked for", r.Top), "ask for at least 1")
	}
	opened, recipe, err := m.prepare(r.Model, r.Weights, r.Resizing, preprocess.Crop)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	pool := graph.NewPool(m.threads)
	defer pool.Close()
	predictor, err := opened.Predictor(ctx, recipe, pool)
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
func (m *Models) prepare(name, weights string, r Resizing, aspect preprocess.Aspect) (*model.Model, preprocess.Recipe, error) {
	var recipe preprocess.Recipe
	if _, err := m.describe(name); err != nil {
		return nil, recipe, err
	}
	opened, err := m.open(name, weights)
	if err != nil {
		return nil, recipe, err
	}
	if recipe, err = r.recipe(opened, aspect); err != nil {
		return nil, recipe, errors.Join(err, opened.Close())
	}
	return opened, recipe, nil
}
