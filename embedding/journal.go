package embedding

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"slices"
)

// The journal of a partial matrix is a text file of JSON lines: what the matrix
// is, then a line per finished row, the last line of a row counting.

const (
	journalFormat  = "convnet-embedding-partial"
	journalVersion = 1
	maxJournalLine = 64 << 10 // bytes
)

type journalStart struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Key     Key    `json:"key"`
	Rows    int    `json:"rows"`
	Dim     int    `json:"dim"`
}

type journalRow struct {
	Row     int    `json:"row"`
	Sum     uint32 `json:"crc32c"` // of the row's bytes in the data file
	LeftOut bool   `json:"left_out,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// open opens the partial files, going on from them where they fit.
func (w *Writer) open() error {
	// A writer that was killed between the two renames of Commit left the data
	// under its final name, without a manifest.
	if !exists(w.path+partialSuffix) && exists(w.path+journalSuffix) && exists(w.path+npySuffix) {
		if err := os.Rename(w.path+npySuffix, w.path+partialSuffix); err != nil {
			return err
		}
	}
	var err error
	if w.data, err = os.OpenFile(w.path+partialSuffix, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	if w.journal, err = os.OpenFile(w.path+journalSuffix, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return err
	}
	w.states = make([]rowState, w.rows)
	w.buffer = make([]byte, 4*w.dim)
	info, err := w.data.Stat()
	if err != nil {
		return err
	}
	if info.Size() == fileSize(w.rows, w.dim) {
		resumed, err := w.resume()
		if err != nil || resumed {
			return err
		}
	}
	return w.start()
}

// start makes the partial files anew.
func (w *Writer) start() error {
	line, err := json.Marshal(w.startLine())
	if err != nil {
		return err
	}
	if err := errors.Join(w.journal.Truncate(0), w.data.Truncate(0)); err != nil {
		return err
	}
	if _, err := w.data.WriteAt(NPYHeader(w.rows, w.dim), 0); err != nil {
		return err
	}
	// The rows are a hole until they are written.
	if err := w.data.Truncate(fileSize(w.rows, w.dim)); err != nil {
		return err
	}
	_, err = w.journal.Write(append(line, '\n'))
	return err
}

func (w *Writer) startLine() journalStart {
	return journalStart{Format: journalFormat, Version: journalVersion, Key: w.key, Rows: w.rows, Dim: w.dim}
}

// resume takes over the rows that the journal lists, as far as their values
// agree with it: after a power cut a line may have reached the disk before its
// row did. It reports whether the journal is one of this matrix.
func (w *Writer) resume() (bool, error) {
	rows, length, err := readJournal(w.journal, w.startLine())
	if err != nil || length == 0 {
		return false, err
	}
	// Half a line at the end would spoil the next one.
	if err := w.journal.Truncate(length); err != nil {
		return false, err
	}
	for _, i := range slices.Sorted(maps.Keys(rows)) {
		row := rows[i]
		if _, err := w.data.ReadAt(w.buffer, w.rowOffset(i)); err != nil {
			return false, fmt.Errorf("row %d: %w", i, err)
		}
		switch {
		case crc32.Checksum(w.buffer, castagnoli) != row.Sum:
		case row.LeftOut:
			w.states[i], w.reasons[i] = leftOut, row.Reason
		default:
			w.states[i] = present
		}
	}
	return true, nil
}

// readJournal reads the lines up to the first that is not whole and valid, and
// returns the last line of each row and the length in bytes of what it read: 0
// if the journal does not begin with want.
func readJournal(r io.Reader, want journalStart) (rows map[int]journalRow, length int64, err error) {
	lines := bufio.NewReaderSize(r, maxJournalLine)
	rows = map[int]journalRow{}
	for {
		line, err := lines.ReadSlice('\n')
		if err == io.EOF || err == bufio.ErrBufferFull {
			return rows, length, nil
		}
		if err != nil {
			return nil, 0, err
		}
		if length == 0 {
			var start journalStart
			if json.Unmarshal(line, &start) != nil || start != want {
				return nil, 0, nil
			}
		} else {
			row := journalRow{Row: -1}
			if json.Unmarshal(line, &row) != nil || row.Row < 0 || row.Row >= want.Rows {
				return rows, length, nil
			}
			rows[row.Row] = row
		}
		length += int64(len(line))
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
