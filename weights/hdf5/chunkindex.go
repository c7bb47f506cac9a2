package hdf5

// Kinds of chunk indices. Before version 4 of the data layout there is only the first.
const (
	indexTree   = 0
	indexSingle = 1
	indexArray  = 3 // of fixed length
)

// Flags of the data layout of version 4.
const (
	edgesUnfiltered = 1
	singleFiltered  = 2
)

func (d *Dataset) setIndex(b *block, flags uint8) error {
	if flags&edgesUnfiltered != 0 {
		return d.unsupported(b.start, "chunks at the edges that are not filtered")
	}
	d.index = b.uint8()
	switch d.index {
	case indexSingle:
		if flags&singleFiltered != 0 {
			d.single, d.skipped = b.uint64(), b.uint32()
		}
	case indexArray:
		b.take(1)
	default:
		return d.unsupported(b.start, "chunk index %d", d.index)
	}
	d.at = b.uint64()
	return nil
}

// walkChunks visits all chunks in any order.
func (d *Dataset) walkChunks(visit func(chunk) error) error {
	switch d.index {
	case indexSingle:
		size := d.single
		if size == 0 {
			size = uint64(d.plain())
		}
		return visit(chunk{at: d.at, size: size, skipped: d.skipped})
	case indexArray:
		return d.walkArray(visit)
	}
	walk := &treeWalk{place: d.place, kind: treeChunks, keySize: 8 + 8*(len(d.chunk)+1)}
	walk.leaf = func(key *block, child uint64) error {
		c := chunk{at: child, size: uint64(key.uint32()), skipped: key.uint32()}
		for i, extent := range d.chunk {
			offset := key.uint64()
			if offset%uint64(extent) != 0 || offset >= uint64(d.shape[i]) {
				return d.corrupt(key.start, "a chunk begins at %d of %d on axis %d", offset, d.shape[i], i)
			}
			c.number = c.number*d.grid[i] + int(offset)/extent
		}
		return visit(c)
	}
	return walk.root(d.at)
}

// chunkArray is an index with an entry for each chunk of the grid.
type chunkArray struct {
	*Dataset
	entry    int // bytes of an entry
	filtered bool
	visit    func(chunk) error
	next     int // number of the chunk of the next entry
}

// walkArray visits the chunks of a fixed array.
func (d *Dataset) walkArray(visit func(chunk) error) error {
	b, err := d.signed(d.at, 28, "FAHD")
	if err != nil {
		return err
	}
	if err := d.checksum(b); err != nil {
		return err
	}
	b.take(1)
	a := &chunkArray{Dataset: d, filtered: b.uint8() == 1, entry: int(b.uint8()), visit: visit}
	pageBits, count, at := b.uint8(), b.uint64(), b.uint64()
	if want := d.grid.Elements(); count != uint64(want) {
		return d.corrupt(b.start, "an index of %d chunks, the shape %v has %d", count, d.shape, want)
	}
	if a.filtered && (a.entry < 13 || a.entry > 20) || !a.filtered && a.entry != 8 || pageBits > 31 {
		return d.corrupt(b.start, "a chunk index with entries of %d bytes", a.entry)
	}
	return a.dataBlock(at, int(count), 1<<pageBits)
}

// dataBlock reads entries that follow its head or, where they are many, in pages with
// checksums of their own behind it.
func (a *chunkArray) dataBlock(at uint64, count, page int) error {
	const head = 14
	if count <= page {
		return a.page(at, head, count, "FADB")
	}
	pages := (count + page - 1) / page
	size := uint64(head + (pages+7)/8 + 4) // with a bit for each page
	b, err := a.signed(at, size, "FADB")
	if err != nil {
		return err
	}
	if err := a.checksum(b); err != nil {
		return err
	}
	for at += size; count > 0; count -= page {
		n := min(page, count)
		if err := a.page(at, 0, n, ""); err != nil {
			return err
		}
		at += uint64(n*a.entry + 4)
	}
	return nil
}

// page reads n entries and their checksum, behind a head of so many bytes.
func (a *chunkArray) page(at uint64, head, n int, signature string) error {
	b, err := a.signed(at, uint64(head+n*a.entry+4), signature)
	if err != nil {
		return err
	}
	if err := a.checksum(b); err != nil {
		return err
	}
	b.take(head - len(signature))
	for range n {
		c := chunk{number: a.next, at: b.uint64(), size: uint64(a.plain())}
		if a.filtered {
			c.size, c.skipped = b.uint(a.entry-12), b.uint32()
		}
		if err := a.visit(c); err != nil {
			return err
		}
		a.next++
	}
	return nil
}
