package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/convnetplayground/convnet/preprocess"
)

const (
	// maxFileBytes is more than a picture of preprocess.MaxPixels needs in any format.
	maxFileBytes = 512 << 20
	// scanPixels caps the pixels in memory at once, so that a folder of huge
	// pictures costs the same memory on any number of cores.
	scanPixels = 2 * preprocess.MaxPixels
)

// pictureExtensions are those of files that are meant as pictures. Formats that
// cannot be read are among them: they shall be listed, not passed over.
var pictureExtensions = []string{
	".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff",
	".heic", ".heif", ".avif", ".jxl", ".jp2",
}

// Visit is called with every good picture of a folder while it is scanned, so
// that what is wanted of the decoded picture need not decode it again. It is
// called from several goroutines, in no order; im.Index is not known yet. An
// error ends the scan.
type Visit func(im Image, picture *preprocess.Image) error

// Scan reads the folder dir as a dataset. The class of a picture is the name of
// the sub-folder of dir that it is in, at any depth; pictures in dir itself
// have none. Images are ordered by class, then by file, numbers within names by
// their value.
//
// Every picture is decoded once, so that what Scan accepts can be used. A
// damaged file, a link that leads out of dir and the like are left out and
// listed, in the order of their names. Files without the extension of a
// picture, and names that start with a dot, are passed over.
//
// progress, unless nil, is called by one goroutine at a time. Errors wrap
// ErrName, ErrEmpty (the problems are returned with it), or those of the file
// system.
func Scan(ctx context.Context, name, dir string, progress func(done, total int)) (*Dataset, []Problem, error) {
	return ScanEach(ctx, name, dir, nil, progress)
}

