package hdf5_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/convnetplayground/convnet/weights/hdf5"
)

// BenchmarkReadAt reads 25 million values that lie in a file as they are, in pieces of
// as many as fill a megabyte.
func BenchmarkReadAt(b *testing.B) {
	const values, piece = 25 << 20, 256 << 10
	for name, width := range map[string]int{"growing.h5": 4, "growing16.h5": 2} {
		b.Run(name, func(b *testing.B) {
			d := grown(b, name, width, values)
			dst := make([]float32, piece)
			b.SetBytes(int64(values * width))
			b.ReportAllocs()
			for b.Loop() {
				for at := 0; at < values; at += piece {
					if err := d.ReadAt(dst, at); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// grown is the dataset of a file of testdata, lengthened.
func grown(b *testing.B, name string, width, values int) *hdf5.Dataset {
	content := testdata(b)[name]
	const before = 12345
	end := len(content) - before*width + values*width
	for old, new := range map[int]int{before: values, before * width: values * width, len(content): end} {
		content = replace(word(old), word(new))(content)
	}
	path := filepath.Join(b.TempDir(), name)
	if err := os.WriteFile(path, append(content, make([]byte, end-len(content))...), 0o600); err != nil {
		b.Fatal(err)
	}
	r, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { r.Close() })
	f, err := hdf5.Read(r, int64(end), name)
	if err != nil {
		b.Fatal(err)
	}
	o, err := f.Root().Open("values")
	if err != nil {
		b.Fatal(err)
	}
	d, err := o.Dataset()
	if err != nil {
		b.Fatal(err)
	}
	return d
}

// word is a number as HDF5 stores it.
func word(n int) string { return string(binary.LittleEndian.AppendUint64(nil, uint64(n))) }
