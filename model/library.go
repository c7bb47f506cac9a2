package model

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/convnetplayground/convnet/internal/disk"
	"github.com/convnetplayground/convnet/internal/fetch"
	"github.com/convnetplayground/convnet/weights"
	"github.com/convnetplayground/convnet/weights/embedded"
	"github.com/convnetplayground/convnet/zoo"
)

var (
	// ErrMissing means that the weights of a model are not installed.
	ErrMissing = errors.New("its weights are not installed")
	// ErrDamaged means that what is installed cannot be used.
	ErrDamaged = errors.New("its files are damaged")
	// ErrInstalled means that a model of that name is installed already.
	ErrInstalled = errors.New("installed already")
	// ErrName means that a name is not usable.
	ErrName = errors.New("not usable as a name: use a-z, 0-9, '.', '_' and '-', at most 64")
	// ErrTaken means that a name is that of another architecture.
	ErrTaken = errors.New("the name of another architecture")
)

// Library is where models are found: the architectures of the zoo, with the
// weights that are embedded in the program or installed in a directory, and
// networks of one's own that are installed there under other names.
//
//	<dir>/<model>/model.json   what is installed
//	<dir>/<model>/weights      the weight file as it came
//
// All methods may be called from several goroutines, and several processes may
// use one directory.
type Library struct {
	dir string

	mu    sync.Mutex
	infos map[string]Info // by architecture and form
}

// NewLibrary uses a directory, which need not exist; "" is one with nothing
// installed.
func NewLibrary(dir string) *Library {
	return &Library{dir: dir, infos: map[string]Info{}}
}

// Installation is what model.json says of an installed model.
type Installation struct {
	Architecture string    `json:"architecture"`
	Top          bool      `json:"top"`     // with the classifier
	Classes      int       `json:"classes"` // that the classifier knows
	ImageNet     bool      `json:"imagenet"`
	Labels       []string  `json:"labels,omitempty"` // of classes other than ImageNet's
	Source       string    `json:"source"`           // address or file that the weights came from
	SHA256       string    `json:"sha256"`           // of the weight file
	Bytes        int64     `json:"bytes"`
	Installed    time.Time `json:"installed"`
}

func (i Installation) options() zoo.Options {
	return zoo.Options{Top: i.Top, Classes: i.Classes, ImageNet: i.ImageNet}
}

const (
	manifestFile = "model.json"
	weightsFile  = "weights"
)