// ScanEach is Scan with a visitor of every good picture.
func ScanEach(ctx context.Context, name, dir string, visit Visit, progress func(done, total int)) (*Dataset, []Problem, error) {
	if err := CheckName(name); err != nil {
		return nil, nil, err
	}
	dir, err := resolve(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("dataset %s: %w", name, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("dataset %s: %w", name, err)
	}
	defer root.Close()

	files, problems, err := pictureFiles(ctx, root)
	if err != nil {
		return nil, nil, fmt.Errorf("dataset %s: %s: %w", name, dir, err)
	}
	images, bad, err := readAll(ctx, root, files, visit, progress)
	if err != nil {
		return nil, nil, fmt.Errorf("dataset %s: %s: %w", name, dir, err)
	}
	problems = append(problems, bad...)
	slices.SortFunc(problems, func(a, b Problem) int { return NaturalCompare(a.File, b.File) })
	if len(images) == 0 {
		return nil, problems, emptyError(name, dir, problems)
	}
	return &Dataset{
		Name: name, Title: name, Source: dir, Dir: dir,
		Classes: ClassesOf(images), Images: images,
	}, problems, nil
}

// resolve makes dir absolute and free of links, so that the set does not move
// with the working directory.
func resolve(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

func emptyError(name, dir string, problems []Problem) error {
	hint := "expected JPEG, PNG, GIF, WebP, BMP or TIFF files, in a sub-folder per class or none"
	if len(problems) > 0 {
		hint = fmt.Sprintf("%d left out, the first is %s: %s", len(problems), problems[0].File, problems[0].Reason)
	}
	return fmt.Errorf("dataset %s: %s: %w; %s", name, dir, ErrEmpty, hint)
}

// pictureFiles lists the files below root that are meant as pictures, in the
// order of the set, and those that must not be opened.
func pictureFiles(ctx context.Context, root *os.Root) (files []string, problems []Problem, err error) {
	leaveOut := func(file, reason string) {
		problems = append(problems, Problem{File: strings.ToValidUTF8(file, "\uFFFD"), Reason: reason})
	}
	err = fs.WalkDir(root.FS(), ".", func(file string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			if file == "." {
				return err
			}
			leaveOut(file, reason(err))
			return fs.SkipDir
		}
		if file != "." && strings.HasPrefix(entry.Name(), ".") {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		wanted, why := judge(root, file, entry)
		if why != "" {
			leaveOut(file, why)
		}
		if wanted && why == "" {
			files = append(files, file)
		}
		return nil
	})
	slices.SortFunc(files, fileCompare)
	return files, problems, err
}

// judge says whether a directory entry is meant as a picture, and if so, why it
// must not be opened ("" when it may).
func judge(root *os.Root, file string, entry fs.DirEntry) (wanted bool, why string) {
	isLink := entry.Type()&fs.ModeSymlink != 0
	if !isLink && !slices.Contains(pictureExtensions, strings.ToLower(path.Ext(file))) {
		return false, ""
	}
	// Root refuses to follow a link that leads out of the folder.
	info, err := root.Stat(filepath.FromSlash(file))
	switch {
	case err != nil && isLink:
		return true, "link that leads out of the folder or nowhere"
	case err != nil:
		return true, reason(err)
	case info.IsDir():
		return true, "link to a folder, not followed"
	case !slices.Contains(pictureExtensions, strings.ToLower(path.Ext(file))):
		return false, ""
	case !info.Mode().IsRegular():
		return true, "not a regular file"
	case !plainName(file):
		return true, "name is not plain text"
	}
	return true, ""
}

// plainName reports whether a file name can be shown and sent as it is.
func plainName(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

// scanner decodes the files of one folder.
type scanner struct {
	root   *os.Root
	visit  Visit
	pixels *semaphore.Weighted // pixels that may be in memory

	mu       sync.Mutex
	done     int
	total    int
	progress func(done, total int)
}

// readAll decodes every file on all cores. Images come back in the order of
// files and numbered.
func readAll(ctx context.Context, root *os.Root, files []string, visit Visit, progress func(done, total int)) ([]Image, []Problem, error) {
	s := &scanner{root: root, visit: visit, pixels: semaphore.NewWeighted(scanPixels), total: len(files), progress: progress}
	read := make([]Image, len(files))
	why := make([]string, len(files))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, file := range files {
		if groupCtx.Err() != nil {
			break
		}
		group.Go(func() (err error) {
			read[i], why[i], err = s.readOne(groupCtx, file)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}

	images := make([]Image, 0, len(files))
	var problems []Problem
	for i, im := range read {
		if why[i] != "" {
			problems = append(problems, Problem{File: files[i], Reason: why[i]})
			continue
		}
		im.Index = len(images)
		images = append(images, im)
	}
	return images, problems, nil
}

// readOne decodes one file and shows it to the visitor. A file that cannot be
// used has a reason why; err ends the whole scan.
func (s *scanner) readOne(ctx context.Context, file string) (im Image, why string, err error) {
	defer s.count()
	f, err := s.root.Open(filepath.FromSlash(file))
	if err != nil {
		return im, reason(err), nil
	}
	defer f.Close()
	im, err = describe(f, file)
	if err != nil {
		return im, reason(err), nil
	}

	weight := min(int64(im.Width)*int64(im.Height), scanPixels)
	if err := s.pixels.Acquire(ctx, weight); err != nil {
		return im, "", err
	}
	defer s.pixels.Release(weight)
	picture, err := preprocess.Decode(f)
	if err != nil {
		return im, reason(err), nil
	}
	if s.visit != nil {
		return im, "", s.visit(im, picture)
	}
	return im, "", ctx.Err()
}

func (s *scanner) count() {
	if s.progress == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done++
	s.progress(s.done, s.total)
}

// describe reads what the header of a picture tells and leaves f at its start.
func describe(f *os.File, file string) (Image, error) {
	info, err := f.Stat()
	if err != nil {
		return Image{}, err
	}
	if info.Size() == 0 {
		return Image{}, errors.New("empty file")
	}
	if info.Size() > maxFileBytes {
		return Image{}, fmt.Errorf("larger than %d MB", maxFileBytes>>20)
	}
	header, err := preprocess.DecodeInfo(f)
	if err != nil {
		return Image{}, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Image{}, err
	}
	return Image{
		File: file, Class: classOf(file),
		Width: header.Width, Height: header.Height,
		Version: version(info),
	}, nil
}

// reason is the text of err without the path, which stands beside it.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// classOf is the name of the first folder of a path, "" without any.
func classOf(file string) string {
	class, _, nested := strings.Cut(file, "/")
	if !nested {
		return ""
	}
	return class
}

// ClassesOf lists the classes of images in natural order, without the empty one.
func ClassesOf(images []Image) []string {
	classes := []string{}
	for _, im := range images {
		// Most sets are ordered by class: few classes are looked at twice.
		if im.Class != "" && (len(classes) == 0 || classes[len(classes)-1] != im.Class) {
			classes = append(classes, im.Class)
		}
	}
	slices.SortFunc(classes, NaturalCompare)
	return slices.Compact(classes)
}
