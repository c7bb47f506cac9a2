package cli

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/convnetplayground/convnet/internal/playground"
)

// progress shows how far long work is, on a terminal only.
type progress struct {
	title string
	file  *os.File // nil: nothing is shown
	bytes bool     // the steps are bytes

	mu  sync.Mutex
	bar *progressbar.ProgressBar
}

func (a *app) progress(title string) *progress {
	p := &progress{title: title}
	if f, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.file = f
	}
	return p
}

// report may be called from several goroutines.
func (p *progress) report(done, total int) {
	if p.file == nil || total == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(p.file),
			progressbar.OptionSetDescription(p.title),
			progressbar.OptionShowCount(),
			progressbar.OptionShowBytes(p.bytes),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond),
		)
	}
	// A bar that cannot be drawn is no reason to stop the work.
	_ = p.bar.Set(done)
}

// reportBytes is report for sizes of files.
func (p *progress) reportBytes(done, total int64) {
	p.bytes = true
	p.report(int(done), int(total))
}

// end wipes the bar.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// stages shows work that has several stages, each with a bar of its own.
type stages struct {
	app *app

	mu    sync.Mutex
	stage int
	bar   *progress
}

func (a *app) stages() *stages { return &stages{app: a} }

// report may be called from several goroutines.
func (s *stages) report(step playground.PrecomputeStep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if step.Stage != s.stage {
		s.clear()
		s.stage = step.Stage
		s.bar = s.app.progress(fmt.Sprintf("[%d/%d] %s", step.Stage, step.Stages, step.What))
	}
	s.bar.report(step.Done, step.Total)
}

// end wipes the bar.
func (s *stages) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

func (s *stages) clear() {
	if s.bar != nil {
		s.bar.end()
	}
}
