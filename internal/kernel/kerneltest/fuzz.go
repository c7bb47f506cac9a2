package kerneltest

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
)

// FuzzTile checks convolution tiles of any size at all levels.
func FuzzTile(f *testing.F, sets []*kernel.Set) {
	f.Add(uint64(1), uint8(8), uint8(15), uint8(7), uint8(47), float32(0), float32(6), false)
	f.Add(uint64(2), uint8(0), uint8(0), uint8(0), uint8(0), -infinity, infinity, true)
	f.Fuzz(func(t *testing.T, seed uint64, taps, depth, rows, channels uint8, lo, hi float32, special bool) {
		if !(lo <= hi) {
			return
		}
		for _, set := range sets {
			for p, panel := range set.Panels {
				tiles := newTiles(set, p, seed)
				c := tiles.any()
				c.taps, c.depth = 1+int(taps)%30, 1+int(depth)
				c.rows, c.channels = 1+int(rows)%set.TileRows, 1+int(channels)%panel
				c.lo, c.hi, c.special = lo, hi, special
				tiles.check(t, c)
			}
		}
	})
}

// FuzzDepthwise checks depthwise tiles of any size at all levels.
func FuzzDepthwise(f *testing.F, sets []*kernel.Set) {
	f.Add(uint64(1), uint8(8), uint8(3), uint8(95), float32(0), float32(6), false)
	f.Add(uint64(2), uint8(0), uint8(0), uint8(0), -infinity, infinity, true)
	f.Fuzz(func(t *testing.T, seed uint64, taps, rows, channels uint8, lo, hi float32, special bool) {
		if !(lo <= hi) {
			return
		}
		for _, set := range sets {
			d := newDepthwiseTiles(set, seed)
			c := d.any()
			c.taps, c.rows, c.channels = 1+int(taps)%30, 1+int(rows)%set.DepthwiseRows, 1+int(channels)
			c.lo, c.hi, c.special = lo, hi, special
			d.check(t, c)
		}
	})
}

// FuzzVectors checks the functions of slices with any values at all levels.
func FuzzVectors(f *testing.F, sets []*kernel.Set) {
	addValues(f, func(data []byte) { f.Add(data, float32(0), float32(6)) })
	f.Fuzz(func(t *testing.T, data []byte, lo, hi float32) {
		if !(lo <= hi) {
			return
		}
		values := floats(data)
		for _, set := range sets {
			for _, function := range vectorFunctions {
				n := len(values) / function.reads
				v := newVectors(set)
				v.fill = taker(values)
				v.check(t, function, vectorCase{n: n, lo: lo, hi: hi})
			}
		}
	})
}

// FuzzProducts checks products of a matrix with any values at all levels.
func FuzzProducts(f *testing.F, sets []*kernel.Set) {
	addValues(f, func(data []byte) { f.Add(data, uint8(5), uint8(2)) })
	f.Fuzz(func(t *testing.T, data []byte, n, vectors uint8) {
		values := floats(data)
		if len(values) == 0 {
			return
		}
		for _, set := range sets {
			p := newProducts(set)
			p.fill = taker(values)
			p.check(t, int(n%32), (1+int(vectors%6))*set.Lanes, false)
		}
	})
}

// FuzzDistances checks the functions of two slices with any values at all
// levels.
func FuzzDistances(f *testing.F, sets []*kernel.Set) {
	addValues(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		values := floats(data)
		n := len(values) / 2
		for _, set := range sets {
			d := newDistances(set)
			a, b := d.inputs[0].last(t, n), d.inputs[1].last(t, n)
			copy(a, values)
			copy(b, values[n:])
			for _, function := range distanceFunctions {
				d.compare(t, function, a, b)
			}
		}
	})
}

func addValues(f *testing.F, add func(data []byte)) {
	f.Helper()
	add(nil)
	odd := []float32{0, 1, -1, infinity, -infinity, float32(math.NaN()), math.SmallestNonzeroFloat32, math.MaxFloat32}
	var data []byte
	for i := range 90 {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(odd[i*i%len(odd)]))
	}
	add(data)
}

func floats(data []byte) []float32 {
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return values
}

// taker fills slices with values in turn, and with the first again after the
// last.
func taker(values []float32) func(x []float32, special bool) {
	next := 0
	return func(x []float32, _ bool) {
		for i := range x {
			x[i] = values[next%len(values)]
			next++
		}
	}
}
