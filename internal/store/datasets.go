package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/preprocess"
)

// builtIn is every set that is part of the program, in the order they are listed.
func builtIn() []*dataset.Dataset { return []*dataset.Dataset{dataset.Stamps()} }

func findBuiltIn(name string) *dataset.Dataset {
	for _, d := range builtIn() {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Datasets lists all sets: built in first, then by name. They are shared: read only.
func (s *Store) Datasets(ctx context.Context) ([]*dataset.Dataset, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT name FROM datasets ORDER BY name")
	if err != nil {
		return nil, s.db.explain(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, s.db.explain(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return nil, s.db.explain(err)
	}
	list := slices.Clone(builtIn())
	for _, name := range names {
		d, err := s.Dataset(ctx, name)
		if errors.Is(err, ErrNotFound) {
			continue // removed by another process meanwhile
		}
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// Dataset returns the set of that name, or an error that wraps ErrNotFound. It
// is shared: read only.
func (s *Store) Dataset(ctx context.Context, name string) (*dataset.Dataset, error) {
	if d := findBuiltIn(name); d != nil {
		return d, nil
	}
	id, err := s.datasetID(ctx, name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	d := s.datasets[id]
	s.mu.Unlock()
	if d != nil {
		return d, nil
	}
	d, err = s.readDataset(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.datasets[id] = d
	s.mu.Unlock()
	return d, nil
}

func (s *Store) datasetID(ctx context.Context, name string) (id int64, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT id FROM datasets WHERE name = ?", name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("dataset %.80q: %w", name, ErrNotFound)
	}
	return id, s.db.explain(err)
}

func (s *Store) readDataset(ctx context.Context, id int64) (*dataset.Dataset, error) {
	d := &dataset.Dataset{}
	err := s.db.QueryRowContext(ctx, "SELECT name, title, description, licence, source, directory FROM datasets WHERE id = ?", id).
		Scan(&d.Name, &d.Title, &d.Description, &d.Licence, &d.Source, &d.Dir)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("dataset: %w: just removed", ErrNotFound)
	}
	if err != nil {
		return nil, s.db.explain(err)
	}
	if !filepath.IsAbs(d.Dir) {
		d.Kept, d.Dir = true, s.keptPath(d.Dir)
	}
	rows, err := s.db.QueryContext(ctx, "SELECT image, file, class, title, width, height, version FROM images WHERE dataset = ? ORDER BY image", id)
	if err != nil {
		return nil, s.db.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var im dataset.Image
		if err := rows.Scan(&im.Index, &im.File, &im.Class, &im.Title, &im.Width, &im.Height, &im.Version); err != nil {
			return nil, s.db.explain(err)
		}
		d.Images = append(d.Images, im)
	}
	d.Classes = dataset.ClassesOf(d.Images)
	return d, s.db.explain(rows.Err())
}

// ImportDataset scans the folder dir, makes the thumbnails in the same pass and
// adds the set: each picture is decoded once. It adds all or nothing. Errors
// are those of dataset.Scan and AddDataset; problems come with ErrEmpty too.
func (s *Store) ImportDataset(ctx context.Context, name, dir string, progress func(done, total int)) (*dataset.Dataset, []dataset.Problem, error) {
	if err := s.checkFree(ctx, name); err != nil {
		return nil, nil, err
	}
	visit := func(im dataset.Image, picture *preprocess.Image) error {
		_, err := s.keepThumbnail(ctx, name, im, picture)
		return err
	}
	d, problems, err := dataset.ScanEach(ctx, name, dir, visit, progress)
	if err == nil {
		err = s.AddDataset(ctx, d, problems)
	}
	if errors.Is(err, ErrExists) {
		return nil, problems, err // another process was first: the thumbnails are its own
	}
	if err != nil {
		// What stays if this fails too is only cache.
		s.dropThumbnails(context.WithoutCancel(ctx), name)
		return nil, problems, err
	}
	return d, problems, nil
}

// checkFree returns an error unless a set of that name can be added.
func (s *Store) checkFree(ctx context.Context, name string) error {
	if err := dataset.CheckName(name); err != nil {
		return err
	}
	if findBuiltIn(name) != nil {
		return fmt.Errorf("dataset %s: %w, built in; choose another name", name, ErrExists)
	}
	_, err := s.datasetID(ctx, name)
	if err == nil {
		return existsError(name)
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func existsError(name string) error {
	return fmt.Errorf("dataset %s: %w; choose another name, or remove it first to read the folder again", name, ErrExists)
}

// AddDataset remembers a scanned set and what was left out of it. Errors wrap
// ErrExists, dataset.ErrName or ErrDiskFull.
func (s *Store) AddDataset(ctx context.Context, d *dataset.Dataset, problems []dataset.Problem) error {
	if err := s.checkFree(ctx, d.Name); err != nil {
		return err
	}
	return s.db.write(ctx, func(tx *sql.Tx) error { return insertDataset(ctx, tx, d, d.Dir, problems) })
}

// insertDataset adds a set that lies in directory, or returns an error that
// wraps ErrExists.
func insertDataset(ctx context.Context, tx *sql.Tx, d *dataset.Dataset, directory string, problems []dataset.Problem) error {
	result, err := tx.ExecContext(ctx, `INSERT INTO datasets (name, title, description, licence, source, directory, fingerprint, added)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		d.Name, d.Title, d.Description, d.Licence, d.Source, directory, d.Fingerprint(), timeText(time.Now()))
	if err != nil {
		return err
	}
	inserted, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if inserted == 0 { // another process was first
		return existsError(d.Name)
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	if err := insertImages(ctx, tx, id, d.Images); err != nil {
		return err
	}
	return insertProblems(ctx, tx, id, problems)
}

func insertImages(ctx context.Context, tx *sql.Tx, id int64, images []dataset.Image) error {
	insert, err := tx.PrepareContext(ctx, "INSERT INTO images (dataset, image, file, class, title, width, height, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, im := range images {
		if _, err := insert.ExecContext(ctx, id, im.Index, im.File, im.Class, im.Title, im.Width, im.Height, im.Version); err != nil {
			return err
		}
	}
	return nil
}

func insertProblems(ctx context.Context, tx *sql.Tx, id int64, problems []dataset.Problem) error {
	for i, p := range problems {
		if _, err := tx.ExecContext(ctx, "INSERT INTO problems (dataset, problem, file, reason) VALUES (?, ?, ?, ?)", id, i, p.File, p.Reason); err != nil {
			return err
		}
	}
	return nil
}

// RemoveDataset forgets a set with its embeddings and thumbnails. Pictures that
// KeepDataset took in go too, all others stay where they are. Errors wrap ErrNotFound or ErrBuiltIn.
func (s *Store) RemoveDataset(ctx context.Context, name string) error {
	if findBuiltIn(name) != nil {
		return fmt.Errorf("dataset %s: %w, it cannot be removed", name, ErrBuiltIn)
	}
	id, err := s.datasetID(ctx, name)
	if err != nil {
		return err
	}
	// First what can be made again: cut short here, the set is still whole.
	if err := s.embeddings.Remove(name); err != nil {
		return fmt.Errorf("dataset %s: %w", name, err)
	}
	if err := s.dropThumbnails(ctx, name); err != nil {
		return fmt.Errorf("dataset %s: %w", name, err)
	}
	if err := s.dropResults(ctx, name); err != nil {
		return fmt.Errorf("dataset %s: %w", name, err)
	}
	s.mu.Lock()
	delete(s.datasets, id)
	s.mu.Unlock()
	return s.forget(ctx, id, name)
}

// Problems lists what was left out of a set when it was added, or returns an
// error that wraps ErrNotFound.
func (s *Store) Problems(ctx context.Context, name string) ([]dataset.Problem, error) {
	problems := []dataset.Problem{}
	if findBuiltIn(name) != nil {
		return problems, nil
	}
	id, err := s.datasetID(ctx, name)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.QueryContext(ctx, "SELECT file, reason FROM problems WHERE dataset = ? ORDER BY problem", id)
	if err != nil {
		return nil, s.db.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var p dataset.Problem
		if err := rows.Scan(&p.File, &p.Reason); err != nil {
			return nil, s.db.explain(err)
		}
		problems = append(problems, p)
	}
	return problems, s.db.explain(rows.Err())
}
