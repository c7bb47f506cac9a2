package embedding

import (
	"encoding/binary"
	"unsafe"
)

// mapping is the content of a file in memory, read only.
type mapping struct {
	bytes   []byte
	release func() error
}

// floats is the content from offset on as little-endian float32 values: a view
// where the machine is little-endian, a copy elsewhere. offset is a multiple of
// four.
func (m mapping) floats(offset int64) []float32 {
	content := m.bytes[offset:]
	n := len(content) / 4
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(content))), n)
	}
	values := make([]float32, n)
	// A slice of fixed-size values cannot fail to decode from enough bytes.
	binary.Decode(content, binary.LittleEndian, values)
	return values
}
