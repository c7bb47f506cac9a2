package preprocess

import (
	"bytes"
	"encoding/binary"
	"io"
)

// orientation finds the EXIF orientation, 1 to 8, of a picture file. Where there is
// none, or a damaged one, it is 1: upright.
func orientation(r io.ReadSeeker, format string) int {
	switch format {
	case "jpeg":
		return exifOrientation(jpegExif(r))
	case "png":
		return exifOrientation(pngExif(r))
	case "webp":
		return exifOrientation(webpExif(r))
	case "tiff":
		return exifOrientation(r)
	}
	return 1
}

// exifOrientation reads tag 274 of the first directory of a TIFF structure, in which
// EXIF is kept.
func exifOrientation(r io.ReadSeeker) int {
	var head [8]byte
	if _, err := readAt(r, head[:], 0); err != nil {
		return 1
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if head[0] == 'M' {
		order = binary.BigEndian
	}
	var count [2]byte
	if _, err := readAt(r, count[:], int64(order.Uint32(head[4:]))); err != nil {
		return 1
	}
	for range order.Uint16(count[:]) {
		var entry [12]byte
		if _, err := io.ReadFull(r, entry[:]); err != nil {
			return 1
		}
		if order.Uint16(entry[:]) != 274 {
			continue
		}
		if value := int(order.Uint16(entry[8:])); value >= 1 && value <= 8 {
			return value
		}
		return 1
	}
	return 1
}

// jpegExif returns the EXIF block of a JPEG, empty if there is none.
func jpegExif(r io.ReadSeeker) io.ReadSeeker {
	const app1, startOfScan = 0xe1, 0xda
	for at := int64(2); ; {
		var head [4]byte
		if _, err := readAt(r, head[:], at); err != nil || head[0] != 0xff || head[1] == startOfScan {
			return bytes.NewReader(nil)
		}
		length := int64(binary.BigEndian.Uint16(head[2:]))
		if head[1] == app1 {
			if block := exifBlock(r, at+4, length-2); bytes.HasPrefix(block, exifPrefix) {
				return bytes.NewReader(block[len(exifPrefix):])
			}
		}
		at += 2 + max(2, length)
	}
}

// pngExif returns the eXIf chunk of a PNG, empty if there is none.
func pngExif(r io.ReadSeeker) io.ReadSeeker {
	for at := int64(8); ; {
		var head [8]byte
		if _, err := readAt(r, head[:], at); err != nil {
			return bytes.NewReader(nil)
		}
		length := int64(binary.BigEndian.Uint32(head[:]))
		if string(head[4:]) == "eXIf" {
			return bytes.NewReader(bytes.TrimPrefix(exifBlock(r, at+8, length), exifPrefix))
		}
		at += 12 + length
	}
}

// webpExif returns the EXIF chunk of a WebP, empty if there is none.
func webpExif(r io.ReadSeeker) io.ReadSeeker {
	for at := int64(12); ; {
		var head [8]byte
		if _, err := readAt(r, head[:], at); err != nil {
			return bytes.NewReader(nil)
		}
		length := int64(binary.LittleEndian.Uint32(head[4:]))
		if string(head[:4]) == "EXIF" {
			return bytes.NewReader(bytes.TrimPrefix(exifBlock(r, at+8, length), exifPrefix))
		}
		at += 8 + length + length&1
	}
}

var exifPrefix = []byte("Exif\x00\x00")

// exifBlock reads what there is of an EXIF block, at most 64 KB, the most that a JPEG
// can hold.
func exifBlock(r io.ReadSeeker, offset, length int64) []byte {
	block := make([]byte, min(max(length, 0), 1<<16))
	n, _ := readAt(r, block, offset)
	return block[:n]
}

func swapsSides(orientation int) bool { return orientation >= 5 }

// upright undoes an EXIF orientation. The picture itself is returned where nothing is
// to be done.
func (im *Image) upright(orientation int) *Image {
	if orientation <= 1 {
		return im
	}
	out := newImage(im.Width, im.Height)
	if swapsSides(orientation) {
		out.Width, out.Height = im.Height, im.Width
	}
	// The stored pixel of the upright corner, and the steps to the right and down from it.
	right, down := 1, im.Width
	lastColumn, lastRow := im.Width-1, im.Width*(im.Height-1)
	var corner, across, along int
	switch orientation {
	case 2: // mirrored
		corner, across, along = lastColumn, -right, down
	case 3: // turned by half
		corner, across, along = lastRow+lastColumn, -right, -down
	case 4: // upside down mirrored
		corner, across, along = lastRow, right, -down
	case 5: // rows are columns
		corner, across, along = 0, down, right
	case 6: // to be turned clockwise
		corner, across, along = lastRow, -down, right
	case 7: // rows are columns, from the far corner
		corner, across, along = lastRow+lastColumn, -down, -right
	case 8: // to be turned anticlockwise
		corner, across, along = lastColumn, down, -right
	}
	for y := range out.Height {
		row, from := out.row(y), corner+y*along
		for x := range out.Width {
			copy(row[3*x:3*x+3], im.Pix[3*from:3*from+3])
			from += across
		}
	}
	return out
}
