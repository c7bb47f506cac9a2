package pytorch

import (
	"encoding/binary"
	"io"
)

// The container before torch 1.6: the pickles of a magic number, of a version, of what
// the machine was like, of what was saved and of the keys of its storages, and then the
// storages in the order of the keys, each after the count of its numbers.
const (
	legacyMagic   long = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
	legacyVersion      = 1001
)

// isLegacy reports whether the file begins with the magic number.
func (f *File) isLegacy() bool {
	magic, err := unpickle(f.stream(), nil)
	return err == nil && magic == legacyMagic
}

func (f *File) loadLegacy() (any, error) {
	s := f.stream()
	magic, err := unpickle(s, nil)
	if err != nil || magic != legacyMagic {
		return nil, corrupt("it begins neither like a zip archive nor with the magic number of torch")
	}
	version, err := unpickle(s, nil)
	if err != nil {
		return nil, err
	}
	if version != legacyVersion {
		return nil, unsupported("another version of the format than %d", legacyVersion)
	}
	machine, err := unpickle(s, nil)
	if err != nil {
		return nil, err
	}
	if m, ok := machine.(*dict); ok && m.values["little_endian"] == false {
		return nil, unsupported("numbers in the byte order \"big\"")
	}
	found := storages{}
	saved, err := unpickle(s, found.load)
	if err != nil {
		return nil, err
	}
	keys, err := unpickle(s, nil)
	if err != nil {
		return nil, err
	}
	return saved, f.locate(found, keys, s.at)
}

// locate finds the bytes of all storages. The first begins at byte at.
func (f *File) locate(found storages, keys any, at int64) error {
	listed, ok := keys.(*list)
	if !ok || len(listed.items) != len(found) {
		return corrupt("the keys of %d storages are not those of the tensors", len(found))
	}
	for _, item := range listed.items {
		key, _ := item.(string)
		p := found[key]
		if p == nil || p.at != 0 {
			return corrupt("storage %.32q belongs to no tensor or comes twice", key)
		}
		var count [8]byte
		if n, err := f.r.ReadAt(count[:], at); n < len(count) && err != nil && err != io.EOF {
			return err
		}
		if stored := binary.LittleEndian.Uint64(count[:]); stored != uint64(p.count) {
			return corrupt("storage %.32q at byte %d has %d numbers, want %d", key, at, stored, p.count)
		}
		p.at = at + int64(len(count))
		if p.bytes > f.size-p.at {
			return corrupt("storage %.32q claims %d bytes at byte %d of %d", key, p.bytes, p.at, f.size)
		}
		at = p.at + p.bytes
	}
	return nil
}
