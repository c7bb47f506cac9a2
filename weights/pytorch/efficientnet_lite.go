package pytorch

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/convnetplayground/convnet/tensor"
)

// Orders of axes: axis i of a kernel of Keras is axis order[i] of torch's.
var (
	convolution = []int{2, 3, 1, 0} // [out, in, h, w] to [h, w, in, out]
	depthwise   = []int{2, 3, 0, 1} // [channels, 1, h, w] to [h, w, channels, 1]
	dense       = []int{1, 0}       // [out, in] to [in, out]
)

// role is a parameter of a layer of Keras.
type role struct {
	name  string
	order []int // nil: as torch has it
}

// The parameters of layers, by torch's names.
var (
	convolutionRoles = map[string]role{"weight": {"kernel", convolution}}
	depthwiseRoles   = map[string]role{"weight": {"depthwise_kernel", depthwise}}
	denseRoles       = map[string]role{"weight": {"kernel", dense}, "bias": {name: "bias"}}
	batchNormRoles   = map[string]role{
		"weight": {name: "gamma"}, "bias": {name: "beta"},
		"running_mean": {name: "moving_mean"}, "running_var": {name: "moving_variance"},
	}
)

// module is a layer with weights: Keras' name of it and its parameters. In a block the
// name of the block comes first.
type module struct {
	layer string
	roles map[string]role
}

// The layers of EfficientNet-Lite by the names that class EfficientNet and class
// MBConvBlock of the package efficientnet-lite-pytorch 0.1.0 have for them.
var (
	liteModules = map[string]module{
		"_conv_stem": {"stem_conv", convolutionRoles},
		"_bn0":       {"stem_bn", batchNormRoles},
		"_conv_head": {"top_conv", convolutionRoles},
		"_bn1":       {"top_bn", batchNormRoles},
		"_fc":        {"predictions", denseRoles},
	}
	liteBlockModules = map[string]module{
		"_expand_conv":    {"expand_conv", convolutionRoles},
		"_bn0":            {"expand_bn", batchNormRoles},
		"_depthwise_conv": {"dwconv", depthwiseRoles},
		"_bn1":            {"bn", batchNormRoles},
		"_project_conv":   {"project_conv", convolutionRoles},
		"_bn2":            {"project_bn", batchNormRoles},
	}
)

// Source is where tensors come from: a File, or another file with torch's names. It is
// the interface of package weights.
type Source interface {
	Names() []string
	Shape(name string) (tensor.Shape, bool)
	Read(dst []float32, name string, offset int) error
	Hash() (string, error)
	Close() error
}

// Lite is a source with the names and layouts of Keras. Its methods keep the contracts
// of the source.
type Lite struct {
	source  Source
	names   []string
	tensors map[string]origin
}

// origin is a tensor of the source and the order of its axes.
type origin struct {
	name  string
	order []int // nil: as the source has it
}

// EfficientNetLite gives the tensors of s that are called as in the EfficientNet-Lite
// packages for PyTorch the names that they have in a network with these parameters, e.g.
// "block2a_expand_conv/kernel", and Keras' layouts. The blocks of torch are numbered, so
// the n-th is the n-th of the network. A prefix "module.", of torch's DataParallel, is
// left out, as are counters of batches. All else, blocks past the network's too, keeps
// name and layout. Nothing is read before it is asked for.
func EfficientNetLite(s Source, parameters []string) *Lite {
	l := &Lite{source: s, tensors: map[string]origin{}}
	blocks := blockNames(parameters)
	for _, name := range s.Names() {
		if strings.HasSuffix(name, ".num_batches_tracked") {
			continue
		}
		ours, order := liteName(strings.TrimPrefix(name, "module."), blocks)
		if _, taken := s.Shape(ours); ours == "" || taken || l.tensors[ours].name != "" {
			ours, order = name, nil
		}
		if shape, _ := s.Shape(name); len(shape) != len(order) {
			order = nil // misshapen: Keras' name tells which it is
		}
		l.names = append(l.names, ours)
		l.tensors[ours] = origin{name, order}
	}
	return l
}

var blockName = regexp.MustCompile(`^block\d+[a-z]_`)

// blockNames lists the blocks of a network in order: "block1a_", "block2a_", …
func blockNames(parameters []string) []string {
	var blocks []string
	for _, name := range parameters {
		block := blockName.FindString(name)
		if block != "" && !slices.Contains(blocks, block) {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// liteName translates a name of torch, "_blocks.1._bn0.weight"; "" where it is none.
func liteName(name string, blocks []string) (string, []int) {
	modules, block := liteModules, ""
	if rest, ok := strings.CutPrefix(name, "_blocks."); ok {
		number, inner, _ := strings.Cut(rest, ".")
		i, err := strconv.Atoi(number)
		if err != nil || i < 0 || i >= len(blocks) {
			return "", nil
		}
		modules, block, name = liteBlockModules, blocks[i], inner
	}
	layer, parameter, _ := strings.Cut(name, ".")
	m := modules[layer]
	r, ok := m.roles[parameter]
	if !ok {
		return "", nil
	}
	return block + m.layer + "/" + r.name, r.order
}

// Names lists the tensors in the order of the source.
func (l *Lite) Names() []string { return slices.Clone(l.names) }

// Shape tells the extents of a tensor in Keras' layout; false where there is none.
func (l *Lite) Shape(name string) (tensor.Shape, bool) {
	from, ok := l.tensors[name]
	if !ok {
		return nil, false
	}
	shape, ok := l.source.Shape(from.name)
	if ok && from.order != nil {
		shape = rowMajor(shape).permuted(from.order).shape
	}
	return shape, ok
}

// Read fills dst with the values of a tensor from the flat offset on, in the C order of
// Keras' layout. Pieces that follow each other cost little more than the whole at once.
func (l *Lite) Read(dst []float32, name string, offset int) error {
	from, ok := l.tensors[name]
	if !ok {
		return fmt.Errorf("no tensor %q", name)
	}
	if from.order == nil {
		return l.source.Read(dst, from.name, offset)
	}
	v, fetch, err := stored(l.source, from.name)
	if err != nil {
		return err
	}
	if err := v.permuted(from.order).read(dst, offset, fetch); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// stored finds the values of a tensor where they lie in the file, so that they are put
// in another order once, not twice.
func stored(s Source, name string) (view, fetch, error) {
	if f, ok := s.(*File); ok {
		return f.tensor(name)
	}
	shape, _ := s.Shape(name)
	return rowMajor(shape), func(dst []float32, at int) error { return s.Read(dst, name, at) }, nil
}

// Hash is that of the source.
func (l *Lite) Hash() (string, error) { return l.source.Hash() }

// Close closes the source.
func (l *Lite) Close() error { return l.source.Close() }
