package featurevis

import (
	"math"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
)

// diversity pushes the pictures of a batch apart: it takes, by a weight,
//
//	1/pictures Σ_i Σ_{j≠i} <G_i, G_j> / (|G_i| |G_j|)
//
// off the objective. G_i = F_iᵀ F_i is the Gram matrix of the features
// [pixels, channels] of picture i: its style, wherever in the picture.
// The definition is Lucid's.
type diversity struct {
	weight   float64
	multiply *multiplier

	pixels, channels int       // of the features at hand
	grams            []float32 // [pictures, channels, channels]
	turned           []float32 // [channels, pixels]
	mixed            []float32 // [channels, channels]
	push             []float32 // [pixels, channels]
	norms            []float64 // |G_i|
	alike            []float64 // <G_i, G_j> / (|G_i| |G_j|), [pictures, pictures]
}

func newDiversity(weight float64, pictures int, pool *graph.Pool) *diversity {
	return &diversity{
		weight: weight, multiply: newMultiplier(pool),
		norms: make([]float64, pictures), alike: make([]float64, pictures*pictures),
	}
}

// fit takes up features of a size. What is allocated stays.
func (d *diversity) fit(features tensor.Tensor) {
	d.channels = features.Shape[len(features.Shape)-1]
	d.pixels = len(features.Data) / (len(d.norms) * d.channels)
	grow(&d.grams, len(d.norms)*d.channels*d.channels)
	grow(&d.turned, d.channels*d.pixels)
	grow(&d.mixed, d.channels*d.channels)
	grow(&d.push, d.pixels*d.channels)
}

// grow gives values room for n.
func grow(values *[]float32, n int) {
	if cap(*values) < n {
		*values = make([]float32, n)
	}
	*values = (*values)[:n]
}

// add adds to slope the derivatives of what is taken off, times a scale:
//
//	d/dF_i = 4/pictures F_i (Σ_{j≠i} G_j/(|G_i||G_j|) - G_i/|G_i|² Σ_{j≠i} alike_ij)
func (d *diversity) add(slope []float32, features tensor.Tensor, scale float64) {
	d.fit(features)
	d.compare(features.Data)
	for i := range d.norms {
		clear(d.mixed)
		own := 0.0
		for j := range d.norms {
			if j == i {
				continue
			}
			own += d.alike[i*len(d.norms)+j]
			addScaled(d.mixed, d.gram(j), float32(1/(d.norms[i]*d.norms[j])))
		}
		addScaled(d.mixed, d.gram(i), float32(-own/(d.norms[i]*d.norms[i])))
		d.multiply.run(d.push, d.features(features.Data, i), d.mixed, d.pixels, d.channels, d.channels)
		addScaled(d.features(slope, i), d.push, float32(-4*d.weight*scale/float64(len(d.norms))))
	}
}

// value is how alike the pictures are: 0 for Gram matrices at right angles,
// pictures-1 for equal ones.
func (d *diversity) value(features tensor.Tensor) float64 {
	d.fit(features)
	d.compare(features.Data)
	total := 0.0
	for i := range d.norms {
		for j := range d.norms {
			if i != j {
				total += d.alike[i*len(d.norms)+j]
			}
		}
	}
	return total / float64(len(d.norms))
}

func (d *diversity) features(values []float32, i int) []float32 {
	n := d.pixels * d.channels
	return values[i*n:][:n]
}

func (d *diversity) gram(i int) []float32 {
	n := d.channels * d.channels
	return d.grams[i*n:][:n]
}

// smallestNorm keeps features of zeros from dividing by nothing.
const smallestNorm = 1e-10

// compare fills the Gram matrices, their norms and how alike they are.
func (d *diversity) compare(features []float32) {
	for i := range d.norms {
		f := d.features(features, i)
		transpose(d.turned, f, d.pixels, d.channels)
		d.multiply.run(d.gram(i), d.turned, f, d.channels, d.pixels, d.channels)
		d.norms[i] = math.Sqrt(max(dot(d.gram(i), d.gram(i)), smallestNorm))
	}
	for i := range d.norms {
		for j := range i {
			a := dot(d.gram(i), d.gram(j)) / (d.norms[i] * d.norms[j])
			d.alike[i*len(d.norms)+j], d.alike[j*len(d.norms)+i] = a, a
		}
	}
}

func transpose(dst, src []float32, rows, columns int) {
	for y := range rows {
		for x, v := range src[y*columns:][:columns] {
			dst[x*rows+y] = v
		}
	}
}

func dot(a, b []float32) float64 {
	b = b[:len(a)]
	sum := 0.0
	for i, x := range a {
		sum += float64(x) * float64(b[i])
	}
	return sum
}
