package hdf5

import "bytes"

// Kinds of version 1 B-trees.
const (
	treeGroup  = 0
	treeChunks = 1
)

// treeWalk visits a version 1 B-tree. Each node may be met once, one level below the
// node that leads to it: whatever the file claims, the walk ends.
type treeWalk struct {
	place
	kind    uint8
	keySize int
	seen    map[uint64]bool
	leaf    func(key *block, child uint64) error
}

func (t *treeWalk) root(at uint64) error {
	t.seen = map[uint64]bool{}
	return t.node(at, -1)
}

// node visits the node at an address; level -1 stands for any.
func (t *treeWalk) node(at uint64, level int) error {
	if t.seen[at] {
		return t.corrupt(int64(at), "the B-tree comes back to the same node")
	}
	t.seen[at] = true
	head, err := t.signed(at, 24, "TREE")
	if err != nil {
		return err
	}
	kind, found, used := head.uint8(), int(head.uint8()), int(head.uint16())
	if kind != t.kind {
		return t.corrupt(head.start, "a B-tree of kind %d, want %d", kind, t.kind)
	}
	if found > maxDepth || level >= 0 && found != level {
		return t.corrupt(head.start, "the B-tree's node is of level %d", found)
	}
	b, err := t.block(at+24, uint64(used*(t.keySize+8)), "B-tree node")
	if err != nil {
		return err
	}
	for range used {
		key, child := b.part(t.keySize), b.uint64()
		if found == 0 {
			err = t.leaf(key, child)
		} else {
			err = t.node(child, found-1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// symbolTable reads the members of an old-style group.
func (o *Object) symbolTable(message *block, links map[string]uint64) error {
	tree, heap := message.uint64(), message.uint64()
	if message.short {
		return o.corrupt(message.start, "the symbol table message ends early")
	}
	names, err := o.localHeap(heap)
	if err != nil {
		return err
	}
	walk := &treeWalk{place: o.place, kind: treeGroup, keySize: 8, leaf: func(_ *block, child uint64) error {
		return o.symbolNode(child, names, links)
	}}
	return walk.root(tree)
}

func (o *Object) localHeap(at uint64) (*block, error) {
	head, err := o.signed(at, 32, "HEAP")
	if err != nil {
		return nil, err
	}
	head.take(4)
	size := head.uint64()
	head.take(8)
	return o.block(head.uint64(), size, "names of the group")
}

func (o *Object) symbolNode(at uint64, names *block, links map[string]uint64) error {
	head, err := o.signed(at, 8, "SNOD")
	if err != nil {
		return err
	}
	head.take(2)
	count := head.uint16()
	b, err := o.block(at+8, uint64(count)*40, "symbol table node")
	if err != nil {
		return err
	}
	for range count {
		entry := b.part(40)
		offset, address, cached := entry.uint64(), entry.uint64(), entry.uint32()
		name, ok := names.text(offset)
		if !ok {
			return o.corrupt(entry.start, "a member's name lies outside the group's names")
		}
		if cached == 2 {
			return o.unsupported(entry.start, "the link %q is soft", name)
		}
		if err := o.add(links, name, address, entry.start); err != nil {
			return err
		}
	}
	return nil
}

// text is the zero-terminated string at an offset of the block; false where it is not
// there or longer than any path.
func (b *block) text(offset uint64) (string, bool) {
	if offset >= uint64(len(b.raw)) {
		return "", false
	}
	rest := b.raw[offset:]
	name, _, ok := bytes.Cut(rest[:min(len(rest), maxPath+1)], []byte{0})
	return string(name), ok
}
