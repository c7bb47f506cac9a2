package hdf5

import (
	"bytes"
	"slices"

	"github.com/convnetplayground/convnet/tensor"
)

// maxText caps the bytes of all strings of one attribute.
const maxText = 64 << 20

// attribute is a named value beside an object.
type attribute struct {
	kind  datatype
	shape tensor.Shape
	value *block
}

// Strings returns the strings of an attribute, one where it is a scalar, of fixed or
// variable length. Found is false where there is no such attribute. An empty array of
// any type has no strings: so Keras writes layers without weights.
func (o *Object) Strings(name string) (values []string, found bool, err error) {
	a, err := o.attribute(name)
	if err != nil || a == nil {
		return nil, false, err
	}
	n := a.shape.Elements()
	switch {
	case n == 0:
		return nil, true, nil
	case n > a.value.left()/a.kind.size:
		return nil, true, o.corrupt(a.value.start, "the attribute %q claims %d values of %d bytes in %d", name, n, a.kind.size, a.value.left())
	case a.kind.class == classString:
		return fixedStrings(a, n), true, nil
	case a.kind.text:
		values, err = o.variableStrings(a.value, n)
		return values, true, err
	}
	return nil, true, o.unsupported(a.value.start, "the attribute %q holds no strings", name)
}

func fixedStrings(a *attribute, n int) []string {
	values := make([]string, n)
	for i := range values {
		text, _, _ := bytes.Cut(a.value.take(a.kind.size), []byte{0})
		if a.kind.spaces {
			text = bytes.TrimRight(text, " ")
		}
		values[i] = string(text)
	}
	return values
}

// attribute finds an attribute in the header or, where there are many, outside; nil
// where there is none.
func (o *Object) attribute(name string) (*attribute, error) {
	var found *attribute
	look := func(b *block) error {
		a, err := o.parseAttribute(b, name)
		if a != nil {
			found = a
		}
		return err
	}
	for _, m := range o.messages {
		if m.kind != messageAttribute {
			continue
		}
		if m.shared {
			return nil, o.unsupported(m.body.start, "an attribute that is shared between objects")
		}
		b := *m.body
		if err := look(&b); err != nil || found != nil {
			return found, err
		}
	}
	info, err := o.find(o.messages, messageAttributeInfo)
	if err != nil || info == nil {
		return nil, err
	}
	info.take(1)
	if flags := info.uint8(); flags&1 != 0 {
		info.take(2)
	}
	heap, index := info.uint64(), info.uint64()
	if info.short {
		return nil, o.corrupt(info.start, "the attribute information ends early")
	}
	if heap == undefined {
		return nil, nil
	}
	err = o.dense(heap, index, recordAttributeName, look)
	return found, err
}

// parseAttribute returns the attribute of a message if it is the wanted one.
func (o *Object) parseAttribute(b *block, wanted string) (*attribute, error) {
	version, flags := b.uint8(), b.uint8()
	if version < 1 || version > 3 {
		return nil, o.unsupported(b.start, "attribute version %d", version)
	}
	sizes := [3]int{int(b.uint16()), int(b.uint16()), int(b.uint16())} // of name, datatype, dataspace
	if version == 3 {
		b.take(1)
	}
	var parts [3]*block
	for i, size := range sizes {
		parts[i] = b.part(size)
		if version == 1 {
			b.take(-size & 7) // padding
		}
	}
	if b.short {
		return nil, o.corrupt(b.start, "an attribute ends early")
	}
	name, _, _ := bytes.Cut(parts[0].raw, []byte{0})
	if string(name) != wanted {
		return nil, nil
	}
	if version > 1 && flags != 0 {
		return nil, o.unsupported(b.start, "the attribute %q has a shared datatype", name)
	}
	kind, err := o.datatype(parts[1])
	if err != nil {
		return nil, err
	}
	shape, err := o.dataspace(parts[2])
	if err != nil {
		return nil, err
	}
	return &attribute{kind, shape, b.part(b.left())}, nil
}

// variableStrings reads n strings out of the global heap.
func (o *Object) variableStrings(b *block, n int) ([]string, error) {
	heaps := map[uint64]globalHeap{}
	values := make([]string, n)
	total := 0
	for i := range values {
		at := b.at()
		length, address, index := int(b.uint32()), b.uint64(), b.uint32()
		if length == 0 {
			continue
		}
		heap, ok := heaps[address]
		if !ok {
			var err error
			if heap, err = o.globalHeap(address); err != nil {
				return nil, err
			}
			heaps[address] = heap
		}
		text, ok := heap[uint16(index)]
		if !ok || index > 0xffff || length > len(text) {
			return nil, o.corrupt(at, "a string of %d bytes is not in the global heap at byte %d", length, address)
		}
		if total += length; total > maxText {
			return nil, o.corrupt(at, "the strings of an attribute have more than %d bytes", maxText)
		}
		values[i] = string(bytes.TrimRight(slices.Clone(text[:length]), "\x00"))
	}
	return values, nil
}

// globalHeap holds the values of variable length of many objects, by index.
type globalHeap map[uint16][]byte

func (p place) globalHeap(at uint64) (globalHeap, error) {
	head, err := p.signed(at, 16, "GCOL")
	if err != nil {
		return nil, err
	}
	head.take(4)
	b, err := p.block(at, head.uint64(), "global heap")
	if err != nil {
		return nil, err
	}
	b.take(16)
	heap := globalHeap{}
	for b.left() >= 16 {
		place := b.at()
		index := b.uint16()
		b.take(6)
		size := b.uint64()
		if index == 0 {
			break // the rest is free
		}
		if size > uint64(b.left()) {
			return nil, p.corrupt(place, "an entry of the global heap claims %d bytes of %d", size, b.left())
		}
		heap[index] = b.take(int(size))
		b.take(min(int(-size&7), b.left()))
	}
	return heap, nil
}
