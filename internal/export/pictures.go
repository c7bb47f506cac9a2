package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/preprocess"
)

const (
	// longest side of the pictures, in pixels.
	longest     = 1024
	jpegQuality = 90
)

// writePictures writes all pictures anew, by their numbers: names of files may
// be anything, and what cameras wrote into them is nobody's business.
func (e *export) writePictures(ctx context.Context) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(max(e.pg.About().Threads, 1))
	for _, im := range e.dataset.Images {
		group.Go(func() error { return e.writePicture(inner, im) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	slices.SortFunc(e.report.Problems, func(a, b playground.LeftOut) int { return strings.Compare(a.File, b.File) })
	return nil
}

func (e *export) writePicture(ctx context.Context, im playground.Image) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	jpeg, err := e.pg.ImageJPEG(ctx, e.Dataset, im.Index, longest)
	if err := e.unreadable(im, err); err != nil {
		return err
	}
	if jpeg == nil {
		if jpeg, err = greyJPEG(im); err != nil {
			return err
		}
	}
	e.work.add(1)
	return e.out.writeBytes("pictures", e.picturePath(im.Index), jpeg)
}

func (e *export) picturePath(i int) string {
	return fmt.Sprintf("assets/semsearch/datasets/%s/%d.jpg", e.Dataset, i)
}

// unreadable notes a picture that cannot be read any more, which is no error.
func (e *export) unreadable(im playground.Image, err error) error {
	var known *playground.Error
	if !errors.As(err, &known) || known.Kind != playground.Conflict {
		return err
	}
	e.out.mu.Lock()
	defer e.out.mu.Unlock()
	e.report.Problems = append(e.report.Problems, playground.LeftOut{File: im.File, Reason: known.Why})
	return nil
}

// greyJPEG stands for a picture that cannot be read.
func greyJPEG(im playground.Image) ([]byte, error) {
	scale := max(1, max(im.Width, im.Height)/256)
	grey := &preprocess.Image{Width: max(1, im.Width/scale), Height: max(1, im.Height/scale)}
	grey.Pix = bytes.Repeat([]byte{128}, 3*grey.Width*grey.Height)
	return encodeJPEG(grey)
}

func encodeJPEG(im *preprocess.Image) ([]byte, error) {
	var b bytes.Buffer
	err := im.EncodeJPEG(&b, jpegQuality)
	return b.Bytes(), err
}

// writeIcon writes a small picture that stands for the dataset: the first that
// can be read.
func (e *export) writeIcon(ctx context.Context) error {
	icon, err := greyJPEG(playground.Image{Width: 256, Height: 256})
	for i := range e.dataset.Images {
		if jpeg, _, failed := e.pg.Thumbnail(ctx, e.Dataset, i); failed == nil {
			icon, err = jpeg, nil
			break
		}
	}
	if err != nil {
		return err
	}
	return e.out.writeBytes("pictures", "assets/semsearch/images/"+e.Dataset+".jpg", icon)
}
