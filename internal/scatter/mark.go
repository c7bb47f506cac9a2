package scatter

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// colours are told apart by most eyes, on white and beside each other
// (Okabe and Ito 2008, with the yellow made darker).
var colours = []color.RGBA{
	{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {204, 121, 167, 255},
	{86, 180, 233, 255}, {230, 159, 0, 255}, {90, 62, 150, 255}, {120, 120, 20, 255},
}

// shapes are polygons around the origin, of about the area of a disc of radius
// 1.
var shapes = [][][2]float64{
	regular(24, 1, 0),             // disc
	regular(4, 1.25, math.Pi/4),   // square
	regular(3, 1.45, math.Pi/2),   // triangle
	regular(4, 1.3, 0),            // diamond
	regular(3, 1.45, -math.Pi/2),  // triangle on its tip
	star(4, 1.5, 0.55, math.Pi/4), // cross
	star(5, 1.5, 0.65, math.Pi/2), // star
}

func regular(corners int, radius, turn float64) [][2]float64 {
	return star(corners, radius, 0, turn)
}

// star has corners at radius and, unless it is 0, further ones between them at
// waist.
func star(corners int, radius, waist, turn float64) [][2]float64 {
	var polygon [][2]float64
	for i := range corners {
		angle := turn + 2*math.Pi*float64(i)/float64(corners)
		polygon = append(polygon, [2]float64{radius * math.Cos(angle), -radius * math.Sin(angle)})
		if waist > 0 {
			angle += math.Pi / float64(corners)
			polygon = append(polygon, [2]float64{waist * math.Cos(angle), -waist * math.Sin(angle)})
		}
	}
	return polygon
}

// mark is what stands for a point of one class.
type mark struct {
	mask   *image.Alpha
	colour color.RGBA
}

// markOf is the mark of the class that is at a place in the order of classes.
// Seven shapes and eight colours have no common divisor: 56 classes are told
// apart, and neighbours by both.
func markOf(place int, class string, radius float64) mark {
	if class == "" {
		return mark{maskOf(shapes[0], radius*0.8), grey}
	}
	return mark{maskOf(shapes[place%len(shapes)], radius), colours[place%len(colours)]}
}

// maskOf is a polygon on a square that has it in its middle.
func maskOf(polygon [][2]float64, radius float64) *image.Alpha {
	half := int(math.Ceil(1.5*radius)) + 1
	r := vector.NewRasterizer(2*half+1, 2*half+1)
	at := func(corner [2]float64) (x, y float32) {
		return float32(float64(half) + 0.5 + radius*corner[0]), float32(float64(half) + 0.5 + radius*corner[1])
	}
	r.MoveTo(at(polygon[0]))
	for _, corner := range polygon[1:] {
		r.LineTo(at(corner))
	}
	r.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, 2*half+1, 2*half+1))
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	return mask
}

// draw sets the mark with its middle at x, y. It is slightly transparent, so
// that a heap looks like one.
func (m mark) draw(picture *image.RGBA, x, y int) {
	bounds := m.mask.Bounds()
	at := bounds.Add(image.Pt(x-bounds.Dx()/2, y-bounds.Dy()/2))
	c := color.NRGBA{m.colour.R, m.colour.G, m.colour.B, 215}
	draw.DrawMask(picture, at, image.NewUniform(c), image.Point{}, m.mask, image.Point{}, draw.Over)
}
