// Package safetensors reads and writes the safetensors weight format: eight bytes
// of header length (little-endian), a JSON header, then the tensors' bytes,
// little-endian, row-major, without gaps.
//
// Source: https://huggingface.co/docs/safetensors
package safetensors

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/dtype"
)

// MaxHeader caps the length of the JSON header in bytes.
const MaxHeader = 64 << 20

// maxRank caps the number of axes of a tensor.
const maxRank = 16

// ErrCorrupt means that the file does not hold what its header says.
var ErrCorrupt = errors.New("damaged safetensors file")

// DType names how a tensor's values are stored.
type DType string

// The types that convert to and from float32.
const (
	F16  DType = "F16"
	BF16 DType = "BF16"
	F32  DType = "F32"
	F64  DType = "F64"
)

// numbers are the types that convert to float32.
var numbers = map[DType]dtype.Type{F16: dtype.F16, BF16: dtype.BF16, F32: dtype.F32, F64: dtype.F64}

// widths is the size in bytes of every type that the format knows. Files may hold
// counters and flags beside the weights, so all are measured, not all are converted.
var widths = map[DType]int64{
	"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1,
	"U16": 2, "I16": 2, F16: 2, BF16: 2,
	"U32": 4, "I32": 4, F32: 4,
	"U64": 8, "I64": 8, F64: 8,
}

// File is an open safetensors file. Its methods may be called from many goroutines.
type File struct {
	r       io.ReaderAt
	label   string
	hash    func() (string, error)
	names   []string
	entries map[string]entry
}

// entry places one tensor; begin and end count from the start of the file.
type entry struct {
	dtype      DType
	shape      tensor.Shape
	begin, end int64
}

// Read checks the header of the size bytes in r and returns the file, which reads
// tensors from r on demand. Name stands for the file in errors. The header's length,
// every type, shape and offset are verified before memory is taken for them; what does
// not fit wraps ErrCorrupt. Closing the File closes r where r is an io.Closer.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	f := &File{r: r, label: name, entries: map[string]entry{}}
	text, err := f.header(size)
	if err != nil {
		return nil, err
	}
	if err := f.parse(text, size); err != nil {
		return nil, err
	}
	f.hash = sync.OnceValues(func() (string, error) {
		digest := sha256.New()
		if _, err := io.Copy(digest, io.NewSectionReader(r, 0, size)); err != nil {
			return "", fmt.Errorf("safetensors %s: %w", name, err)
		}
		return hex.EncodeToString(digest.Sum(nil)), nil
	})
	return f, nil
}

func (f *File) corrupt(format string, args ...any) error {
	return fmt.Errorf("safetensors %s: %w: %s; fetch the file again", f.label, ErrCorrupt, fmt.Sprintf(format, args...))
}

