package playground

import (
	"context"
	"fmt"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
)

// BenchRequest asks how fast a model runs on this machine.
type BenchRequest struct {
	Model   string
	Batches []int
	Runs    int // per batch size
	Threads int // 0 for all cores
}

// Bench times forward passes. Models without weights run with random ones.
func Bench(ctx context.Context, r BenchRequest) (model.BenchReport, error) {
	for _, batch := range r.Batches {
		if batch < 1 || batch > maxBatch {
			return model.BenchReport{}, invalid("cannot measure", fmt.Sprintf("a batch of %d", batch), fmt.Sprintf("batches are 1 to %d", maxBatch))
		}
	}
	info, err := describe(r.Model)
	if err != nil {
		return model.BenchReport{}, err
	}
	m, err := openOrRandom(info)
	if err != nil {
		return model.BenchReport{}, err
	}
	pool := graph.NewPool(r.Threads)
	defer pool.Close()
	report, err := m.Bench(ctx, r.Batches, pool, r.Runs)
	return report, explain("cannot measure "+r.Model, err)
}

// maxBatch keeps the feature maps of a batch within the memory of a small
// machine.
const maxBatch = 64

func openOrRandom(info model.Info) (*model.Model, error) {
	if info.Weights == "missing" {
		m, err := model.Random(info.Name, 1)
		return m, explain("cannot make random weights for "+info.Name, err)
	}
	return openWeights(info.Name, "")
}
