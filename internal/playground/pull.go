package playground

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/dataset/archive"
	"github.com/convnetplayground/convnet/dataset/public"
	"github.com/convnetplayground/convnet/internal/fetch"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/internal/store"
)

// Progress is how far a download is: in bytes of an archive, or in pictures.
type Progress struct {
	Done, Total int64 // Total is 0 while it is not known
	Bytes       bool
}

// PublicDatasets lists the datasets that can be pulled and are not there yet.
func (p *Playground) PublicDatasets(ctx context.Context) ([]PublicDataset, error) {
	list := []PublicDataset{}
	for _, s := range p.sets() {
		_, err := p.store.Dataset(ctx, s.Name)
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, explain("cannot list the datasets", err)
		}
		list = append(list, PublicDataset{
			Name: s.Name, Title: s.Title, Description: s.Description, Licence: s.Licence, Source: s.Page,
			Images: public.Pictures, Classes: s.Classes(), Bytes: s.Sources[0].Bytes, ByHand: s.ByHand,
		})
	}
	return list, nil
}

// sets lists the public datasets.
func (p *Playground) sets() []*public.Set {
	if p.options.Sets != nil {
		return p.options.Sets
	}
	return public.Sets()
}

// findSet returns a public dataset, or an *Error that names similar ones.
func (p *Playground) findSet(name string) (*public.Set, error) {
	var known []string
	for _, s := range p.sets() {
		if s.Name == name {
			return s, nil
		}
		known = append(known, s.Name)
	}
	return nil, unknown("public dataset", name, Near(name, known), "list them with: convnet datasets list --available")
}

// datasetRequest are the arguments of a job that pulls a dataset.
type datasetRequest struct {
	Dataset string `json:"dataset"`
}

// StartPullDataset starts PullDataset as a job. A job that pulls the same dataset and
// has not ended is returned instead.
func (p *Playground) StartPullDataset(ctx context.Context, name string) (job.Status, error) {
	set, err := p.findSet(name)
	if err != nil {
		return job.Status{}, err
	}
	if _, err := p.pulled(ctx, set); err != nil {
		return job.Status{}, err
	}
	return p.start(ctx, job.Request{
		Kind: "pull-dataset", Key: "pull-dataset " + name, Arguments: datasetRequest{name}, Urgency: job.Interactive,
		Title: "Pull dataset " + name,
	})
}

func (p *Playground) runPullDataset(ctx context.Context, r datasetRequest, report job.Reporter) error {
	_, err := p.PullDataset(ctx, r.Dataset, "", func(at Progress) { report.Progress(int(at.Done), int(at.Total)) })
	return err
}

