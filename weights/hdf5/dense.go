package hdf5

import "math/bits"

// Kinds of version 2 B-tree records, by what they index.
const (
	recordHuge          = 1
	recordLinkName      = 5
	recordAttributeName = 8
)

// dense visits the messages that a new-style group keeps outside its header: in a
// fractal heap, found through a version 2 B-tree.
func (p place) dense(heapAt, indexAt uint64, kind uint8, visit func(*block) error) error {
	heap, err := p.fractalHeap(heapAt)
	if err != nil {
		return err
	}
	return p.tree2(indexAt, kind, func(record *block) error {
		if kind == recordLinkName {
			record.take(4) // hash of the name
		}
		b, err := heap.object(record.part(heap.idLength))
		if err != nil {
			return err
		}
		return visit(b)
	})
}

// tree2 is a version 2 B-tree.
type tree2 struct {
	place
	kind       uint8
	nodeSize   uint64
	recordSize int
	countWidth int      // bytes of a node's number of records
	most       []uint64 // records that a node of each level holds at most
	mostBelow  []uint64 // the same with all nodes below
	seen       map[uint64]bool
	visit      func(record *block) error
}

func (p place) tree2(at uint64, kind uint8, visit func(*block) error) error {
	b, err := p.signed(at, 38, "BTHD")
	if err != nil {
		return err
	}
	if err := p.checksum(b); err != nil {
		return err
	}
	t := &tree2{place: p, kind: kind, seen: map[uint64]bool{}, visit: visit}
	b.take(1)
	found := b.uint8()
	t.nodeSize, t.recordSize = uint64(b.uint32()), int(b.uint16())
	depth := int(b.uint16())
	b.take(2)
	root, count := b.uint64(), b.uint16()
	if found != kind {
		return p.corrupt(b.start, "a B-tree with records of kind %d, want %d", found, kind)
	}
	if t.nodeSize < 64 || t.nodeSize > maxBlock || t.recordSize == 0 || uint64(t.recordSize) > t.nodeSize-10 || depth > maxDepth {
		return p.corrupt(b.start, "a B-tree of depth %d with nodes of %d and records of %d bytes", depth, t.nodeSize, t.recordSize)
	}
	if root == undefined {
		return nil
	}
	t.measure(depth)
	return t.node(root, uint64(count), depth)
}

// measure finds how many records nodes of each level can hold, on which the widths of
// the fields in inner nodes depend.
func (t *tree2) measure(depth int) {
	leaf := (t.nodeSize - 10) / uint64(t.recordSize)
	t.countWidth = width(leaf)
	t.most, t.mostBelow = []uint64{leaf}, []uint64{leaf}
	for level := 1; level <= depth; level++ {
		pointer := uint64(t.pointerSize(level))
		most := (t.nodeSize - min(t.nodeSize, 10+pointer)) / (uint64(t.recordSize) + pointer)
		below := min((most+1)*t.mostBelow[level-1]+most, 1<<56) // cannot overflow: no file has as many
		t.most, t.mostBelow = append(t.most, most), append(t.mostBelow, below)
	}
}

// pointerSize is the size of a child's entry in a node of a level: its address, its
// number of records and, over inner nodes, the number of all records below.
func (t *tree2) pointerSize(level int) int {
	size := 8 + t.countWidth
	if level > 1 {
		size += width(t.mostBelow[level-1])
	}
	return size
}

// width is the number of bytes that hold the numbers up to limit.
func width(limit uint64) int { return max(1, (bits.Len64(limit)+7)/8) }

func (t *tree2) node(at, count uint64, level int) error {
	if t.seen[at] {
		return t.corrupt(int64(at), "the B-tree comes back to the same node")
	}
	t.seen[at] = true
	if count > t.most[level] {
		return t.corrupt(int64(at), "a B-tree node claims %d records, it has room for %d", count, t.most[level])
	}
	b, err := t.openNode(at, count, level)
	if err != nil {
		return err
	}
	for range count {
		if err := t.visit(b.part(t.recordSize)); err != nil {
			return err
		}
	}
	if level == 0 {
		return nil
	}
	for range count + 1 {
		entry := b.part(t.pointerSize(level))
		if err := t.node(entry.uint64(), entry.uint(t.countWidth), level-1); err != nil {
			return err
		}
	}
	return nil
}

// openNode reads and checks a node and stands before its first record.
func (t *tree2) openNode(at, count uint64, level int) (*block, error) {
	signature, used := "BTLF", 10+count*uint64(t.recordSize)
	if level > 0 {
		signature = "BTIN"
		used += (count + 1) * uint64(t.pointerSize(level))
	}
	b, err := t.signed(at, used, signature)
	if err != nil {
		return nil, err
	}
	if err := t.checksum(b); err != nil {
		return nil, err
	}
	b.take(1)
	if kind := b.uint8(); kind != t.kind {
		return nil, t.corrupt(b.start, "a B-tree node with records of kind %d, want %d", kind, t.kind)
	}
	return b, nil
}

