package pytorch

import (
	"encoding/binary"
	"fmt"
	"math"
)

const (
	// maxPickle caps the length of a pickle in bytes. What is built from it takes up to
	// about a hundred times as much memory.
	maxPickle = 4 << 20
	// maxProtocol is the newest version of the language.
	maxProtocol = 5
	// maxGlobal caps the name of a module or a class.
	maxGlobal = 256
)

// What a pickle builds, beside nil, bool, int, float64 and string.
type (
	tuple []any
	list  struct{ items []any }
	// dict keeps what is stored under strings. Under other keys there are no weights.
	dict struct {
		names  []string
		values map[string]any
	}
	// class is something that the pickle calls for by its name.
	class string
	// long is an integer of more than eight bytes, little-endian.
	long string
)

func (d *dict) set(key, value any) {
	name, ok := key.(string)
	if !ok {
		return
	}
	if d.values == nil {
		d.values = map[string]any{}
	}
	if _, ok := d.values[name]; !ok {
		d.names = append(d.names, name)
	}
	d.values[name] = value
}

// unpickler is the stack machine of Python's pickle, as far as weights need it. It
// imports nothing and calls nothing but the classes that are allowed: like torch's own
// loader for weights alone (torch/_weights_only_unpickler.py), but smaller. Its first
// error ends it.
type unpickler struct {
	stream *stream
	load   func(id any) (any, error) // of a persistent id; nil: plain values alone
	stack  []any
	marks  []int
	memo   map[uint32]any
	err    error
}

// unpickle reads the next pickle of a stream.
func unpickle(s *stream, load func(id any) (any, error)) (any, error) {
	u := &unpickler{stream: s, load: load, memo: map[uint32]any{}}
	for end := s.at + maxPickle; ; {
		at := s.at
		op := u.byte()
		if op == opStop && u.err == nil {
			return u.pop(), u.located(at)
		}
		u.step(op)
		if s.at > end {
			u.corrupt("more than %d bytes", maxPickle)
		}
		if u.err != nil {
			return nil, u.located(at)
		}
	}
}

// located says where the error is.
func (u *unpickler) located(at int64) error {
	if u.err == nil {
		return nil
	}
	return fmt.Errorf("%w (%s, byte %d)", u.err, u.stream.what, at)
}

func (u *unpickler) fail(err error) {
	if u.err == nil {
		u.err = err
	}
}

func (u *unpickler) corrupt(format string, args ...any) { u.fail(corrupt(format, args...)) }

func (u *unpickler) step(op byte) {
	switch op {
	case opProto:
		if version := u.byte(); version > maxProtocol {
			u.fail(unsupported("pickle protocol %d", version))
		}
	case opFrame:
		u.take(8)
	case opMark:
		u.marks = append(u.marks, len(u.stack))
	case opNone:
		u.push(nil)
	case opNewTrue, opNewFalse:
		u.push(op == opNewTrue)
	case opBinInt, opBinInt1, opBinInt2, opLong1, opBinFloat:
		u.number(op)
	case opShortBinString, opShortBinUnicode:
		u.text(u.uint(1))
	case opBinString, opBinUnicode:
		u.text(u.uint(4))
	case opBinUnicode8:
		u.text(u.uint(8))
	case opEmptyTuple, opTuple1, opTuple2, opTuple3, opTuple:
		u.tuple(op)
	case opEmptyList:
		u.push(&list{})
	case opEmptyDict:
		u.push(&dict{})
	case opAppend, opAppends, opSetItem, opSetItems:
		u.fill(op)
	case opBinGet, opLongBinGet, opBinPut, opLongBinPut, opMemoize:
		u.remember(op)
	case opGlobal, opStackGlobal, opReduce, opBuild, opBinPersID:
		u.object(op)
	default:
		u.fail(unsupported("the pickle opcode %#02x, which weights do not need", op))
	}
}

