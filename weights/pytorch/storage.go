package pytorch

import (
	"archive/zip"
	"io"
	"sync"

	"github.com/convnetplayground/convnet/weights/dtype"
)

// storage is a row of numbers that tensors are views of.
type storage struct {
	*place
	number dtype.Type
	count  int // of numbers
}

// place is where the bytes of storages lie: those of one key share it.
type place struct {
	bytes  int64
	count  int       // of numbers of the type that was named first
	at     int64     // in the file
	packed *zip.File // where they are compressed
}

// storages are the places that a pickle names, by key.
type storages map[string]*place

// load makes a storage of ("storage", class, key, device, count), to which the older
// container adds what a part of a storage is part of.
func (s storages) load(id any) (any, error) {
	items, _ := id.(tuple)
	if len(items) != 5 && len(items) != 6 || items[0] != "storage" {
		return nil, corrupt("a persistent id that is no storage")
	}
	kind, _ := items[1].(class)
	number := storageClasses[kind]
	key, isString := items[2].(string)
	count, isInt := items[4].(int)
	if number == "" || !isString || !isInt || count < 0 || count > maxValues {
		return nil, corrupt("a storage without class, key or a possible count of numbers")
	}
	if len(items) == 6 && items[5] != nil {
		return nil, unsupported("storage %.32q is part of another", key)
	}
	bytes := int64(count) * int64(number.Width())
	if s[key] == nil {
		s[key] = &place{bytes: bytes, count: count}
	}
	if s[key].bytes != bytes {
		return nil, corrupt("storage %.32q has %d bytes and %d bytes", key, s[key].bytes, bytes)
	}
	return storage{s[key], number, count}, nil
}

// read fills dst with numbers, from number at on.
func (s storage) read(f *File, dst []float32, at int) error {
	width := s.number.Width()
	offset := int64(at) * int64(width)
	if s.packed != nil {
		data, err := f.cache.open(s.packed)
		if err != nil {
			return err
		}
		s.number.Decode(dst, data[offset:])
		return nil
	}
	if same := s.number.InPlace(dst); same != nil {
		return fill(same, f.r, s.at+offset)
	}
	raw := make([]byte, min(pieceBytes, len(dst)*width))
	for from := s.at + offset; len(dst) > 0; {
		n := min(len(dst), len(raw)/width)
		if err := fill(raw[:n*width], f.r, from); err != nil {
			return err
		}
		s.number.Decode(dst[:n], raw)
		dst, from = dst[n:], from+int64(n*width)
	}
	return nil
}

// pieceBytes stay in the processor's cache.
const pieceBytes = 64 << 10

func fill(p []byte, r io.ReaderAt, at int64) error {
	n, err := r.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// inflated keeps the storage that was inflated last.
type inflated struct {
	mu   sync.Mutex
	from *zip.File
	data []byte
}

func (c *inflated) open(e *zip.File) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.from == e {
		return c.data, nil
	}
	c.from, c.data = nil, nil
	data, err := inflate(e, maxInflated)
	if err != nil {
		return nil, err
	}
	c.from, c.data = e, data
	return data, nil
}
