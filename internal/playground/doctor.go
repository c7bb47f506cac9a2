package playground

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/model"
)

// Diagnosis is what Doctor found.
type Diagnosis struct {
	About
	Cores    int               `json:"cores"`
	Models   []DiagnosisModel  `json:"models"`
	Datasets []DiagnosisSet    `json:"datasets"`
	Checks   []DiagnosisResult `json:"checks"`
	Healthy  bool              `json:"healthy"` // every check passed
}

// DiagnosisModel is a model and where its weights are.
type DiagnosisModel struct {
	Name    string `json:"name"`
	Weights string `json:"weights"` // embedded, installed or missing
}

// DiagnosisSet is a dataset and its size.
type DiagnosisSet struct {
	Name   string `json:"name"`
	Images int    `json:"images"`
}

// DiagnosisResult is one check.
type DiagnosisResult struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// minFree is the disk space below which Doctor warns: some thousand pictures
// indexed at all layers.
const minFree = 256 << 20

// Doctor examines the program and the machine. What is wrong is in the
// Diagnosis; the only errors are those of ctx.
func Doctor(ctx context.Context, options Options) (Diagnosis, error) {
	if options.Data == "" {
		// A failure shows in the check of the data directory.
		options.Data, _ = store.DefaultDir()
	}
	d := Diagnosis{
		About: About{
			Version: options.Version, Commit: options.Commit, Go: runtime.Version(),
			Platform: runtime.GOOS + "/" + runtime.GOARCH, CPULevel: cpuLevel(),
			Threads: cmp.Or(options.Threads, runtime.GOMAXPROCS(0)), Data: options.Data,
		},
		Cores:    runtime.NumCPU(),
		Models:   []DiagnosisModel{},
		Datasets: []DiagnosisSet{},
		Healthy:  true,
	}
	d.checkKernels()
	d.checkModels(options)
	d.checkData(ctx, options)
	d.checkDisk(options.Data)
	return d, ctx.Err()
}

func (d *Diagnosis) add(name, good string, err error) {
	r := DiagnosisResult{Name: name, OK: err == nil, Detail: good}
	if err != nil {
		r.Detail = err.Error()
		d.Healthy = false
	}
	d.Checks = append(d.Checks, r)
}

func (d *Diagnosis) checkKernels() {
	level, err := graph.CPULevel()
	d.add("kernels", level, err)
}

func (d *Diagnosis) checkModels(options Options) {
	models, err := OpenModels(options)
	if err != nil {
		d.add("models", "", err)
		return
	}
	var failed []error
	for _, name := range models.library.Names() {
		info, err := models.library.Describe(name)
		if err == nil && info.Weights != model.Missing {
			var opened *model.Model
			if opened, err = models.library.Open(name); err == nil {
				err = opened.Close()
			}
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
		}
		d.Models = append(d.Models, DiagnosisModel{name, info.Weights})
	}
	d.add("models", fmt.Sprintf("%d models", len(d.Models)), errors.Join(failed...))
}

func (d *Diagnosis) checkData(ctx context.Context, options Options) {
	p, err := New(ctx, options)
	if err != nil {
		d.add("data directory", "", err)
		return
	}
	defer p.Close()
	sets, err := p.Datasets(ctx)
	for _, s := range sets {
		d.Datasets = append(d.Datasets, DiagnosisSet{s.Name, s.Images})
	}
	d.add("data directory", fmt.Sprintf("%s, %d datasets", options.Data, len(sets)), err)
}

func (d *Diagnosis) checkDisk(dir string) {
	free, err := freeBytes(dir)
	if errors.Is(err, errors.ErrUnsupported) {
		return
	}
	if err == nil && free < minFree {
		err = fmt.Errorf("only %d MB are free at %s", free>>20, dir)
	}
	d.add("disk", fmt.Sprintf("%d MB free", free>>20), err)
}