// Names lists the models: those of the zoo, then one's own by name.
func (l *Library) Names() []string {
	names := Names()
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return names // nothing is installed
	}
	for _, e := range entries {
		if slices.Contains(names, e.Name()) {
			continue
		}
		if _, err := l.installed(e.Name()); err == nil {
			names = append(names, e.Name())
		}
	}
	return names
}

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// installed reads what is installed under a name; the error wraps
// fs.ErrNotExist where nothing is.
func (l *Library) installed(name string) (Installation, error) {
	var i Installation
	if l.dir == "" || !namePattern.MatchString(name) {
		return i, fs.ErrNotExist
	}
	path := filepath.Join(l.dir, name, manifestFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return i, err
	}
	if err := json.Unmarshal(text, &i); err != nil {
		return i, fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	if err := l.check(i); err != nil {
		return i, fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	return i, nil
}

// check finds what a model.json cannot say.
func (l *Library) check(i Installation) error {
	a, ok := zoo.Find(i.Architecture)
	if !ok {
		return fmt.Errorf("unknown architecture %q, of a newer convnet perhaps", i.Architecture)
	}
	if n := len(i.Labels); n > 0 && n != i.Classes {
		return fmt.Errorf("%d labels for %d classes", n, i.Classes)
	}
	_, err := l.form(a, i.options())
	return err
}

// Installation tells what is installed under a name; false where nothing is.
func (l *Library) Installation(name string) (Installation, bool, error) {
	i, err := l.installed(name)
	if errors.Is(err, fs.ErrNotExist) {
		return i, false, nil
	}
	return i, err == nil, err
}

// find resolves a name: its architecture, its form, and where its weights are.
func (l *Library) find(name string) (a zoo.Architecture, i Installation, weights string, err error) {
	i, found, damage := l.Installation(name)
	if found {
		a, _ = zoo.Find(i.Architecture)
		return a, i, Installed, nil
	}
	a, ok := zoo.Find(name)
	switch {
	case !ok && damage != nil:
		return a, i, "", fmt.Errorf("model %s: %w", name, damage)
	case !ok:
		return a, i, "", &UnknownError{Kind: "model", Name: name, Near: Near(name, l.Names())}
	}
	i = Installation{Architecture: name, Top: true}
	switch {
	case damage != nil:
		return a, i, Damaged, nil
	case slices.Contains(embedded.Names(), name):
		return a, i, Embedded, nil
	}
	return a, i, Missing, nil
}

// Describe tells what a model is, without reading weights. An unknown name is
// an *UnknownError.
func (l *Library) Describe(name string) (Info, error) {
	a, i, where, err := l.find(name)
	if err != nil {
		return Info{}, err
	}
	info, err := l.form(a, i.options())
	if err != nil {
		return Info{}, err
	}
	info.Weights = where
	if name != a.Name {
		info.Name, info.Title, info.Licence = name, name+" ("+a.Title+")", ""
	}
	return info, nil
}

// form describes an architecture in one of its forms.
func (l *Library) form(a zoo.Architecture, o zoo.Options) (Info, error) {
	key := fmt.Sprint(a.Name, o)
	l.mu.Lock()
	defer l.mu.Unlock()
	if info, ok := l.infos[key]; ok {
		return info, nil
	}
	g, err := a.Build(o)
	if err != nil {
		return Info{}, err
	}
	l.infos[key] = describe(a, o, g)
	return l.infos[key], nil
}

// Open opens a model. An unknown name is an *UnknownError; the error wraps
// ErrMissing where its weights are not here, ErrDamaged where they are of no
// use.
func (l *Library) Open(name string) (*Model, error) {
	a, i, where, err := l.find(name)
	if err != nil {
		return nil, err
	}
	switch where {
	case Missing:
		return nil, fmt.Errorf("model %s: %w", name, ErrMissing)
	case Damaged:
		_, err := l.installed(name)
		return nil, fmt.Errorf("model %s: %w", name, err)
	}
	m, err := l.open(a, i, where, name)
	if err != nil {
		return nil, err
	}
	m.info.Name = name
	m.info.Weights = where
	return m, nil
}

// open opens the weights of a model that was found.
func (l *Library) open(a zoo.Architecture, i Installation, where, name string) (*Model, error) {
	if where == Embedded {
		source, err := embedded.Open(a.Name)
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", name, err)
		}
		return bind(a, i.options(), source)
	}
	m, err := OpenWeights(a.Name, filepath.Join(l.dir, name, weightsFile))
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		return nil, fmt.Errorf("model %s: %w: %w", name, ErrDamaged, err)
	}
	if m.info.Classes != i.Classes {
		why := fmt.Errorf("model %s: %w: %d classes, %s says %d", name, ErrDamaged, m.info.Classes, manifestFile, i.Classes)
		return nil, errors.Join(why, m.Close())
	}
	m.hash = func() (string, error) { return i.SHA256, nil }
	if len(i.Labels) > 0 {
		m.labels = i.Labels
	}
	return m, nil
}

// OpenWeights binds the weights of a file to an architecture.
func OpenWeights(architecture, path string) (*Model, error) {
	a, ok := zoo.Find(architecture)
	if !ok {
		return nil, &UnknownError{Kind: "model", Name: architecture, Near: Near(architecture, Names())}
	}
	source, o, err := open(a, path)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", architecture, err)
	}
	return bind(a, o, source)
}

// bind makes a model of weights that must fit it exactly. It takes the source
// over.
func bind(a zoo.Architecture, o zoo.Options, source weights.Source) (*Model, error) {
	m, err := func() (*Model, error) {
		g, err := a.Build(o)
		if err != nil {
			return nil, err
		}
		if err := weights.Check(g.Parameters(), source); err != nil {
			return nil, fmt.Errorf("model %s: %w", a.Name, err)
		}
		return newModel(a, o, g, source)
	}()
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	m.source, m.hash = source, source.Hash
	m.info.Weights = Installed
	return m, nil
}

// Import says what to install.
type Import struct {
	Name         string // "" for that of the architecture
	Architecture string
	File         string   // with the weights
	Labels       []string // of the classes; none for ImageNet's, or plain numbers
	Classes      int      // that the file must know; 0 for any number
	Source       string   // where the file came from
	SHA256       string   // of the file where it is known already
	Replace      bool     // what is installed under the name
	// Shared says that nobody writes the file any more, so that the library
	// may have it without a copy.
	Shared bool
}

