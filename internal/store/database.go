package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/semaphore"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long a statement waits for another process that writes.
const busyTimeout = 10 * time.Second

// schema is the layout of one database file. A file of another application id
// is not ours; one of a higher version is newer than this program.
type schema struct {
	application int
	version     int
	create      string
}

var mainSchema = schema{application: 0x436f6e76 /* "Conv" */, version: 1, create: `
CREATE TABLE datasets (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	name        TEXT NOT NULL UNIQUE,
	title       TEXT NOT NULL,
	description TEXT NOT NULL,
	licence     TEXT NOT NULL,
	source      TEXT NOT NULL,
	directory   TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	added       TEXT NOT NULL
) STRICT;
CREATE TABLE images (
	dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
	image   INTEGER NOT NULL,
	file    TEXT NOT NULL,
	class   TEXT NOT NULL,
	title   TEXT NOT NULL,
	width   INTEGER NOT NULL,
	height  INTEGER NOT NULL,
	version TEXT NOT NULL,
	PRIMARY KEY (dataset, image)
) STRICT, WITHOUT ROWID;
CREATE TABLE problems (
	dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
	problem INTEGER NOT NULL,
	file    TEXT NOT NULL,
	reason  TEXT NOT NULL,
	PRIMARY KEY (dataset, problem)
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	verb    TEXT NOT NULL,
	dataset TEXT NOT NULL,
	model   TEXT NOT NULL,
	layer   TEXT NOT NULL,
	started TEXT NOT NULL,
	seconds REAL NOT NULL,
	detail  TEXT NOT NULL
) STRICT;`}

var cacheSchema = schema{application: 0x436f6e43 /* "ConC" */, version: 1, create: `
CREATE TABLE thumbnails (
	dataset TEXT NOT NULL,
	file    TEXT NOT NULL,
	version TEXT NOT NULL,
	jpeg    BLOB NOT NULL,
	PRIMARY KEY (dataset, file, version)
) STRICT;
CREATE TABLE pictures (
	id    TEXT NOT NULL PRIMARY KEY,
	used  INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	jpeg  BLOB NOT NULL
) STRICT;
CREATE INDEX pictures_by_use ON pictures (used, bytes);`}

// database is one SQLite file.
type database struct {
	*sql.DB
	path string
	// SQLite lets one writer in at a time and makes the others poll; within
	// this process they queue here instead.
	writer *semaphore.Weighted
}

