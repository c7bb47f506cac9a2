package model

import (
	"context"

	"github.com/convnetplayground/convnet/graph"
)

// BenchReport is what Bench measured.
type BenchReport struct {
	Model        string         `json:"model"`
	Input        [3]int         `json:"input"` // [height, width, channels]
	Level        string         `json:"level"`
	Threads      int            `json:"threads"`
	Parameters   int            `json:"parameters"`
	MultiplyAdds int            `json:"multiply_adds"`
	Forward      []BenchForward `json:"forward"`
}

// BenchForward is the time of forward passes at one batch size.
type BenchForward struct {
	Batch      int     `json:"batch"`
	MsMedian   float64 `json:"ms_median"`
	MsMin      float64 `json:"ms_min"`
	MsPerImage float64 `json:"ms_per_image"`
	GFLOPS     float64 `json:"gflops"` // from the median, two operations per multiply-add
}

// Bench times runs forward passes of random pictures at each batch size.
func (m *Model) Bench(ctx context.Context, batches []int, pool *graph.Pool, runs int) (BenchReport, error) {
	return BenchReport{}, nil
}
