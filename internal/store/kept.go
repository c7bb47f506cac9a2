package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/internal/disk"
	"github.com/convnetplayground/convnet/preprocess"
)

// ErrUnreadable means that pictures which were to be kept cannot be read.
var ErrUnreadable = errors.New("pictures cannot be read")

// keptFolder is the folder of the data directory that holds the pictures of the
// sets that are the store's own, one folder each. The database has their paths
// relative to the data directory, so that it may move.
const keptFolder = "datasets"

// KeepDataset adds a set whose pictures become part of the data directory. fill
// is given an empty folder. It writes them there so that their natural order is
// that of the set, and returns the class of each. Name, Title, Description,
// Licence and Source are those of about.
//
// All is added or nothing: the folder gets its name once the set is whole.
// Errors are those of fill and of AddDataset, or wrap ErrUnreadable or
// disk.ErrLocked.
func (s *Store) KeepDataset(ctx context.Context, about *dataset.Dataset, fill func(dir string) (classes []string, err error)) (*dataset.Dataset, error) {
	if err := s.checkFree(ctx, about.Name); err != nil {
		return nil, err
	}
	kept := filepath.Join(s.dir, keptFolder)
	if err := os.MkdirAll(kept, 0o700); err != nil {
		return nil, disk.Explain(err)
	}
	lock, err := disk.Acquire(filepath.Join(kept, "."+about.Name+".lock"))
	if err != nil {
		return nil, fmt.Errorf("dataset %s: %w", about.Name, disk.Explain(err))
	}
	defer lock.Release()
	// A killed program may have left one behind.
	staged := filepath.Join(kept, "."+about.Name+".partial")
	if err := errors.Join(os.RemoveAll(staged), os.Mkdir(staged, 0o700)); err != nil {
		return nil, disk.Explain(err)
	}
	defer os.RemoveAll(staged)
	d, err := s.stage(ctx, about, staged, fill)
	if err != nil {
		return nil, disk.Explain(err)
	}
	return d, nil
}

// stage fills the folder staged, reads it as a set, and puts it in its place.
func (s *Store) stage(ctx context.Context, about *dataset.Dataset, staged string, fill func(dir string) ([]string, error)) (*dataset.Dataset, error) {
	classes, err := fill(staged)
	if err != nil {
		return nil, err
	}
	visit := func(im dataset.Image, picture *preprocess.Image) error {
		_, err := s.keepThumbnail(ctx, about.Name, im, picture)
		return err
	}
	d, problems, err := dataset.ScanEach(ctx, about.Name, staged, visit, nil)
	switch {
	case err != nil:
	case len(problems) > 0:
		err = fmt.Errorf("dataset %s: %w, %d in all, the first is %s: %s", about.Name, ErrUnreadable, len(problems), problems[0].File, problems[0].Reason)
	case len(d.Images) != len(classes):
		err = fmt.Errorf("dataset %s: %w: there are %d for %d classes", about.Name, ErrUnreadable, len(d.Images), len(classes))
	default:
		d.Title, d.Description, d.Licence, d.Source = about.Title, about.Description, about.Licence, about.Source
		for i := range d.Images {
			d.Images[i].Class = classes[i]
		}
		d.Classes = dataset.ClassesOf(d.Images)
		err = s.place(ctx, d, staged)
	}
	if errors.Is(err, ErrExists) {
		return nil, err // another process was first: the thumbnails are its own
	}
	if err != nil {
		// What stays if this fails too is only cache.
		s.dropThumbnails(context.WithoutCancel(ctx), about.Name)
		return nil, err
	}
	return d, nil
}

// place adds a set and moves its folder to where it stays. The database lets
// one process do that at a time; a folder that is there already belongs to no
// set and is left over from a program that was killed at this point.
func (s *Store) place(ctx context.Context, d *dataset.Dataset, staged string) error {
	disk.SyncFolder(staged)
	where := path.Join(keptFolder, d.Name)
	d.Kept, d.Dir = true, s.keptPath(where)
	return s.db.write(ctx, func(tx *sql.Tx) error {
		if err := insertDataset(ctx, tx, d, where, nil); err != nil {
			return err
		}
		if err := errors.Join(os.RemoveAll(d.Dir), os.Rename(staged, d.Dir)); err != nil {
			return err
		}
		disk.SyncFolder(filepath.Dir(d.Dir))
		return nil
	})
}

// keptPath is where a folder of the data directory is.
func (s *Store) keptPath(where string) string {
	return filepath.Join(s.dir, filepath.FromSlash(where))
}

// forget removes a set from the database, and its folder if that is the store's own.
func (s *Store) forget(ctx context.Context, id int64, name string) error {
	trash := filepath.Join(s.dir, keptFolder, "."+name+".removed")
	moved := "" // the folder that became trash
	err := s.db.write(ctx, func(tx *sql.Tx) error {
		var where string
		err := tx.QueryRowContext(ctx, "DELETE FROM datasets WHERE id = ? RETURNING directory", id).Scan(&where)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // another process was first
		}
		if err != nil || filepath.IsAbs(where) {
			return err
		}
		// Out of the way at once: the name may be taken again right after this.
		if err := os.RemoveAll(trash); err != nil {
			return err
		}
		err = os.Rename(s.keptPath(where), trash)
		switch {
		case err == nil:
			moved = s.keptPath(where)
		case errors.Is(err, fs.ErrNotExist):
			return nil
		}
		return err
	})
	if moved == "" {
		return err
	}
	if err != nil {
		return errors.Join(err, os.Rename(trash, moved))
	}
	return os.RemoveAll(trash)
}

// DownloadFolder makes a folder for what is downloaded for a set, and returns its
// path. It stays until DropDownloads, so that a download that was cut goes on.
func (s *Store) DownloadFolder(name string) (string, error) {
	if err := dataset.CheckName(name); err != nil {
		return "", err
	}
	dir := filepath.Join(s.dir, downloads, name)
	return dir, disk.Explain(os.MkdirAll(dir, 0o700))
}

// DropDownloads removes what was downloaded for a set.
func (s *Store) DropDownloads(name string) error {
	if err := dataset.CheckName(name); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(s.dir, downloads, name))
}

const downloads = "downloads"
