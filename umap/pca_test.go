package umap

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/index"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// TestPCAOfDenseDecomposition compares with gonum's principal components, for
// vectors near the origin and far from it.
func TestPCAOfDenseDecomposition(t *testing.T) {
	for _, offset := range []float32{0, 500} {
		const n, dim = 400, 60
		vectors := clusters(n, dim, 1, 1, 10)
		for i := range vectors {
			vectors[i] *= 3 / float32(1+i%dim)
			vectors[i] += offset
		}
		points, err := PCA(t.Context(), vectors, dim, 2)
		if err != nil {
			t.Fatal(err)
		}
		dense := mat.NewDense(n, dim, nil)
		for i, x := range vectors {
			dense.Set(i/dim, i%dim, float64(x))
		}
		var pc stat.PC
		if !pc.PrincipalComponents(dense, nil) {
			t.Fatal("no principal components")
		}
		var axes, want mat.Dense
		pc.VectorsTo(&axes)
		want.Mul(dense, axes.Slice(0, dim, 0, 2))
		for c := range 2 {
			column := mat.Col(nil, c, &want)
			mean := stat.Mean(column, nil)
			got := make([]float64, n)
			for i, p := range points {
				got[i] = float64([]float32{p.X, p.Y}[c])
			}
			sign := math.Copysign(1, stat.Correlation(got, column, nil))
			for i := range got {
				if math.Abs(got[i]-sign*(column[i]-mean)) > 2e-3 {
					t.Fatalf("offset %v: coordinate %d of point %d is %v, want %v", offset, c, i, got[i], sign*(column[i]-mean))
				}
			}
		}
	}
}

func TestPCAOfFewDirections(t *testing.T) {
	for _, test := range []struct {
		name    string
		vectors []float32
		dim     int
		want    []Point // but for signs
	}{
		{"none", nil, 3, nil},
		{"one", []float32{4, 5, 6}, 3, []Point{{0, 0}}},
		{"two", []float32{0, 0, 6, 8}, 2, []Point{{5, 0}, {5, 0}}},
		{"one value each", []float32{1, 2, 3}, 1, []Point{{1, 0}, {0, 0}, {1, 0}}},
		{"equal", []float32{7, 7, 7, 7, 7, 7}, 2, []Point{{0, 0}, {0, 0}, {0, 0}}},
	} {
		points, err := PCA(t.Context(), test.vectors, test.dim, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range points {
			if math.Abs(math.Abs(float64(p.X))-float64(test.want[i].X)) > 1e-5 || math.Abs(float64(p.Y)) > 1e-5 {
				t.Errorf("%s: %v, want %v", test.name, points, test.want)
				break
			}
		}
		if len(points) != len(test.want) {
			t.Errorf("%s: %d points", test.name, len(points))
		}
	}
}

func TestPCAIsTheSameForAnyNumberOfThreads(t *testing.T) {
	vectors := clusters(2000, 30, 5, 1, 11)
	want, err := PCA(t.Context(), vectors, 30, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := PCA(t.Context(), vectors, 30, 3)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("three goroutines find other points than one, error %v", err)
	}
}

func TestPCASaysWhatIsWrong(t *testing.T) {
	_, err := PCA(t.Context(), []float32{1, 2, 3}, 2, 1)
	if !errors.Is(err, index.ErrDimension) || err.Error() != "pca: wrong number of values: 3 in all, not rows of 2" {
		t.Errorf("error %v", err)
	}
}
