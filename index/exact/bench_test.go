package exact_test

import (
	"fmt"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/index/exact"
)

// BenchmarkSearch scans sets of the embeddings of EfficientNet-Lite0's last
// layer: stamps has 204 pictures, a large folder 50,000.
func BenchmarkSearch(b *testing.B) {
	const dim = 1280
	for _, rows := range []int{204, 50_000} {
		vectors := randomVectors(rows, dim)
		for _, name := range index.Metrics() {
			b.Run(fmt.Sprintf("%dx%d/%s", rows, dim, name), func(b *testing.B) { search(b, name, 0, dim, vectors) })
		}
		for _, p := range []float64{1.5, 7, 4.2} {
			b.Run(fmt.Sprintf("%dx%d/minkowski-%v", rows, dim, p), func(b *testing.B) { search(b, "minkowski", p, dim, vectors) })
		}
	}
}

func search(b *testing.B, name string, p float64, dim int, vectors []float32) {
	m, err := index.ParseMetric(name, p)
	if err != nil {
		b.Fatal(err)
	}
	x, err := exact.Over(m, dim, 0, vectors, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	query := vectors[:dim]
	b.SetBytes(int64(4 * len(vectors)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.Search(b.Context(), query, 15, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOver prepares 50,000 vectors for searching.
func BenchmarkOver(b *testing.B) {
	const rows, dim = 50_000, 1280
	vectors := randomVectors(rows, dim)
	b.SetBytes(int64(4 * len(vectors)))
	for b.Loop() {
		if _, err := exact.Over(index.Metric{}, dim, 0, vectors, nil); err != nil {
			b.Fatal(err)
		}
	}
}