// Install checks that a weight file fits its architecture and takes it into
// the library: whole or not at all. progress, which may be nil, is told the
// bytes copied. Errors wrap ErrInstalled, ErrName, ErrTaken and disk.ErrLocked
// where they apply; the file is as it was after an error.
func (l *Library) Install(ctx context.Context, im Import, progress func(done, total int64)) (Installation, error) {
	name := cmp.Or(im.Name, im.Architecture)
	if !namePattern.MatchString(name) {
		return Installation{}, fmt.Errorf("model %q: %w", name, ErrName)
	}
	if a, ok := zoo.Find(name); ok && a.Name != im.Architecture {
		return Installation{}, fmt.Errorf("model %q: %w", name, ErrTaken)
	}
	_, found, err := l.Installation(name)
	if found && !im.Replace {
		return Installation{}, fmt.Errorf("model %s: %w", name, ErrInstalled)
	}
	if err != nil && !im.Replace {
		return Installation{}, err
	}
	i, err := examine(im)
	if err != nil {
		return Installation{}, err
	}
	return i, l.place(ctx, name, im, &i, progress)
}

// examine opens the file as it will be opened once it is installed.
func examine(im Import) (Installation, error) {
	m, err := OpenWeights(im.Architecture, im.File)
	if err != nil {
		return Installation{}, err
	}
	defer m.Close()
	o := m.options
	if n := len(im.Labels); n > 0 && (!o.Top || n != m.info.Classes) {
		return Installation{}, fmt.Errorf("model %s: %d labels for %d classes; give one for each class, in their order", im.Architecture, n, m.info.Classes)
	}
	if im.Classes != 0 && im.Classes != m.info.Classes {
		return Installation{}, fmt.Errorf("model %s: weights for %d classes, not %d", im.Architecture, m.info.Classes, im.Classes)
	}
	info, err := os.Stat(im.File)
	if err != nil {
		return Installation{}, err
	}
	hash := im.SHA256
	if hash == "" {
		if hash, err = m.hash(); err != nil {
			return Installation{}, err
		}
	}
	return Installation{
		Architecture: im.Architecture, Top: o.Top, Classes: m.info.Classes, ImageNet: o.ImageNet, Labels: im.Labels,
		Source: im.Source, SHA256: hash, Bytes: info.Size(), Installed: time.Now().UTC().Truncate(time.Second),
	}, nil
}

// place builds the model's directory beside its place and renames it into it.
func (l *Library) place(ctx context.Context, name string, im Import, i *Installation, progress func(done, total int64)) (err error) {
	lock, err := l.lock(name)
	if err != nil {
		return err
	}
	defer lock.Release()
	stage := l.beside(name, "partial")
	if err := errors.Join(os.RemoveAll(stage), os.Mkdir(stage, 0o700)); err != nil {
		return disk.Explain(err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	to := filepath.Join(stage, weightsFile)
	if !im.Shared || os.Link(im.File, to) != nil {
		// The hash shows a file that changed since it was examined.
		request := fetch.Request{Source: im.File, Dest: to, SHA256: i.SHA256, Progress: progress}
		if _, err := fetch.Copy(ctx, request); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(stage, manifestFile), append(text, '\n')); err != nil {
		return err
	}
	final := filepath.Join(l.dir, name)
	if im.Replace {
		if err := l.discard(name); err != nil {
			return err
		}
	}
	if err := os.Rename(stage, final); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("model %s: %w", name, ErrInstalled)
		}
		return err
	}
	disk.SyncFolder(l.dir)
	return nil
}

// Remove takes an installed model out of the library. The error wraps
// ErrMissing where none is installed under the name, disk.ErrLocked where one
// is being installed.
func (l *Library) Remove(name string) error {
	if _, err := l.installed(name); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("model %s: %w", name, ErrMissing)
	}
	lock, err := l.lock(name)
	if err != nil {
		return err
	}
	defer lock.Release()
	return l.discard(name)
}

// discard removes a model's directory, out of sight first. The caller holds
// the model's lock.
func (l *Library) discard(name string) error {
	gone := l.beside(name, "removed")
	if err := os.RemoveAll(gone); err != nil {
		return err
	}
	err := os.Rename(filepath.Join(l.dir, name), gone)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, os.RemoveAll(gone))
}

// lock keeps others from installing or removing a model. What a program that
// was killed left beside the model belongs to the next that holds the lock.
func (l *Library) lock(name string) (*disk.Lock, error) {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, disk.Explain(err)
	}
	lock, err := disk.Acquire(l.beside(name, "lock"))
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", name, disk.Explain(err))
	}
	return lock, nil
}

// beside is a path in the library that no model has.
func (l *Library) beside(name, what string) string {
	return filepath.Join(l.dir, "."+name+"."+what)
}

// writeFile writes a new file that is on the disk when it returns.
func writeFile(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}
