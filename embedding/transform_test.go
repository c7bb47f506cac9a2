package embedding_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/embedding"
)

func TestTransforms(t *testing.T) {
	s := openStore(t, t.TempDir())
	w := openWriter(t, s, testKey, 3, 2)
	err := errors.Join(
		w.Put(0, []float32{4, -9}),
		w.LeaveOut(1, "does not count in the mean"),
		w.Put(2, []float32{0, 1}),
		w.Commit(),
	)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Load(testKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		want []float32 // of row 0
	}{
		{"none", []float32{4, -9}},
		{"center", []float32{4 - 2, -9 + 4}},
		{"sqrt-center", []float32{2 - 1, -3 + 1}},
	} {
		transform, err := embedding.ParseTransform(c.name)
		if err != nil {
			t.Fatal(err)
		}
		fitted := transform.Fit(m)
		got := make([]float32, 2)
		fitted.Apply(got, m.Row(0))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, expected %v", c.name, got, c.want)
		}
		inPlace := slices.Clone(m.Row(0))
		fitted.Apply(inPlace, inPlace)
		if !slices.Equal(inPlace, c.want) {
			t.Errorf("%s in place: %v, expected %v", c.name, inPlace, c.want)
		}
	}
}

func TestMeanKeepsSmallDifferences(t *testing.T) {
	// Sums in float32 would lose the ones next to 2^24.
	const rows = 1001
	s := openStore(t, t.TempDir())
	w := openWriter(t, s, testKey, rows, 1)
	for i := range rows {
		value := float32(1)
		if i == 0 {
			value = 1 << 24
		}
		if err := w.Put(i, []float32{value}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	m, err := s.Load(testKey)
	if err != nil {
		t.Fatal(err)
	}
	got := []float32{0}
	embedding.Center.Fit(m).Apply(got, got)
	if want := -(math.Exp2(24) + 1000) / rows; math.Abs(float64(got[0])-want) > 1e-3 {
		t.Errorf("mean %v, expected %v", -got[0], -want)
	}
}

func TestUnknownTransformListsTheKnown(t *testing.T) {
	_, err := embedding.ParseTransform("centre")
	if err == nil {
		t.Fatal("accepted")
	}
	for _, name := range embedding.Transforms() {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%v: expected %s in it", err, name)
		}
	}
}
