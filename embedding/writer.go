package embedding

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/convnetplayground/convnet/internal/disk"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// nan fills the rows that were left out.
var nan = float32(math.NaN())

// maxReason keeps a line of the journal within maxJournalLine.
const maxReason = 1000

// rowState says how far a row is.
type rowState uint8

const (
	missing rowState = iota
	present
	leftOut
)

// Writer fills one matrix, row by row, in any order. Every row that is put
// survives the process; all methods may be called from several goroutines.
// The caller ends it with Close, after Commit too.
type Writer struct {
	key       Key
	path      string // of the matrix, without a suffix
	rows, dim int
	whole     bool // there is nothing to write

	mu      sync.Mutex
	lock    *disk.Lock // nil once closed
	data    *os.File
	journal *os.File
	states  []rowState
	reasons map[int]string
	buffer  []byte // one encoded row
	broken  error  // the first failed write; the files may end in half a record
}

// Writer starts the matrix [rows, dim] of key, or goes on with one that was
// left unfinished. If it is whole already, all rows are Done and Commit does
// nothing. Errors wrap ErrBusy, ErrDiskFull, or those of the file system.
func (s *Store) Writer(key Key, rows, dim int) (*Writer, error) {
	if err := checkShape(rows, dim); err != nil {
		return nil, fmt.Errorf("layer %s of %s: %w", key.Layer, key.Model, err)
	}
	path, err := s.path(key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, disk.Explain(err)
	}
	lock, err := disk.Acquire(path + lockSuffix)
	if err != nil {
		return nil, fmt.Errorf("layer %s of %s: %w", key.Layer, key.Model, disk.Explain(err))
	}
	w := &Writer{key: key, path: path, rows: rows, dim: dim, lock: lock, reasons: map[int]string{}}
	if m, err := s.Load(key); err == nil && m.Rows() == rows && m.Dim() == dim {
		w.whole = true
		return w, nil
	}
	if err := w.open(); err != nil {
		return nil, errors.Join(disk.Explain(err), w.Close())
	}
	return w, nil
}

// Done reports whether row i is finished, with a vector or without, by this
// writer or an earlier one.
func (w *Writer) Done(i int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.whole || w.states[i] != missing
}

// Put stores the vector of row i; its length is dim. The vector may be reused
// when Put returns. Errors wrap ErrNotFinite, ErrDiskFull, or those of the file
// system; after any but ErrNotFinite, Close and start another Writer.
func (w *Writer) Put(i int, vector []float32) error {
	if len(vector) != w.dim {
		return fmt.Errorf("row %d of layer %s: %d values, expected %d", i, w.key.Layer, len(vector), w.dim)
	}
	for j, v := range vector {
		if v-v != 0 { // NaN and infinities only
			return fmt.Errorf("row %d of layer %s: value %d is %v: %w", i, w.key.Layer, j, v, ErrNotFinite)
		}
	}
	return w.finish(i, present, "", func() { binary.Encode(w.buffer, binary.LittleEndian, vector) })
}

// LeaveOut notes that row i has no vector, and why. Reasons are cut after
// maxReason bytes.
func (w *Writer) LeaveOut(i int, reason string) error {
	reason = strings.ToValidUTF8(reason[:min(len(reason), maxReason)], "")
	return w.finish(i, leftOut, reason, func() {
		for j := range w.dim {
			binary.LittleEndian.PutUint32(w.buffer[4*j:], math.Float32bits(nan))
		}
	})
}

// finish writes the row that encode puts into the buffer, then notes it in the
// journal. The order makes a row count only once its values are there.
func (w *Writer) finish(i int, state rowState, reason string, encode func()) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case i < 0 || i >= w.rows:
		return fmt.Errorf("row %d of layer %s: out of range, there are %d", i, w.key.Layer, w.rows)
	case w.whole:
		return nil
	case w.lock == nil:
		return fmt.Errorf("row %d of layer %s: the writer is closed", i, w.key.Layer)
	case w.broken != nil:
		return w.broken
	}
	encode()
	if w.broken = w.write(i, state, reason); w.broken != nil {
		return w.broken
	}
	w.states[i] = state
	delete(w.reasons, i)
	if state == leftOut {
		w.reasons[i] = reason
	}
	return nil
}

