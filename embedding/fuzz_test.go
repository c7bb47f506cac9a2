package embedding

import (
	"bytes"
	"encoding/json"
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
