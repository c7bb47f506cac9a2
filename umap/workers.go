package umap

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// workers is how many goroutines share the work. What they compute never
// depends on it: parts are cut by size alone, and no part reads what another
// part of the same run writes.
type workers int

// newWorkers is one worker for each core unless threads is above 0.
func newWorkers(threads int) workers {
	if threads <= 0 {
		return workers(runtime.GOMAXPROCS(0))
	}
	return workers(min(threads, 1024))
}

// run calls do once for each part of 0 … parts-1 and waits for all of them.
// worker, below the number of workers, tells whose scratch memory do may use.
// Once ctx is done no further part is begun, and its error returned.
func (w workers) run(ctx context.Context, parts int, do func(worker, part int)) error {
	var next atomic.Int64
	work := func(worker int) {
		for ctx.Err() == nil {
			part := int(next.Add(1)) - 1
			if part >= parts {
				return
			}
			do(worker, part)
		}
	}
	var others sync.WaitGroup
	for worker := 1; worker < min(int(w), parts); worker++ {
		others.Go(func() { work(worker) })
	}
	work(0)
	others.Wait()
	return ctx.Err()
}

// ranges is run for parts of size consecutive numbers out of 0 … n-1.
func (w workers) ranges(ctx context.Context, n, size int, do func(worker, first, end int)) error {
	return w.run(ctx, (n+size-1)/size, func(worker, part int) {
		do(worker, part*size, min(n, (part+1)*size))
	})
}

// sumParts is into how many parts sum cuts its work.
const sumParts = 16

// sum lets do add what the numbers 0 … n-1 contribute to sums of the given
// length. Each part adds to sums of its own, which are then added in order.
func (w workers) sum(ctx context.Context, n, length int, do func(sums []float64, first, end int)) ([]float64, error) {
	size := max(1, (n+sumParts-1)/sumParts)
	parts := make([][]float64, (n+size-1)/size)
	err := w.ranges(ctx, n, size, func(_, first, end int) {
		sums := make([]float64, length)
		do(sums, first, end)
		parts[first/size] = sums
	})
	if err != nil {
		return nil, err
	}
	total := make([]float64, length)
	for _, sums := range parts {
		for i, x := range sums {
			total[i] += x
		}
	}
	return total, nil
}
