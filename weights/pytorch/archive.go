package pytorch

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Caps on what an archive may take in memory, in bytes. Torch compresses nothing, and
// what is not compressed is read where it lies.
const (
	maxDirectory = 16 << 20
	maxInflated  = 256 << 20
)

const zipSignature = "PK\x03\x04"

// archive is the container of torch 1.6 and later: a zip archive in which
// NAME/data.pkl is the pickle and NAME/data/KEY the bytes of a storage.
type archive struct {
	file    *File
	entries map[string]*zip.File
	name    string
}

func (f *File) isArchive() bool {
	signature := make([]byte, len(zipSignature))
	n, _ := f.r.ReadAt(signature, 0)
	return string(signature[:n]) == zipSignature
}

// beginsWithPickle reports whether the first entry is the one that torch writes first.
// An archive that was cut short still has it.
func (f *File) beginsWithPickle() bool {
	const fixed = 30 // bytes before the name, whose length is in bytes 26 and 27
	header := make([]byte, fixed+256)
	n, _ := f.r.ReadAt(header, 0)
	if n < fixed {
		return false
	}
	name := header[fixed:n]
	name = name[:min(len(name), int(binary.LittleEndian.Uint16(header[26:])))]
	return bytes.HasSuffix(name, []byte("/data.pkl"))
}

func (f *File) openArchive() (*archive, error) {
	directory := &metered{r: f.r, left: maxDirectory}
	z, err := zip.NewReader(directory, f.size)
	if err != nil {
		return nil, corrupt("no zip archive: %v", err)
	}
	directory.done = true
	a := &archive{file: f, entries: map[string]*zip.File{}}
	for _, e := range z.File {
		if a.entries[e.Name] != nil {
			return nil, corrupt("the archive holds %.64q twice", e.Name)
		}
		a.entries[e.Name] = e
		if name, ok := strings.CutSuffix(e.Name, "/data.pkl"); ok && !strings.Contains(name, "/") {
			a.name = name
		}
	}
	if a.entries[a.name+"/data.pkl"] == nil {
		return nil, corrupt("the archive holds no NAME/data.pkl")
	}
	return a, nil
}

// metered caps what is read until it is done.
type metered struct {
	r    io.ReaderAt
	left int
	done bool
}

func (m *metered) ReadAt(p []byte, at int64) (int, error) {
	if !m.done {
		if m.left -= len(p); m.left < 0 {
			return 0, fmt.Errorf("its directory takes more than %d bytes", maxDirectory)
		}
	}
	return m.r.ReadAt(p, at)
}

// load carries out the pickle and finds the storages that it names.
func (a *archive) load() (any, error) {
	if e := a.entries[a.name+"/byteorder"]; e != nil {
		order, err := inflate(e, 16)
		if err != nil {
			return nil, err
		}
		if string(order) != "little" {
			return nil, unsupported("numbers in the byte order %q", order)
		}
	}
	pickle, err := inflate(a.entries[a.name+"/data.pkl"], maxPickle)
	if err != nil {
		return nil, err
	}
	found := storages{}
	saved, err := unpickle(&stream{r: bufio.NewReader(bytes.NewReader(pickle)), what: "data.pkl"}, found.load)
	if err != nil {
		return nil, err
	}
	for key, p := range found {
		if err := a.locate(p, key); err != nil {
			return nil, err
		}
	}
	return saved, nil
}

// locate finds the bytes of a storage.
func (a *archive) locate(p *place, key string) error {
	e := a.entries[a.name+"/data/"+key]
	if e == nil {
		return corrupt("the archive holds no data/%.32s", key)
	}
	if e.UncompressedSize64 != uint64(p.bytes) {
		return corrupt("%.64q has %d bytes, want %d", e.Name, e.UncompressedSize64, p.bytes)
	}
	if e.Method != zip.Store {
		if p.bytes > maxInflated {
			return corrupt("%.64q is compressed and claims %d bytes, more than the cap of %d", e.Name, p.bytes, maxInflated)
		}
		p.packed = e
		return nil
	}
	at, err := e.DataOffset()
	if err != nil {
		return corrupt("%.64q: %v", e.Name, err)
	}
	if e.CompressedSize64 != e.UncompressedSize64 || p.bytes > a.file.size-at {
		return corrupt("%.64q claims %d bytes at byte %d of %d", e.Name, p.bytes, at, a.file.size)
	}
	p.at = at
	return nil
}

// inflate reads an entry of at most limit bytes and verifies its checksum. The memory
// grows with what comes, not with what the archive claims.
func inflate(e *zip.File, limit uint64) ([]byte, error) {
	if e.UncompressedSize64 > limit {
		return nil, corrupt("%.64q claims %d bytes, more than the cap of %d", e.Name, e.UncompressedSize64, limit)
	}
	r, err := e.Open()
	if err != nil {
		return nil, corrupt("%.64q: %v", e.Name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(e.UncompressedSize64)+1))
	if err != nil {
		return nil, corrupt("%.64q: %v", e.Name, err)
	}
	if uint64(len(data)) != e.UncompressedSize64 {
		return nil, corrupt("%.64q has %d bytes, want %d", e.Name, len(data), e.UncompressedSize64)
	}
	return data, nil
}
