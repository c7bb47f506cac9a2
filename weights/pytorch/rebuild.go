package pytorch

import (
	"slices"

	"github.com/convnetplayground/convnet/weights/dtype"
)

// The classes that a pickle of weights calls for, beside those of storages. There are
// no others.
const (
	classOrderedDict      class = "collections.OrderedDict"
	classRebuildTensor    class = "torch._utils._rebuild_tensor_v2"
	classRebuildParameter class = "torch._utils._rebuild_parameter"
)

var storageClasses = map[class]dtype.Type{
	"torch.BFloat16Storage": dtype.BF16,
	"torch.BoolStorage":     dtype.U8,
	"torch.ByteStorage":     dtype.U8,
	"torch.CharStorage":     dtype.I8,
	"torch.DoubleStorage":   dtype.F64,
	"torch.FloatStorage":    dtype.F32,
	"torch.HalfStorage":     dtype.F16,
	"torch.IntStorage":      dtype.I32,
	"torch.LongStorage":     dtype.I64,
	"torch.ShortStorage":    dtype.I16,
}

func (c class) allowed() bool {
	switch c {
	case classOrderedDict, classRebuildTensor, classRebuildParameter:
		return true
	}
	return storageClasses[c] != ""
}

// call makes what the class makes of its arguments.
func (c class) call(args tuple) (any, error) {
	switch c {
	case classOrderedDict:
		if len(args) == 0 {
			return &dict{}, nil
		}
	case classRebuildTensor:
		return rebuildTensor(args)
	case classRebuildParameter:
		if len(args) > 0 {
			if w, ok := args[0].(*weight); ok {
				return w, nil
			}
		}
	}
	return nil, corrupt("%s is called with other arguments than torch gives it", c)
}

// maxValues caps how many values a tensor or a storage may claim.
const maxValues = 1 << 40

// weight is a tensor in a file.
type weight struct {
	storage storage
	view    view
}

// rebuildTensor makes a tensor of (storage, start, shape, strides, needs gradient,
// hooks), with its metadata behind where there are any.
func rebuildTensor(args tuple) (any, error) {
	if len(args) != 6 && len(args) != 7 {
		return nil, corrupt("a tensor of %d arguments", len(args))
	}
	s, isStorage := args[0].(storage)
	start, isInt := args[1].(int)
	shape, isShape := ints(args[2])
	strides, isStrides := ints(args[3])
	if !isStorage || !isInt || !isShape || !isStrides {
		return nil, corrupt("a tensor without storage, start, shape or strides")
	}
	if len(args) == 7 && args[6] != nil {
		return nil, unsupported("a tensor with metadata")
	}
	v := view{shape, strides, start}
	if !v.within(s.count) {
		return nil, corrupt("a tensor of shape %v and strides %v, which starts at number %d, passes its storage of %d numbers",
			shape, strides, start, s.count)
	}
	return &weight{s, v}, nil
}

func ints(value any) ([]int, bool) {
	items, ok := value.(tuple)
	if !ok || len(items) > maxRank {
		return nil, false
	}
	v := make([]int, len(items))
	for i := range items {
		if v[i], ok = items[i].(int); !ok {
			return nil, false
		}
	}
	return v, true
}

// maxRank caps the number of axes.
const maxRank = 16

// within reports whether all values of the view are among count numbers. Their number
// is capped too, for strides of 0 show one number many times.
func (v view) within(count int) bool {
	if len(v.shape) != len(v.strides) || v.start < 0 {
		return false
	}
	for i := range v.shape {
		if v.shape[i] < 0 || v.strides[i] < 0 {
			return false
		}
	}
	if slices.Contains(v.shape, 0) {
		return true
	}
	values, last := 1, v.start
	for i, extent := range v.shape {
		if extent > maxValues/values {
			return false
		}
		values *= extent
		if extent > 1 && v.strides[i] > (count-last)/(extent-1) {
			return false
		}
		last += (extent - 1) * v.strides[i]
	}
	return last < count
}
