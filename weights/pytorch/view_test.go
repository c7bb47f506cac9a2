package pytorch

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/tensor"
)

// row is a row of numbers, each its own place, and what was fetched of it.
type row struct {
	numbers  int
	fetches  int
	fetched  int
	longest  int
	mistakes []string
}

func (r *row) fetch(dst []float32, at int) error {
	if at < 0 || at+len(dst) > r.numbers || len(dst) == 0 {
		r.mistakes = append(r.mistakes, fmt.Sprintf("%d numbers at %d of %d", len(dst), at, r.numbers))
		return fmt.Errorf("outside")
	}
	r.fetches++
	r.fetched += len(dst)
	r.longest = max(r.longest, len(dst))
	for i := range dst {
		dst[i] = float32(at + i)
	}
	return nil
}

// places lists where the values of a view are, by its definition.
func (v view) places() []float32 {
	if len(v.shape) == 0 {
		return []float32{float32(v.start)}
	}
	var all []float32
	for i := range v.shape[0] {
		all = append(all, view{v.shape[1:], v.strides[1:], v.start + i*v.strides[0]}.places()...)
	}
	return all
}

func TestViewReadsByItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rank := rapid.IntRange(0, 4).Draw(t, "rank")
		v := view{start: rapid.IntRange(0, 50).Draw(t, "start")}
		last := v.start
		for range rank {
			extent := rapid.IntRange(1, 12).Draw(t, "extent")
			stride := rapid.OneOf(rapid.IntRange(0, 12), rapid.IntRange(0, 3000)).Draw(t, "stride")
			v.shape, v.strides = append(v.shape, extent), append(v.strides, stride)
			last += (extent - 1) * stride
		}
		check(t, v, &row{numbers: last + 1})
	})
}

func TestViewReadsPermutedAxes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var shape tensor.Shape
		var order []int
		for i := range rapid.IntRange(1, 4).Draw(t, "rank") {
			shape, order = append(shape, rapid.IntRange(1, 40).Draw(t, "extent")), append(order, i)
		}
		order = rapid.Permutation(order).Draw(t, "order")
		check(t, rowMajor(shape).permuted(order), &row{numbers: shape.Elements()})
	})
}

// check reads a range.
func check(t *rapid.T, v view, r *row) {
	want := v.places()
	offset := rapid.IntRange(0, len(want)).Draw(t, "offset")
	got := make([]float32, rapid.IntRange(0, len(want)-offset).Draw(t, "length"))
	if err := v.read(got, offset, r.fetch); err != nil {
		t.Fatal(err, r.mistakes)
	}
	if !slices.Equal(want[offset:offset+len(got)], got) {
		t.Fatal(cmp.Diff(want[offset:offset+len(got)], got))
	}
}

// Kernels are read in ranges while they are packed. What that costs must grow like the
// kernel, and the memory must not.
func TestRangesCostLittle(t *testing.T) {
	const piece = 256 << 10 // values, 1 MB
	cases := []struct {
		name    string
		stored  tensor.Shape
		order   []int
		fetched int // times the values
		fetches int
	}{
		{"dense", tensor.Shape{1000, 25088}, dense, maxWaste, 200_000},
		{"pointwise convolution", tensor.Shape{1280, 448, 1, 1}, convolution, maxWaste, 2000},
		{"convolution", tensor.Shape{512, 512, 3, 3}, convolution, 9, 40_000},
		{"large convolution", tensor.Shape{1024, 1024, 3, 3}, convolution, 9, 160_000},
		{"depthwise convolution", tensor.Shape{1344, 1, 5, 5}, depthwise, 1, 1},
	}
	for _, c := range cases {
		v := rowMajor(c.stored).permuted(c.order)
		n := v.shape.Elements()
		r := &row{numbers: n}
		values := make([]float32, min(piece, n))
		for at := 0; at < n; at += len(values) {
			values = values[:min(len(values), n-at)]
			if err := v.read(values, at, r.fetch); err != nil {
				t.Fatal(err)
			}
		}
		if r.fetched > c.fetched*n || r.fetches > c.fetches || r.longest > max(maxSpan, piece) {
			t.Errorf("%s: %d values took %d fetches of %d numbers, the longest of %d", c.name, n, r.fetches, r.fetched, r.longest)
		}
	}
}
