package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

const (
	maxPicture  = 8 << 20   // bytes of one; a JPEG of 1024 pixels needs far less
	maxPictures = 256 << 20 // bytes of all
)

// AddPicture keeps an uploaded picture and returns its id: the first 16
// hexadecimal digits of its content's SHA-256, so that the same picture twice
// is kept once. Past 256 MB those used longest ago go.
func (s *Store) AddPicture(ctx context.Context, jpeg []byte) (id string, err error) {
	if len(jpeg) == 0 || len(jpeg) > maxPicture {
		return "", fmt.Errorf("picture of %d bytes: expected 1 to %d", len(jpeg), maxPicture)
	}
	sum := sha256.Sum256(jpeg)
	id = hex.EncodeToString(sum[:8])
	cache, err := s.cache(ctx)
	if err != nil {
		return "", err
	}
	err = cache.write(ctx, func(tx *sql.Tx) error {
		if err := dropOldest(ctx, tx, s.pictureCap-int64(len(jpeg))); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO pictures (id, used, bytes, jpeg) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET used = excluded.used",
			id, time.Now().UnixNano(), len(jpeg), jpeg)
		return err
	})
	return id, err
}

// dropOldest removes the pictures used longest ago until at most limit bytes remain.
func dropOldest(ctx context.Context, tx *sql.Tx, limit int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM pictures WHERE id IN (
		SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY used DESC, id) AS newer FROM pictures)
		WHERE newer > ?)`, limit)
	return err
}

// Picture returns the JPEG of that id, or an error that wraps ErrNotFound.
func (s *Store) Picture(ctx context.Context, id string) ([]byte, error) {
	cache, err := s.cache(ctx)
	if err != nil {
		return nil, err
	}
	var jpeg []byte
	err = cache.QueryRowContext(ctx, "SELECT jpeg FROM pictures WHERE id = ?", id).Scan(&jpeg)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("picture %.40q: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, cache.explain(err)
	}
	err = cache.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE pictures SET used = ? WHERE id = ?", time.Now().UnixNano(), id)
		return err
	})
	if errors.Is(err, ErrDiskFull) {
		err = nil // only the order of dropping suffers
	}
	return jpeg, err
}
