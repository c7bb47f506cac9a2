package pytorch_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// The parts that pickles of weights are put together from.

func text(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func number(n int) string {
	return "\x8a\x08" + string(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func numbers(n ...int) string {
	s := "("
	for _, n := range n {
		s += number(n)
	}
	return s + "t"
}

func global(module, name string) string { return "c" + module + "\n" + name + "\n" }

// storage is a storage in an archive.
func storage(class, key string, count int) string {
	return "(" + text("storage") + global("torch", class) + text(key) + text("cpu") + number(count) + "tQ"
}

func tensorOf(storage string, start int, shape, strides string) string {
	return global("torch._utils", "_rebuild_tensor_v2") + "(" + storage + number(start) + shape + strides +
		"\x89" + global("collections", "OrderedDict") + ")RtR"
}

// saved is the pickle of a dictionary of names and values.
func saved(items ...string) string { return "\x80\x02}(" + strings.Join(items, "") + "u." }

// one is the pickle of a tensor "w" of two numbers in the storage "0".
func one() string {
	return saved(text("w"), tensorOf(storage("FloatStorage", "0", 2), 0, numbers(2), numbers(1)))
}

type entry struct{ name, content string }

// zipped is an archive as torch writes it: nothing is compressed.
func zipped(entries ...entry) []byte { return packed(zip.Store, entries...) }

func packed(method uint16, entries ...entry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
		if err == nil {
			_, err = w.Write([]byte(e.content))
		}
		if err != nil {
			panic(fmt.Sprintf("zip: %v", err))
		}
	}
	if err := z.Close(); err != nil {
		panic(fmt.Sprintf("zip: %v", err))
	}
	return b.Bytes()
}

// claiming is an archive whose last entry claims to inflate to size bytes.
func claiming(size uint32, entries ...entry) []byte {
	b := packed(zip.Deflate, entries...)
	directory := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[directory+24:], size)
	return b
}

// archived is a file with a pickle and the storage "0".
func archived(pickle, storage string) []byte {
	return zipped(entry{"net/data.pkl", pickle}, entry{"net/byteorder", "little"}, entry{"net/data/0", storage})
}

// legacy is a file of the older format: with its first three pickles, those that are
// given and what follows them.
func legacy(pickles ...string) []byte {
	magic := "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
	return []byte(magic + "\x80\x02M\xe9\x03." + "\x80\x02}" + text("little_endian") + "\x88s." + strings.Join(pickles, ""))
}

// pickleOf takes the pickle out of an archive; nil where it is none.
func pickleOf(archive []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil
	}
	for _, e := range z.File {
		if !strings.HasSuffix(e.Name, "/data.pkl") {
			continue
		}
		r, err := e.Open()
		if err != nil {
			return nil
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return nil
		}
		return b
	}
	return nil
}
