package kerneltest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// lengths are all up to three of the widest vectors and one value, and some
// that go around unrolled loops.
func lengths() []int {
	var n []int
	for i := range 3*16 + 2 {
		n = append(n, i)
	}
	return append(n, 64, 65, 127, 128, 129, 200, 1001)
}

// vectorFunction is a function of slices that computes each value of dst
// from those at the same place in x.
type vectorFunction struct {
	name    string
	compute func(set *kernel.Set, dst []float32, x [][]float32, lo, hi float32)
	want    func(x []float32) sum
	reads   int
	// places says which of x may be dst itself; -1 is none.
	places  []int
	clamped bool
}

var vectorFunctions = []vectorFunction{
	{
		name: "Add",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, lo, hi float32) {
			set.Add(dst, x[0], x[1], lo, hi)
		},
		want:  func(x []float32) sum { return sumOf(float64(x[0]), float64(x[1])) },
		reads: 2, places: []int{-1, 0, 1}, clamped: true,
	},
	{
		name: "ScaleShift",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, lo, hi float32) {
			set.ScaleShift(dst, x[0], x[1], x[2], lo, hi)
		},
		want:  func(x []float32) sum { return sumOf(float64(x[0])*float64(x[1]), float64(x[2])) },
		reads: 3, places: []int{-1, 0}, clamped: true,
	},
	{
		name: "Accumulate",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, _, _ float32) {
			set.Accumulate(dst, x[1])
		},
		want:  func(x []float32) sum { return sumOf(float64(x[0]), float64(x[1])) },
		reads: 2, places: []int{0},
	},
	{
		name: "Maximum",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, _, _ float32) {
			set.Maximum(dst, x[1])
		},
		want:  func(x []float32) sum { return sum{value: float64(max(x[0], x[1]))} },
		reads: 2, places: []int{0},
	},
	{
		name: "ClampGradient",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, _, _ float32) {
			set.ClampGradient(dst, x[0], x[1], -0.5, 0.75)
		},
		want: func(x []float32) sum {
			if -0.5 < x[1] && x[1] < 0.75 {
				return sum{value: float64(x[0])}
			}
			return sum{}
		},
		reads: 2, places: []int{-1, 0},
	},
	{
		name: "MaximumGradient, the sum",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, _, _ float32) {
			makeEqual(x[2], x[3])
			set.MaximumGradient(dst, x[1], x[2], x[3])
		},
		want: func(x []float32) sum {
			if areEqual(x[2], x[3]) {
				return sumOf(float64(x[0]), float64(x[1]))
			}
			return sum{value: float64(x[0])}
		},
		reads: 4, places: []int{0},
	},
	{
		name: "MaximumGradient, what is left",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, _, _ float32) {
			makeEqual(x[2], x[3])
			set.MaximumGradient(x[1], dst, x[2], x[3])
		},
		want: func(x []float32) sum {
			if areEqual(x[2], x[3]) {
				return sum{}
			}
			return sum{value: float64(x[0])}
		},
		reads: 4, places: []int{0},
	},
	{
		name: "Sigmoid",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, _, _ float32) {
			spread(x[0])
			set.Sigmoid(dst, x[0])
		},
		want: func(x []float32) sum {
			s := logistic(widened(x[0]))
			return sum{value: s, magnitude: s + leastSigmoid, terms: 3}
		},
		reads: 1, places: []int{-1, 0},
	},
	{
		name: "Swish",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, _, _ float32) {
			spread(x[0])
			set.Swish(dst, x[0])
		},
		want: func(x []float32) sum {
			v := widened(x[0])
			s := logistic(v)
			return sum{value: v * s, magnitude: math.Abs(v) * (s + leastSigmoid), terms: 4}
		},
		reads: 1, places: []int{-1, 0},
	},
	{
		name: "SigmoidGradient",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, _, _ float32) {
			for i, y := range x[1] {
				x[1][i] = float32(clamp(float64(y), 0, 1))
			}
			set.SigmoidGradient(dst, x[0], x[1])
		},
		want: func(x []float32) sum {
			g, y := float64(x[0]), clamp(float64(x[1]), 0, 1)
			return sum{value: g * (y * (1 - y)), magnitude: math.Abs(g) * y, terms: 4}
		},
		reads: 2, places: []int{-1, 0},
	},
	{
		name: "SwishGradient",
		compute: func(set *kernel.Set, dst []float32, x [][]float32, _, _ float32) {
			spread(x[1])
			set.SwishGradient(dst, x[0], x[1])
		},
		want: func(x []float32) sum {
			g, v := float64(x[0]), widened(x[1])
			s := logistic(v)
			return sum{
				value:     g * (s * (1 + v*(1-s))),
				magnitude: math.Abs(g) * (s + leastSigmoid) * (1 + math.Abs(v)*(1-s)), terms: 5,
			}
		},
		reads: 2, places: []int{-1, 0},
	},
}

