package hdf5_test

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"runtime"
	"strconv"
	"testing"
)

// FuzzRead reads all of a file whatever its bytes say. Checksums are put right, or
// hardly anything would come past them.
func FuzzRead(f *testing.F) {
	for _, content := range testdata(f) {
		if len(content) < 40<<10 {
			f.Add(content)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		content = bytes.Clone(content)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := readAll(content)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20+100*uint64(len(content)) {
			t.Fatalf("%d bytes of memory for a file of %d", took, len(content))
		}
		for range 50 {
			if err == nil || !resum(content, err) {
				break
			}
			err = readAll(content)
		}
		if err != nil && !named(err) {
			t.Fatalf("error is %v", err)
		}
	})
}

var wrongSum = regexp.MustCompile(`at byte (\d+): the checksum is (\w+), the bytes have (\w+);`)

// resum puts the checksum right that an error is about, if it is about one.
func resum(content []byte, err error) bool {
	found := wrongSum.FindStringSubmatch(err.Error())
	if found == nil {
		return false
	}
	at, _ := strconv.Atoi(found[1])
	want, _ := strconv.ParseUint(found[2], 0, 32)
	got, _ := strconv.ParseUint(found[3], 0, 32)
	stored := binary.LittleEndian.AppendUint32(nil, uint32(want))
	place := bytes.Index(content[at:], stored)
	if place < 0 {
		return false
	}
	binary.LittleEndian.PutUint32(content[at+place:], uint32(got))
	return true
}
