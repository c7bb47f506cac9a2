package scatter

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"
)

func TestMarksLieWhereTheirPointsDo(t *testing.T) {
	picture := Draw([]Point{{-1, -1, "a"}, {1, 1, "b"}, {0, 0, ""}})
	for _, tt := range []struct {
		name string
		x, y int
		want color.RGBA
	}{
		{"lower left", margin, size - margin, colours[0]},
		{"upper right", size - margin, margin, colours[1]},
		{"middle", size / 2, size / 2, grey},
		{"nowhere", size / 4, size / 4, paper},
	} {
		if got := picture.RGBAAt(tt.x, tt.y); !near(got, tt.want) {
			t.Errorf("%s: %v, want about %v", tt.name, got, tt.want)
		}
	}
}

// near tells colours apart, which are mixed with some paper.
func near(a, b color.RGBA) bool {
	far := func(x, y uint8) bool { return math.Abs(float64(x)-float64(y)) > 48 }
	return !far(a.R, b.R) && !far(a.G, b.G) && !far(a.B, b.B)
}

func TestOddSetsAreDrawn(t *testing.T) {
	var many []Point
	for i := range 500 {
		many = append(many, Point{float32(i % 7), float32(i % 5), fmt.Sprintf("class %03d \"<b>\" 🐦 with a rather long name", i)})
	}
	for name, points := range map[string][]Point{
		"none":      nil,
		"one":       {{3, 3, "a"}},
		"the same":  {{1e30, -1e30, ""}, {1e30, -1e30, ""}},
		"far apart": {{-3e38, 0, "a"}, {3e38, 0, "a"}},
		"many":      many,
	} {
		picture := Draw(points)
		if picture.Bounds().Dy() != size || picture.Bounds().Dx() < size || picture.Bounds().Dx() > 2*size {
			t.Errorf("%s: %v", name, picture.Bounds())
		}
		if len(points) > 0 && !marked(picture) {
			t.Errorf("%s: nothing is drawn", name)
		}
	}
}

func marked(picture *image.RGBA) bool {
	for x := range size {
		for y := range size {
			if picture.RGBAAt(x, y) != paper {
				return true
			}
		}
	}
	return false
}

func TestClassesAreToldApart(t *testing.T) {
	type look struct {
		shape, colour int
	}
	seen := map[look]bool{}
	for i := range len(shapes) * len(colours) {
		seen[look{i % len(shapes), i % len(colours)}] = true
	}
	if len(seen) != len(shapes)*len(colours) {
		t.Errorf("%d looks for %d classes", len(seen), len(shapes)*len(colours))
	}
	got := classesOf([]Point{{Class: "b"}, {Class: ""}, {Class: "a"}, {Class: "b"}})
	if want := []class{{"a", 1}, {"b", 2}, {"", 1}}; !slices.Equal(got, want) {
		t.Errorf("classes %v, want %v", got, want)
	}
}
