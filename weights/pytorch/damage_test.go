package pytorch_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/weights/pytorch"
)

// damages are files that are refused when they are opened. The messages, without their
// common ends, are those of docs/formats/weights.md.
func damages() []damage {
	good := archived(one(), "12345678")
	old := legacy(strings.ReplaceAll(one(), "tQ", "NtQ"), "\x80\x02]"+text("0")+"a.", "\x02\x00\x00\x00\x00\x00\x00\x00", "12345678")
	pickle := func(p string) []byte { return archived(p, "12345678") }
	return []damage{
		{"empty", nil, "it begins neither like a zip archive nor with the magic number of torch"},
		{"another file", []byte("\x89HDF\r\n\x1a\n"), "it begins neither like a zip archive nor with the magic number of torch"},
		{"archive cut short", good[:len(good)-60], "no zip archive: zip: not a valid zip file"},
		{"archive with a long directory", zipped(manyNames()...), "no zip archive: its directory takes more than 16777216 bytes"},
		{"another archive", zipped(entry{"config.json", "{}"}), "the archive holds no NAME/data.pkl"},
		{"entry twice", zipped(entry{"net/data.pkl", ""}, entry{"net/data/0", ""}, entry{"net/data/0", ""}), `the archive holds "net/data/0" twice`},
		{"pickle cut short", pickle(one()[:60]), "it ends within a pickle (data.pkl, byte 57)"},
		{"pickle with a wrong checksum", bytes.Replace(good, []byte("storage"), []byte("Storage"), 1), `"net/data.pkl": zip: checksum error`},
		{"pickle past the cap", pickle("\x80\x02" + strings.Repeat("N", 4<<20)), `"net/data.pkl" claims 4194306 bytes, more than the cap of 4194304`},
		{"string past the cap", pickle("\x80\x02X\xff\xff\xff\xff"), "4294967295 bytes in a pickle of at most 4194304 (data.pkl, byte 2)"},
		{"empty stack", pickle("\x80\x02s."), "the stack is empty (data.pkl, byte 2)"},
		{"no mark", pickle("\x80\x02u."), "no mark on the stack (data.pkl, byte 2)"},
		{"empty memo", pickle("\x80\x02h\x05."), "memo 5 is read before it is written (data.pkl, byte 2)"},
		{"storage missing", zipped(entry{"net/data.pkl", one()}), "the archive holds no data/0"},
		{"storage too short", archived(one(), "123"), `"net/data/0" has 3 bytes, want 8`},
		{"storage of two lengths", pickle(saved(text("a"), tensorOf(storage("FloatStorage", "0", 2), 0, numbers(2), numbers(1)), text("b"), tensorOf(storage("FloatStorage", "0", 3), 0, numbers(2), numbers(1)))),
			`storage "0" has 8 bytes and 12 bytes (data.pkl, byte 265)`},
		{"storage with a huge claim", pickle(saved(text("w"), tensorOf(storage("FloatStorage", "0", 1<<62), 0, numbers(2), numbers(1)))),
			"a storage without class, key or a possible count of numbers (data.pkl, byte 102)"},
		{"tensor past its storage", pickle(saved(text("w"), tensorOf(storage("FloatStorage", "0", 2), 1, numbers(2), numbers(1)))),
			"a tensor of shape [2] and strides [1], which starts at number 1, passes its storage of 2 numbers (data.pkl, byte 166)"},
		{"tensor that overflows", pickle(saved(text("w"), tensorOf(storage("FloatStorage", "0", 2), 0, numbers(1<<32, 1<<32), numbers(1<<32, 1)))),
			"a tensor of shape [4294967296 4294967296] and strides [4294967296 1], which starts at number 0, passes its storage of 2 numbers (data.pkl, byte 186)"},
		{"tensor of more than all memory", pickle(saved(text("w"), tensorOf(storage("FloatStorage", "0", 2), 0, numbers(1<<40, 1<<40), numbers(0, 0)))),
			"a tensor of shape [1099511627776 1099511627776] and strides [0 0], which starts at number 0, passes its storage of 2 numbers (data.pkl, byte 186)"},
		{"negative stride", pickle(saved(text("w"), tensorOf(storage("FloatStorage", "0", 2), 1, numbers(2), numbers(-1)))),
			"a tensor of shape [2] and strides [-1], which starts at number 1, passes its storage of 2 numbers (data.pkl, byte 166)"},
		{"legacy cut short in a pickle", old[:100], "it ends within a pickle (pickle, byte 90)"},
		{"legacy cut short in a storage", old[:len(old)-1], `storage "0" claims 8 bytes at byte 234 of 241`},
		{"legacy storage of another length", bytes.Replace(old, []byte("\x02\x00\x00\x00\x00\x00\x00\x001"), []byte("\x03\x00\x00\x00\x00\x00\x00\x001"), 1), `storage "0" at byte 226 has 3 numbers, want 2`},
		{"legacy with other keys", bytes.Replace(old, []byte("]"+text("0")), []byte("]"+text("1")), 1), `storage "1" belongs to no tensor or comes twice`},
		{"legacy without keys", legacy(strings.ReplaceAll(one(), "tQ", "NtQ"), "\x80\x02N."), "the keys of 1 storages are not those of the tensors"},
		{"compressed bomb", claiming(257<<20, entry{"net/data.pkl", saved(text("w"), tensorOf(storage("ByteStorage", "0", 257<<20), 0, numbers(2), numbers(1)))}, entry{"net/data/0", ""}),
			`"net/data/0" is compressed and claims 269484032 bytes, more than the cap of 268435456`},
	}
}

