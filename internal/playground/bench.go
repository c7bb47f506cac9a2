package playground

import (
	"context"
	"fmt"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
)

// BenchRequest asks how fast a model runs on this machine.
type BenchRequest struct {
	Model    string
	Batches  []int
	Gradient bool // measure the gradient too
	Runs     int  // per batch size
}

// Bench times forward passes, and gradients where they are asked for. Models without weights run with random ones.
func (m *Models) Bench(ctx context.Context, r BenchRequest) (model.BenchReport, error) {
	for _, batch := range r.Batches {
		if batch < 1 || batch > maxBatch {
			return model.BenchReport{}, invalid("cannot measure", fmt.Sprintf("a batch of %d", batch), fmt.Sprintf("batches are 1 to %d", maxBatch))
		}
	}
	info, err := m.describe(r.Model)
	if err != nil {
		return model.BenchReport{}, err
	}
	opened, err := m.openOrRandom(info)
	if err != nil {
		return model.BenchReport{}, err
	}
	defer opened.Close()
	pool := graph.NewPool(m.threads)
	defer pool.Close()
	report, err := opened.Bench(ctx, r.Batches, pool, r.Runs)
	if err != nil || !r.Gradient {
		return report, explain("cannot measure "+r.Model, err)
	}
	gradient, err := opened.BenchGradient(ctx, pool, r.Runs)
	report.Gradient = &gradient
	return report, explain("cannot measure "+r.Model, err)
}

// maxBatch keeps the feature maps of a batch within the memory of a small
// machine.
const maxBatch = 64

func (m *Models) openOrRandom(info model.Info) (*model.Model, error) {
	if info.Weights == model.Missing {
		random, err := model.Random(info.Name, 1)
		return random, explain("cannot make random weights for "+info.Name, err)
	}
	return m.open(info.Name, "")
}
