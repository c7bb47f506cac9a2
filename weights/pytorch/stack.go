package pytorch

import (
	"bufio"
	"io"
)

func (u *unpickler) push(value any) { u.stack = append(u.stack, value) }

// floor is where the items since the last mark begin.
func (u *unpickler) floor() int {
	if len(u.marks) == 0 {
		return 0
	}
	return u.marks[len(u.marks)-1]
}

func (u *unpickler) top() any {
	if len(u.stack) == u.floor() {
		u.corrupt("the stack is empty")
		return nil
	}
	return u.stack[len(u.stack)-1]
}

func (u *unpickler) pop() any {
	value := u.top()
	if u.err == nil {
		u.stack = u.stack[:len(u.stack)-1]
	}
	return value
}

// popMark takes all items since the last mark off the stack.
func (u *unpickler) popMark() []any {
	if len(u.marks) == 0 {
		u.corrupt("no mark on the stack")
		return nil
	}
	from := u.floor()
	items := append([]any(nil), u.stack[from:]...)
	u.stack = u.stack[:from]
	u.marks = u.marks[:len(u.marks)-1]
	return items
}

// stream reads pickles that follow each other.
type stream struct {
	r    *bufio.Reader
	at   int64  // in what is read
	what string // what is read, for errors
}

// take reads n bytes.
func (u *unpickler) take(n uint64) []byte {
	if n > maxPickle {
		u.corrupt("%d bytes in a pickle of at most %d", n, maxPickle)
		return nil
	}
	if u.err != nil {
		return nil
	}
	raw := make([]byte, n)
	read, err := io.ReadFull(u.stream.r, raw)
	u.stream.at += int64(read)
	if err != nil {
		u.ended(err)
		return nil
	}
	return raw
}

// ended keeps the error of a read.
func (u *unpickler) ended(err error) {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = corrupt("it ends within a pickle")
	}
	u.fail(err)
}

func (u *unpickler) byte() byte {
	if u.err != nil {
		return 0
	}
	b, err := u.stream.r.ReadByte()
	if err != nil {
		u.ended(err)
		return 0
	}
	u.stream.at++
	return b
}

// uint reads a little-endian number of n bytes.
func (u *unpickler) uint(n int) uint64 {
	var v uint64
	for i := range n {
		v |= uint64(u.byte()) << (8 * i)
	}
	return v
}

func (u *unpickler) text(n uint64) { u.push(string(u.take(n))) }

// line reads up to the end of a line.
func (u *unpickler) line() string {
	var line []byte
	for len(line) <= maxGlobal && u.err == nil {
		b := u.byte()
		if b == '\n' {
			return string(line)
		}
		line = append(line, b)
	}
	u.corrupt("the name of a class is longer than %d bytes", maxGlobal)
	return ""
}
