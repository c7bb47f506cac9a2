package model

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/convnetplayground/convnet/graph"
)

// BenchReport is what Bench measured.
type BenchReport struct {
	Model        string         `json:"model"`
	Input        [3]int         `json:"input"` // [height, width, channels]
	Level        string         `json:"level"` // of the kernels: generic, avx2 or avx512
	Threads      int            `json:"threads"`
	Parameters   int            `json:"parameters"`
	MultiplyAdds int            `json:"multiply_adds"` // of one picture
	Forward      []BenchForward `json:"forward"`
	Gradient     *BenchGradient `json:"gradient,omitempty"`
}

// BenchForward is the time of forward passes at one batch size.
type BenchForward struct {
	Batch      int     `json:"batch"`
	MsMedian   float64 `json:"ms_median"`
	MsMin      float64 `json:"ms_min"`
	MsPerImage float64 `json:"ms_per_image"` // from the median
	GFLOPS     float64 `json:"gflops"`       // from the median, two operations per multiply-add
}

// BenchGradient is the time of a forward pass of one picture and the gradient
// of its top class's logit with respect to the picture.
type BenchGradient struct {
	MsMedian float64 `json:"ms_median"`
	MsMin    float64 `json:"ms_min"`
}

// Bench times runs forward passes of random pictures to the last layer, at
// each batch size, after one pass that is not counted.
func (m *Model) Bench(ctx context.Context, batches []int, pool *graph.Pool, runs int) (BenchReport, error) {
	level, err := graph.CPULevel()
	if err != nil {
		return BenchReport{}, err
	}
	report := BenchReport{
		Model: m.info.Name, Input: m.info.Input, Level: level, Threads: pool.Threads(), Parameters: m.info.Parameters,
	}
	for _, node := range m.native().Graph().Nodes() {
		report.MultiplyAdds += node.MultiplyAdds()
	}
	for _, batch := range batches {
		times, err := m.timeForward(ctx, batch, pool, runs)
		if err != nil {
			return BenchReport{}, fmt.Errorf("bench %s at batch %d: %w", m.info.Name, batch, err)
		}
		median := times[len(times)/2]
		report.Forward = append(report.Forward, BenchForward{
			Batch: batch, MsMedian: median, MsMin: times[0], MsPerImage: median / float64(batch),
			GFLOPS: 2 * float64(report.MultiplyAdds) * float64(batch) / median / 1e6,
		})
	}
	return report, nil
}

// BenchGradient times runs gradients of random pictures, after one that is not
// counted. The error wraps ErrNoClassifier where there is no logit.
func (m *Model) BenchGradient(ctx context.Context, pool *graph.Pool, runs int) (BenchGradient, error) {
	if !m.options.Top {
		return BenchGradient{}, fmt.Errorf("bench the gradient of %s: %w", m.info.Name, ErrNoClassifier)
	}
	plan, err := m.native().CompileGradient(ctx, 1, graph.Tap{Node: m.output(), Linear: true})
	if err != nil {
		return BenchGradient{}, fmt.Errorf("bench the gradient of %s: %w", m.info.Name, err)
	}
	session := plan.NewSession(pool)
	logits, upstream := session.Tap(0).Data, session.Upstream(0).Data
	times, err := timeRuns(session, runs, func() error {
		if err := session.Run(ctx); err != nil {
			return err
		}
		clear(upstream)
		upstream[slices.Index(logits, slices.Max(logits))] = 1
		return session.Backward(ctx)
	})
	if err != nil {
		return BenchGradient{}, fmt.Errorf("bench the gradient of %s: %w", m.info.Name, err)
	}
	return BenchGradient{MsMedian: times[len(times)/2], MsMin: times[0]}, nil
}

// output is the last layer.
func (m *Model) output() string { return m.info.Layers[len(m.info.Layers)-1].Name }

func (m *Model) timeForward(ctx context.Context, batch int, pool *graph.Pool, runs int) ([]float64, error) {
	plan, err := m.native().Compile(ctx, batch, graph.Tap{Node: m.output()})
	if err != nil {
		return nil, err
	}
	session := plan.NewSession(pool)
	return timeRuns(session, runs, func() error { return session.Run(ctx) })
}

// timeRuns returns the milliseconds of each run with a random picture,
// shortest first; one run more comes before and is not counted.
func timeRuns(session *graph.Session, runs int, run func() error) ([]float64, error) {
	random := rand.New(rand.NewPCG(1, 0))
	times := make([]float64, max(runs, 1)+1)
	for i := range times {
		for j, input := 0, session.Input().Data; j < len(input); j++ {
			input[j] = 2*random.Float32() - 1
		}
		start := time.Now()
		if err := run(); err != nil {
			return nil, err
		}
		times[i] = float64(time.Since(start)) / float64(time.Millisecond)
	}
	times = times[1:]
	slices.Sort(times)
	return times, nil
}
