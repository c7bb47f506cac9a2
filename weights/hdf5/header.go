package hdf5

// Kinds of messages in an object header.
const (
	messageDataspace     = 0x01
	messageLinkInfo      = 0x02
	messageDatatype      = 0x03
	messageLink          = 0x06
	messageExternalFiles = 0x07
	messageLayout        = 0x08
	messageFilters       = 0x0b
	messageAttribute     = 0x0c
	messageContinuation  = 0x10
	messageSymbolTable   = 0x11
	messageAttributeInfo = 0x15
)

// Caps on one object header: its messages, and the pieces that they are scattered over.
const (
	maxMessages      = 1 << 16
	maxContinuations = 1 << 12
)

// message is one entry of an object header.
type message struct {
	kind   uint16
	shared bool // the body is a reference to a message elsewhere
	body   *block
}

// headerReader collects the messages of one object header, version 1 or 2.
type headerReader struct {
	place
	version  int
	ordered  bool // version 2: messages carry their creation order
	pending  [][2]uint64
	messages []message
}

// header reads all messages of the object at an address.
func (p place) header(at uint64) ([]message, error) {
	b, err := p.block(at, 16, "object header")
	if err != nil {
		return nil, err
	}
	h := &headerReader{place: p, version: 1}
	if string(b.raw[:4]) == "OHDR" {
		h.version = 2
		err = h.first2(at)
	} else {
		err = h.first1(b)
	}
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(h.pending); i++ {
		if i == maxContinuations {
			return nil, p.corrupt(int64(at), "the object header has more than %d pieces", maxContinuations)
		}
		if err := h.continuation(h.pending[i][0], h.pending[i][1]); err != nil {
			return nil, err
		}
	}
	return h.messages, nil
}

func (h *headerReader) first1(prefix *block) error {
	if version := prefix.uint8(); version != 1 {
		return h.corrupt(prefix.start, "no object header: its version is %d", version)
	}
	prefix.take(7)
	size := prefix.uint32()
	b, err := h.block(uint64(prefix.start)+16, uint64(size), "object header")
	if err != nil {
		return err
	}
	return h.parse(b)
}

func (h *headerReader) first2(at uint64) error {
	b, err := h.block(at, 6, "object header")
	if err != nil {
		return err
	}
	b.take(4)
	version, flags := b.uint8(), b.uint8()
	if version != 2 {
		return h.corrupt(b.start, "no object header: its version is %d", version)
	}
	h.ordered = flags&4 != 0
	prefix := 6
	if flags&0x20 != 0 {
		prefix += 16 // times
	}
	if flags&0x10 != 0 {
		prefix += 4 // when attributes become dense
	}
	width := 1 << (flags & 3)
	if b, err = h.block(at, uint64(prefix+width), "object header"); err != nil {
		return err
	}
	b.take(prefix)
	size := b.uint(width)
	if size > maxBlock {
		return h.corrupt(b.start, "the object header claims %d bytes", size)
	}
	return h.summed(at, uint64(prefix+width)+size+4, prefix+width)
}

// summed reads n bytes that end in a checksum and whose messages begin after skip bytes.
func (h *headerReader) summed(at, n uint64, skip int) error {
	b, err := h.block(at, n, "object header")
	if err != nil {
		return err
	}
	if err := h.checksum(b); err != nil {
		return err
	}
	b.take(skip)
	return h.parse(b.part(b.left() - 4))
}

func (h *headerReader) continuation(at, n uint64) error {
	if h.version == 2 {
		if _, err := h.signed(at, n, "OCHK"); err != nil {
			return err
		}
		return h.summed(at, n, 4)
	}
	b, err := h.block(at, n, "object header continuation")
	if err != nil {
		return err
	}
	return h.parse(b)
}

func (h *headerReader) parse(b *block) error {
	prefix := 8
	if h.version == 2 {
		prefix = 4
		if h.ordered {
			prefix = 6
		}
	}
	for b.left() >= prefix {
		m, err := h.message(b)
		if err != nil {
			return err
		}
		if m.kind == messageContinuation {
			h.pending = append(h.pending, [2]uint64{m.body.uint64(), m.body.uint64()})
			continue
		}
		if len(h.messages) == maxMessages {
			return h.corrupt(b.start, "the object header has more than %d messages", maxMessages)
		}
		h.messages = append(h.messages, m)
	}
	return nil
}

func (h *headerReader) message(b *block) (message, error) {
	at := b.at()
	var kind uint16
	var size int
	var flags uint8
	if h.version == 1 {
		kind, size, flags = b.uint16(), int(b.uint16()), b.uint8()
		b.take(3)
	} else {
		kind, size, flags = uint16(b.uint8()), int(b.uint16()), b.uint8()
		if h.ordered {
			b.take(2)
		}
	}
	body := b.part(size)
	if b.short {
		return message{}, h.corrupt(at, "a header message of %d bytes passes the end of its block", size)
	}
	return message{kind: kind, shared: flags&2 != 0, body: body}, nil
}

// find returns the first message of a kind; nil where there is none.
func (p place) find(messages []message, kind uint16) (*block, error) {
	for _, m := range messages {
		if m.kind != kind {
			continue
		}
		if m.shared {
			return nil, p.unsupported(m.body.start, "a header message that is shared between objects")
		}
		b := *m.body
		return &b, nil
	}
	return nil, nil
}
