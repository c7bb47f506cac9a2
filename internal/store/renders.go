package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// maxRenders caps the rendered pictures that are kept, in bytes.
const maxRenders = 1 << 30

var renderSchema = schema{application: 0x436f6e52 /* "ConR" */, version: 1, create: `
CREATE TABLE renders (
	hash    TEXT NOT NULL PRIMARY KEY,
	used    INTEGER NOT NULL,
	bytes   INTEGER NOT NULL,
	recipe  TEXT NOT NULL,
	result  TEXT NOT NULL,
	seconds REAL NOT NULL,
	png     BLOB NOT NULL,
	sum     BLOB NOT NULL
) STRICT;
CREATE INDEX renders_by_use ON renders (used, bytes);
CREATE TABLE frames (
	hash TEXT NOT NULL REFERENCES renders (hash) ON DELETE CASCADE,
	step INTEGER NOT NULL,
	jpeg BLOB NOT NULL,
	PRIMARY KEY (hash, step)
) STRICT;
CREATE TABLE states (
	hash  TEXT NOT NULL PRIMARY KEY,
	saved INTEGER NOT NULL,
	state BLOB NOT NULL
) STRICT;`}

// Render is a finished picture of what a part of a network responds to.
type Render struct {
	Hash    string // of the recipe
	Recipe  string
	Values  []float64 // of the objective, by picture
	Seconds float64   // that it took
	PNG     []byte
	Steps   []int // of the frames that are kept, ascending
}

// Frame is a picture on the way.
type Frame struct {
	Step int
	JPEG []byte
}

// renders is the database of rendered pictures. A damaged one is made anew.
func (s *Store) renders(ctx context.Context) (*database, error) {
	return s.disposable(ctx, &s.rendersDB, "renders.db", renderSchema)
}

// Render returns the picture of that recipe, or an error that wraps
// ErrNotFound. One whose bytes changed on the disk is not there any more.
func (s *Store) Render(ctx context.Context, hash string) (Render, error) {
	db, err := s.renders(ctx)
	if err != nil {
		return Render{}, err
	}
	r := Render{Hash: hash}
	var result string
	var sum []byte
	err = db.QueryRowContext(ctx, "SELECT recipe, result, seconds, png, sum FROM renders WHERE hash = ?", hash).
		Scan(&r.Recipe, &result, &r.Seconds, &r.PNG, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return r, fmt.Errorf("render %.64q: %w", hash, ErrNotFound)
	}
	if err != nil {
		return r, db.explain(err)
	}
	if !bytes.Equal(sum, r.sum(result)) || json.Unmarshal([]byte(result), &r.Values) != nil {
		err := db.forget(ctx, "renders", hash)
		return Render{}, errors.Join(fmt.Errorf("render %.64q: damaged: %w", hash, ErrNotFound), err)
	}
	if r.Steps, err = frameSteps(ctx, db, hash); err != nil {
		return Render{}, err
	}
	return r, db.use(ctx, "renders", hash)
}

// Renders lists the finished pictures, by recipe. Their PNG and Steps are left
// out, and they are not checked: Render does so.
func (s *Store) Renders(ctx context.Context) ([]Render, error) {
	db, err := s.renders(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT hash, recipe, result, seconds FROM renders ORDER BY recipe")
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	var renders []Render
	for rows.Next() {
		var r Render
		var result string
		if err := rows.Scan(&r.Hash, &r.Recipe, &result, &r.Seconds); err != nil {
			return nil, db.explain(err)
		}
		if json.Unmarshal([]byte(result), &r.Values) == nil {
			renders = append(renders, r)
		}
	}
	return renders, db.explain(rows.Err())
}

// sum is the checksum of what is kept.
func (r Render) sum(result string) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", r.Hash, r.Recipe, result)
	h.Write(r.PNG)
	return h.Sum(nil)
}

func frameSteps(ctx context.Context, db *database, hash string) ([]int, error) {
	rows, err := db.QueryContext(ctx, "SELECT step FROM frames WHERE hash = ? ORDER BY step", hash)
	if err != nil {
		return nil, db.explain(err)
	}
	defer rows.Close()
	steps := []int{}
	for rows.Next() {
		var step int
		if err := rows.Scan(&step); err != nil {
			return nil, db.explain(err)
		}
		steps = append(steps, step)
	}
	return steps, db.explain(rows.Err())
}

// RenderFrame returns a picture on the way as JPEG, or an error that wraps
// ErrNotFound.
func (s *Store) RenderFrame(ctx context.Context, hash string, step int) ([]byte, error) {
	return s.renderBlob(ctx, "SELECT jpeg FROM frames WHERE hash = ? AND step = ?", hash, step)
}

// RenderState returns what SaveRenderState kept, or an error that wraps
// ErrNotFound.
func (s *Store) RenderState(ctx context.Context, hash string) ([]byte, error) {
	return s.renderBlob(ctx, "SELECT state FROM states WHERE hash = ?", hash)
}

func (s *Store) renderBlob(ctx context.Context, query, hash string, more ...any) ([]byte, error) {
	db, err := s.renders(ctx)
	if err != nil {
		return nil, err
	}
	var content []byte
	err = db.QueryRowContext(ctx, query, append([]any{hash}, more...)...).Scan(&content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("render %.64q %v: %w", hash, more, ErrNotFound)
	}
	return content, db.explain(err)
}

// maxStates is how many unfinished pictures are kept.
const maxStates = 64

// SaveRenderState keeps from where an unfinished picture can go on.
func (s *Store) SaveRenderState(ctx context.Context, hash string, state []byte) error {
	db, err := s.renders(ctx)
	if err != nil {
		return err
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		return errors.Join(
			execute(ctx, tx, "INSERT INTO states (hash, saved, state) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET saved = excluded.saved, state = excluded.state",
				hash, time.Now().UnixNano(), state),
			execute(ctx, tx, "DELETE FROM states WHERE hash NOT IN (SELECT hash FROM states ORDER BY saved DESC LIMIT ?)", maxStates),
		)
	})
}

// AddRender keeps a finished picture with frames of its way; its saved state
// goes. Past 1 GB those used longest ago go.
func (s *Store) AddRender(ctx context.Context, r Render, frames []Frame) error {
	db, err := s.renders(ctx)
	if err != nil {
		return err
	}
	result, err := json.Marshal(r.Values)
	if err != nil {
		return fmt.Errorf("render %s: %w", r.Hash, err)
	}
	size := int64(len(r.PNG))
	for _, f := range frames {
		size += int64(len(f.JPEG))
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		err := errors.Join(
			execute(ctx, tx, "DELETE FROM states WHERE hash = ?", r.Hash),
			execute(ctx, tx, "DELETE FROM renders WHERE hash = ?", r.Hash),
			execute(ctx, tx, `DELETE FROM renders WHERE hash IN (
				SELECT hash FROM (SELECT hash, sum(bytes) OVER (ORDER BY used DESC, hash) AS newer FROM renders)
				WHERE newer > ?)`, s.renderCap-size),
			execute(ctx, tx, "INSERT INTO renders (hash, used, bytes, recipe, result, seconds, png, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				r.Hash, time.Now().UnixNano(), size, r.Recipe, string(result), r.Seconds, r.PNG, r.sum(string(result))),
		)
		for _, f := range frames {
			err = errors.Join(err, execute(ctx, tx, "INSERT INTO frames (hash, step, jpeg) VALUES (?, ?, ?)", r.Hash, f.Step, f.JPEG))
		}
		return err
	})
}
