package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/safetensors"
)

// file puts a header and data together as the format says.
func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func read(b []byte) (*safetensors.File, error) {
	return safetensors.Read(bytes.NewReader(b), int64(len(b)), "vgg.safetensors")
}

// whole reads all values of a tensor, in two parts.
func whole(f *safetensors.File, name string) (tensor.Tensor, error) {
	shape, ok := f.Shape(name)
	if !ok {
		return tensor.Tensor{}, errors.New("no such tensor")
	}
	t := tensor.Tensor{Shape: shape, Data: make([]float32, shape.Elements())}
	half := len(t.Data) / 2
	return t, errors.Join(f.Read(t.Data[:half], name, 0), f.Read(t.Data[half:], name, half))
}

func TestReadConvertsEveryFloatType(t *testing.T) {
	f, err := read(file(`{"__metadata__":{"format":"pt"},
		"d":{"dtype":"F64","shape":[1],"data_offsets":[14,22]},
		"a":{"dtype":"F16","shape":[1,3],"data_offsets":[0,6]},
		"b":{"dtype":"BF16","shape":[2],"data_offsets":[6,10]},
		"c":{"dtype":"F32","shape":[],"data_offsets":[10,14]}}`,
		0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, // 1, -2, the smallest subnormal
		0x80, 0x3f, 0x80, 0xff, // 1, -infinity
		0x00, 0x00, 0x80, 0x3e, // 0.25
		0, 0, 0, 0, 0, 0, 0xf8, 0xbf, // -1.5
	))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, f.Names()); diff != "" {
		t.Errorf("names are not in file order:\n%s", diff)
	}
	want := map[string]tensor.Tensor{
		"a": {Shape: tensor.Shape{1, 3}, Data: []float32{1, -2, 0x1p-24}},
		"b": {Shape: tensor.Shape{2}, Data: []float32{1, float32(math.Inf(-1))}},
		"c": {Shape: tensor.Shape{}, Data: []float32{0.25}},
		"d": {Shape: tensor.Shape{1}, Data: []float32{-1.5}},
	}
	for name, w := range want {
		got, err := whole(f, name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(w, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if hash, err := f.Hash(); err != nil || len(hash) != 64 {
		t.Errorf("hash %q is no SHA-256 (%v)", hash, err)
	}
	if err := f.Read(nil, "e", 0); err == nil {
		t.Error("a tensor that is not there was read")
	}
	for _, offset := range []int{-1, 2, 3} {
		if err := f.Read(make([]float32, 2), "a", offset); err == nil {
			t.Errorf("two values from %d of three were read", offset)
		}
	}
}

// lies are files that are refused when they are opened. The messages, without their
// common ends, are those of docs/formats/weights.md.
var lies = []struct {
	name, says string
	content    []byte
}{
	{"empty", "0 bytes hold no header", nil},
	{"header past the cap", "the header claims 72057594037927936 bytes, more than the cap of 67108864", []byte{0, 0, 0, 0, 0, 0, 0, 1}},
	{"header past the end", "the header claims 60000000 bytes, the file has 2 after its first eight",
		append(binary.LittleEndian.AppendUint64(nil, 60_000_000), "{}"...)},
	{"not JSON", "the header is no JSON object: invalid character ']'", file("{]")},
	{"no object", "the header is no JSON object", file("[]")},
	{"object cut short", "the header is no JSON object: unexpected EOF", file(`{"a":{"dtype":"F32"`)},
	{"two objects", "the header goes on behind its JSON object", file("{}{}")},
	{"no entry", `tensor "a" has no dtype, shape and data_offsets of the right kinds`, file(`{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}`, 0, 0, 0, 0)},
	{"twice", `tensor "a" is listed twice`, file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 0)},
	{"offsets past the end", `tensor "a" claims bytes 0 to 4000 of 4`, file(`{"a":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}}`, 0, 0, 0, 0)},
	{"negative offset", `tensor "a" claims bytes -4 to 0 of 4`, file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, 0, 0, 0, 0)},
	{"backward offsets", `tensor "a" claims bytes 4 to 0 of 4`, file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 0, 0, 0, 0)},
	{"shape and bytes differ", `tensor "a" of type F32 and shape [2] claims 4 bytes`, file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 0, 0, 0, 0)},
	{"shape overflows", `tensor "a" of type F32 and shape [2147483647 2147483647 2147483647] claims 4 bytes`,
		file(`{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}`, 0, 0, 0, 0)},
	{"negative extents", `tensor "a" of type F32 and shape [-1 -1] claims 4 bytes`, file(`{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}`, 0, 0, 0, 0)},
	{"negative extent beside zero", `tensor "a" of type F32 and shape [0 -1] claims 0 bytes`, file(`{"a":{"dtype":"F32","shape":[0,-1],"data_offsets":[0,0]}}`)},
	{"too many axes", `tensor "a" has 17 axes, more than the cap of 16`, file(`{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}`, 0)},
	{"one offset", `tensor "a" has 1 offsets, not 2`, file(`{"a":{"dtype":"F32","shape":[],"data_offsets":[0]}}`)},
	{"unknown type", `tensor "a" has the unknown type "F12"`, file(`{"a":{"dtype":"F12","shape":[],"data_offsets":[0,0]}}`)},
	{"overlap", `tensor "b" overlaps the one before it`, file(`{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}`, 0, 0, 0, 0)},
	{"gap", `2 bytes before tensor "b" belong to none`, file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}`, 0, 0, 0, 0)},
	{"bytes left over", "3 bytes at the end belong to no tensor", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 0, 0, 0, 0)},
}

func TestReadRefusesLies(t *testing.T) {
	for _, l := range lies {
		t.Run(l.name, func(t *testing.T) {
			_, err := read(l.content)
			if !errors.Is(err, safetensors.ErrCorrupt) {
				t.Fatalf("error is %v, want ErrCorrupt", err)
			}
			if want := "safetensors vgg.safetensors: damaged safetensors file: " + l.says + "; fetch the file again"; err.Error() != want {
				t.Errorf("message is\n%s, want\n%s", err, want)
			}
		})
	}
}

// The tables of the documentation quote what is said.
func TestTablesQuoteTheMessages(t *testing.T) {
	b, err := os.ReadFile("../../docs/formats/weights.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, l := range lies {
		said[l.says] = true
	}
	_, section, _ := strings.Cut(string(b), "## safetensors")
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
	if quoted < 15 {
		t.Errorf("only %d messages are quoted", quoted)
	}
}

func TestCountersAreListedButNotRead(t *testing.T) {
	f, err := read(file(`{"steps":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, 0, 0, 0, 0, 0, 0, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := whole(f, "steps"); err == nil || !strings.Contains(err.Error(), "type I64 are no weights") {
		t.Errorf("error is %v", err)
	}
}

func TestWriteThenRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := tensor.Shape(rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape"))
		values := rapid.SliceOfN(rapid.Float32(), shape.Elements(), shape.Elements()).Draw(t, "values")
		want := tensor.Tensor{Shape: shape, Data: values}
		var b bytes.Buffer
		err := safetensors.Write(&b, []safetensors.Entry{
			{Name: "z", DType: safetensors.F32, Tensor: want},
			{Name: "a", DType: safetensors.F64, Tensor: want},
		})
		if err != nil {
			t.Fatal(err)
		}
		f, err := read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range f.Names() {
			got, err := whole(f, name)
			if err != nil {
				t.Fatal(err)
			}
			for i := range values {
				if math.Float32bits(values[i]) != math.Float32bits(got.Data[i]) {
					t.Fatalf("%s[%d]: wrote %g, read %g", name, i, values[i], got.Data[i])
				}
			}
		}
	})
}

// Every half is a float32, so writing what was read gives it back; a float32 between
// two halves goes to the nearer one.
func TestHalvesRoundTrip(t *testing.T) {
	raw := make([]byte, 2<<16)
	for i := range 1 << 16 {
		binary.LittleEndian.PutUint16(raw[2*i:], uint16(i))
	}
	f, err := read(file(`{"a":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}`, raw...))
	if err != nil {
		t.Fatal(err)
	}
	halves, err := whole(f, "a")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, []safetensors.Entry{{Name: "a", DType: safetensors.F16, Tensor: halves}}); err != nil {
		t.Fatal(err)
	}
	stored := b.Bytes()[b.Len()-len(raw):]
	for i := range 1 << 16 {
		if i&0x7c00 == 0x7c00 && i&0x3ff != 0 {
			continue // NaN payloads are not kept
		}
		if got := binary.LittleEndian.Uint16(stored[2*i:]); got != uint16(i) {
			t.Fatalf("half %#04x came back as %#04x (%g)", i, got, halves.Data[i])
		}
	}
}

func TestRounding(t *testing.T) {
	cases := []struct {
		dtype    safetensors.DType
		in, want float32
	}{
		{safetensors.F16, 1 + 0x1p-11, 1},              // a tie goes to even
		{safetensors.F16, 1 + 0x3p-11, 1 + 0x1p-9},     // the other tie as well
		{safetensors.F16, 1 + 0x1.1p-11, 1 + 0x1p-10},  // past the tie
		{safetensors.F16, 65519, 65504},                // the largest
		{safetensors.F16, 65520, float32(math.Inf(1))}, // rounds past the largest
		{safetensors.F16, -0x1p-25, 0},
		{safetensors.BF16, 1 + 0x1p-8, 1},
		{safetensors.BF16, 1 + 0x3p-8, 1 + 0x1p-6},
		{safetensors.BF16, -3.0e38, -0x1.c4p127},
	}
	for _, c := range cases {
		var b bytes.Buffer
		one := tensor.Tensor{Shape: tensor.Shape{1}, Data: []float32{c.in}}
		if err := safetensors.Write(&b, []safetensors.Entry{{Name: "a", DType: c.dtype, Tensor: one}}); err != nil {
			t.Fatal(err)
		}
		f, err := read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		got, err := whole(f, "a")
		if err != nil {
			t.Fatal(err)
		}
		if got.Data[0] != c.want {
			t.Errorf("%s of %g is %g, want %g", c.dtype, c.in, got.Data[0], c.want)
		}
	}
}

func TestWriteRefusesWhatItCannotStore(t *testing.T) {
	one := tensor.New(1)
	cases := map[string][]safetensors.Entry{
		`cannot store as "I8"`:   {{Name: "a", DType: "I8", Tensor: one}},
		"the name is taken":      {{Name: "a", DType: safetensors.F32, Tensor: one}, {Name: "a", DType: safetensors.F32, Tensor: one}},
		"1 values for shape 2x3": {{Name: "a", DType: safetensors.F32, Tensor: tensor.Tensor{Shape: tensor.Shape{2, 3}, Data: one.Data}}},
	}
	for want, entries := range cases {
		var b bytes.Buffer
		err := safetensors.Write(&b, entries)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
		if b.Len() > 0 {
			t.Errorf("%q: %d bytes were written before the error", want, b.Len())
		}
	}
}
