package featurevis

import (
	"math"
	"testing"
)

func TestTheStandardSetIsThatOfLucid(t *testing.T) {
	const draws = 26000
	degrees, scaledTo := map[int]int{}, map[int]int{}
	for step := range draws {
		v := drawView(Standard, 128, 5, step)
		degrees[v.degrees]++
		scaledTo[v.scaled]++
		switch {
		case v.window != 128+2*12-8, v.seen != v.scaled-4:
			t.Fatalf("window %d, seen %d of %d", v.window, v.seen, v.scaled)
		case v.top < -12 || v.top > -12+8 || v.left < -12 || v.left > -12+8, v.y < 0 || v.y > 4 || v.x < 0 || v.x > 4:
			t.Fatalf("jitter %d, %d and %d, %d", v.top, v.left, v.y, v.x)
		}
	}
	for angle := -10; angle <= 10; angle++ {
		share := 1.0 / 26
		if angle == 0 {
			share = 6.0 / 26
		}
		if got := float64(degrees[angle]) / draws; math.Abs(got-share) > 0.2*share {
			t.Errorf("%d degrees in %.3f of the draws, want %.3f", angle, got, share)
		}
	}
	// int(float32(scale) * 144) of 0.90, 0.92 … 1.10
	for _, size := range []int{129, 132, 135, 138, 141, 144, 146, 149, 152, 155, 158} {
		if got := float64(scaledTo[size]) / draws; math.Abs(got-1.0/11) > 0.01 {
			t.Errorf("scaled to %d in %.3f of the draws, want 1/11", size, got)
		}
	}
	if len(degrees) != 21 || len(scaledTo) != 11 {
		t.Errorf("%d angles and %d scales, want 21 and 11", len(degrees), len(scaledTo))
	}
}

func TestViewsReachNoFurtherThanTheExtremes(t *testing.T) {
	for _, size := range []int{1, 33, 128} {
		for _, fixed := range []int{0, 20, 300} {
			widest := 0
			at := func(v view) view {
				if fixed != 0 {
					return v.within(fixed)
				}
				return v
			}
			for _, v := range views(Standard, size) {
				v = at(v)
				widest = max(widest, v.scaled+2*v.border())
			}
			for step := range 2000 {
				if v := at(drawView(Standard, size, 1, step)); v.scaled+2*v.border() > widest {
					t.Fatalf("size %d: %+v is wider than %d", size, v, widest)
				}
			}
		}
	}
}

func TestDrawsAreNormal(t *testing.T) {
	values := make([]float32, 1<<16)
	normals(values, 2, 3, 0)
	var sum, squares float64
	far := 0
	for _, v := range values {
		sum += float64(v)
		squares += float64(v) * float64(v)
		if math.Abs(float64(v)) > 2*1.959964 {
			far++
		}
	}
	n := float64(len(values))
	if mean, deviation := sum/n, math.Sqrt(squares/n); math.Abs(mean) > 0.03 || math.Abs(deviation-2) > 0.03 {
		t.Errorf("mean %v, deviation %v, want 0 and 2", mean, deviation)
	}
	if share := float64(far) / n; math.Abs(share-0.05) > 0.005 {
		t.Errorf("%v of the values are in the outer twentieth", share)
	}
}

func TestAdamTakesTheStepsOfThePaper(t *testing.T) {
	gradients := []float32{0.5, -2, 1e-9, 0, 3e4}
	parameters := make([]float32, len(gradients))
	want := make([]float64, len(gradients))
	first, second := make([]float64, len(gradients)), make([]float64, len(gradients))
	o := newAdam(0.05, len(gradients))
	for step := 1; step <= 20; step++ {
		for i := range gradients {
			gradients[i] *= float32(1 - 0.1*float64(step%3))
			g := float64(gradients[i])
			first[i] = 0.9*first[i] + 0.1*g
			second[i] = 0.999*second[i] + 0.001*g*g
			mean, square := first[i]/(1-math.Pow(0.9, float64(step))), second[i]/(1-math.Pow(0.999, float64(step)))
			want[i] += 0.05 * mean / (math.Sqrt(square) + 1e-8)
		}
		o.climb(parameters, gradients, step, 0, 2)
		o.climb(parameters, gradients, step, 2, len(gradients))
	}
	for i := range want {
		if math.Abs(float64(parameters[i])-want[i]) > 1e-5*math.Abs(want[i]) {
			t.Errorf("parameter %d is %v, want %v", i, parameters[i], want[i])
		}
	}
}

func TestAdamOutlivesGradientsPastTheRange(t *testing.T) {
	o := newAdam(0.05, 1)
	parameters := []float32{1}
	for step := 1; step <= 5; step++ {
		o.climb(parameters, []float32{math.MaxFloat32}, step, 0, 1)
	}
	if !(math.Abs(float64(parameters[0])) < 10) {
		t.Errorf("parameter %v", parameters[0])
	}
}
