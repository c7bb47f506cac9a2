package playground

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/preprocess"
)

// Datasets lists all datasets: built in first, then by name.
func (p *Playground) Datasets(ctx context.Context) ([]DatasetSummary, error) {
	all, err := p.store.Datasets(ctx)
	if err != nil {
		return nil, explain("cannot list the datasets", err)
	}
	summaries := []DatasetSummary{}
	for _, d := range all {
		problems, err := p.store.Problems(ctx, d.Name)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, explain("cannot list the datasets", err)
		}
		summaries = append(summaries, DatasetSummary{
			Name: d.Name, Title: d.Title, Description: d.Description, Licence: d.Licence, Source: d.Source,
			BuiltIn: d.BuiltIn, Pulled: d.Kept, Version: version(d), Images: len(d.Images),
			Classes: countClasses(d), Problems: len(problems),
		})
	}
	return summaries, nil
}

// Dataset describes a dataset with all its pictures.
func (p *Playground) Dataset(ctx context.Context, name string) (DatasetDetail, error) {
	d, err := p.dataset(ctx, name)
	if err != nil {
		return DatasetDetail{}, err
	}
	problems, err := p.store.Problems(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return DatasetDetail{}, explain("cannot read dataset "+name, err)
	}
	return detail(d, problems), nil
}

// AddDataset makes a dataset of the folder dir: a class per sub-folder, or no
// classes. Files that are no pictures or damaged are left out and listed.
func (p *Playground) AddDataset(ctx context.Context, name, dir string, progress func(done, total int)) (DatasetDetail, error) {
	d, problems, err := p.store.ImportDataset(ctx, name, dir, progress)
	if err != nil {
		return DatasetDetail{}, explain("cannot add the dataset", err)
	}
	return detail(d, problems), nil
}

// RemoveDataset forgets a dataset with its vectors and thumbnails. Pictures that
// were pulled go too, all others stay where they are.
func (p *Playground) RemoveDataset(ctx context.Context, name string) error {
	if _, err := p.dataset(ctx, name); err != nil {
		return err
	}
	p.spaces.drop(func(key spaceKey) bool { return key.vectors.Dataset == name })
	return explain("cannot remove the dataset", p.store.RemoveDataset(ctx, name))
}

// Thumbnail is a picture of a dataset as JPEG of at most 256 pixels, with the
// version of the dataset.
func (p *Playground) Thumbnail(ctx context.Context, name string, i int) (jpeg []byte, dataVersion string, err error) {
	d, err := p.image(ctx, name, i)
	if err != nil {
		return nil, "", err
	}
	jpeg, err = p.store.Thumbnail(ctx, d, i)
	if err != nil {
		return nil, "", unreadable(d, i, err)
	}
	return jpeg, version(d), nil
}

// ImageFile is a picture of a dataset as its file has it, with its media type
// and the version of the dataset. TIFF, which browsers do not show, comes as JPEG.
func (p *Playground) ImageFile(ctx context.Context, name string, i int) (content []byte, mediaType, dataVersion string, err error) {
	d, err := p.image(ctx, name, i)
	if err != nil {
		return nil, "", "", err
	}
	content, mediaType, err = imageFile(d, i)
	if err != nil {
		return nil, "", "", unreadable(d, i, err)
	}
	return content, mediaType, version(d), nil
}

