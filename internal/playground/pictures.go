package playground

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/convnetplayground/convnet/internal/store"
	"github.com/convnetplayground/convnet/preprocess"
)

const (
	pictureLongest = 1024 // pixels; networks look at far fewer
	pictureQuality = 90
)

// AddPicture keeps a picture to search with, as JPEG of at most 1024 pixels.
func (p *Playground) AddPicture(ctx context.Context, r io.ReadSeeker) (Picture, error) {
	done, err := p.decoding(ctx)
	if err != nil {
		return Picture{}, err
	}
	defer done()
	im, err := preprocess.Decode(r)
	if err != nil {
		return Picture{}, explain("cannot read the picture", err)
	}
	im = im.Thumbnail(pictureLongest)
	var jpeg bytes.Buffer
	if err := im.EncodeJPEG(&jpeg, pictureQuality); err != nil {
		return Picture{}, explain("cannot keep the picture", err)
	}
	id, err := p.store.AddPicture(ctx, jpeg.Bytes())
	if err != nil {
		return Picture{}, explain("cannot keep the picture", err)
	}
	return Picture{ID: id, Width: im.Width, Height: im.Height}, nil
}

// Picture is an uploaded picture as JPEG.
func (p *Playground) Picture(ctx context.Context, id string) ([]byte, error) {
	jpeg, err := p.store.Picture(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &Error{Kind: NotFound, What: fmt.Sprintf("no picture %q", id), Hint: "uploaded pictures go when room is needed; upload it again", cause: err}
	}
	return jpeg, explain("cannot read the picture", err)
}

// uploaded decodes an uploaded picture.
func (p *Playground) uploaded(ctx context.Context, id string) (*preprocess.Image, error) {
	jpeg, err := p.Picture(ctx, id)
	if err != nil {
		return nil, err
	}
	im, err := preprocess.Decode(bytes.NewReader(jpeg))
	return im, explain("cannot read picture "+id, err)
}

// decoding waits until a picture may be decoded: one of 64 megapixels takes 192
// MB. The caller calls done when it needs the picture no more.
func (p *Playground) decoding(ctx context.Context) (done func(), err error) {
	select {
	case p.decodes <- struct{}{}:
		return func() { <-p.decodes }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
