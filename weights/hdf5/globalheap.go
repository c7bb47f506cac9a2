package hdf5

import "sync"

// globalHeap holds values of variable length, by index.
type globalHeap map[uint16][]byte

// maxKept caps the heaps that are kept, in bytes; one that is larger is kept alone.
const maxKept = 4 << 20

// heaps keeps the global heaps that were read last, since many attributes share one.
type heaps struct {
	mu   sync.Mutex
	size int // bytes of all that are kept
	kept map[uint64]globalHeap
}

func (p place) globalHeap(at uint64) (globalHeap, error) {
	h := &p.file.heaps
	h.mu.Lock()
	defer h.mu.Unlock()
	if heap, ok := h.kept[at]; ok {
		return heap, nil
	}
	heap, size, err := p.readHeap(at)
	if err != nil {
		return nil, err
	}
	if h.size += size; h.size > maxKept || h.kept == nil {
		h.size, h.kept = size, map[uint64]globalHeap{}
	}
	h.kept[at] = heap
	return heap, nil
}

func (p place) readHeap(at uint64) (heap globalHeap, size int, err error) {
	head, err := p.signed(at, 16, "GCOL")
	if err != nil {
		return nil, 0, err
	}
	head.take(4)
	b, err := p.block(at, head.uint64(), "global heap")
	if err != nil {
		return nil, 0, err
	}
	heap, size = globalHeap{}, b.left()
	b.take(16)
	for b.left() >= 16 {
		place := b.at()
		index := b.uint16()
		b.take(6)
		length := b.uint64()
		if index == 0 {
			break // the rest is free
		}
		if length > uint64(b.left()) {
			return nil, 0, p.corrupt(place, "an entry of the global heap claims %d bytes of %d", length, b.left())
		}
		heap[index] = b.take(int(length))
		b.take(min(int(-length&7), b.left()))
	}
	return heap, size, nil
}
