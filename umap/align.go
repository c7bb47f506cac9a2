package umap

import "math"

// Align lays points over those of another map of the same vectors, in place: it
// moves, turns and, where that fits better, mirrors them so that the summed
// squares of the distances between the two places of each vector are smallest
// (orthogonal Procrustes analysis: Schönemann 1966). The size of the map stays:
// the scale that makes the squares smallest shrinks maps the more, the less they
// agree. It panics unless both have the same number of points.
func Align(points, reference []Point) {
	if len(points) != len(reference) {
		panic("umap: maps of different sets")
	}
	from, to := centre(points), centre(reference)
	// Sums of the products of coordinates. The best turn by an angle t is where
	// same·cos t + cross·sin t is greatest; mirrored is the same for points
	// whose Y was negated.
	var xx, yy, xy, yx float64
	for i, p := range points {
		x, y := float64(p.X)-from.x, float64(p.Y)-from.y
		u, v := float64(reference[i].X)-to.x, float64(reference[i].Y)-to.y
		xx, yy, xy, yx = xx+x*u, yy+y*v, xy+x*v, yx+y*u
	}
	flip, same, cross := 1.0, xx+yy, xy-yx
	if math.Hypot(xx-yy, xy+yx) > math.Hypot(same, cross) {
		flip, same, cross = -1, xx-yy, xy+yx
	}
	sin, cos := math.Sincos(math.Atan2(cross, same))
	for i, p := range points {
		x, y := float64(p.X)-from.x, flip*(float64(p.Y)-from.y)
		points[i] = Point{float32(to.x + cos*x - sin*y), float32(to.y + sin*x + cos*y)}
	}
}

type centroid struct{ x, y float64 }

func centre(points []Point) centroid {
	var c centroid
	for _, p := range points {
		c.x += float64(p.X) / float64(len(points))
		c.y += float64(p.Y) / float64(len(points))
	}
	return c
}
