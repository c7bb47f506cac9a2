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
	// A picture of 64 megapixels takes 192 MB while it is decoded.
	select {
	case p.decodes <- struct{}{}:
		defer func() { <-p.decodes }()
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
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
