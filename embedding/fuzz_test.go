package embedding

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func FuzzNPYHeader(f *testing.F) {
	f.Add(NPYHeader(204, 1280))
	f.Add(NPYHeader(1))
	f.Add([]byte("\x93NUMPY\x01\x00\xff\xff{'descr': '<f4'"))
	f.Add([]byte("\x93NUMPY\x01\x00\x40\x00{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1), }"))
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, dim, offset, err := readNPYHeader(bytes.NewReader(content))
		if err != nil {
			return
		}
		if rows < 1 || dim < 1 || rows > maxRows || dim > maxDim || offset > int64(len(content)) {
			t.Errorf("accepted %dx%d from byte %d of %d", rows, dim, offset, len(content))
		}
		again, dimAgain, _, err := readNPYHeader(bytes.NewReader(NPYHeader(rows, dim)))
		if err != nil || again != rows || dimAgain != dim {
			t.Errorf("%dx%d read back as %dx%d, %v", rows, dim, again, dimAgain, err)
		}
	})
}

func FuzzManifest(f *testing.F) {
	whole, err := json.Marshal(Manifest{
		Format: manifestFormat, Version: manifestVersion, Key: Key{Dataset: "pets"},
		Rows: 3, Dim: 2, Bytes: fileSize(3, 2), LeftOut: []LeftOut{{Row: 1, Reason: "gone"}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"rows": 1e30}`))
	f.Add([]byte(`{"left_out": [{"row": -1}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := decodeManifest(bytes.NewReader(content))
		if err != nil {
			return
		}
		if m.Bytes != fileSize(m.Rows, m.Dim) || len(m.LeftOut) > m.Rows {
			t.Errorf("accepted %+v", m)
		}
	})
}

func FuzzTopManifest(f *testing.F) {
	shape := TopShape{Pictures: 3, Height: 7, Width: 7, Channels: 2}
	whole, err := json.Marshal(topManifest{Format: topFormat, Version: topVersion, TopShape: shape, Bytes: shape.size()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"height": 1e30}`))
	f.Add([]byte(`{"left_out": [{"row": -1}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := decodeTopManifest(bytes.NewReader(content))
		if err != nil {
			return
		}
		if m.Bytes != m.size() || len(m.LeftOut) > m.Pictures || m.Height*m.Width > maxPlaces {
			t.Errorf("accepted %+v", m)
		}
	})
}

func FuzzTop(f *testing.F) {
	m := topManifest{TopShape: TopShape{Pictures: 12, Height: 2, Width: 3, Channels: 2}}
	m.Bytes = m.size()
	content := m.header()
	for i := range 2 * TopCount {
		content = encodePeak(content, Peak{Picture: i % TopCount, Position: i % 6, Value: float32(-i)})
	}
	f.Add(content)
	f.Add(content[:len(content)-3])
	f.Add(m.header())
	f.Fuzz(func(t *testing.T, content []byte) {
		top, err := m.read(bytes.NewReader(content), 1)
		if err != nil {
			return
		}
		for i, p := range top.Peaks {
			if m.checkPeak(p) != nil || i > 0 && !top.Peaks[i-1].before(p) || len(top.Peaks) > TopCount {
				t.Errorf("accepted %+v", top.Peaks)
			}
		}
	})
}

func FuzzTopJournal(f *testing.F) {
	shape := TopShape{Pictures: 12, Height: 2, Width: 3, Channels: 2}
	fresh := func() *TopWriter {
		return &TopWriter{shape: shape, best: slices.Repeat([]Peak{nobody}, shape.Channels*TopCount), done: make([]bool, shape.Pictures)}
	}
	line, err := json.Marshal(fresh().startLine())
	if err != nil {
		f.Fatal(err)
	}
	start := string(line) + "\n"
	record := string(endRecord(addPeak(addPeak(startRecord(nil, 5), 0, Peak{5, 1, 2}), 1, Peak{5, 0, -1})))
	f.Add(start + record)
	f.Add(start + record + record)
	f.Add(start + string(endRecord(startRecord(nil, 3))) + record[:9])
	f.Add(start + "\x00\x00\x00\x00\xff\xff\xff\xff")
	f.Add(start[1:] + record)
	f.Fuzz(func(t *testing.T, content string) {
		w := fresh()
		length, err := w.replay(strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if length > int64(len(content)) {
			t.Errorf("read %d of %d bytes", length, len(content))
		}
		for i, p := range w.best {
			if p != nobody && (shape.checkPeak(p) != nil || !w.done[p.Picture]) {
				t.Errorf("accepted %+v", p)
			}
			if i%TopCount > 0 && p != nobody && !w.best[i-1].before(p) {
				t.Errorf("%+v after %+v", p, w.best[i-1])
			}
		}
		again := fresh()
		if length2, err := again.replay(strings.NewReader(content[:length])); err != nil || length2 != length || !slices.Equal(again.best, w.best) {
			t.Errorf("read again, %d bytes instead of %d, %v", length2, length, err)
		}
	})
}

func FuzzJournal(f *testing.F) {
	start := journalStart{Format: journalFormat, Version: journalVersion, Key: Key{Dataset: "pets"}, Rows: 9, Dim: 2}
	line, err := json.Marshal(start)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(line) + "\n{\"row\":1,\"crc32c\":7}\n{\"row\":2,\"crc32c\":7,\"left_out\":true,\"reason\":\"gone\"}\n")
	f.Add(string(line) + "\n{\"row\":9,\"crc32c\":7}\n")
	f.Add(string(line) + "\n" + strings.Repeat("x", maxJournalLine) + "\n")
	f.Add(string(line))
	f.Fuzz(func(t *testing.T, content string) {
		rows, length, err := readJournal(strings.NewReader(content), start)
		if err != nil {
			t.Fatal(err)
		}
		if length > int64(len(content)) || (length > 0 && content[length-1] != '\n') {
			t.Errorf("read %d of %d bytes", length, len(content))
		}
		for i := range rows {
			if i < 0 || i >= start.Rows {
				t.Errorf("accepted row %d of %d", i, start.Rows)
			}
		}
	})
}
