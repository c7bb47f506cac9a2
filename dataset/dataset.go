// Package dataset knows named sets of pictures, each picture with at most one
// class: the embedded stamps, and folders of the user's own.
//
// A folder set is a snapshot. Scan reads the folder once and remembers name,
// size and modification time of every picture; nothing is watched afterwards.
// A picture that changed on disk since then is refused by Open with
// ErrChanged, so what was computed from the old one is never mixed with the
// new one. To take changes in, remove the set and add it again.
package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"github.com/convnetplayground/convnet/preprocess"
)

var (
	// ErrEmpty means that a folder holds no picture that can be read.
	ErrEmpty = errors.New("no pictures found")
	// ErrName means that a dataset name is not allowed.
	ErrName = errors.New("not a dataset name")
	// ErrChanged means that a picture is no longer what it was when its folder was scanned.
	ErrChanged = errors.New("changed on disk since the dataset was added")
)

// Image is one picture of a set.
type Image struct {
	Index  int    // position in Dataset.Images
	File   string // slash-separated path relative to the set's folder
	Class  string // "" when it has none
	Title  string // what it shows, in words; "" when not known
	Width  int    // in pixels, upright
	Height int

	// Version tells this state of the file from any other: size and
	// modification time of a file on disk, content hash of an embedded one.
	Version string
}

// Dataset is a named set of pictures in a fixed order. It is immutable: share
// it, do not change it. All methods may be called from several goroutines.
type Dataset struct {
	Name, Title, Description, Licence, Source string

	BuiltIn bool
	Kept    bool     // the pictures are in the data directory and are removed with the set
	Dir     string   // absolute path of the folder; "" when built in
	Classes []string // distinct, in natural order, without the empty class
	Images  []Image

	embedded    fs.FS // the pictures of a built-in set
	once        sync.Once
	fingerprint string
}

// Problem is a file that was left out of a set, and why.
type Problem struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// CheckName returns an error that wraps ErrName unless name may name a dataset.
// Names stand in addresses and in file names, so they are kept plain.
func CheckName(name string) error {
	if namePattern.MatchString(name) {
		return nil
	}
	return fmt.Errorf("dataset name %.80q: %w; use 1 to 64 of a-z 0-9 . _ -, starting with a letter or digit", name, ErrName)
}

// Open opens picture i, positioned at its start. The caller closes it.
// Errors name the file; one that changed since the scan wraps ErrChanged.
func (d *Dataset) Open(i int) (io.ReadSeekCloser, error) {
	if i < 0 || i >= len(d.Images) {
		return nil, fmt.Errorf("dataset %s: image %d: %w; it has 0 to %d", d.Name, i, fs.ErrNotExist, len(d.Images)-1)
	}
	im := d.Images[i]
	if d.embedded != nil {
		return openEmbedded(d.embedded, im.File)
	}
	f, err := openVersion(d.Dir, im)
	if err != nil {
		return nil, fmt.Errorf("dataset %s: %w", d.Name, err)
	}
	return f, nil
}

// Decode opens and decodes picture i. Errors name the file and wrap those of
// Open and of preprocess.Decode.
func (d *Dataset) Decode(i int) (*preprocess.Image, error) {
	f, err := d.Open(i)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	im, err := preprocess.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("dataset %s: %s: %w", d.Name, d.Images[i].File, err)
	}
	return im, nil
}

// Fingerprint identifies the content of the set: 64 hexadecimal digits over
// the files, classes and versions of all pictures in their order. It does not
// depend on the set's name or on where its folder lies.
func (d *Dataset) Fingerprint() string {
	d.once.Do(func() {
		h := sha256.New()
		for _, im := range d.Images {
			fmt.Fprintf(h, "%q %q %q\n", im.File, im.Class, im.Version)
		}
		d.fingerprint = hex.EncodeToString(h.Sum(nil))
	})
	return d.fingerprint
}

// openVersion opens im below dir, never through a link that leads out of dir,
// if it is still the regular file of im.Version.
func openVersion(dir string, im Image) (*os.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	name := filepath.FromSlash(im.File)
	// Looked at before it is opened: opening a pipe would wait for a writer.
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || version(info) != im.Version {
		return nil, fmt.Errorf("%s: %w; remove the dataset and add it again", im.File, ErrChanged)
	}
	return root.Open(name)
}

func openEmbedded(files fs.FS, name string) (io.ReadSeekCloser, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	// Files of embed.FS can seek.
	return f.(io.ReadSeekCloser), nil
}

// version identifies the state of a file on disk without reading it.
func version(info fs.FileInfo) string {
	return fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())
}
