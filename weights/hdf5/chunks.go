package hdf5

import (
	"cmp"
	"math"
	"slices"
)

// chunk is where a chunk lies in the file.
type chunk struct {
	number   int // in the grid, row-major
	at, size uint64
	skipped  uint32 // a bit for each filter that it did not go through
}

// setChunks reads how a dataset is cut into chunks.
func (d *Dataset) setChunks(b *block, version uint8) error {
	var flags uint8
	if version == 4 {
		flags = b.uint8()
	}
	rank := int(b.uint8()) - 1 // the last extent is the size of an element
	if rank != len(d.shape) || rank < 1 {
		return d.corrupt(b.start, "chunks of %d axes for the shape %v", rank, d.shape)
	}
	width := 4
	if version == 3 {
		d.at = b.uint64()
	} else {
		width = int(b.uint8())
	}
	size := uint64(d.number.Width())
	for _, length := range d.shape {
		extent := b.uint(width)
		if extent == 0 || extent > math.MaxInt32 || size*extent > math.MaxInt32 {
			return d.corrupt(b.start, "a chunk's extent is %d", extent)
		}
		size *= extent
		d.chunk = append(d.chunk, int(extent))
		d.grid = append(d.grid, (length+int(extent)-1)/int(extent))
	}
	if element := b.uint(width); element != uint64(d.number.Width()) {
		return d.corrupt(b.start, "chunks with elements of %d bytes, %s has %d", element, d.number, d.number.Width())
	}
	if version == 4 {
		if err := d.setIndex(b, flags); err != nil {
			return err
		}
	}
	if b.short {
		return d.corrupt(b.start, "the data layout ends early")
	}
	if err := d.checkStored(b); err != nil {
		return err
	}
	return d.checkChunks(b.start, size)
}

// checkChunks refuses shapes that the file cannot hold, however well compressed, and
// those that take more memory to read than the file has bytes.
func (d *Dataset) checkChunks(at int64, chunk uint64) error {
	if claimed := max(chunk, d.bytes()); claimed/maxGrowth > uint64(d.file.size) {
		return d.corrupt(at, "the shape %v in chunks %v claims %d bytes in a file of %d", d.shape, d.chunk, claimed, d.file.size)
	}
	if d.shape.Elements() == 0 {
		return nil
	}
	if need, limit := max(chunk, 4*uint64(d.bandAt(0).end)), max(freeMemory, uint64(d.file.size)); need > limit {
		return d.unsupported(at, "the shape %v in chunks %v takes %d bytes of memory to read, more than %d", d.shape, d.chunk, need, limit)
	}
	return nil
}

// freeMemory is what reading a small file may take in any case, in bytes.
const freeMemory = 16 << 20

// readChunks lists all chunks by their place in the grid.
func (d *Dataset) readChunks() ([]chunk, error) {
	var found []chunk
	add := func(c chunk) error {
		if c.at == undefined {
			return d.corrupt(int64(d.at), "chunk %d was never stored", c.number)
		}
		if c.size > maxStored(d.plain()) || !d.file.within(c.at, c.size) {
			return d.corrupt(int64(c.at), "chunk %d claims %d bytes", c.number, c.size)
		}
		found = append(found, c)
		return nil
	}
	if err := d.walkChunks(add); err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b chunk) int { return cmp.Compare(a.number, b.number) })
	for i, c := range found {
		if i > 0 && c.number == found[i-1].number {
			return nil, d.corrupt(int64(c.at), "chunk %d is stored twice", c.number)
		}
	}
	if want := d.grid.Elements(); len(found) != want {
		return nil, d.corrupt(int64(d.at), "%d chunks are stored, the shape %v has %d", len(found), d.shape, want)
	}
	return found, nil
}

// plain is the size of a chunk in bytes when nothing is compressed.
func (d *Dataset) plain() int { return d.chunk.Elements() * d.number.Width() }
