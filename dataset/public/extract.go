package public

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/convnetplayground/convnet/dataset/archive"
)

var (
	// ErrMissing means that an archive lacks pictures or classes of the set.
	ErrMissing = errors.New("incomplete")
	// ErrOther means that an archive is not one of the set at all.
	ErrOther = errors.New("not an archive of this set")
	// ErrContent means that a file of an archive is not what its name says.
	ErrContent = errors.New("damaged file")
)

// MaxPicture is more bytes than a picture of any of the sets has.
const MaxPicture = 64 << 20

// limits hold for every archive that a set is taken from. The largest, the
// fashion pictures in full size, has 180,000 entries and 25 GB.
var limits = archive.Limits{Entries: 500_000, EntryBytes: 512 << 20, TotalBytes: 32 << 30}

// layout is a way in which an archive can hold a set.
type layout interface {
	// see is shown every file, which it may read.
	see(f *archive.File) error
	// found reports whether the archive is in this layout.
	found() bool
	// choose returns the pictures of the set in their order.
	choose() ([]picture, error)
}

// picture is one picture of a set: a file of the archive, or the content itself.
type picture struct {
	class string
	file  string
	png   []byte
}

// Extract takes the set's pictures out of the archive or folder at source and
// writes them into dir, which must be empty: 0.jpg to 199.jpg, or .png. The
// bytes are those of the archive; pixels that are not packed become PNG. It
// returns the class of every picture. progress, unless nil, is told the
// pictures that are written.
//
// Errors name source; they wrap those of this package, of package archive, of
// the file system or of ctx.
func (s *Set) Extract(ctx context.Context, source, dir string, progress func(done, total int)) (classes []string, err error) {
	pictures, err := s.choose(ctx, source)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	w := writer{dir: dir, progress: progress, wanted: map[string][]int{}}
	for i, p := range pictures {
		classes = append(classes, p.class)
		if p.png == nil {
			w.wanted[p.file] = append(w.wanted[p.file], i)
			continue
		}
		if err := w.write(i, ".png", p.png); err != nil {
			return nil, err
		}
	}
	if len(w.wanted) == 0 {
		return classes, nil
	}
	return classes, archive.Walk(ctx, source, limits, w.see)
}

// choose looks through the archive for the pictures of the set.
func (s *Set) choose(ctx context.Context, source string) ([]picture, error) {
	layouts := []layout{newNumbered(s)}
	if s.official != nil {
		layouts = append([]layout{s.official()}, layouts...)
	}
	err := archive.Walk(ctx, source, limits, func(f *archive.File) error {
		for _, l := range layouts {
			if err := l.see(f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, l := range layouts {
		if !l.found() {
			continue
		}
		pictures, err := l.choose()
		if err == nil {
			err = s.check(pictures)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
		return pictures, nil
	}
	hint := fmt.Sprintf("it has no folder of pictures 0.jpg to %d.jpg", Pictures-1)
	if s.official != nil {
		hint += ", nor the files of the official archive"
	}
	return nil, fmt.Errorf("%s: %w: %s", source, ErrOther, hint)
}

// check refuses anything but the set's classes, each with its full number.
func (s *Set) check(pictures []picture) error {
	have := map[string]int{}
	for _, p := range pictures {
		have[p.class]++
	}
	for _, class := range s.Classes() {
		if have[class] != perClass {
			return tooFew(class, have[class], perClass)
		}
	}
	if len(pictures) != Pictures {
		return fmt.Errorf("%w: it has %d pictures, %d are needed", ErrMissing, len(pictures), Pictures)
	}
	return nil
}

func tooFew(class string, have, need int) error {
	return fmt.Errorf("%w: it has %d pictures of class %s, %d are needed", ErrMissing, have, class, need)
}

// writer writes the pictures of a set into a folder.
type writer struct {
	dir      string
	progress func(done, total int)
	done     int
	wanted   map[string][]int // files of the archive, and which pictures they are
}

func (w *writer) see(f *archive.File) error {
	at := w.wanted[f.Name]
	if len(at) == 0 {
		return nil
	}
	if f.Size > MaxPicture {
		return fmt.Errorf("%w: a picture of %d bytes, the cap is %d", archive.ErrTooLarge, f.Size, MaxPicture)
	}
	content, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	for _, i := range at {
		if err := w.write(i, extension(f.Name), content); err != nil {
			return err
		}
	}
	return nil
}

// write writes one picture, on disk when it returns.
func (w *writer) write(i int, extension string, content []byte) error {
	f, err := os.OpenFile(filepath.Join(w.dir, fmt.Sprint(i)+extension), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	w.done++
	w.progress(w.done, Pictures)
	return nil
}

// extension is that of a picture's name as a set spells it; "" for other files.
func extension(name string) string {
	switch e := strings.ToLower(path.Ext(name)); e {
	case ".jpg", ".jpeg":
		return ".jpg"
	case ".png":
		return e
	}
	return ""
}
