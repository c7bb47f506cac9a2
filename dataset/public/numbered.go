package public

import (
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/convnetplayground/convnet/dataset/archive"
)

// maxLabels is more bytes than a classes.json of 200 pictures has.
const maxLabels = 1 << 20

// numbered is the layout of the first playground: a folder of pictures 0.jpg to
// 199.jpg, wherever in the archive it is.
type numbered struct {
	set     *Set
	folders map[string]*numberedFolder
}

type numberedFolder struct {
	files  map[int]string
	more   bool // pictures of higher numbers
	labels []byte
}

func newNumbered(s *Set) *numbered {
	return &numbered{set: s, folders: map[string]*numberedFolder{}}
}

func (n *numbered) see(f *archive.File) error {
	dir, base := path.Split(f.Name)
	number, isNumber := pictureNumber(base)
	if !isNumber && base != "classes.json" {
		return nil
	}
	folder := n.folders[dir]
	if folder == nil {
		folder = &numberedFolder{files: map[int]string{}}
		n.folders[dir] = folder
	}
	switch {
	case !isNumber:
		return folder.readLabels(f)
	case number >= Pictures:
		folder.more = true
	case folder.files[number] != "":
		return fmt.Errorf("%w: picture %d comes as %s too", ErrContent, number, path.Base(folder.files[number]))
	default:
		folder.files[number] = f.Name
	}
	return nil
}

// pictureNumber reads the name of a numbered picture.
func pictureNumber(base string) (n int, ok bool) {
	if extension(base) == "" {
		return 0, false
	}
	digits := strings.TrimSuffix(base, path.Ext(base))
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == digits
}

func (f *numberedFolder) readLabels(file *archive.File) (err error) {
	if file.Size > maxLabels {
		return nil // of something else
	}
	f.labels, err = io.ReadAll(file)
	return err
}

func (f *numberedFolder) whole() bool { return len(f.files) == Pictures && !f.more }

// folder is the one that holds the set: the one named after it, or the only one
// that can be meant.
func (n *numbered) folder() (name string, folder *numberedFolder) {
	var whole, some []string
	for dir, f := range n.folders {
		switch {
		case len(f.files) == 0:
		case path.Base(dir) == n.set.Name && f.whole():
			return dir, f
		case f.whole():
			whole = append(whole, dir)
		default:
			some = append(some, dir)
		}
	}
	for _, candidates := range [][]string{whole, some} {
		named := func(dir string) bool { return path.Base(dir) == n.set.Name }
		if i := slices.IndexFunc(candidates, named); i >= 0 {
			return candidates[i], n.folders[candidates[i]]
		}
		if len(candidates) == 1 {
			return candidates[0], n.folders[candidates[0]]
		}
		if len(candidates) > 0 {
			return "", nil
		}
	}
	return "", nil
}

func (n *numbered) found() bool {
	_, folder := n.folder()
	return folder != nil
}

func (n *numbered) choose() ([]picture, error) {
	dir, folder := n.folder()
	if base := path.Base(dir); base != n.set.Name && Find(base) != nil {
		return nil, fmt.Errorf("%w: it is one of %s", ErrOther, base)
	}
	classes := n.set.order
	if folder.labels != nil {
		var err error
		if classes, err = n.parseLabels(folder.labels); err != nil {
			return nil, fmt.Errorf("%sclasses.json: %w", dir, err)
		}
	}
	var pictures []picture
	for i, class := range classes {
		if folder.files[i] == "" {
			return nil, fmt.Errorf("%w: it has no picture %s%d.jpg", ErrMissing, dir, i)
		}
		pictures = append(pictures, picture{class: class, file: folder.files[i]})
	}
	return pictures, nil
}

// parseLabels reads a classes.json: [{"0":"arch"},{"1":"arch"},…].
func (n *numbered) parseLabels(text []byte) ([]string, error) {
	var entries []map[string]string
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrContent, err)
	}
	classes := make([]string, Pictures)
	known := n.set.Classes()
	for _, entry := range entries {
		for number, label := range entry {
			i, err := strconv.Atoi(number)
			if err != nil || i < 0 || i >= Pictures {
				return nil, fmt.Errorf("%w: there is no picture %.20q", ErrContent, number)
			}
			class := n.className(label)
			if !slices.Contains(known, class) {
				return nil, fmt.Errorf("%w: class %.40q is none of %s", ErrOther, label, n.set.Name)
			}
			classes[i] = class
		}
	}
	if i := slices.Index(classes, ""); i >= 0 {
		return nil, fmt.Errorf("%w: it has no class of picture %d", ErrMissing, i)
	}
	return classes, nil
}

// className is the name of a class that the first playground may have only numbered.
func (n *numbered) className(label string) string {
	if i, err := strconv.Atoi(label); err == nil && i >= 0 && i < len(n.set.numbers) {
		return n.set.numbers[i]
	}
	return label
}
