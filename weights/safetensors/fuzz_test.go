package safetensors_test

import (
	"errors"
	"testing"

	"github.com/convnetplayground/convnet/weights/safetensors"
)

// headers are those of files that are read.
var headers = []string{
	`{"a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]}}`,
	`{"__metadata__":{"a":"b"},"a":{"dtype":"BF16","shape":[0],"data_offsets":[0,0]}}  `,
	`{"b":{"dtype":"F64","shape":[],"data_offsets":[2,10]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`,
	`{}`,
}

// FuzzRead opens any bytes and reads all tensors.
func FuzzRead(f *testing.F) {
	for _, header := range headers {
		f.Add(file(header, 0, 0x3c, 0, 0xc0))
	}
	for _, l := range lies {
		f.Add(l.content)
	}
	f.Fuzz(readAll)
}

// FuzzHeader is FuzzRead with a length of the header that is always right.
func FuzzHeader(f *testing.F) {
	for _, header := range headers {
		f.Add(header, []byte{0, 0x3c, 0, 0xc0})
	}
	for _, l := range lies {
		if len(l.content) > 8 {
			f.Add(string(l.content[8:]), []byte{0, 0, 0, 0})
		}
	}
	f.Fuzz(func(t *testing.T, header string, data []byte) {
		readAll(t, file(header, data...))
	})
}

func readAll(t *testing.T, content []byte) {
	f, err := read(content)
	if err != nil {
		if !errors.Is(err, safetensors.ErrCorrupt) {
			t.Fatalf("an error of no kind: %v", err)
		}
		return
	}
	values := 0
	for _, name := range f.Names() {
		shape, ok := f.Shape(name)
		if !ok {
			t.Fatalf("%q is listed and has no shape", name)
		}
		values += shape.Elements()
		if values > len(content) {
			t.Fatalf("%d values in %d bytes", values, len(content))
		}
		data := make([]float32, shape.Elements())
		readErr := f.Read(data, name, 0)
		if err := f.Read(data, name, 1); err == nil {
			t.Fatalf("%q has more values than its shape %v", name, shape)
		}
		if readErr == nil && f.Read(data[:len(data)/2], name, len(data)-len(data)/2) != nil {
			t.Fatalf("%q is read whole, its second half is not", name)
		}
	}
}
