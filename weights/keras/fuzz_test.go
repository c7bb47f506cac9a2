package keras_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
)

// FuzzRead reads all tensors of a file whatever its bytes say, with the layers of a
// network and without.
func FuzzRead(f *testing.F) {
	for name, content := range testdata(f) {
		if strings.Contains(name, "mini") || name == "keras1.h5" || name == "deflated.keras" {
			f.Add(content)
		}
	}
	layers := readGolden(f, "testdata").Networks["mini"]
	f.Fuzz(func(t *testing.T, content []byte) {
		content = bytes.Clone(content)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readAll(content, layers)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20+100*uint64(len(content)) {
			t.Errorf("%d bytes of memory for a file of %d", took, len(content))
		}
		if err != nil && !named(err) {
			t.Errorf("error is %v", err)
		}
		if _, own := readAll(content, nil); own != nil && !named(own) {
			t.Errorf("error is %v", own)
		}
	})
}