func (f *File) header(size int64) ([]byte, error) {
	if size < 8 {
		return nil, f.corrupt("%d bytes hold no header", size)
	}
	var prefix [8]byte
	if _, err := f.r.ReadAt(prefix[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("safetensors %s: header: %w", f.label, err)
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > MaxHeader {
		return nil, f.corrupt("the header claims %d bytes, more than the cap of %d", length, MaxHeader)
	}
	if int64(length) > size-8 {
		return nil, f.corrupt("the header claims %d bytes, the file has %d after its first eight", length, size-8)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(io.NewSectionReader(f.r, 8, int64(length)), text); err != nil {
		return nil, fmt.Errorf("safetensors %s: header: %w", f.label, err)
	}
	return text, nil
}

func (f *File) parse(text []byte, size int64) error {
	start := int64(8 + len(text))
	err := f.fields(text, func(name string, raw json.RawMessage) error {
		e, err := f.parseEntry(name, raw, size-start)
		if err != nil {
			return err
		}
		e.begin, e.end = e.begin+start, e.end+start
		f.entries[name] = e
		f.names = append(f.names, name)
		return nil
	})
	if err != nil {
		return err
	}
	return f.checkPlaces(start, size)
}

// fields takes the header apart. It ends at the first bad field, so that a long header
// of them costs no memory.
func (f *File) fields(text []byte, add func(name string, raw json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return f.corrupt("the header is no JSON object")
	}
	for d.More() {
		key, err := d.Token()
		var raw json.RawMessage
		if err == nil {
			err = d.Decode(&raw)
		}
		if err != nil {
			return f.corrupt("the header is no JSON object: %v", err)
		}
		name := key.(string) // the decoder takes no other keys
		if name == "__metadata__" {
			continue
		}
		if _, ok := f.entries[name]; ok {
			return f.corrupt("tensor %.64q is listed twice", name)
		}
		if err := add(name, raw); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return f.corrupt("the header is no JSON object: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return f.corrupt("the header goes on behind its JSON object")
	}
	return nil
}

// parseEntry returns the entry of a header field with offsets counted from the data's
// start, of which there are room bytes.
func (f *File) parseEntry(name string, raw json.RawMessage, room int64) (entry, error) {
	var field struct {
		DType   DType   `json:"dtype"`
		Shape   []int64 `json:"shape"`
		Offsets []int64 `json:"data_offsets"`
	}
	if err := json.Unmarshal(raw, &field); err != nil {
		return entry{}, f.corrupt("tensor %.64q has no dtype, shape and data_offsets of the right kinds", name)
	}
	width, known := widths[field.DType]
	if !known {
		return entry{}, f.corrupt("tensor %.64q has the unknown type %.64q", name, field.DType)
	}
	if len(field.Offsets) != 2 {
		return entry{}, f.corrupt("tensor %.64q has %d offsets, not 2", name, len(field.Offsets))
	}
	begin, end := field.Offsets[0], field.Offsets[1]
	if begin < 0 || end < begin || end > room {
		return entry{}, f.corrupt("tensor %.64q claims bytes %d to %d of %d", name, begin, end, room)
	}
	if len(field.Shape) > maxRank {
		return entry{}, f.corrupt("tensor %.64q has %d axes, more than the cap of %d", name, len(field.Shape), maxRank)
	}
	elements, ok := count(field.Shape, end-begin)
	if !ok || elements*width != end-begin {
		return entry{}, f.corrupt("tensor %.64q of type %s and shape %v claims %d bytes", name, field.DType, field.Shape, end-begin)
	}
	shape := make(tensor.Shape, len(field.Shape))
	for i, extent := range field.Shape {
		shape[i] = int(extent)
	}
	return entry{field.DType, shape, begin, end}, nil
}

// count multiplies the extents. It fails on an extent that is negative or no int32,
// and where the product passes limit, which keeps it from overflowing.
func count(shape []int64, limit int64) (int64, bool) {
	for _, extent := range shape {
		if extent < 0 || extent > math.MaxInt32 {
			return 0, false
		}
	}
	if slices.Contains(shape, 0) {
		return 0, true
	}
	n := int64(1)
	for _, extent := range shape {
		if n > limit/extent {
			return 0, false
		}
		n *= extent
	}
	return n, true
}

// checkPlaces sorts the names by place and refuses gaps and overlaps.
func (f *File) checkPlaces(start, size int64) error {
	slices.SortFunc(f.names, func(a, b string) int {
		x, y := f.entries[a], f.entries[b]
		return cmp.Or(cmp.Compare(x.begin, y.begin), cmp.Compare(x.end, y.end), cmp.Compare(a, b))
	})
	at := start
	for _, name := range f.names {
		e := f.entries[name]
		if e.begin < at {
			return f.corrupt("tensor %.64q overlaps the one before it", name)
		}
		if e.begin > at {
			return f.corrupt("%d bytes before tensor %.64q belong to none", e.begin-at, name)
		}
		at = e.end
	}
	if at != size {
		return f.corrupt("%d bytes at the end belong to no tensor", size-at)
	}
	return nil
}

// Names lists the tensors in the order in which the file stores them.
func (f *File) Names() []string { return slices.Clone(f.names) }

// Hash is the SHA-256 of the whole file in hexadecimal, computed when it is first
// asked for.
func (f *File) Hash() (string, error) { return f.hash() }

// Shape tells the extents of a tensor; false where there is none.
func (f *File) Shape(name string) (tensor.Shape, bool) {
	e, ok := f.entries[name]
	return e.shape, ok
}

// Read fills dst with the values of a tensor from the flat offset on, converted to
// float32; F64 is rounded. An unknown name, a type other than F16, BF16, F32 and F64,
// and values that the tensor does not have are errors.
func (f *File) Read(dst []float32, name string, offset int) error {
	e, ok := f.entries[name]
	if !ok {
		return fmt.Errorf("safetensors %s: no tensor %q", f.label, name)
	}
	number, ok := numbers[e.dtype]
	if !ok {
		return fmt.Errorf("safetensors %s: tensor %q: values of type %s are no weights", f.label, name, e.dtype)
	}
	width := number.Width()
	if n := e.shape.Elements(); offset < 0 || offset > n || len(dst) > n-offset {
		return fmt.Errorf("safetensors %s: tensor %q: no values %d to %d among %d", f.label, name, offset, offset+len(dst), n)
	}
	at := e.begin + int64(offset)*int64(width)
	if same := number.InPlace(dst); same != nil {
		return f.fill(same, at, name)
	}
	raw := make([]byte, min(64<<10, len(dst)*width)) // stays in the processor's cache
	for len(dst) > 0 {
		n := min(len(dst), len(raw)/width)
		if err := f.fill(raw[:n*width], at, name); err != nil {
			return err
		}
		number.Decode(dst[:n], raw)
		dst, at = dst[n:], at+int64(n*width)
	}
	return nil
}

// fill reads all of raw from a place in the file.
func (f *File) fill(raw []byte, at int64, name string) error {
	if n, err := f.r.ReadAt(raw, at); n < len(raw) {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("safetensors %s: tensor %q at byte %d: %w", f.label, name, at, err)
	}
	return nil
}

// Close closes the reader that was given to Read, if it can be closed.
func (f *File) Close() error {
	if c, ok := f.r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