// manyNames are 20 MB of names.
func manyNames() []entry {
	entries := make([]entry, 1000)
	for i := range entries {
		entries[i].name = fmt.Sprint(strings.Repeat("n", 20_000), i)
	}
	return entries
}

// refusals hold more than weights.
func refusals(t testing.TB) []damage {
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", "refused", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	pickle := func(p string) []byte { return archived(p, "12345678") }
	return []damage{
		{"command of torch", read("command.pth"), `it calls for "posix.system" (data.pkl, byte 886)`},
		{"command of torch, legacy", read("legacy-command.pth"), `it calls for "posix.system" (pickle, byte 156)`},
		{"whole module", read("module.pth"), `it calls for "torch.nn.modules.container.Sequential" (data.pkl, byte 2)`},
		{"script", read("script.pth"), `it calls for "__torch__.torch.nn.modules.linear.Linear" (data.pkl, byte 2)`},
		{"command", pickle("\x80\x02" + global("os", "system") + "(" + text("echo owned") + "tR."), `it calls for "os.system" (data.pkl, byte 2)`},
		{"command by names on the stack", pickle("\x80\x04\x8c\x02os\x8c\x06system\x93."), `it calls for "os.system" (data.pkl, byte 14)`},
		{"part of an allowed name", pickle("\x80\x02" + global("torch", "_utils._rebuild_tensor_v2\x00") + "."), `it calls for "torch._utils._rebuild_tensor_v2\x00" (data.pkl, byte 2)`},
		{"class of protocol 0", pickle("(i__builtin__\neval\n."), "the pickle opcode 0x69, which weights do not need (data.pkl, byte 1)"},
		{"class by number", pickle("\x80\x02\x82\x01."), "the pickle opcode 0x82, which weights do not need (data.pkl, byte 2)"},
		{"class where numbers are read", []byte("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + global("os", "system") + "."), `it calls for "os.system" (pickle, byte 15)`},
		{"newer protocol", pickle("\x80\x09."), "pickle protocol 9 (data.pkl, byte 0)"},
		{"no dictionary", pickle("\x80\x02]."), "what was saved is no dictionary"},
		{"no tensors", pickle(saved(text("epoch"), "K\x01")), `no tensors in the dictionary that was saved, nor in its "state_dict", "model_state_dict" or "model"`},
		{"nothing but depth", pickle("\x80\x02)" + strings.Repeat("\x85", 1_000_000) + "."), "what was saved is no dictionary"},
		{"itself in itself", pickle("\x80\x02}q\x00" + text("model") + "h\x00s."), `no tensors in the dictionary that was saved, nor in its "state_dict", "model_state_dict" or "model"`},
		{"lists that double", pickle("\x80\x02]q\x00" + strings.Repeat("](h\x00h\x00eq\x00", 100_000) + "."), "what was saved is no dictionary"},
		{"big-endian", zipped(entry{"net/data.pkl", one()}, entry{"net/byteorder", "big"}), `numbers in the byte order "big"`},
		{"tensor with metadata", pickle(strings.Replace(one(), ")RtR", ")R}tR", 1)), "a tensor with metadata (data.pkl, byte 167)"},
		{"part of a storage, legacy", legacy(strings.ReplaceAll(one(), "tQ", numbers(1, 2)+"tQ")), `storage "0" is part of another (pickle, byte 169)`},
	}
}

type damage struct {
	name    string
	content []byte
	says    string
}

func TestSaysWhatIsDamaged(t *testing.T) {
	for _, d := range damages() {
		t.Run(d.name, func(t *testing.T) {
			d.check(t, pytorch.ErrCorrupt, "pytorch net.pth: damaged PyTorch file: "+d.says+"; fetch the file again")
		})
	}
}

func TestRefusesMoreThanWeights(t *testing.T) {
	for _, d := range refusals(t) {
		t.Run(d.name, func(t *testing.T) {
			d.check(t, pytorch.ErrUnsupported, "pytorch net.pth: PyTorch file with more than plain weights: "+d.says+"; save it again with torch.save(model.state_dict(), file)")
		})
	}
}

func (d damage) check(t *testing.T, kind error, message string) {
	t.Helper()
	_, err := pytorch.Read(bytes.NewReader(d.content), int64(len(d.content)), "net.pth")
	if !errors.Is(err, kind) {
		t.Fatalf("error is %v, want %v", err, kind)
	}
	if err.Error() != message {
		t.Errorf("message is\n%s, want\n%s", err, message)
	}
}

// The tables of the documentation quote what is said.
func TestTablesQuoteTheMessages(t *testing.T) {
	b, err := os.ReadFile("../../docs/formats/weights.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, d := range append(damages(), refusals(t)...) {
		said[d.says] = true
	}
	_, section, _ := strings.Cut(string(b), "## PyTorch .pth")
	section, _, _ = strings.Cut(section, "\n## ")
	quoted := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		for i, part := range strings.Split(cells[2], "`") {
			if i%2 == 0 {
				continue
			}
			quoted++
			if !said[part] {
				t.Errorf("nothing says %q", part)
			}
		}
	}
	if quoted < 30 {
		t.Errorf("only %d messages are quoted", quoted)
	}
}

// What comes to light while values are read names the tensor.
func TestDamageInValues(t *testing.T) {
	b := packed(zip.Deflate, entry{"net/data.pkl", one()}, entry{"net/data/0", "12345678"})
	if f, err := pytorch.Read(bytes.NewReader(b), int64(len(b)), "net.pth"); err != nil || f.Read(make([]float32, 2), "w", 0) != nil {
		t.Fatalf("the file was damaged before: %v", err)
	}
	checksum := bytes.LastIndex(b, []byte("PK\x01\x02")) + 16
	b[checksum] ^= 0xff
	f, err := pytorch.Read(bytes.NewReader(b), int64(len(b)), "net.pth")
	if err != nil {
		t.Fatal(err)
	}
	err = f.Read(make([]float32, 2), "w", 0)
	want := `pytorch net.pth: tensor "w": damaged PyTorch file: "net/data/0": zip: checksum error; fetch the file again`
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestBoolsAndNumbersPastFloat32(t *testing.T) {
	huge := math.Float64bits(1e300)
	b := zipped(entry{"net/data.pkl", saved(text("w"), tensorOf(storage("DoubleStorage", "0", 1), 0, numbers(), numbers()))},
		entry{"net/data/0", string(binary.LittleEndian.AppendUint64(nil, huge))})
	f, err := pytorch.Read(bytes.NewReader(b), int64(len(b)), "net.pth")
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 1)
	if err := f.Read(got, "w", 0); err != nil || !math.IsInf(float64(got[0]), 1) {
		t.Errorf("1e300 became %v (%v)", got, err)
	}
}
