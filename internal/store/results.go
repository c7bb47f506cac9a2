package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// maxResults caps the results that are kept, in bytes.
const maxResults = 512 << 20

var resultSchema = schema{application: 0x436f6e44 /* "ConD" */, version: 1, create: `
CREATE TABLE results (
	hash    TEXT NOT NULL PRIMARY KEY,
	dataset TEXT NOT NULL,
	used    INTEGER NOT NULL,
	recipe  TEXT NOT NULL,
	content BLOB NOT NULL,
	sum     BLOB NOT NULL
) STRICT;
CREATE INDEX results_by_dataset ON results (dataset);`}

// Result is something computed of a dataset that takes a while: a map, or the
// scores of a layer.
type Result struct {
	Hash    string // of the recipe
	Dataset string
	Recipe  string // all that it depends on
	Content []byte
}

// results is the database of results. A damaged one is made anew.
func (s *Store) results(ctx context.Context) (*database, error) {
	return s.disposable(ctx, &s.resultsDB, "results.db", resultSchema)
}

// Result returns the result of that recipe, or an error that wraps ErrNotFound.
// One whose bytes changed on the disk is not there any more.
func (s *Store) Result(ctx context.Context, hash string) (Result, error) {
	db, err := s.results(ctx)
	if err != nil {
		return Result{}, err
	}
	r := Result{Hash: hash}
	var sum []byte
	err = db.QueryRowContext(ctx, "SELECT dataset, recipe, content, sum FROM results WHERE hash = ?", hash).
		Scan(&r.Dataset, &r.Recipe, &r.Content, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return r, fmt.Errorf("result %.64q: %w", hash, ErrNotFound)
	}
	if err != nil {
		return r, db.explain(err)
	}
	if !bytes.Equal(sum, r.sum()) {
		err := db.forget(ctx, "results", hash)
		return Result{}, errors.Join(fmt.Errorf("result %.64q: damaged: %w", hash, ErrNotFound), err)
	}
	return r, db.use(ctx, "results", hash)
}

// AddResult keeps a result. Past 512 MB those used longest ago go.
func (s *Store) AddResult(ctx context.Context, r Result) error {
	db, err := s.results(ctx)
	if err != nil {
		return err
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		return errors.Join(
			execute(ctx, tx, "DELETE FROM results WHERE hash = ?", r.Hash),
			execute(ctx, tx, `DELETE FROM results WHERE hash IN (
				SELECT hash FROM (SELECT hash, sum(length(content)) OVER (ORDER BY used DESC, hash) AS newer FROM results)
				WHERE newer > ?)`, s.resultCap-int64(len(r.Content))),
			execute(ctx, tx, "INSERT INTO results (hash, dataset, used, recipe, content, sum) VALUES (?, ?, ?, ?, ?, ?)",
				r.Hash, r.Dataset, time.Now().UnixNano(), r.Recipe, r.Content, r.sum()),
		)
	})
}

// dropResults forgets the results of a dataset.
func (s *Store) dropResults(ctx context.Context, dataset string) error {
	db, err := s.results(ctx)
	if err != nil {
		return err
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		return execute(ctx, tx, "DELETE FROM results WHERE dataset = ?", dataset)
	})
}

// sum is the checksum of what is kept.
func (r Result) sum() []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", r.Hash, r.Dataset, r.Recipe)
	h.Write(r.Content)
	return h.Sum(nil)
}
