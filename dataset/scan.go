package dataset

import (
	"context"
	"errors"

	"github.com/convnetplayground/convnet/preprocess"
)

// Visit is called with every good picture of a folder while it is scanned, so
// that what is wanted of the decoded picture need not decode it again. It is
// called from several goroutines, in no order; im.Index is not known yet. An
// error ends the scan.
type Visit func(im Image, picture *preprocess.Image) error

// Scan reads the folder dir as a dataset.
func Scan(ctx context.Context, name, dir string, progress func(done, total int)) (*Dataset, []Problem, error) {
	return ScanEach(ctx, name, dir, nil, progress)
}

// ScanEach is Scan with a visitor of every good picture.
func ScanEach(ctx context.Context, name, dir string, visit Visit, progress func(done, total int)) (*Dataset, []Problem, error) {
	return nil, nil, errors.New("scan: not built yet")
}
