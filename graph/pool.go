package graph

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a fixed set of workers over which a Session splits its layers.
// Several sessions may share one; their layers then take turns.
type Pool struct {
	threads int
	mu      sync.Mutex // one layer at a time
	next    atomic.Int64
	tasks   int
	run     func(worker, task int)
	wake    []chan struct{}
	running sync.WaitGroup // the layer's workers
	alive   sync.WaitGroup // the goroutines
}

// NewPool starts a pool; threads <= 0 means one per core. The goroutine that
// runs a Session is the first of them, so threads-1 are started.
func NewPool(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{threads: threads, wake: make([]chan struct{}, threads-1)}
	for i := range p.wake {
		p.wake[i] = make(chan struct{}, 1)
		p.alive.Go(func() { p.work(i+1, p.wake[i]) })
	}
	return p
}

// Threads is the number of workers.
func (p *Pool) Threads() int {
	if p == nil {
		return 1
	}
	return p.threads
}

// Close ends the workers and waits for them. No Session may run any more.
func (p *Pool) Close() {
	for _, wake := range p.wake {
		close(wake)
	}
	p.alive.Wait()
}

// do calls run for every task in [0, tasks) and returns when all are done.
// The calls of one worker follow each other; worker is in [0, Threads()).
// A nil pool runs all of them in the caller.
func (p *Pool) do(tasks int, run func(worker, task int)) {
	if p == nil || p.threads == 1 || tasks == 1 {
		for task := range tasks {
			run(0, task)
		}
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tasks, p.run = tasks, run
	p.next.Store(0)
	helpers := min(tasks, p.threads) - 1
	p.running.Add(helpers)
	for _, wake := range p.wake[:helpers] {
		wake <- struct{}{}
	}
	p.drain(0)
	p.running.Wait()
	p.run = nil
}

func (p *Pool) work(worker int, wake <-chan struct{}) {
	for range wake {
		p.drain(worker)
		p.running.Done()
	}
}

func (p *Pool) drain(worker int) {
	for {
		task := int(p.next.Add(1)) - 1
		if task >= p.tasks {
			return
		}
		p.run(worker, task)
	}
}

// Do shares tasks of a kind other than layers among the workers: it calls run
// for every task in [0, tasks), worker in [0, Threads()), and returns when all
// are done. The calls of one worker follow each other. A nil pool runs all of
// them in the caller. Do allocates nothing.
func (p *Pool) Do(tasks int, run func(worker, task int)) { p.do(tasks, run) }