func (u *unpickler) number(op byte) {
	switch op {
	case opBinInt:
		u.push(int(int32(u.uint(4))))
	case opBinInt1:
		u.push(int(u.uint(1)))
	case opBinInt2:
		u.push(int(u.uint(2)))
	case opBinFloat:
		if raw := u.take(8); u.err == nil {
			u.push(math.Float64frombits(binary.BigEndian.Uint64(raw)))
		}
	case opLong1:
		raw := u.take(u.uint(1))
		if len(raw) > 8 {
			u.push(long(raw))
			return
		}
		u.push(signed(raw))
	}
}

// signed is a little-endian number in two's complement.
func signed(raw []byte) int {
	var v int64
	for i, b := range raw {
		v |= int64(b) << (8 * i)
	}
	unused := 64 - 8*len(raw)
	return int(v << unused >> unused)
}

func (u *unpickler) tuple(op byte) {
	switch op {
	case opTuple:
		u.push(tuple(u.popMark()))
	case opEmptyTuple:
		u.push(tuple(nil))
	default:
		items := make(tuple, op-opTuple1+1)
		for i := range items {
			items[len(items)-1-i] = u.pop()
		}
		u.push(items)
	}
}

// fill adds to the list or dictionary below what is to be added.
func (u *unpickler) fill(op byte) {
	var items []any
	switch op {
	case opAppend:
		items = []any{u.pop()}
	case opSetItem:
		value, key := u.pop(), u.pop()
		items = []any{key, value}
	default:
		items = u.popMark()
	}
	switch to := u.top().(type) {
	case *list:
		if op == opAppend || op == opAppends {
			to.items = append(to.items, items...)
			return
		}
	case *dict:
		if (op == opSetItem || op == opSetItems) && len(items)%2 == 0 {
			for i := 0; i < len(items); i += 2 {
				to.set(items[i], items[i+1])
			}
			return
		}
	}
	u.corrupt("%d items for something that takes none or not so many", len(items))
}

// remember writes the memo or reads it.
func (u *unpickler) remember(op byte) {
	var key uint32
	switch op {
	case opBinGet, opBinPut:
		key = uint32(u.uint(1))
	case opLongBinGet, opLongBinPut:
		key = uint32(u.uint(4))
	case opMemoize:
		key = uint32(len(u.memo))
	}
	if op != opBinGet && op != opLongBinGet {
		u.memo[key] = u.top()
		return
	}
	value, ok := u.memo[key]
	if !ok {
		u.corrupt("memo %d is read before it is written", key)
	}
	u.push(value)
}

func (u *unpickler) object(op byte) {
	var made any
	var err error
	switch op {
	case opGlobal:
		module := u.line()
		made, err = u.global(module, u.line())
	case opStackGlobal:
		name, module := u.pop(), u.pop()
		made, err = u.global(module, name)
	case opBinPersID:
		id := u.pop()
		if u.load == nil {
			u.corrupt("a persistent id where there are none")
			return
		}
		if u.err == nil {
			made, err = u.load(id)
		}
	case opReduce:
		args, isTuple := u.pop().(tuple)
		callee, isClass := u.pop().(class)
		if !isTuple || !isClass {
			u.corrupt("a call of what is no class, or without arguments")
			return
		}
		made, err = callee.call(args)
	case opBuild: // attributes of a dictionary are its metadata
		u.pop()
		if _, ok := u.top().(*dict); !ok {
			u.corrupt("attributes for what is no dictionary")
		}
		return
	}
	if err != nil {
		u.fail(err)
		return
	}
	u.push(made)
}

// global names a class. Unknown ones end the pickle before anything is done with them.
func (u *unpickler) global(module, name any) (any, error) {
	m, ok1 := module.(string)
	n, ok2 := name.(string)
	if !ok1 || !ok2 {
		return nil, corrupt("a class whose name is no string")
	}
	if c := class(m + "." + n); u.load != nil && c.allowed() {
		return c, nil
	}
	return nil, unsupported("it calls for %.*q", maxGlobal, m+"."+n)
}