// fractalHeap holds messages in blocks whose sizes double row by row.
type fractalHeap struct {
	place
	idLength    int
	offsetWidth int
	lengthWidth int
	columns     uint64
	start       uint64 // size of the smallest block
	largest     uint64 // size of the largest block that holds messages
	root        uint64
	rows        int                  // of the root; 0: the root itself holds messages
	huge        map[uint64][2]uint64 // address and size of what is too large for blocks
}

func (p place) fractalHeap(at uint64) (*fractalHeap, error) {
	b, err := p.signed(at, 146, "FRHP")
	if err != nil {
		return nil, err
	}
	h := &fractalHeap{place: p}
	b.take(1)
	h.idLength = int(b.uint16())
	if filters := b.uint16(); filters != 0 {
		return nil, p.unsupported(b.start, "a compressed fractal heap")
	}
	if err := p.checksum(b); err != nil {
		return nil, err
	}
	b.take(1)
	longest := uint64(b.uint32())
	b.take(8)
	huge := b.uint64()
	b.take(80)
	h.columns, h.start, h.largest = uint64(b.uint16()), b.uint64(), b.uint64()
	heapBits := int(b.uint16())
	b.take(2)
	h.root, h.rows = b.uint64(), int(b.uint16())
	powers := bits.OnesCount64(h.start) == 1 && bits.OnesCount64(h.largest) == 1
	if !powers || h.columns == 0 || h.largest < h.start || h.largest > maxBlock || heapBits > 64 || h.rows > maxDepth {
		return nil, p.corrupt(b.start, "a fractal heap with blocks of %d to %d bytes in %d rows", h.start, h.largest, h.rows)
	}
	h.offsetWidth = (heapBits + 7) / 8
	h.lengthWidth = min((bits.Len64(h.largest)-1+7)/8, width(longest))
	return h, h.findHuge(huge)
}

func (h *fractalHeap) findHuge(tree uint64) error {
	if tree == undefined {
		return nil
	}
	h.huge = map[uint64][2]uint64{}
	return h.tree2(tree, recordHuge, func(record *block) error {
		at, size := record.uint64(), record.uint64()
		h.huge[record.uint64()] = [2]uint64{at, size}
		return nil
	})
}

// Kinds of identifiers in a fractal heap.
const (
	kindManaged = 0x00
	kindHuge    = 0x10
)

// object finds the message that an identifier of a record stands for.
func (h *fractalHeap) object(id *block) (*block, error) {
	kind := id.uint8() & 0x30
	if kind == kindHuge {
		found, ok := h.huge[id.uint(min(8, h.idLength-1))]
		if !ok {
			return nil, h.corrupt(id.start, "a large message is missing in its fractal heap")
		}
		return h.block(found[0], found[1], "message")
	}
	if kind != kindManaged {
		return nil, h.unsupported(id.start, "a message outside its fractal heap")
	}
	offset, length := id.uint(h.offsetWidth), id.uint(h.lengthWidth)
	if id.short {
		return nil, h.corrupt(id.start, "a record of a B-tree ends early")
	}
	at, err := h.locate(h.root, h.rows, offset, length)
	if err != nil {
		return nil, err
	}
	return h.block(at, length, "message")
}

// locate turns a place in the heap into one in the file. The block at an address is an
// index of so many rows, or with rows 0 holds messages itself.
func (h *fractalHeap) locate(at uint64, rows int, offset, length uint64) (uint64, error) {
	size := h.start
	if rows > 0 {
		entry, begin, found := uint64(0), uint64(0), false
		entry, begin, size, found = h.child(rows, offset)
		if !found {
			return 0, h.corrupt(int64(at), "a message lies outside the fractal heap")
		}
		child, err := h.childAddress(at, entry)
		if err != nil {
			return 0, err
		}
		if size > h.largest {
			below := bits.Len64(size) - bits.Len64(h.start*h.columns) + 1
			if below < 1 || below >= rows {
				return 0, h.corrupt(int64(at), "the fractal heap's blocks do not become smaller")
			}
			return h.locate(child, below, offset-begin, length)
		}
		at, offset = child, offset-begin
	} else if h.rows == 0 {
		size = h.largest
	}
	if offset > size || length > size-offset || !h.file.within(at, offset+length) {
		return 0, h.corrupt(int64(at), "a message of %d bytes lies outside its block of the fractal heap", length)
	}
	return at + offset, nil
}

// child finds the entry of an index block that covers an offset, where in the heap it
// begins and how much it covers.
func (h *fractalHeap) child(rows int, offset uint64) (entry, begin, size uint64, found bool) {
	size = h.start
	for row := range rows {
		if row > 1 {
			size *= 2
		}
		if size > 1<<40 {
			break
		}
		if within := (offset - begin) / size; within < h.columns {
			return uint64(row)*h.columns + within, begin + within*size, size, true
		}
		begin += h.columns * size
	}
	return 0, 0, 0, false
}

// childAddress reads one entry of an index block. Entries of all kinds are addresses.
func (h *fractalHeap) childAddress(at, entry uint64) (uint64, error) {
	skip := uint64(13 + h.offsetWidth)
	if _, err := h.signed(at, skip, "FHIB"); err != nil {
		return 0, err
	}
	b, err := h.block(at+skip+8*entry, 8, "fractal heap index")
	if err != nil {
		return 0, err
	}
	return b.uint64(), nil
}
