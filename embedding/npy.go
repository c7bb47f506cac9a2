package embedding

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	npyMagic = "\x93NUMPY\x01\x00" // format version 1.0
	npyAlign = 64                  // values start at a multiple of this

	// maxRows and maxDim keep rows*dim*4 far from overflow; maxDim is above the
	// largest flattened feature map of any network here.
	maxRows = 1<<31 - 1
	maxDim  = 1 << 26
)

// NPYHeader is what stands before the values of a .npy file (format 1.0) of
// little-endian float32 values in C order. Its length is a multiple of 64.
func NPYHeader(shape ...int) []byte { return npyHeader("'<f4'", shape...) }

// npyHeader is that of values of a type, as Python writes it.
func npyHeader(descr string, shape ...int) []byte {
	axes := make([]string, len(shape))
	for i, extent := range shape {
		axes[i] = strconv.Itoa(extent)
	}
	tuple := strings.Join(axes, ", ")
	if len(shape) == 1 {
		tuple += ","
	}
	dict := fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': (%s), }", descr, tuple)
	// Magic, two bytes of length, the text, a newline: filled up with spaces.
	unpadded := len(npyMagic) + 2 + len(dict) + 1
	dict += strings.Repeat(" ", (npyAlign-unpadded%npyAlign)%npyAlign) + "\n"
	header := append([]byte(npyMagic), 0, 0)
	binary.LittleEndian.PutUint16(header[len(npyMagic):], uint16(len(dict)))
	return append(header, dict...)
}

// readNPYHeader reads the header of a .npy file of float32 values in C order
// with the axes [rows, dim]. offset is where the values start.
func readNPYHeader(r io.Reader) (rows, dim int, offset int64, err error) {
	var start [len(npyMagic) + 2]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return 0, 0, 0, errors.New("too short for a .npy header")
	}
	if !bytes.HasPrefix(start[:], []byte(npyMagic)) {
		return 0, 0, 0, errors.New("not a .npy file of version 1.0")
	}
	length := binary.LittleEndian.Uint16(start[len(npyMagic):])
	text := make([]byte, length) // 64 KB at most
	if _, err := io.ReadFull(r, text); err != nil {
		return 0, 0, 0, fmt.Errorf("header claims %d bytes, the file ends before", length)
	}
	rows, dim, err = parseNPYDict(string(text))
	return rows, dim, int64(len(start)) + int64(length), err
}

// parseNPYDict reads the Python dictionary of the header, as numpy and
// NPYHeader write it: the three entries in alphabetical order.
func parseNPYDict(text string) (rows, dim int, err error) {
	rest, ok := strings.CutPrefix(strings.TrimRight(text, " \n"), "{'descr': '<f4', 'fortran_order': False, 'shape': (")
	if !ok {
		return 0, 0, fmt.Errorf("header %.60q: expected float32 values, little-endian, in C order", text)
	}
	tuple, end, ok := strings.Cut(rest, ")")
	if !ok || (end != ", }" && end != "}") {
		return 0, 0, fmt.Errorf("header: %.60q: expected a shape", rest)
	}
	axes := strings.Split(tuple, ", ")
	if len(axes) != 2 {
		return 0, 0, fmt.Errorf("header: shape (%.60s): expected two axes", tuple)
	}
	rows, err = strconv.Atoi(axes[0])
	if err == nil {
		dim, err = strconv.Atoi(axes[1])
	}
	if err != nil {
		return 0, 0, fmt.Errorf("header: shape (%.60s): %w", tuple, err)
	}
	return rows, dim, checkShape(rows, dim)
}

func checkShape(rows, dim int) error {
	if rows < 1 || rows > maxRows || dim < 1 || dim > maxDim {
		return fmt.Errorf("shape %dx%d: out of range", rows, dim)
	}
	return nil
}

// fileSize is the size of the .npy file [rows, dim] that a Writer makes.
func fileSize(rows, dim int) int64 {
	return int64(len(NPYHeader(rows, dim))) + 4*int64(rows)*int64(dim)
}
