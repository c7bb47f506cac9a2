package graph

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a fixed set of workers over which a Session splits its layers.
// Several sessions may share one; their layers then take turns.
//
// A layer may take no longer than it takes to wake a thread. So workers look
// out for the next layer for a moment before they sleep, and a layer waits
// only for those that came in time to take a part in it.
type Pool struct {
	threads int
	mu      sync.Mutex // one layer at a time
	next    atomic.Int64
	tasks   int
	run     func(worker, task int)

	// state is the number of the layer, from roundShift on, the helpers at
	// work on it, in units of activeUnit, and whether others may join: open.
	state   atomic.Uint64
	helpers []helper
	waiting atomic.Bool   // the caller sleeps until the last helper leaves
	left    chan struct{} // that it has
	alive   sync.WaitGroup
}

// helper is a worker other than the caller.
type helper struct {
	asleep atomic.Bool
	wake   chan struct{}
}

const (
	open       = 1
	activeUnit = 2
	roundShift = 32

	// spins is how often a worker looks before it sleeps: for some 20 µs.
	spins = 1 << 14
)

// NewPool starts a pool; threads <= 0 means one per core. The goroutine that
// runs a Session is the first of them, so threads-1 are started.
func NewPool(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{threads: threads, helpers: make([]helper, threads-1), left: make(chan struct{}, 1)}
	for i := range p.helpers {
		p.helpers[i].wake = make(chan struct{}, 1)
		p.alive.Go(func() { p.work(i+1, &p.helpers[i]) })
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
	for i := range p.helpers {
		close(p.helpers[i].wake)
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
	p.state.Store((p.state.Load()>>roundShift+1)<<roundShift | open)
	for i := range min(tasks, p.threads) - 1 {
		if h := &p.helpers[i]; h.asleep.CompareAndSwap(true, false) {
			h.wake <- struct{}{}
		}
	}
	p.drain(0)
	p.state.And(^uint64(open))
	p.wait()
	p.run = nil
}

// wait returns when no helper is at work.
func (p *Pool) wait() {
	for range spins {
		if p.active() == 0 {
			return
		}
	}
	p.waiting.Store(true)
	if p.active() == 0 && p.waiting.CompareAndSwap(true, false) {
		return
	}
	<-p.left
}

// active is how many helpers are at work.
func (p *Pool) active() uint64 { return p.state.Load() & (1<<roundShift - 1) / activeUnit }

// work joins one layer after the other until the pool is closed.
func (p *Pool) work(worker int, h *helper) {
	for round := uint64(0); p.await(&round, h); {
		p.drain(worker)
		p.leave()
	}
}

// await returns true when the helper is at work on a layer after round, and
// false when the pool is closed.
func (p *Pool) await(round *uint64, h *helper) bool {
	for {
		for range spins {
			if p.join(round) {
				return true
			}
		}
		h.asleep.Store(true)
		if p.join(round) {
			if !h.asleep.CompareAndSwap(true, false) {
				<-h.wake // it is on its way
			}
			return true
		}
		if _, running := <-h.wake; !running {
			return false
		}
	}
}

// join tells whether the helper is now at work on a layer after round.
func (p *Pool) join(round *uint64) bool {
	for {
		s := p.state.Load()
		if s&open == 0 || s>>roundShift == *round {
			return false
		}
		if p.state.CompareAndSwap(s, s+activeUnit) {
			*round = s >> roundShift
			return true
		}
	}
}

func (p *Pool) leave() {
	s := p.state.Add(^uint64(activeUnit - 1))
	if s&(1<<roundShift-1) == 0 && p.waiting.CompareAndSwap(true, false) {
		p.left <- struct{}{}
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
