package playground

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/convnetplayground/convnet/internal/fetch"
	"github.com/convnetplayground/convnet/internal/job"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/zoo"
)

// PullRequest asks for the official weights of a model.
type PullRequest struct {
	Model   string `json:"model"`
	From    string `json:"from,omitempty"`    // file or address to take them from; "" for the official address
	SHA256  string `json:"sha256,omitempty"`  // that a file from elsewhere must have; "" for any
	NoTop   bool   `json:"notop,omitempty"`   // without the classifier: a smaller file
	Replace bool   `json:"replace,omitempty"` // what is installed
}

// ImportRequest asks for weights of one's own.
type ImportRequest struct {
	File         string
	Architecture string
	Name         string // that the model gets; "" for that of its architecture
	Labels       string // file with a label per line; "" for ImageNet's, or numbers
	Replace      bool   // what is installed under the name
}

// InstallReport says what was installed.
type InstallReport struct {
	Model        string `json:"model"`
	Architecture string `json:"architecture"`
	Classes      int    `json:"classes"` // 0 without a classifier
	Bytes        int64  `json:"bytes"`
	SHA256       string `json:"sha256"`
	Source       string `json:"source"`
	Installed    bool   `json:"installed"` // false: it was there already
}

func newInstallReport(name string, i model.Installation, installed bool) InstallReport {
	return InstallReport{
		Model: name, Architecture: i.Architecture, Classes: i.Classes, Bytes: i.Bytes,
		SHA256: i.SHA256, Source: i.Source, Installed: installed,
	}
}

// maxWeights caps a weight file, in bytes.
const maxWeights = 2 << 30

// Pull installs the official weights of a model: downloaded, or taken from
// another place, verified, and only then installed. A download that was cut
// goes on where it ended. What is installed already stays. progress, which may
// be nil, is told the bytes that are there, and how many there will be or 0
// while that is not known.
func (m *Models) Pull(ctx context.Context, r PullRequest, progress func(done, total int64)) (InstallReport, error) {
	info, err := m.describe(r.Model)
	if err != nil {
		return InstallReport{}, err
	}
	i, found, err := m.library.Installation(r.Model)
	if err != nil && !r.Replace {
		return InstallReport{}, explainModel("cannot install", r.Model, err)
	}
	if found && !r.Replace {
		return newInstallReport(r.Model, i, false), nil
	}
	if info.Weights == model.Embedded && r.From == "" {
		return InstallReport{Model: r.Model, Architecture: r.Model, Classes: info.Classes, Source: "the program itself"}, nil
	}
	source, err := pullSource(r)
	if err != nil {
		return InstallReport{}, err
	}
	file, err := m.bring(ctx, r, source, progress)
	if err != nil {
		err = explain("cannot pull "+r.Model, err)
		if e := asError(err); e != nil && r.From == "" && unreachable(err) {
			e.Hint = fmt.Sprintf("try again, or get the file by hand, then: convnet models pull %s --from FILE", r.Model)
		}
		return InstallReport{}, err
	}
	i, err = m.library.Install(ctx, model.Import{
		Architecture: r.Model, File: file.path, SHA256: file.SHA256, Classes: r.classes(), Source: source.URL, Replace: r.Replace, Shared: true,
	}, nil)
	if err != nil {
		err = unfit("cannot install "+r.Model, r.Model, err)
	}
	// A file that does not fit is of no use to the next try either.
	if e := os.Remove(file.path); e != nil && err == nil {
		err = explain("cannot install "+r.Model, e)
	}
	return newInstallReport(r.Model, i, err == nil), err
}

// classes is how many the weights must know: Keras pins no hash for some of the
// official files.
func (r PullRequest) classes() int {
	if r.From != "" || r.NoTop {
		return 0
	}
	return zoo.ImageNetClasses
}

// pullSource is where a request takes weights from.
func pullSource(r PullRequest) (zoo.File, error) {
	if r.From != "" {
		return zoo.File{URL: r.From}, nil
	}
	a, _ := zoo.Find(r.Model) // models of one's own are installed
	source := a.Weights.Top
	if r.NoTop {
		source = a.Weights.NoTop
	}
	if source.URL == "" {
		return source, &Error{
			Kind: NotFound, What: "cannot pull " + r.Model, Why: "its weights have no public address that this program knows",
			Hint: byHand(a),
		}
	}
	return source, nil
}

// brought is a file in the download folder.
type brought struct {
	path string
	fetch.Result
}

