package index_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"github.com/google/go-cmp/cmp"
)

func TestNeighboursComeByDistanceThenID(t *testing.T) {
	neighbours := []index.Neighbour{{ID: 2, Distance: 0.5}, {ID: 9, Distance: 0}, {ID: -1, Distance: 0.5}, {ID: 3, Distance: 0.25}}
	slices.SortFunc(neighbours, index.Neighbour.Compare)
	want := []index.Neighbour{{ID: 9, Distance: 0}, {ID: 3, Distance: 0.25}, {ID: -1, Distance: 0.5}, {ID: 2, Distance: 0.5}}
	if diff := cmp.Diff(want, neighbours); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCheck(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, test := range []struct {
		vector  []float32
		cause   error
		message string
	}{
		{[]float32{1, -math.MaxFloat32, math.SmallestNonzeroFloat32}, nil, ""},
		{[]float32{1, 2}, index.ErrDimension, "wrong number of values: has 2, the index holds vectors of 3"},
		{nil, index.ErrDimension, "wrong number of values: has 0, the index holds vectors of 3"},
		{[]float32{1, nan, inf}, index.ErrNotFinite, "not a finite number: value 1 is NaN"},
		{[]float32{1, 2, inf}, index.ErrNotFinite, "not a finite number: value 2 is -Inf"},
	} {
		err := index.Check(test.vector, 3)
		if !errors.Is(err, test.cause) {
			t.Errorf("%v: error %v", test.vector, err)
		}
		if err != nil && err.Error() != test.message {
			t.Errorf("%v: message %q, want %q", test.vector, err, test.message)
		}
	}
}
