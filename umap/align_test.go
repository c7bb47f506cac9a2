package umap

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawPoints(t *rapid.T, name string, n int) []Point {
	coordinate := rapid.Float32Range(-10, 10)
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
		return Point{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")}
	}), n, n).Draw(t, name)
}

// moved turns points by an angle, after mirroring them if mirror is set.
func moved(points []Point, angle float64, mirror bool, x, y float64) []Point {
	sin, cos := math.Sincos(angle)
	out := make([]Point, len(points))
	for i, p := range points {
		u, v := float64(p.X), float64(p.Y)
		if mirror {
			v = -v
		}
		out[i] = Point{float32(cos*u - sin*v + x), float32(sin*u + cos*v + y)}
	}
	return out
}

func squares(a, b []Point) float64 {
	var sum float64
	for i := range a {
		d := math.Hypot(float64(a[i].X)-float64(b[i].X), float64(a[i].Y)-float64(b[i].Y))
		sum += d * d
	}
	return sum
}

func drawMove(t *rapid.T, points []Point) []Point {
	return moved(points, rapid.Float64Range(-4, 4).Draw(t, "angle"), rapid.Bool().Draw(t, "mirror"),
		rapid.Float64Range(-50, 50).Draw(t, "right"), rapid.Float64Range(-50, 50).Draw(t, "up"))
}

func TestAlignUndoesAnyMove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reference := drawPoints(t, "reference", rapid.IntRange(0, 20).Draw(t, "n"))
		points := drawMove(t, reference)
		Align(points, reference)
		if rest := squares(points, reference); !(rest <= 1e-6*float64(1+len(points))) {
			t.Fatalf("%v is left between %v and %v", rest, points, reference)
		}
	})
}

// No other move brings maps that differ nearer, and distances stay.
func TestAlignIsTheBestMove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "n")
		reference, points := drawPoints(t, "reference", n), drawPoints(t, "points", n)
		before := slices.Clone(points)
		Align(points, reference)
		best := squares(points, reference)
		if other := squares(drawMove(t, before), reference); other < best*(1-1e-5)-1e-4 {
			t.Fatalf("squares %v, another move leaves %v", best, other)
		}
		for i := range points {
			for j := range i {
				want := math.Hypot(float64(before[i].X-before[j].X), float64(before[i].Y-before[j].Y))
				got := math.Hypot(float64(points[i].X-points[j].X), float64(points[i].Y-points[j].Y))
				if math.Abs(got-want) > 1e-4 {
					t.Fatalf("distance of %d and %d was %v, is %v", i, j, want, got)
				}
			}
		}
	})
}

func TestAlignRefusesMapsOfDifferentSets(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Align(make([]Point, 2), make([]Point, 3))
}