// PullDataset brings a public dataset into the data directory: from where it is
// published, or from an archive, a folder or an address for from. What is there
// already is not pulled again; what a run that was cut downloaded is kept for
// the next. progress, which may be nil, is called by one goroutine at a time.
func (p *Playground) PullDataset(ctx context.Context, name, from string, progress func(Progress)) (PullReport, error) {
	set, err := p.findSet(name)
	if err != nil {
		return PullReport{}, err
	}
	if there, err := p.pulled(ctx, set); err != nil || there != nil {
		return pullReport(there, false), err
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	about := &dataset.Dataset{Name: name, Title: set.Title, Description: set.Description, Licence: set.Licence, Source: set.Page}
	d, err := p.store.KeepDataset(ctx, about, func(dir string) ([]string, error) {
		return p.take(ctx, set, from, dir, progress)
	})
	if err == nil || unusable(err) {
		// Not needed any more, or in the way of better ones.
		if stay := p.store.DropDownloads(name); stay != nil {
			p.log.Warn("downloads stay", "dataset", name, "error", stay)
		}
	}
	if err != nil {
		return PullReport{}, explainPull(set, err)
	}
	return pullReport(d, true), nil
}

// explainPull says with a failure of the source what can be downloaded by hand.
func explainPull(set *public.Set, err error) error {
	var e *Error
	explained := explain("cannot pull dataset "+set.Name, err)
	if errors.As(explained, &e) && (unusable(err) || unreachable(err)) {
		e.Hint = fmt.Sprintf("%s, then: convnet datasets pull %s --from FILE", set.ByHand, set.Name)
	}
	return explained
}

// unreachable reports whether a download failed for what the source does.
func unreachable(err error) bool {
	for _, kind := range []error{fetch.ErrRefused, fetch.ErrUnavailable, fetch.ErrRedirect, fetch.ErrPrivate, fetch.ErrChecksum, fetch.ErrTooLarge} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// pulled returns the dataset if it was pulled already, nil if it is not there. A
// dataset of the user's own that has its name is an error.
func (p *Playground) pulled(ctx context.Context, set *public.Set) (*dataset.Dataset, error) {
	d, err := p.store.Dataset(ctx, set.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, explain("cannot pull dataset "+set.Name, err)
	case !d.Kept:
		return nil, &Error{
			Kind: Conflict, What: "cannot pull dataset " + set.Name, Why: "there is another dataset of that name, of the folder " + d.Dir,
			Hint: "remove it first with: convnet datasets remove " + set.Name,
		}
	}
	return d, nil
}

func pullReport(d *dataset.Dataset, pulled bool) PullReport {
	if d == nil {
		return PullReport{}
	}
	return PullReport{Name: d.Name, Images: len(d.Images), Classes: countClasses(d), Pulled: pulled}
}

// unusable reports whether what was downloaded is not the set.
func unusable(err error) bool {
	for _, kind := range []error{
		archive.ErrFormat, archive.ErrDamaged, archive.ErrRefused, archive.ErrTooLarge,
		public.ErrMissing, public.ErrOther, public.ErrContent, store.ErrUnreadable,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// take writes the pictures of a set into dir and returns their classes.
func (p *Playground) take(ctx context.Context, set *public.Set, from, dir string, progress func(Progress)) ([]string, error) {
	source := set.Sources[0]
	switch {
	case fetch.IsAddress(from):
		source = set.Source(from)
	case from != "":
		return set.Extract(ctx, from, dir, func(done, total int) {
			progress(Progress{Done: int64(done), Total: int64(total)})
		})
	}
	downloads, err := p.store.DownloadFolder(set.Name)
	if err != nil {
		return nil, err
	}
	// The next run must not take what came from another address for its own.
	local := filepath.Join(downloads, fmt.Sprintf("%x", sha256.Sum256([]byte(source.Address)))[:16])
	if source.Folder() {
		err = p.fetchFolder(ctx, source, local, progress)
	} else {
		err = p.fetchArchive(ctx, source, local, progress)
	}
	if err != nil {
		return nil, err
	}
	return set.Extract(ctx, local, dir, nil)
}

// fetchArchive downloads an archive to the file local, unless it is there.
func (p *Playground) fetchArchive(ctx context.Context, source public.Source, local string, progress func(Progress)) error {
	if _, err := os.Stat(local); err == nil {
		return nil
	}
	_, err := fetch.Get(ctx, fetch.Request{
		Source: source.Address, Dest: local, SHA256: source.SHA256, MaxSize: source.Bytes,
		Private: source.Private, Version: p.options.Version,
		Progress: func(done, total int64) { progress(Progress{Done: done, Total: total, Bytes: true}) },
	})
	return err
}

// fetchFolder downloads the pictures of a folder into the folder local, but for
// those that are there.
func (p *Playground) fetchFolder(ctx context.Context, source public.Source, local string, progress func(Progress)) error {
	if err := os.MkdirAll(local, 0o700); err != nil {
		return err
	}
	// Most folders have none: then the order is known.
	err := p.fetchFile(ctx, source, local, "classes.json")
	if err != nil && !errors.Is(err, fetch.ErrRefused) {
		return err
	}
	var mu sync.Mutex
	done := int64(0)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(fetchesAtOnce)
	for i := range public.Pictures {
		g.Go(func() error {
			if err := p.fetchFile(ctx, source, local, fmt.Sprintf("%d.jpg", i)); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			progress(Progress{Done: done, Total: public.Pictures})
			return nil
		})
	}
	return g.Wait()
}

// fetchesAtOnce is what a server of small files can be asked for politely.
const fetchesAtOnce = 4

func (p *Playground) fetchFile(ctx context.Context, source public.Source, local, name string) error {
	dest := filepath.Join(local, name)
	if _, err := os.Stat(dest); err == nil {
		return nil
	}
	_, err := fetch.Get(ctx, fetch.Request{
		Source: source.Address + name, Dest: dest, MaxSize: public.MaxPicture,
		Private: source.Private, Version: p.options.Version,
	})
	return err
}