// leastSigmoid over 2^24 is what a sigmoid may be off: it is 0 where e^-|x| has
// no normal number.
const leastSigmoid = 0x1p-102

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// spread widens values around zero, so that exponentials reach from the least
// number to 1.
func spread(x []float32) {
	for i, v := range x {
		x[i] = float32(widened(v))
	}
}

func widened(x float32) float64 { return float64(32 * x) }

// makeEqual sets what is positive of greatest to x: random values are never
// equal by themselves.
func makeEqual(x, greatest []float32) {
	for i, v := range greatest {
		if v > 0 {
			greatest[i] = x[i]
		}
	}
}

// areEqual tells what makeEqual makes of two values.
func areEqual(x, greatest float32) bool { return greatest > 0 && x == x || x == greatest }

// Vectors checks the functions of slices of set.
func Vectors(t *testing.T, set *kernel.Set) {
	for _, f := range vectorFunctions {
		t.Run(f.name, func(t *testing.T) {
			v := newVectors(set)
			for _, n := range lengths() {
				for offset := range 8 {
					v.check(t, f, vectorCase{n: n, offset: offset, after: 5 * (n % 2), lo: 0, hi: 6})
				}
			}
			limits := bounds
			if !f.clamped {
				limits = bounds[:1]
			}
			for _, limit := range limits {
				for n := 1; n < 1000; n = n*2 + 1 {
					v.check(t, f, vectorCase{n: n, lo: limit[0], hi: limit[1], special: true})
				}
			}
		})
	}
}

type vectorCase struct {
	n, offset, after int
	lo, hi           float32
	special          bool
}

// vectors makes and checks calls of functions of slices.
type vectors struct {
	set    *kernel.Set
	fill   func(x []float32, special bool)
	output fence
	inputs [4]fence
}

func newVectors(set *kernel.Set) *vectors {
	random := rand.New(rand.NewPCG(3, 0))
	return &vectors{set: set, fill: func(x []float32, special bool) { fill(random, x, special) }}
}

func (v *vectors) check(t *testing.T, f vectorFunction, c vectorCase) {
	t.Helper()
	if !f.clamped {
		c.lo, c.hi = -infinity, infinity
	}
	for _, place := range f.places {
		inputs := make([][]float32, f.reads)
		before := make([][]float32, f.reads)
		output := v.output.target(t, c.offset, c.n, c.after)
		for i := range inputs {
			inputs[i] = v.inputs[i].last(t, c.n)
			if i == place {
				inputs[i] = output.values()
			}
			v.fill(inputs[i], c.special)
			before[i] = append([]float32(nil), inputs[i]...)
		}
		f.compute(v.set, output.values(), inputs, c.lo, c.hi)
		output.check(t, everywhere)
		x := make([]float32, f.reads)
		for i, got := range output.values() {
			for j := range x {
				x[j] = before[j][i]
			}
			if want := f.want(x); !want.near(got, c.lo, c.hi) {
				t.Fatalf("%s of %+v, output in place of %d: value %d of %v is %v, want %v",
					f.name, c, place, i, x, got, want.clamped(c.lo, c.hi))
			}
		}
	}
}

