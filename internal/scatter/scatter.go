// Package scatter draws points in the plane as a picture: the class of each is
// told by the colour and the shape of its mark, and named in a legend.
package scatter

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Point is a place, X to the right and Y upwards, with its class, "" for none.
type Point struct {
	X, Y  float32
	Class string
}

const (
	size     = 1600 // height of the picture, and width of its plane
	margin   = 48
	textSize = 28
	line     = 44 // from one line of the legend to the next
	longest  = 28 // characters of a class in the legend
)

var (
	paper = color.RGBA{255, 255, 255, 255}
	ink   = color.RGBA{22, 22, 22, 255}
	grey  = color.RGBA{141, 141, 141, 255}
)

// Draw returns a picture of points, 1600 pixels high, with one scale for both
// axes and the legend at the right. Classes beyond those for which the legend
// has room are counted at its end. points is only read.
func Draw(points []Point) *image.RGBA {
	classes := classesOf(points)
	legend := newLegend(classes)
	picture := image.NewRGBA(image.Rect(0, 0, size+legend.width, size))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	place := fit(points)
	radius := radiusOf(len(points))
	marks := map[string]mark{}
	for i, c := range classes {
		marks[c.name] = markOf(i, c.name, radius)
	}
	for _, p := range points {
		x, y := place(p)
		marks[p.Class].draw(picture, x, y)
	}
	legend.draw(picture)
	return picture
}

// class is a class with its number of points.
type class struct {
	name   string
	points int
}

// classesOf lists the classes by name, that of points without one last.
func classesOf(points []Point) []class {
	counts := map[string]int{}
	for _, p := range points {
		counts[p.Class]++
	}
	var classes []class
	for name, n := range counts {
		classes = append(classes, class{name, n})
	}
	slices.SortFunc(classes, func(a, b class) int {
		if (a.name == "") != (b.name == "") {
			return cmp.Compare(b.name, a.name)
		}
		return cmp.Compare(a.name, b.name)
	})
	return classes
}

// fit is the way from a point to its pixel. Without extent, points lie in the
// middle.
func fit(points []Point) func(Point) (x, y int) {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, p := range points {
		for axis, v := range [2]float64{float64(p.X), float64(p.Y)} {
			low[axis], high[axis] = min(low[axis], v), max(high[axis], v)
		}
	}
	scale := 0.0
	if extent := max(high[0]-low[0], high[1]-low[1]); extent > 0 {
		scale = (size - 2*margin) / extent
	}
	return func(p Point) (x, y int) {
		dx := (float64(p.X) - (low[0]+high[0])/2) * scale
		dy := (float64(p.Y) - (low[1]+high[1])/2) * scale
		return size/2 + int(math.Round(dx)), size/2 - int(math.Round(dy))
	}
}

// radiusOf is how large marks are: the more, the smaller.
func radiusOf(points int) float64 {
	return min(max(260/math.Sqrt(float64(max(points, 1))), 2), 12)
}

// legend names the classes at the right of the plane.
type legend struct {
	classes []class
	more    string // about classes that found no room
	width   int
	face    font.Face
}

func newLegend(classes []class) legend {
	l := legend{classes: classes, face: face()}
	if len(classes) == 1 && classes[0].name == "" {
		l.classes = nil
		return l
	}
	if room := (size-2*margin)/line - 1; len(classes) > room {
		l.classes = classes[:room]
		l.more = fmt.Sprintf("and %d more", len(classes)-room)
	}
	widest := font.MeasureString(l.face, l.more)
	for _, c := range l.classes {
		widest = max(widest, font.MeasureString(l.face, c.label()))
	}
	l.width = widest.Ceil() + line + margin
	return l
}

func (c class) label() string {
	name := []rune(cmp.Or(c.name, "no class"))
	if len(name) > longest {
		name = append(name[:longest-1], '…')
	}
	return fmt.Sprintf("%s  %d", string(name), c.points)
}

func (l legend) draw(picture *image.RGBA) {
	y := margin
	for i, c := range l.classes {
		markOf(i, c.name, 11).draw(picture, size+line/4, y+line/2)
		l.write(picture, y, c.label())
		y += line
	}
	l.write(picture, y, l.more)
}

func (l legend) write(picture *image.RGBA, y int, text string) {
	d := font.Drawer{Dst: picture, Src: image.NewUniform(ink), Face: l.face, Dot: fixed.P(size+line, y+line/2+textSize/3)}
	d.DrawString(text)
}

// face is the Go font, which is part of the program.
func face() font.Face {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(fmt.Sprintf("scatter: the font of the program: %v", err))
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: textSize, DPI: 72})
	if err != nil {
		panic(fmt.Sprintf("scatter: the font of the program: %v", err))
	}
	return f
}
