package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// maxMaps caps the maps that are kept, in bytes.
const maxMaps = 256 << 20

var mapSchema = schema{application: 0x436f6e4d /* "ConM" */, version: 1, create: `
CREATE TABLE maps (
	hash    TEXT NOT NULL PRIMARY KEY,
	dataset TEXT NOT NULL,
	used    INTEGER NOT NULL,
	recipe  TEXT NOT NULL,
	places  BLOB NOT NULL,
	sum     BLOB NOT NULL
) STRICT;
CREATE INDEX maps_by_dataset ON maps (dataset);`}

// Map is where the pictures of a dataset lie in the plane.
type Map struct {
	Hash    string // of the recipe
	Dataset string
	Recipe  string
	Places  []Place // by picture, ascending
}

// Place is where one picture lies.
type Place struct {
	Picture int32
	X, Y    float32
}

// maps is the database of maps. A damaged one is made anew.
func (s *Store) maps(ctx context.Context) (*database, error) {
	return s.disposable(ctx, &s.mapsDB, "maps.db", mapSchema)
}

// Map returns the map of that recipe, or an error that wraps ErrNotFound. One
// whose bytes changed on the disk is not there any more.
func (s *Store) Map(ctx context.Context, hash string) (Map, error) {
	db, err := s.maps(ctx)
	if err != nil {
		return Map{}, err
	}
	m := Map{Hash: hash}
	var places, sum []byte
	err = db.QueryRowContext(ctx, "SELECT dataset, recipe, places, sum FROM maps WHERE hash = ?", hash).
		Scan(&m.Dataset, &m.Recipe, &places, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return m, fmt.Errorf("map %.64q: %w", hash, ErrNotFound)
	}
	if err != nil {
		return m, db.explain(err)
	}
	if !bytes.Equal(sum, m.sum(places)) {
		err := db.write(ctx, func(tx *sql.Tx) error { return execute(ctx, tx, "DELETE FROM maps WHERE hash = ?", hash) })
		return Map{}, errors.Join(fmt.Errorf("map %.64q: damaged: %w", hash, ErrNotFound), err)
	}
	m.Places = readPlaces(places)
	err = db.write(ctx, func(tx *sql.Tx) error {
		return execute(ctx, tx, "UPDATE maps SET used = ? WHERE hash = ?", time.Now().UnixNano(), hash)
	})
	if errors.Is(err, ErrDiskFull) {
		err = nil // only the order of dropping suffers
	}
	return m, err
}

// AddMap keeps a map. Past 256 MB those used longest ago go.
func (s *Store) AddMap(ctx context.Context, m Map) error {
	db, err := s.maps(ctx)
	if err != nil {
		return err
	}
	places := writePlaces(m.Places)
	return db.write(ctx, func(tx *sql.Tx) error {
		return errors.Join(
			execute(ctx, tx, "DELETE FROM maps WHERE hash = ?", m.Hash),
			execute(ctx, tx, `DELETE FROM maps WHERE hash IN (
				SELECT hash FROM (SELECT hash, sum(length(places)) OVER (ORDER BY used DESC, hash) AS newer FROM maps)
				WHERE newer > ?)`, s.mapCap-int64(len(places))),
			execute(ctx, tx, "INSERT INTO maps (hash, dataset, used, recipe, places, sum) VALUES (?, ?, ?, ?, ?, ?)",
				m.Hash, m.Dataset, time.Now().UnixNano(), m.Recipe, places, m.sum(places)),
		)
	})
}

// dropMaps forgets the maps of a dataset.
func (s *Store) dropMaps(ctx context.Context, dataset string) error {
	db, err := s.maps(ctx)
	if err != nil {
		return err
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		return execute(ctx, tx, "DELETE FROM maps WHERE dataset = ?", dataset)
	})
}

// sum is the checksum of what is kept.
func (m Map) sum(places []byte) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", m.Hash, m.Dataset, m.Recipe)
	h.Write(places)
	return h.Sum(nil)
}

// placeBytes is the size of a place: picture, X and Y, little-endian.
const placeBytes = 12

func writePlaces(places []Place) []byte {
	b := make([]byte, 0, placeBytes*len(places))
	for _, p := range places {
		b = binary.LittleEndian.AppendUint32(b, uint32(p.Picture))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(p.X))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(p.Y))
	}
	return b
}

func readPlaces(b []byte) []Place {
	places := make([]Place, len(b)/placeBytes)
	for i := range places {
		row := b[i*placeBytes:]
		places[i] = Place{
			Picture: int32(binary.LittleEndian.Uint32(row)),
			X:       math.Float32frombits(binary.LittleEndian.Uint32(row[4:])),
			Y:       math.Float32frombits(binary.LittleEndian.Uint32(row[8:])),
		}
	}
	return places
}
