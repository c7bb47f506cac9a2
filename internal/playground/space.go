package playground

import (
	"errors"
	"fmt"

	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/index/exact"
)

// spaceBytes caps the transformed vectors that stay in memory.
const spaceBytes = 64 << 20

type spaceKey struct {
	vectors   embedding.Key
	transform embedding.Transform
}

// keptIndexes is how many metrics stay ready for each space: all of them, and
// one more power of minkowski.
const keptIndexes = 8

// space is all vectors of a dataset at one layer, transformed and ready to be
// searched by any metric.
type space struct {
	fitted  *embedding.Fitted
	dim     int
	vectors []float32 // [len(ids), dim]
	ids     []int     // pictures that have a vector, ascending
	row     []int     // picture to its row of vectors, -1 without one
	threads int
	indexes *cache[index.Metric, *exact.Index]
}

// space returns the vectors of a resolved search, or an *Error of kind
// NotIndexed.
func (p *Playground) space(s resolved) (*space, error) {
	return p.spaces.get(spaceKey{s.key, s.transform}, func() (*space, int64, error) {
		m, err := p.store.Embeddings().Load(s.key)
		if errors.Is(err, embedding.ErrNotFound) {
			return nil, 0, s.notIndexed(err)
		}
		if err != nil {
			return nil, 0, explain("cannot read the vectors of layer "+s.key.Layer, err)
		}
		sp := newSpace(m, s.transform, p.options.Threads)
		return sp, int64(4 * len(sp.vectors)), nil
	})
}

func newSpace(m *embedding.Matrix, t embedding.Transform, threads int) *space {
	s := &space{
		fitted:  t.Fit(m),
		dim:     m.Dim(),
		row:     make([]int, m.Rows()),
		threads: threads,
		indexes: newCache[index.Metric, *exact.Index](keptIndexes),
	}
	for i := range m.Rows() {
		s.row[i] = -1
		if !m.LeftOut(i) {
			s.row[i] = len(s.ids)
			s.ids = append(s.ids, i)
		}
	}
	s.vectors = make([]float32, len(s.ids)*s.dim)
	for row, id := range s.ids {
		s.fitted.Apply(s.vectors[row*s.dim:][:s.dim], m.Row(id))
	}
	return s
}

// index returns the index of one metric, which is made when first needed.
func (s *space) index(metric index.Metric) (*exact.Index, error) {
	return s.indexes.get(metric, func() (*exact.Index, int64, error) {
		x, err := exact.Over(metric, s.dim, s.threads, s.vectors, s.ids)
		if err != nil {
			return nil, 0, fmt.Errorf("cannot index the vectors: %w", err)
		}
		return x, 1, nil
	})
}

// vector is the transformed vector of a picture, nil if it has none.
func (s *space) vector(picture int) []float32 {
	if s.row[picture] < 0 {
		return nil
	}
	return s.vectors[s.row[picture]*s.dim:][:s.dim]
}