// distanceFunction is a function of two slices with one result.
type distanceFunction struct {
	name    string
	compute func(set *kernel.Set, a, b []float32) float64
	// term is what one pair of values adds; the result is the greatest term
	// instead of their sum where greatest is set.
	term     func(a, b float64) float64
	greatest bool
}

var distanceFunctions = []distanceFunction{
	{name: "Dot", compute: (*kernel.Set).Dot, term: func(a, b float64) float64 { return a * b }},
	{name: "SquaredDistance", compute: (*kernel.Set).SquaredDistance, term: func(a, b float64) float64 { return (a - b) * (a - b) }},
	{name: "AbsoluteDistance", compute: (*kernel.Set).AbsoluteDistance, term: func(a, b float64) float64 { return math.Abs(a - b) }},
	{name: "CubedDistance", compute: (*kernel.Set).CubedDistance, term: func(a, b float64) float64 { return math.Pow(math.Abs(a-b), 3) }},
	{name: "GreatestDistance", compute: (*kernel.Set).GreatestDistance, term: func(a, b float64) float64 { return math.Abs(a - b) }, greatest: true},
}

// want is the result and how far rounding may take another from it.
func (f distanceFunction) want(a, b []float32) (result, tolerance float64) {
	var s sum
	for i := range a {
		term := f.term(float64(a[i]), float64(b[i]))
		s.add(term)
		result = max(result, term)
	}
	if f.greatest {
		return result, 0
	}
	return s.value, float64(s.terms+3) * 0x1p-52 * s.magnitude
}

// Distances checks the functions of two slices of set.
func Distances(t *testing.T, set *kernel.Set) {
	for _, f := range distanceFunctions {
		t.Run(f.name, func(t *testing.T) {
			d := newDistances(set)
			for _, n := range lengths() {
				for offset := range 8 {
					d.check(t, f, n, offset, false)
				}
			}
			for n := 1; n < 1000; n += 7 {
				d.check(t, f, n, 0, true)
			}
			for n := 1; n <= 70; n++ {
				for _, odd := range []float32{float32(math.NaN()), infinity, -infinity} {
					d.checkOne(t, f, n, odd)
				}
			}
		})
	}
}

// distances makes and checks calls of functions of two slices.
type distances struct {
	set    *kernel.Set
	random *rand.Rand
	inputs [2]fence
}

func newDistances(set *kernel.Set) *distances {
	return &distances{set: set, random: rand.New(rand.NewPCG(4, 0))}
}

// check compares slices of n values; the first starts offset values earlier
// than it has to.
func (d *distances) check(t *testing.T, f distanceFunction, n, offset int, special bool) {
	t.Helper()
	a, b := d.inputs[0].last(t, n+offset)[:n], d.inputs[1].last(t, n)
	fill(d.random, a, special)
	fill(d.random, b, special)
	d.compare(t, f, a, b)
}

// checkOne puts odd at each place of n values in turn.
func (d *distances) checkOne(t *testing.T, f distanceFunction, n int, odd float32) {
	t.Helper()
	a, b := d.inputs[0].last(t, n), d.inputs[1].last(t, n)
	fill(d.random, a, false)
	fill(d.random, b, false)
	for i := range a {
		kept := a[i]
		a[i] = odd
		d.compare(t, f, a, b)
		a[i] = kept
	}
}

func (d *distances) compare(t *testing.T, f distanceFunction, a, b []float32) {
	t.Helper()
	want, tolerance := f.want(a, b)
	if got := f.compute(d.set, a, b); !close(got, want, tolerance) {
		t.Fatalf("%s of %d values is %v, want %v up to %v", f.name, len(a), got, want, tolerance)
	}
}
