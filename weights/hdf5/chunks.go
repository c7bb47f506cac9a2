package hdf5

import (
	"math"

	"github.com/convnetplayground/convnet/tensor"
)

// Kinds of version 4 chunk indices.
const (
	indexTree   = 0 // the B-tree of version 3
	indexSingle = 1
)

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
	for range rank {
		extent := b.uint(width)
		if extent == 0 || extent > math.MaxInt32 || size*extent > math.MaxInt32 {
			return d.corrupt(b.start, "a chunk's extent is %d", extent)
		}
		size *= extent
		d.chunk = append(d.chunk, int(extent))
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
	if claimed := max(size, d.bytes()); claimed/maxGrowth > uint64(d.file.size) {
		return d.corrupt(b.start, "the shape %v in chunks %v claims %d bytes in a file of %d", d.shape, tensor.Shape(d.chunk), claimed, d.file.size)
	}
	return nil
}

func (d *Dataset) setIndex(b *block, flags uint8) error {
	d.index = b.uint8()
	if d.index != indexSingle {
		return d.unsupported(b.start, "chunk index %d", d.index)
	}
	if flags&2 != 0 {
		d.single = b.uint64()
		b.take(4) // filter mask
	}
	d.at = b.uint64()
	return nil
}

// chunkReader puts the chunks of a dataset into place.
type chunkReader struct {
	*Dataset
	dst    []float32
	plain  uint64       // bytes of a chunk when nothing is compressed
	grid   []int        // chunks along each axis
	seen   map[int]bool // chunks by place in the grid
	values []float32    // one chunk
}

func (d *Dataset) readChunks(dst []float32) error {
	c := &chunkReader{Dataset: d, dst: dst, seen: map[int]bool{}}
	elements, chunks := 1, 1
	for i, extent := range d.chunk {
		c.grid = append(c.grid, (d.shape[i]+extent-1)/extent)
		elements *= extent
		chunks *= c.grid[i]
	}
	c.plain = uint64(elements * d.number.Width())
	c.values = make([]float32, elements)
	if err := c.all(); err != nil {
		return err
	}
	if len(c.seen) != chunks {
		return d.corrupt(int64(d.at), "%d chunks are stored, the shape %v has %d", len(c.seen), d.shape, chunks)
	}
	return nil
}

func (c *chunkReader) all() error {
	if c.index == indexSingle {
		size := c.single
		if size == 0 {
			size = c.plain
		}
		return c.read(c.at, size, 0, make([]int, len(c.chunk)))
	}
	walk := &treeWalk{place: c.place, kind: treeChunks, keySize: 8 + 8*(len(c.chunk)+1), leaf: c.leaf}
	return walk.root(c.at)
}

// leaf reads the chunk of a B-tree's entry.
func (c *chunkReader) leaf(key *block, child uint64) error {
	size, skipped := uint64(key.uint32()), key.uint32()
	place := make([]int, len(c.chunk))
	for i, extent := range c.chunk {
		offset := key.uint64()
		if offset%uint64(extent) != 0 || offset >= uint64(c.shape[i]) {
			return c.corrupt(key.start, "a chunk begins at %d of %d on axis %d", offset, c.shape[i], i)
		}
		place[i] = int(offset)
	}
	return c.read(child, size, skipped, place)
}

// read undoes the filters of the stored chunk and copies its values to their place.
func (c *chunkReader) read(at, size uint64, skipped uint32, place []int) error {
	number := 0
	for i, extent := range c.chunk {
		number = number*c.grid[i] + place[i]/extent
	}
	if c.seen[number] {
		return c.corrupt(int64(at), "the chunk at %v is stored twice", place)
	}
	c.seen[number] = true
	if size > maxStored(c.plain) || !c.file.within(at, size) {
		return c.corrupt(int64(at), "a chunk claims %d bytes", size)
	}
	raw := make([]byte, size)
	if _, err := c.file.r.ReadAt(raw, int64(at)); err != nil {
		return c.corrupt(int64(at), "the chunk at %v: %v", place, err)
	}
	raw, err := c.undo(raw, skipped, c.plain)
	if err != nil {
		return c.corrupt(int64(at), "the chunk at %v: %v", place, err)
	}
	c.number.Decode(c.values, raw)
	c.put(place, 0, 0, 0)
	return nil
}

// put copies the part of the chunk that lies inside the shape: from and to are where
// the rows of this axis begin in the chunk and in the whole.
func (c *chunkReader) put(place []int, axis, from, to int) {
	n := min(c.chunk[axis], c.shape[axis]-place[axis])
	if axis == len(c.chunk)-1 {
		to = to*c.shape[axis] + place[axis]
		copy(c.dst[to:to+n], c.values[from*c.chunk[axis]:])
		return
	}
	for i := range n {
		c.put(place, axis+1, from*c.chunk[axis]+i, to*c.shape[axis]+place[axis]+i)
	}
}
