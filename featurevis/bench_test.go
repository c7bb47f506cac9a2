package featurevis

import (
	"strconv"
	"testing"

	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
)

// rendered times whole renderings of 128 pixels in 512 steps, on all cores.
func rendered(b *testing.B, m *model.Model, layers ...string) {
	pool := graph.NewPool(0)
	defer pool.Close()
	for _, layer := range layers {
		b.Run(layer, func(b *testing.B) {
			r := Default(7)
			r.Model, r.Layer = m.Info().Name, layer
			for b.Loop() {
				p := begin(b, m, r, pool)
				steps(b, p, r.Steps)
			}
			b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N*r.Steps), "ms/step")
		})
	}
}

func BenchmarkLite0(b *testing.B) {
	rendered(b, lite0(b), "block2b_add", "block4c_add", "block5c_add", "top_activation")
}

// BenchmarkMobileNetV2 is what tools/bench/torch_lucent.py times.
func BenchmarkMobileNetV2(b *testing.B) {
	m, err := model.Random("mobilenetv2", 1)
	if err != nil {
		b.Fatal(err)
	}
	rendered(b, m, "block_6_expand", "block_12_add", "Conv_1")
}

// BenchmarkAround times what a step does besides the network, on one core.
func BenchmarkAround(b *testing.B) {
	for _, size := range []int{128, 224, 499} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			r := Default(7)
			r.Model, r.Layer, r.Size = "efficientnet-lite0", "stem_conv", size
			p := begin(b, lite0(b), r, nil)
			gradient := make([]float32, 2*size*2*size*colours)
			p.step = 1
			for step := 0; b.Loop(); step++ {
				p.lens.use(drawView(r.Transforms, r.Size, r.Seed, step))
				p.paint()
				p.lens.show(gradient)
				p.lens.pull(gradient)
				p.pool.Do(tasks(size), p.pullRows)
				p.image.pull(p.gradient, p.planes)
				p.pool.Do(chunks(len(p.parameters)), p.climb)
			}
		})
	}
}
