package graph_test

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convnetplayground/convnet/graph"
)

func TestPoolsDoEveryTaskOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 3, 8} {
		pool := graph.NewPool(threads)
		for round := range 3000 {
			tasks := 1 + round%11
			var done [11]atomic.Int32
			var busy [8]atomic.Bool
			pool.Do(tasks, func(worker, task int) {
				if worker >= threads || !busy[worker].CompareAndSwap(false, true) {
					t.Errorf("worker %d of %d has two tasks at once", worker, threads)
				}
				if round%7 == 0 {
					runtime.Gosched()
				}
				done[task].Add(1)
				busy[worker].Store(false)
			})
			for task := range tasks {
				if n := done[task].Load(); n != 1 {
					t.Fatalf("%d threads: task %d of %d is done %d times", threads, task, tasks, n)
				}
			}
			if round%500 == 0 {
				time.Sleep(time.Millisecond) // the workers fall asleep
			}
		}
		pool.Close()
	}
}

func TestPoolsAllocateNothing(t *testing.T) {
	pool := graph.NewPool(2)
	defer pool.Close()
	run := func(int, int) {}
	if n := testing.AllocsPerRun(200, func() { pool.Do(8, run) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