// openDatabase opens the file at path and makes its tables if it is new.
func openDatabase(ctx context.Context, path string, s schema) (*database, error) {
	// The timeout comes first: what else a new connection does may have to wait.
	query := url.Values{
		"_busy_timeout": {strconv.FormatInt(busyTimeout.Milliseconds(), 10)},
		"_synchronous":  {"normal"},
		"_foreign_keys": {"1"},
		"_txlock":       {"immediate"},
		"_error_rc":     {"1"},
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	pool, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(4)
	db := &database{DB: pool, path: path, writer: semaphore.NewWeighted(1)}
	if err := db.prepare(ctx, s); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

// prepare checks the schema of a file, or makes it. Processes that open a new
// file at the same time may find it busy in a way that SQLite does not wait
// for, so it tries again.
func (db *database) prepare(ctx context.Context, s schema) error {
	deadline := time.Now().Add(busyTimeout)
	for {
		err := db.checkSchema(ctx, s)
		if !isBusy(err) || time.Now().After(deadline) {
			return db.explain(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (db *database) checkSchema(ctx context.Context, s schema) error {
	application, version, err := schemaOf(ctx, db.DB)
	if err != nil {
		return err
	}
	if version == 0 {
		if err := db.makeSchema(ctx, s); err != nil {
			return err
		}
		application, version, err = schemaOf(ctx, db.DB)
		if err != nil {
			return err
		}
	}
	switch {
	case application != s.application:
		return fmt.Errorf("%w: a database of another program", ErrDamaged)
	case version > s.version:
		return fmt.Errorf("%w: schema %d, this one knows %d; update this one or choose another data directory", ErrNewer, version, s.version)
	}
	return nil
}

// makeSchema makes the tables in one transaction, unless another process just has.
func (db *database) makeSchema(ctx context.Context, s schema) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// Both stay with the file. auto_vacuum lets it shrink when thumbnails go; it
	// has to be set before anything is written, which WAL mode does.
	if _, err := conn.ExecContext(ctx, "PRAGMA auto_vacuum = incremental; PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	_, version, err := schemaOf(ctx, tx)
	if err != nil || version != 0 {
		return err
	}
	create := fmt.Sprintf("%s\nPRAGMA application_id = %d; PRAGMA user_version = %d;", s.create, s.application, s.version)
	if _, err := tx.ExecContext(ctx, create); err != nil {
		return err
	}
	return tx.Commit()
}

// rower is what schemaOf needs of a database or a transaction.
type rower interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func schemaOf(ctx context.Context, db rower) (application, version int, err error) {
	err = db.QueryRowContext(ctx, "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version").Scan(&application, &version)
	return application, version, err
}

// write runs change in one transaction.
func (db *database) write(ctx context.Context, change func(tx *sql.Tx) error) error {
	if err := db.writer.Acquire(ctx, 1); err != nil {
		return err
	}
	defer db.writer.Release(1)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return db.explain(err)
	}
	defer tx.Rollback() // does nothing after Commit
	if err := change(tx); err != nil {
		return db.explain(err)
	}
	return db.explain(tx.Commit())
}

// explain adds the file's path to an error of SQLite, what it means, and the
// way out. Others pass as they are, but for those of opening.
func (db *database) explain(err error) error {
	var coded *sqlite.Error
	if !errors.As(err, &coded) {
		if errors.Is(err, ErrNewer) || errors.Is(err, ErrDamaged) {
			return fmt.Errorf("%s: %w", db.path, err)
		}
		return err
	}
	switch {
	case isFull(coded.Code()):
		return fmt.Errorf("write %s: %w: %w; free some space or choose another data directory", db.path, ErrDiskFull, err)
	case isAny(coded.Code(), sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
		return fmt.Errorf("write %s: %w: %w; choose a data directory that can be written", db.path, ErrUnwritable, err)
	case isAny(coded.Code(), sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
		return fmt.Errorf("%s: %w: %w; move it away to start anew", db.path, ErrDamaged, err)
	}
	return fmt.Errorf("%s: %w", db.path, err)
}

// isFull also takes a failed write for a full disk: quotas and limits on the
// size of files look like that.
func isFull(code int) bool {
	return isAny(code, sqlite3.SQLITE_FULL) || code == sqlite3.SQLITE_IOERR_WRITE || code == sqlite3.SQLITE_IOERR_SHMSIZE
}

func isBusy(err error) bool {
	var coded *sqlite.Error
	return errors.As(err, &coded) && isAny(coded.Code(), sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
}

// isAny compares the primary part of an extended result code.
func isAny(code int, primary ...int) bool {
	for _, p := range primary {
		if code&0xff == p {
			return true
		}
	}
	return false
}

// use notes that the row of a hash was used. On a full disk only the order of
// dropping suffers.
func (db *database) use(ctx context.Context, table, hash string) error {
	err := db.write(ctx, func(tx *sql.Tx) error {
		return execute(ctx, tx, "UPDATE "+table+" SET used = ? WHERE hash = ?", time.Now().UnixNano(), hash)
	})
	if errors.Is(err, ErrDiskFull) {
		return nil
	}
	return err
}

// forget drops the row of a hash.
func (db *database) forget(ctx context.Context, table, hash string) error {
	return db.write(ctx, func(tx *sql.Tx) error { return execute(ctx, tx, "DELETE FROM "+table+" WHERE hash = ?", hash) })
}

func execute(ctx context.Context, tx *sql.Tx, statement string, args ...any) error {
	_, err := tx.ExecContext(ctx, statement, args...)
	return err
}
