package featurevis

import "math"

// Transforms say how the picture is moved between two looks of the network, so
// that what it sees does not hang on single pixels.
type Transforms string

// The sets of transforms.
const (
	// Standard is what Lucid really uses: 12 pixels of grey around the
	// picture, jitter of 8, a scale of 0.90 to 1.10, a rotation of up to 10
	// degrees, jitter of 4. Jitter cuts a random window out: the picture
	// shrinks by so much.
	Standard Transforms = "standard"
	// Still leaves the picture as it is.
	Still Transforms = "none"
)

// The standard set.
const (
	margin       = 12  // of grey
	grey         = 0.5 // of [0, 1]
	firstJitter  = 8
	lastJitter   = 4
	scales       = 11 // 0.90, 0.92 … 1.10
	mostDegrees  = 10
	extraUpright = 5 // times that no rotation is drawn besides
)

// view is how the network looks at a picture in one step.
type view struct {
	top, left int // where a window begins in the picture; its margin is negative
	window    int // height and width of it
	scaled    int // and after it is resized
	degrees   int // rotated by, about the centre
	y, x      int // where the window that the network sees begins
	seen      int // height and width of that
}

// still looks at the picture itself.
func still(size int) view { return view{window: size, scaled: size, seen: size} }

// drawView draws the view of a step. Views of one seed and step differ with
// the size of the picture alone.
func drawView(t Transforms, size int, seed uint64, step int) view {
	if t == Still {
		return still(size)
	}
	pick := func(i, n int) int { return below(n, draw(seed, streamView, step, i)) }
	v := view{top: pick(0, firstJitter+1) - margin, left: pick(1, firstJitter+1) - margin}
	v.window = size + 2*margin - firstJitter
	v.scaled = scaled(v.window, pick(2, scales))
	if angle := pick(3, 2*mostDegrees+1+extraUpright); angle <= 2*mostDegrees {
		v.degrees = angle - mostDegrees
	}
	v.y, v.x = pick(4, lastJitter+1), pick(5, lastJitter+1)
	v.seen = v.scaled - lastJitter
	return v
}

// scaled is a size times the n-th scale, cut to a whole number in float32 as
// TensorFlow does.
func scaled(size, n int) int {
	scale := float32(1 + float64(n-scales/2)/50)
	return int(scale * float32(size))
}

// within cuts the view to pictures of exactly size pixels, or puts black
// around it, for networks that take no others. What the rotation moved past
// the edge then comes into sight.
func (v view) within(size int) view {
	v.y += (v.seen - size) / 2
	v.x += (v.seen - size) / 2
	v.seen = size
	return v
}

// views lists a view of every extent that a set can have: one for each scale,
// angle and corner.
func views(t Transforms, size int) []view {
	if t == Still {
		return []view{still(size)}
	}
	var all []view
	for scale := range scales {
		v := view{top: -margin, left: -margin, window: size + 2*margin - firstJitter}
		v.scaled = scaled(v.window, scale)
		v.seen = v.scaled - lastJitter
		for v.degrees = -mostDegrees; v.degrees <= mostDegrees; v.degrees++ {
			for _, v.y = range []int{0, lastJitter} {
				for _, v.x = range []int{0, lastJitter} {
					all = append(all, v)
				}
			}
		}
	}
	return all
}

// turn is how a pixel of what the network sees lies in the resized picture:
// at (originY + y*cos + x*sin, originX - y*sin + x*cos) for y, x that count
// from the corner of what is seen.
type turn struct{ cos, sin, originY, originX float64 }

// turn turns by the view's angle, counterclockwise for positive ones, about
// the centre between the corner pixels, as tf.contrib.image.rotate does.
func (v view) turn() turn {
	sin, cos := math.Sincos(float64(v.degrees) * math.Pi / 180)
	centre := float64(v.scaled-1) / 2
	y, x := float64(v.y)-centre, float64(v.x)-centre
	return turn{cos: cos, sin: sin, originY: centre + y*cos + x*sin, originX: centre - y*sin + x*cos}
}

// border is how many pixels of zeros around the resized picture the turned
// window reaches into.
func (v view) border() int {
	t := v.turn()
	far := float64(v.seen - 1)
	reach := 0.0
	for _, corner := range [4][2]float64{{0, 0}, {0, far}, {far, 0}, {far, far}} {
		y := t.originY + corner[0]*t.cos + corner[1]*t.sin
		x := t.originX - corner[0]*t.sin + corner[1]*t.cos
		last := float64(v.scaled - 1)
		reach = max(reach, -y, -x, y-last, x-last)
	}
	return int(math.Ceil(reach)) + 2
}
