package playground

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"slices"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/preprocess"
)

const (
	// AtlasColumns is the number of pictures in a row of an atlas.
	AtlasColumns = 16
	// AtlasPictures is the largest number of pictures in an atlas.
	AtlasPictures = 256

	atlasQuality = 82
)

// AtlasSizes are the sides, in pixels, that the cells of an atlas may have. They
// are multiples of the 16 pixels that JPEG codes as one, so that no cell shows
// traces of another.
var AtlasSizes = []int{32, 64, 128}

// Atlas is a sheet of small pictures of a dataset.
type Atlas struct {
	JPEG    []byte
	Version string // of the dataset
	// Whole tells that no cell is empty for want of a readable picture.
	Whole bool
}

// Atlas puts small pictures of a dataset on one sheet: square cells of the given
// size in rows of AtlasColumns from the top left, as many columns as there are
// pictures where they are fewer. A picture fills the middle of its cell without
// being cropped, on white. The indexes must ascend, so that one sheet has one
// address. The cell of a picture that cannot be read stays empty.
func (p *Playground) Atlas(ctx context.Context, name string, size int, images []int) (Atlas, error) {
	d, err := p.dataset(ctx, name)
	if err != nil {
		return Atlas{}, err
	}
	if err := checkAtlas(d, size, images); err != nil {
		return Atlas{}, err
	}
	done, err := p.decoding(ctx)
	if err != nil {
		return Atlas{}, err
	}
	defer done()

	sheet := blankSheet(size, len(images))
	whole := true
	for cell, i := range images {
		if err := ctx.Err(); err != nil {
			return Atlas{}, err
		}
		im, err := p.small(ctx, d, i, size)
		var known *Error
		switch {
		case errors.As(err, &known) && known.Kind != Unavailable:
			whole = false
		case err != nil:
			return Atlas{}, err
		default:
			lay(sheet, im, cellOf(cell, size))
		}
	}
	var jpeg bytes.Buffer
	if err := sheet.EncodeJPEG(&jpeg, atlasQuality); err != nil {
		return Atlas{}, fmt.Errorf("atlas of %s: %w", name, err)
	}
	return Atlas{JPEG: jpeg.Bytes(), Version: version(d), Whole: whole}, nil
}

func checkAtlas(d *dataset.Dataset, size int, images []int) error {
	const what = "cannot make the atlas"
	switch {
	case !slices.Contains(AtlasSizes, size):
		return invalid(what, fmt.Sprintf("size is %d", size), fmt.Sprintf("use one of %v", AtlasSizes))
	case len(images) == 0 || len(images) > AtlasPictures:
		return invalid(what, fmt.Sprintf("%d pictures are asked for", len(images)), fmt.Sprintf("ask for 1 to %d", AtlasPictures))
	}
	for k, i := range images {
		if k > 0 && i <= images[k-1] {
			return invalid(what, fmt.Sprintf("%d stands after %d", i, images[k-1]), "list each picture once, in ascending order")
		}
		if err := checkImage(d, i); err != nil {
			return err
		}
	}
	return nil
}

// small is the thumbnail of a picture, scaled to fit a cell.
func (p *Playground) small(ctx context.Context, d *dataset.Dataset, i, size int) (*preprocess.Image, error) {
	jpeg, err := p.store.Thumbnail(ctx, d, i)
	if err != nil {
		return nil, unreadable(d, i, err)
	}
	im, err := preprocess.Decode(bytes.NewReader(jpeg))
	if err != nil {
		return nil, unreadable(d, i, err)
	}
	return im.Thumbnail(size), nil
}

func blankSheet(size, pictures int) *preprocess.Image {
	columns := min(pictures, AtlasColumns)
	rows := (pictures + AtlasColumns - 1) / AtlasColumns
	width, height := columns*size, rows*size
	sheet := &preprocess.Image{Width: width, Height: height, Pix: make([]uint8, 3*width*height)}
	for i := range sheet.Pix {
		sheet.Pix[i] = 255
	}
	return sheet
}

// cellOf is the place of a cell on the sheet.
func cellOf(cell, size int) image.Rectangle {
	corner := image.Pt(cell%AtlasColumns, cell/AtlasColumns).Mul(size)
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(size, size))}
}

// lay copies a picture into the middle of a cell, which must hold it.
func lay(sheet, im *preprocess.Image, cell image.Rectangle) {
	left := cell.Min.X + (cell.Dx()-im.Width)/2
	top := cell.Min.Y + (cell.Dy()-im.Height)/2
	for y := range im.Height {
		to := 3 * ((top+y)*sheet.Width + left)
		copy(sheet.Pix[to:], im.Pix[3*im.Width*y:3*im.Width*(y+1)])
	}
}
