package embedding

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/convnetplayground/convnet/internal/disk"
)

// TopWriter finds the top pictures of all channels of a layer, told of one
// picture after the other, in any order. What it was told survives the process;
// all methods may be called from several goroutines. The caller ends it with
// Close, after Commit too.
type TopWriter struct {
	key   Key
	shape TopShape
	path  string // without a suffix
	whole bool   // there is nothing to write

	mu      sync.Mutex
	lock    *disk.Lock // nil once closed
	journal *os.File
	best    []Peak // [channels, TopCount]
	done    []bool // by picture
	reasons map[int]string
	record  []byte // one picture of the journal
	broken  error  // the first failed write; the journal may end in half a record
}

// TopWriter starts the top pictures of the layer of key, whose pooling does not
// matter, or goes on with those that were left unfinished. If they are whole
// already, all pictures are Done and Commit does nothing. Errors wrap ErrBusy,
// ErrDiskFull, or those of the file system.
func (s *Store) TopWriter(key Key, shape TopShape) (*TopWriter, error) {
	key = key.forTop()
	if err := shape.check(); err != nil {
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
		return nil, fmt.Errorf("top pictures of layer %s of %s: %w", key.Layer, key.Model, disk.Explain(err))
	}
	w := &TopWriter{key: key, shape: shape, path: path, lock: lock, reasons: map[int]string{}}
	if top, err := loadTop(path, key, 0); err == nil && top.TopShape == shape {
		w.whole = true
		return w, nil
	}
	w.best = slices.Repeat([]Peak{nobody}, shape.Channels*TopCount)
	w.done = make([]bool, shape.Pictures)
	if err := w.open(); err != nil {
		return nil, errors.Join(disk.Explain(err), w.Close())
	}
	return w, nil
}

// Done reports whether the writer was told of a picture, now or by an earlier
// writer.
func (w *TopWriter) Done(picture int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.whole || w.done[picture]
}

// Put tells where the channels are greatest in a picture: their values, and
// their positions y*width + x on the feature map, one of each per channel.
// Errors wrap ErrNotFinite, ErrDiskFull, or those of the file system; after any
// but ErrNotFinite, Close and start another TopWriter.
func (w *TopWriter) Put(picture int, values, positions []float32) error {
	if len(values) != w.shape.Channels || len(positions) != w.shape.Channels {
		return fmt.Errorf("top pictures of layer %s: %d values at %d positions, expected %d", w.key.Layer, len(values), len(positions), w.shape.Channels)
	}
	for c, v := range values {
		if v-v != 0 { // NaN and infinities only
			return fmt.Errorf("picture %d at layer %s: channel %d is %v: %w", picture, w.key.Layer, c, v, ErrNotFinite)
		}
		if err := w.shape.checkPeak(Peak{picture, int(positions[c]), v}); err != nil {
			return fmt.Errorf("layer %s, channel %d: %w", w.key.Layer, c, err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.whole || w.done[picture] {
		return nil
	}
	if err := w.usable(); err != nil {
		return err
	}
	w.record = startRecord(w.record, picture)
	for c, v := range values {
		p := Peak{picture, int(positions[c]), v}
		if w.insert(c, p) {
			w.record = addPeak(w.record, c, p)
		}
	}
	w.record = endRecord(w.record)
	if _, err := w.journal.Write(w.record); err != nil {
		w.broken = disk.Explain(err)
		return w.broken
	}
	w.done[picture] = true
	return nil
}

// insert takes a peak among the best of its channel, if it is one of them.
func (w *TopWriter) insert(channel int, p Peak) bool {
	best := w.best[channel*TopCount:][:TopCount]
	at := TopCount
	for at > 0 && (best[at-1] == nobody || p.before(best[at-1])) {
		at--
	}
	if at == TopCount {
		return false
	}
	copy(best[at+1:], best[at:])
	best[at] = p
	return true
}

// LeaveOut notes that a picture cannot be read, and why; reasons are cut after
// maxReason bytes. Until Commit only this writer knows.
func (w *TopWriter) LeaveOut(picture int, reason string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.whole || w.done[picture] {
		return nil
	}
	w.reasons[picture] = strings.ToValidUTF8(reason[:min(len(reason), maxReason)], "")
	w.done[picture] = true
	return nil
}

// usable tells why the writer cannot write any more.
func (w *TopWriter) usable() error {
	if w.lock == nil {
		return fmt.Errorf("top pictures of layer %s of %s: the writer is closed", w.key.Layer, w.key.Model)
	}
	return w.broken
}

// Commit makes the top pictures visible to Top. Every picture must be Done.
// Errors keep what was told for the next TopWriter.
func (w *TopWriter) Commit() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.whole {
		return nil
	}
	if err := w.usable(); err != nil {
		return err
	}
	if i := slices.Index(w.done, false); i >= 0 {
		return fmt.Errorf("top pictures of layer %s of %s: picture %d is missing", w.key.Layer, w.key.Model, i)
	}
	if err := w.publish(); err != nil {
		return disk.Explain(err)
	}
	w.whole = true
	return nil
}

// publish writes the peaks, then the manifest: only both make them whole.
func (w *TopWriter) publish() error {
	manifest, err := w.manifest()
	if err != nil {
		return err
	}
	content := w.shape.header()
	for _, p := range w.best {
		content = encodePeak(content, p)
	}
	// A manifest of damaged ones must not speak for the new ones.
	if err := os.Remove(w.path + manifestSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeWhole(w.path+npySuffix, content); err != nil {
		return err
	}
	if err := writeWhole(w.path+manifestSuffix, manifest); err != nil {
		return err
	}
	disk.SyncFolder(filepath.Dir(w.path))
	// Nobody reads the journal any more: one that stays does no harm.
	os.Remove(w.path + journalSuffix)
	return nil
}

func (w *TopWriter) manifest() ([]byte, error) {
	return json.MarshalIndent(topManifest{
		Format: topFormat, Version: topVersion,
		Key: w.key, TopShape: w.shape, Bytes: w.shape.size(),
		Created: time.Now().UTC().Truncate(time.Second),
		LeftOut: sortedReasons(w.reasons),
	}, "", "  ")
}

// Close ends writing and lets other writers of the layer in. What was told but
// not committed is kept for them. Closing twice does nothing.
func (w *TopWriter) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lock == nil {
		return nil
	}
	var err error
	if w.journal != nil {
		err = w.journal.Close()
	}
	err = errors.Join(err, w.lock.Release())
	w.lock = nil
	return err
}
