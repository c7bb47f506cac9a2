package featurevis

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
)

// adjoint checks <y, Ax> = <A'y, x> for what forward and back did.
func adjoint(t *rapid.T, x, forward, y, back []float32) {
	t.Helper()
	left, right, scale := 0.0, 0.0, 0.0
	for i := range y {
		left += float64(y[i]) * float64(forward[i])
		scale += math.Abs(float64(y[i]) * float64(forward[i]))
	}
	for i := range x {
		right += float64(x[i]) * float64(back[i])
		scale += math.Abs(float64(x[i]) * float64(back[i]))
	}
	if !(math.Abs(left-right) <= 1e-5*scale) {
		t.Fatalf("<y, Ax> = %v, <A'y, x> = %v", left, right)
	}
}

func noise(t *rapid.T, n int) []float32 {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "noise"), 0))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(random.NormFloat64())
	}
	return values
}

func TestParametrisationsHaveTheirAdjoint(t *testing.T) {
	pool := graph.NewPool(2)
	defer pool.Close()
	rapid.Check(t, func(t *rapid.T) {
		size, pictures := rapid.IntRange(1, 70).Draw(t, "size"), rapid.IntRange(1, 2).Draw(t, "pictures")
		var p parametrisation = pixels{size}
		if rapid.Bool().Draw(t, "fourier") {
			p = newSpectrum(pictures, size, rapid.Float64Range(0, 2).Draw(t, "decay"), pool)
		}
		x, y := noise(t, pictures*p.parameters()), noise(t, pictures*colours*size*size)
		forward, back := make([]float32, len(y)), make([]float32, len(x))
		p.paint(forward, x)
		p.pull(back, y)
		adjoint(t, x, forward, y, back)
	})
}

// anyView draws a view of a picture, of the standard set or of none, cut to a
// size or not.
func anyView(t *rapid.T, size int) view {
	set := rapid.SampledFrom([]Transforms{Standard, Still}).Draw(t, "transforms")
	v := drawView(set, size, rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 512).Draw(t, "step"))
	if rapid.Bool().Draw(t, "fixed") {
		v = v.within(rapid.IntRange(1, 2*size).Draw(t, "within"))
	}
	return v
}

func TestLensesHaveTheirAdjoint(t *testing.T) {
	pool := graph.NewPool(2)
	defer pool.Close()
	rapid.Check(t, func(t *rapid.T) {
		size, pictures := rapid.IntRange(1, 40).Draw(t, "size"), rapid.IntRange(1, 2).Draw(t, "pictures")
		v := anyView(t, size)
		toInput := inputRange{scale: [colours]float32{2, 0.5, -1}, order: [colours]int{2, 1, 0}}
		// A lens is made for several views: they must leave nothing behind.
		l := newLens(pictures, size, []view{v, still(size), anyView(t, size)}, toInput, pool)
		for i := range l.resized {
			l.resized[i] = 7
		}
		for i := range l.picture {
			l.picture[i] = 0 // the margin adds to what is seen; without it the lens is linear
		}
		x := noise(t, pictures*size*size*colours)
		for row := range pictures * size {
			copy(l.row(row/size, row%size), x[row*size*colours:])
		}
		y := noise(t, pictures*v.seen*v.seen*colours)
		forward, back := make([]float32, len(y)), make([]float32, len(x))
		l.use(v)
		l.show(forward)
		l.pull(y)
		for row := range pictures * size {
			copy(back[row*size*colours:], l.pullRow(0, row/size, row%size))
		}
		adjoint(t, x, forward, y, back)
	})
}

func TestPalettesHaveTheirAdjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPalette(rapid.SampledFrom([][colours][colours]float32{plain, decorrelated}).Draw(t, "matrix"))
		n := rapid.IntRange(1, 9).Draw(t, "width")
		x, direction, y := noise(t, colours*n), noise(t, colours*n), noise(t, colours*n)
		// The palette is not linear: its derivative along a direction stands
		// for the forward map.
		const h = 1e-2
		paint := func(sign float32) []float32 {
			moved, row := make([]float32, len(x)), make([]float32, len(x))
			for i := range x {
				moved[i] = x[i] + sign*h*direction[i]
			}
			p.paint(row, moved[:n], moved[n:2*n], moved[2*n:])
			return row
		}
		up, down, row := paint(1), paint(-1), paint(0)
		slope, back := 0.0, make([]float32, len(x))
		for i := range y {
			slope += float64(y[i]) * (float64(up[i]) - float64(down[i])) / (2 * h)
		}
		p.pull(back[:n], back[n:2*n], back[2*n:], row, y)
		if got := dot(back, direction); math.Abs(got-slope) > 1e-3*math.Sqrt(float64(n)) {
			t.Fatalf("slope %v, want %v", got, slope)
		}
	})
}

func TestObjectivesHaveTheirDerivatives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := tensor.Shape{rapid.IntRange(1, 3).Draw(t, "pictures"), 4, 3, 5}
		if rapid.Bool().Draw(t, "vector") {
			shape = tensor.Shape{shape[0], 5}
		}
		r := Default(2)
		r.Objective = rapid.SampledFrom(Objectives()).Draw(t, "objective")
		r.Channels = rapid.SliceOfN(rapid.IntRange(0, 4), 1, 2).Draw(t, "channels")
		r.Negative = rapid.Bool().Draw(t, "negative")
		r.Blend = rapid.Float64Range(0, 1).Draw(t, "blend")
		r.Pictures, r.Diversity = shape[0], rapid.Float64Range(0, 2).Draw(t, "diversity")
		target := newTarget(r, nil)
		features := tensor.Tensor{Shape: shape, Data: noise(t, shape.Elements())}
		slope := tensor.New(shape...)
		values := make([]float64, shape[0])
		target.evaluate(values, slope, features)
		scale := magnitude(values)
		climbed := func() float64 {
			target.evaluate(values, tensor.Tensor{}, features)
			total := 0.0
			for _, v := range values {
				total += v
			}
			if target.apart != nil {
				total -= r.Diversity * scale * target.apart.value(features)
			}
			return total
		}
		for i := range features.Data {
			const h = 1e-2
			x := features.Data[i]
			features.Data[i] = x + h
			up, above := climbed(), features.Data[i]
			features.Data[i] = x - h
			want := (up - climbed()) / float64(above-features.Data[i])
			features.Data[i] = x
			if got := float64(slope.Data[i]); math.Abs(got-want) > 2e-3 {
				t.Fatalf("derivative %d of %s is %v, want %v", i, r.Objective, got, want)
			}
		}
	})
}