// ImageJPEG is a picture of a dataset as JPEG of at most longest pixels. Nothing
// but its pixels is left of the file: neither the place where it was taken nor
// anything else that cameras write.
func (p *Playground) ImageJPEG(ctx context.Context, name string, i, longest int) ([]byte, error) {
	d, err := p.image(ctx, name, i)
	if err != nil {
		return nil, err
	}
	done, err := p.decoding(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	im, err := d.Decode(i)
	if err != nil {
		return nil, unreadable(d, i, err)
	}
	var jpeg bytes.Buffer
	err = im.Thumbnail(longest).EncodeJPEG(&jpeg, pictureQuality)
	return jpeg.Bytes(), err
}

// unreadable says that a picture of a dataset cannot be shown. It could be read
// when it was added, so whatever is wrong came later.
func unreadable(d *dataset.Dataset, i int, err error) error {
	err = explain("cannot show "+d.Images[i].File, err)
	var e *Error
	if errors.As(err, &e) && e.Kind != Unavailable {
		e.Kind, e.Hint = Conflict, "remove the dataset and add it again"
	}
	return err
}

func imageFile(d *dataset.Dataset, i int) (content []byte, mediaType string, err error) {
	f, err := d.Open(i)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	info, err := preprocess.DecodeInfo(f)
	if err != nil {
		return nil, "", err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, "", err
	}
	if info.Format != "tiff" {
		content, err = io.ReadAll(f)
		return content, "image/" + info.Format, err
	}
	im, err := preprocess.Decode(f)
	if err != nil {
		return nil, "", err
	}
	var jpeg bytes.Buffer
	err = im.EncodeJPEG(&jpeg, pictureQuality)
	return jpeg.Bytes(), "image/jpeg", err
}

// dataset returns a dataset, or an *Error that names similar ones.
func (p *Playground) dataset(ctx context.Context, name string) (*dataset.Dataset, error) {
	d, err := p.store.Dataset(ctx, name)
	if err == nil {
		return d, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, explain("cannot read dataset "+name, err)
	}
	if set, _ := p.findSet(name); set != nil {
		return nil, &Error{
			Kind: NotFound, What: fmt.Sprintf("dataset %q is not here yet", name),
			Hint: "download it with: convnet datasets pull " + name,
		}
	}
	all, err := p.store.Datasets(ctx)
	if err != nil {
		return nil, explain("cannot list the datasets", err)
	}
	var known []string
	for _, d := range all {
		known = append(known, d.Name)
	}
	return nil, unknown("dataset", name, Near(name, known), "list them with: convnet datasets list")
}

// image returns the dataset after a check that it has a picture i.
func (p *Playground) image(ctx context.Context, name string, i int) (*dataset.Dataset, error) {
	d, err := p.dataset(ctx, name)
	if err != nil {
		return nil, err
	}
	return d, checkImage(d, i)
}

func checkImage(d *dataset.Dataset, i int) error {
	if i >= 0 && i < len(d.Images) {
		return nil
	}
	return &Error{
		Kind: NotFound,
		What: fmt.Sprintf("dataset %q has no picture %d", d.Name, i),
		Hint: fmt.Sprintf("its pictures are 0 to %d", len(d.Images)-1),
	}
}

// version is short, for addresses: it changes when the pictures do.
func version(d *dataset.Dataset) string {
	const digits = 16
	f := d.Fingerprint()
	return f[:min(digits, len(f))]
}

func countClasses(d *dataset.Dataset) []ClassCount {
	counts := map[string]int{}
	for _, im := range d.Images {
		counts[im.Class]++
	}
	classes := []ClassCount{}
	for _, name := range d.Classes {
		classes = append(classes, ClassCount{name, counts[name]})
	}
	return classes
}

func detail(d *dataset.Dataset, problems []dataset.Problem) DatasetDetail {
	images := make([]Image, len(d.Images))
	for i, im := range d.Images {
		images[i] = Image{Index: im.Index, File: im.File, Class: im.Class, Title: im.Title, Width: im.Width, Height: im.Height}
	}
	leftOut := []LeftOut{}
	for _, problem := range problems {
		leftOut = append(leftOut, LeftOut(problem))
	}
	return DatasetDetail{
		Name: d.Name, Title: d.Title, Description: d.Description, Licence: d.Licence, Source: d.Source,
		BuiltIn: d.BuiltIn, Pulled: d.Kept, Version: version(d), Classes: countClasses(d), Images: images, Problems: leftOut,
	}
}
