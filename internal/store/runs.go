package store

import (
	"context"
	"database/sql"
	"time"
)

// maxRuns is how many runs are remembered.
const maxRuns = 10_000

// Run is one finished piece of work, for the record.
type Run struct {
	Verb, Dataset, Model, Layer string
	Started                     time.Time
	Seconds                     float64
	Detail                      string
}

// timeText is how times stand in the database: RFC 3339 in UTC.
func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// RecordRun notes a finished run. The latest 10,000 are kept.
func (s *Store) RecordRun(ctx context.Context, r Run) error {
	return s.db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO runs (verb, dataset, model, layer, started, seconds, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
			r.Verb, r.Dataset, r.Model, r.Layer, timeText(r.Started), r.Seconds, r.Detail)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM runs WHERE id <= (SELECT max(id) FROM runs) - ?", maxRuns)
		return err
	})
}

// Runs lists the latest runs, newest first.
func (s *Store) Runs(ctx context.Context, limit int) ([]Run, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT verb, dataset, model, layer, started, seconds, detail FROM runs ORDER BY id DESC LIMIT ?", limit)
	if err != nil {
		return nil, s.db.explain(err)
	}
	defer rows.Close()
	runs := []Run{}
	for rows.Next() {
		var r Run
		var started string
		if err := rows.Scan(&r.Verb, &r.Dataset, &r.Model, &r.Layer, &started, &r.Seconds, &r.Detail); err != nil {
			return nil, s.db.explain(err)
		}
		if r.Started, err = time.Parse(time.RFC3339Nano, started); err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, s.db.explain(rows.Err())
}
