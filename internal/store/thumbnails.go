package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/preprocess"
)

const (
	thumbnailLongest = 256 // pixels
	thumbnailQuality = 85
	// thumbnailPixels caps the pixels decoded at once, so that requests for
	// huge pictures wait instead of filling the memory.
	thumbnailPixels = 2 * preprocess.MaxPixels
)

// Thumbnail is picture i of d as JPEG, its longest side at most 256 pixels. It
// is made when it is first asked for. Errors are those of dataset.Decode.
func (s *Store) Thumbnail(ctx context.Context, d *dataset.Dataset, i int) ([]byte, error) {
	if i < 0 || i >= len(d.Images) {
		return nil, fmt.Errorf("dataset %s: image %d: %w", d.Name, i, ErrNotFound)
	}
	im := d.Images[i]
	cache, err := s.cache(ctx)
	if err != nil {
		return nil, err
	}
	var jpeg []byte
	err = cache.QueryRowContext(ctx, "SELECT jpeg FROM thumbnails WHERE dataset = ? AND file = ? AND version = ?", d.Name, im.File, im.Version).Scan(&jpeg)
	if err == nil {
		return jpeg, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, cache.explain(err)
	}
	jpeg, err = s.makeThumbnail(ctx, d, i)
	if jpeg != nil && errors.Is(err, ErrDiskFull) {
		return jpeg, nil // it can be shown, if not kept
	}
	return jpeg, err
}

// MakeThumbnails makes the thumbnails of d that are not there yet. Pictures
// that cannot be read are passed over: Thumbnail tells what is wrong with them.
// progress, unless nil, is called by one goroutine at a time.
func (s *Store) MakeThumbnails(ctx context.Context, d *dataset.Dataset, progress func(done, total int)) error {
	wanted, err := s.withoutThumbnail(ctx, d)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	done := len(d.Images) - len(wanted)
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, i := range wanted {
		if groupCtx.Err() != nil {
			break
		}
		group.Go(func() error {
			_, err := s.makeThumbnail(groupCtx, d, i)
			if err != nil && !errors.Is(err, errUnreadable) {
				return err
			}
			if progress != nil {
				mu.Lock()
				defer mu.Unlock()
				done++
				progress(done, len(d.Images))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// withoutThumbnail lists the pictures of d that have no thumbnail.
func (s *Store) withoutThumbnail(ctx context.Context, d *dataset.Dataset) ([]int, error) {
	cache, err := s.cache(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := cache.QueryContext(ctx, "SELECT file, version FROM thumbnails WHERE dataset = ?", d.Name)
	if err != nil {
		return nil, cache.explain(err)
	}
	defer rows.Close()
	made := map[[2]string]bool{}
	for rows.Next() {
		var file, version string
		if err := rows.Scan(&file, &version); err != nil {
			return nil, cache.explain(err)
		}
		made[[2]string{file, version}] = true
	}
	var wanted []int
	for i, im := range d.Images {
		if !made[[2]string{im.File, im.Version}] {
			wanted = append(wanted, i)
		}
	}
	return wanted, cache.explain(rows.Err())
}

// errUnreadable marks errors of a picture, as opposed to those of the store.
var errUnreadable = errors.New("cannot be read")

// makeThumbnail decodes picture i of d and keeps its thumbnail. If only keeping
// it failed, the thumbnail is returned with the error.
func (s *Store) makeThumbnail(ctx context.Context, d *dataset.Dataset, i int) ([]byte, error) {
	im := d.Images[i]
	weight := min(int64(im.Width)*int64(im.Height), thumbnailPixels)
	if err := s.pixels.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	defer s.pixels.Release(weight)
	picture, err := d.Decode(i)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return s.keepThumbnail(ctx, d.Name, im, picture)
}

// keepThumbnail makes the thumbnail of a decoded picture and keeps it.
func (s *Store) keepThumbnail(ctx context.Context, name string, im dataset.Image, picture *preprocess.Image) ([]byte, error) {
	var jpeg bytes.Buffer
	if err := picture.Thumbnail(thumbnailLongest).EncodeJPEG(&jpeg, thumbnailQuality); err != nil {
		return nil, fmt.Errorf("thumbnail of %s: %w", im.File, err)
	}
	cache, err := s.cache(ctx)
	if err != nil {
		return nil, err
	}
	err = cache.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO thumbnails (dataset, file, version, jpeg) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			name, im.File, im.Version, jpeg.Bytes())
		return err
	})
	return jpeg.Bytes(), err
}

// dropThumbnails removes the thumbnails of a dataset and gives their room back.
func (s *Store) dropThumbnails(ctx context.Context, name string) error {
	cache, err := s.cache(ctx)
	if err != nil {
		return err
	}
	err = cache.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM thumbnails WHERE dataset = ?", name)
		return err
	})
	if err != nil {
		return err
	}
	_, err = cache.ExecContext(ctx, "PRAGMA incremental_vacuum")
	return cache.explain(err)
}