// bring downloads or copies a file of weights to the download folder.
func (m *Models) bring(ctx context.Context, r PullRequest, source zoo.File, progress func(done, total int64)) (brought, error) {
	folder := filepath.Join(m.data, "downloads")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return brought{}, err
	}
	b := brought{path: filepath.Join(folder, r.Model+"-"+fileName(source.URL))}
	request := fetch.Request{
		Source: source.URL, Dest: b.path, MD5: source.MD5, SHA256: r.SHA256, MaxSize: maxWeights,
		Progress: progress, Private: r.From != "", Version: m.version,
	}
	get := fetch.Copy
	if fetch.IsAddress(source.URL) {
		get = fetch.Get
	}
	var err error
	b.Result, err = get(ctx, request)
	return b, err
}

// fileName is the last part of an address or a path, fit for a file name.
func fileName(source string) string {
	source, _, _ = strings.Cut(source, "?")
	name := path.Base(filepath.ToSlash(source))
	name = strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	const longest = 100
	return name[max(len(name)-longest, 0):]
}

// Import installs weights of one's own for a known architecture. progress,
// which may be nil, is told the bytes copied.
func (m *Models) Import(ctx context.Context, r ImportRequest, progress func(done, total int64)) (InstallReport, error) {
	name := cmp.Or(r.Name, r.Architecture)
	what := "cannot import " + r.File
	if _, ok := zoo.Find(r.Architecture); !ok {
		return InstallReport{}, unknownArchitecture(r.Architecture)
	}
	labels, err := readLabels(r.Labels)
	if err != nil {
		return InstallReport{}, err
	}
	file, err := filepath.Abs(r.File)
	if err != nil {
		return InstallReport{}, explain(what, err)
	}
	i, err := m.library.Install(ctx, model.Import{
		Name: name, Architecture: r.Architecture, File: file, Labels: labels, Source: file, Replace: r.Replace,
	}, progress)
	if err != nil {
		return InstallReport{}, unfit(what, r.Architecture, err)
	}
	return newInstallReport(name, i, true), nil
}

// maxLabels caps a file of labels, in bytes.
const maxLabels = 16 << 20

// readLabels reads a file with one label per line.
func readLabels(file string) ([]string, error) {
	if file == "" {
		return nil, nil
	}
	what := "cannot read the labels"
	info, err := os.Stat(file)
	if err != nil {
		return nil, explain(what, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxLabels {
		return nil, invalid(what, file+" is no text file of at most 16 MB", "give a file with one label per line")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, explain(what, err)
	}
	defer f.Close()
	var labels []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		labels = append(labels, strings.TrimSpace(strings.ToValidUTF8(lines.Text(), "\uFFFD")))
	}
	if len(labels) > 0 {
		labels[0] = strings.TrimPrefix(labels[0], "\uFEFF") // the byte order mark of some editors
	}
	if err := lines.Err(); err != nil {
		return nil, invalid(what, file+": "+err.Error(), "give a file with one label per line")
	}
	for len(labels) > 0 && labels[len(labels)-1] == "" {
		labels = labels[:len(labels)-1]
	}
	if len(labels) == 0 {
		return nil, invalid(what, file+" is empty", "give a file with one label per line")
	}
	return labels, nil
}

// Remove takes an installed model away. Vectors made with it stay.
func (m *Models) Remove(name string) error {
	info, err := m.describe(name)
	if err != nil && !errors.Is(err, model.ErrDamaged) {
		return err
	}
	if info.Weights == model.Embedded {
		return &Error{Kind: Conflict, What: "cannot remove " + name, Why: "it is part of the program"}
	}
	return explain("cannot remove "+name, m.library.Remove(name))
}

// StartPull starts Pull of the official weights as a job. A job of the same
// model that has not ended is returned instead; that of a model that is here
// ends at once.
func (p *Playground) StartPull(ctx context.Context, name string) (job.Status, error) {
	info, err := p.networks.describe(name)
	if err != nil {
		return job.Status{}, err
	}
	r := PullRequest{Model: name}
	if info.Weights == model.Missing {
		if _, err := pullSource(r); err != nil {
			return job.Status{}, err
		}
	}
	return p.start(ctx, job.Request{Kind: "pull", Key: "pull " + name, Title: "Install " + name, Arguments: r, Urgency: job.Interactive})
}

func (p *Playground) runPull(ctx context.Context, r PullRequest, report job.Reporter) error {
	_, err := p.networks.Pull(ctx, r, func(done, total int64) { report.Progress(int(done), int(total)) })
	return err
}
