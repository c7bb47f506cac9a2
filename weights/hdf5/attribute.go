package hdf5

import "bytes"

// Caps on the strings of one attribute, and on their bytes.
const (
	maxStrings = 1 << 20
	maxText    = 16 << 20
)

// attribute is a named value beside an object, not looked into yet.
type attribute struct {
	kind, space, value *block
	shared             bool // the datatype lies elsewhere
}

// Strings returns the strings of an attribute, one where it is a scalar, of fixed or
// variable length. Found is false where there is no such attribute. An empty array of
// any type has no strings: so Keras writes layers without weights.
func (o *Object) Strings(name string) (values []string, found bool, err error) {
	attributes, err := o.attributes()
	if err != nil {
		return nil, false, err
	}
	a, found := attributes[name]
	if !found {
		return nil, false, nil
	}
	if a.shared {
		return nil, true, o.unsupported(a.kind.start, "the attribute %q has a shared datatype", name)
	}
	values, err = o.parseStrings(name, *a.kind, *a.space, *a.value)
	return values, true, err
}

// parseStrings reads its own copies of the blocks.
func (o *Object) parseStrings(name string, typed, space, value block) ([]string, error) {
	kind, err := o.datatype(&typed)
	if err != nil {
		return nil, err
	}
	shape, err := o.dataspace(&space)
	if err != nil {
		return nil, err
	}
	n := shape.Elements()
	switch {
	case n == 0:
		return nil, nil
	case n > value.left()/kind.size || n > maxStrings:
		return nil, o.corrupt(value.start, "the attribute %q claims %d values of %d bytes in %d", name, n, kind.size, value.left())
	case kind.class == classString:
		return fixedStrings(&value, kind, n), nil
	case kind.text:
		return o.variableStrings(&value, n)
	}
	return nil, o.unsupported(value.start, "the attribute %q holds no strings", name)
}

func fixedStrings(b *block, kind datatype, n int) []string {
	values := make([]string, n)
	for i := range values {
		text, _, _ := bytes.Cut(b.take(kind.size), []byte{0})
		if kind.spaces {
			text = bytes.TrimRight(text, " ")
		}
		values[i] = string(text)
	}
	return values
}

// readAttributes lists the attributes in the header and, where there are many, outside.
func (o *Object) readAttributes() (map[string]attribute, error) {
	attributes := map[string]attribute{}
	add := func(b *block) error { return o.addAttribute(attributes, b) }
	for _, m := range o.messages {
		if m.kind != messageAttribute {
			continue
		}
		if m.shared {
			return nil, o.unsupported(m.body.start, "an attribute that is shared between objects")
		}
		if err := add(m.body); err != nil {
			return nil, err
		}
	}
	info, err := o.find(o.messages, messageAttributeInfo)
	if err != nil || info == nil {
		return attributes, err
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
		return attributes, nil
	}
	return attributes, o.dense(heap, index, recordAttributeName, add)
}

// addAttribute takes an attribute message apart.
func (o *Object) addAttribute(attributes map[string]attribute, b *block) error {
	version, flags := b.uint8(), b.uint8()
	if version < 1 || version > 3 {
		return o.unsupported(b.start, "attribute version %d", version)
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
		return o.corrupt(b.start, "an attribute ends early")
	}
	name, _, _ := bytes.Cut(parts[0].raw, []byte{0})
	if _, ok := attributes[string(name)]; ok {
		return o.corrupt(b.start, "two attributes are called %q", name)
	}
	if len(attributes) == maxMessages {
		return o.corrupt(b.start, "more than %d attributes", maxMessages)
	}
	attributes[string(name)] = attribute{parts[1], parts[2], b.part(b.left()), version > 1 && flags != 0}
	return nil
}

// variableStrings reads n strings out of the global heap.
func (o *Object) variableStrings(b *block, n int) ([]string, error) {
	values := make([]string, n)
	total := 0
	for i := range values {
		at := b.at()
		length, address, index := int(b.uint32()), b.uint64(), b.uint32()
		if length == 0 {
			continue
		}
		heap, err := o.globalHeap(address)
		if err != nil {
			return nil, err
		}
		text, ok := heap[uint16(index)]
		if !ok || index > 0xffff || length > len(text) {
			return nil, o.corrupt(at, "a string of %d bytes is not in the global heap at byte %d", length, address)
		}
		if total += length; total > maxText {
			return nil, o.corrupt(at, "the strings of an attribute have more than %d bytes", maxText)
		}
		values[i] = string(bytes.TrimRight(text[:length], "\x00"))
	}
	return values, nil
}
