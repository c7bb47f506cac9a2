package hdf5

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Object is a group or a dataset.
type Object struct {
	place
	address  uint64
	messages []message
	links    func() (map[string]uint64, error) // the members' addresses by name

	attributes func() (map[string]attribute, error)
}

func (f *File) object(path string, at uint64) (*Object, error) {
	p := place{f, path}
	messages, err := p.header(at)
	if err != nil {
		return nil, err
	}
	o := &Object{place: p, address: at, messages: messages}
	o.links = sync.OnceValues(o.readLinks)
	o.attributes = sync.OnceValues(o.readAttributes)
	return o, nil
}

// Path names the object from the root, e.g. "/layers/conv2d/vars/0".
func (o *Object) Path() string { return o.path }

// IsDataset reports whether the object holds values; if not it is a group.
func (o *Object) IsDataset() bool {
	return slices.ContainsFunc(o.messages, func(m message) bool { return m.kind == messageLayout })
}

// Members lists the names of what a group holds, sorted.
func (o *Object) Members() ([]string, error) {
	links, err := o.links()
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(links)), nil
}

// Open returns the object at a path from this group, its names separated by slashes;
// nil where there is none.
func (o *Object) Open(path string) (*Object, error) {
	at := o
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		links, err := at.links()
		if err != nil {
			return nil, err
		}
		address, ok := links[name]
		if !ok {
			return nil, nil
		}
		path := strings.TrimSuffix(at.path, "/") + "/" + name
		if len(path) > maxPath {
			return nil, at.corrupt(int64(address), "a member's path has %d bytes, more than the cap of %d", len(path), maxPath)
		}
		if at, err = o.file.object(path, address); err != nil {
			return nil, err
		}
	}
	return at, nil
}

// Walk visits all groups and datasets below this group, each once, sorted by name
// within a group. An object that can be reached twice is an error, as Keras writes
// trees.
func (o *Object) Walk(visit func(*Object) error) error {
	return o.walk(map[uint64]bool{o.address: true}, visit)
}

func (o *Object) walk(seen map[uint64]bool, visit func(*Object) error) error {
	members, err := o.Members()
	if err != nil {
		return err
	}
	for _, name := range members {
		member, err := o.Open(name)
		if err != nil {
			return err
		}
		if seen[member.address] {
			return member.corrupt(int64(member.address), "the object has two paths")
		}
		seen[member.address] = true
		if strings.Count(member.path, "/") > maxDepth {
			return member.corrupt(int64(member.address), "groups are nested more than %d deep", maxDepth)
		}
		if err := visit(member); err != nil {
			return err
		}
		if member.IsDataset() {
			continue
		}
		if err := member.walk(seen, visit); err != nil {
			return err
		}
	}
	return nil
}

// Caps on the nesting of groups and of index blocks, and on the bytes of a path.
const (
	maxDepth = 64
	maxPath  = 1024
)

func (o *Object) readLinks() (map[string]uint64, error) {
	links := map[string]uint64{}
	table, err := o.find(o.messages, messageSymbolTable)
	if err != nil {
		return nil, err
	}
	if table != nil {
		return links, o.symbolTable(table, links)
	}
	for _, m := range o.messages {
		if m.kind != messageLink {
			continue
		}
		b := *m.body
		if err := o.link(&b, links); err != nil {
			return nil, err
		}
	}
	info, err := o.find(o.messages, messageLinkInfo)
	if err != nil || info == nil {
		return links, err
	}
	return links, o.denseLinks(info, links)
}

func (o *Object) denseLinks(info *block, links map[string]uint64) error {
	info.take(1)
	if flags := info.uint8(); flags&1 != 0 {
		info.take(8)
	}
	heap, index := info.uint64(), info.uint64()
	if info.short {
		return o.corrupt(info.start, "the link information ends early")
	}
	if heap == undefined {
		return nil
	}
	return o.dense(heap, index, recordLinkName, func(b *block) error { return o.link(b, links) })
}

// link reads a link message.
func (o *Object) link(b *block, links map[string]uint64) error {
	version, flags := b.uint8(), b.uint8()
	if version != 1 {
		return o.unsupported(b.start, "link message version %d", version)
	}
	kind := uint8(0)
	if flags&8 != 0 {
		kind = b.uint8()
	}
	if flags&4 != 0 {
		b.take(8)
	}
	if flags&16 != 0 {
		b.take(1)
	}
	length := b.uint(1 << (flags & 3))
	if length > maxPath {
		return o.corrupt(b.start, "a member's name has %d bytes, more than the cap of %d", length, maxPath)
	}
	name := string(b.take(int(length)))
	if kind != 0 {
		return o.unsupported(b.start, "the link %q is soft or leads to another file", name)
	}
	address := b.uint64()
	if b.short {
		return o.corrupt(b.start, "a link ends early")
	}
	return o.add(links, name, address, b.start)
}

func (o *Object) add(links map[string]uint64, name string, address uint64, at int64) error {
	if name == "" || strings.Contains(name, "/") {
		return o.corrupt(at, "%q is no name of a member", name)
	}
	if _, ok := links[name]; ok {
		return o.corrupt(at, "two members are called %q", name)
	}
	links[name] = address
	return nil
}
