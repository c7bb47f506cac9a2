package zoo_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"strings"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/tensor"
)

// formula makes weights, batch-norm statistics included, as FORMULAS in
// tools/oracle/keras_activations.py says: the same ones without Python.
type formula struct {
	shapes map[string]tensor.Shape
	gain   float64
}

var _ graph.Weights = formula{}

func newFormula(g *graph.Graph, gain float64) formula {
	f := formula{map[string]tensor.Shape{}, gain}
	for _, p := range g.Parameters() {
		f.shapes[p.Name] = p.Shape
	}
	return f
}

func (f formula) Shape(name string) (tensor.Shape, bool) {
	s, ok := f.shapes[name]
	return s, ok
}

func (f formula) Read(dst []float32, name string, offset int) error {
	shift, scale, err := f.spread(name)
	if err != nil {
		return err
	}
	seed := fnv.New32a()
	seed.Write([]byte(name))
	for i := range dst {
		dst[i] = float32(shift + scale*hashed(seed.Sum32(), offset+i))
	}
	return nil
}

// spread is the middle of a tensor's values and their distance from it.
func (f formula) spread(name string) (shift, scale float64, err error) {
	switch kind := name[strings.LastIndexByte(name, '/')+1:]; kind {
	case "kernel", "depthwise_kernel", "pointwise_kernel":
		shape := f.shapes[name]
		fanIn := shape[:len(shape)-1]
		if kind == "depthwise_kernel" {
			fanIn = shape[:2]
		}
		return 0, math.Sqrt(3 * f.gain / float64(fanIn.Elements())), nil
	case "bias":
		return 0, 0.1, nil
	case "gamma", "moving_variance":
		return 1, 0.5, nil
	case "beta", "moving_mean":
		return 0, 0.3, nil
	case "mean":
		return 0.5, 0.1, nil
	case "variance":
		return 0.1, 0.05, nil
	case "count":
		return 0, 0, nil
	}
	return 0, 0, fmt.Errorf("no formula for %s", name)
}

// hashed is uniform in -1…1: the end of MurmurHash3.
func hashed(seed uint32, i int) float64 {
	h := seed + uint32(i)*0x9e3779b9
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	h ^= h >> 16
	return float64(h)/(1<<31) - 1
}