func (w *Writer) write(i int, state rowState, reason string) error {
	if _, err := w.data.WriteAt(w.buffer, w.rowOffset(i)); err != nil {
		return disk.Explain(err)
	}
	line, err := json.Marshal(journalRow{Row: i, Sum: crc32.Checksum(w.buffer, castagnoli), LeftOut: state == leftOut, Reason: reason})
	if err != nil {
		return err
	}
	if _, err := w.journal.Write(append(line, '\n')); err != nil {
		return disk.Explain(err)
	}
	return nil
}

func (w *Writer) rowOffset(i int) int64 {
	rowBytes := 4 * int64(w.dim)
	return int64(len(NPYHeader(w.rows, w.dim))) + int64(i)*rowBytes
}

// Commit makes the matrix visible to Load. Every row must be Done, and at least
// one have a vector. Errors keep what is finished for the next Writer.
func (w *Writer) Commit() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.whole {
		return nil
	}
	if w.lock == nil {
		return fmt.Errorf("layer %s of %s: the writer is closed", w.key.Layer, w.key.Model)
	}
	if w.broken != nil {
		return w.broken
	}
	if err := w.checkComplete(); err != nil {
		return fmt.Errorf("layer %s of %s: %w", w.key.Layer, w.key.Model, err)
	}
	if err := w.publish(); err != nil {
		return disk.Explain(err)
	}
	w.whole = true
	return nil
}

func (w *Writer) checkComplete() error {
	absent := 0
	for _, state := range w.states {
		if state == missing {
			absent++
		}
	}
	if absent > 0 {
		return fmt.Errorf("%d of %d rows are missing", absent, w.rows)
	}
	if len(w.reasons) == w.rows {
		return fmt.Errorf("none of %d rows has a vector; the first: %s", w.rows, w.reasons[0])
	}
	return nil
}

// publish renames the data, then writes the manifest: only both make a matrix.
func (w *Writer) publish() error {
	manifest, err := w.manifest()
	if err != nil {
		return err
	}
	if err := w.data.Sync(); err != nil {
		return err
	}
	// A manifest of a damaged matrix must not speak for the new one.
	if err := os.Remove(w.path + manifestSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(w.path+partialSuffix, w.path+npySuffix); err != nil {
		return err
	}
	if err := writeWhole(w.path+manifestSuffix, manifest); err != nil {
		return err
	}
	disk.SyncFolder(filepath.Dir(w.path))
	// Nobody reads the journal of a whole matrix: one that stays does no harm.
	os.Remove(w.path + journalSuffix)
	return nil
}

func (w *Writer) manifest() ([]byte, error) {
	m := Manifest{
		Format: manifestFormat, Version: manifestVersion,
		Key: w.key, Rows: w.rows, Dim: w.dim, Bytes: fileSize(w.rows, w.dim),
		Created: time.Now().UTC().Truncate(time.Second),
		LeftOut: sortedReasons(w.reasons),
	}
	return json.MarshalIndent(m, "", "  ")
}

// sortedReasons lists the rows that were left out.
func sortedReasons(reasons map[int]string) []LeftOut {
	list := []LeftOut{}
	for row, reason := range reasons {
		list = append(list, LeftOut{Row: row, Reason: reason})
	}
	slices.SortFunc(list, func(a, b LeftOut) int { return a.Row - b.Row })
	return list
}

// Close ends writing and lets other writers of the key in. What is finished
// but not committed is kept for them. Closing twice does nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lock == nil {
		return nil
	}
	var errs []error
	for _, f := range []*os.File{w.data, w.journal} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	errs = append(errs, w.lock.Release())
	w.lock = nil
	return errors.Join(errs...)
}

// writeWhole writes a file under another name and renames it when it is on disk.
func writeWhole(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
