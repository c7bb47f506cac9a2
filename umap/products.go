package umap

import (
	"context"
	"math"
	"slices"

	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/internal/kernel"
)

// form is how a metric ranks by scalar products.
type form int

const (
	byAngle  form = iota // cosine: the nearer, the greater is a·b of unit vectors
	byLength             // euclidean: the nearer, the greater is a·b - |b|²/2
)

// formOf tells whether a metric ranks by scalar products.
func formOf(m index.Metric) (form, bool) {
	switch m.Name() {
	case "cosine":
		return byAngle, true
	case "euclidean", "sqeuclidean":
		return byLength, true
	case "minkowski":
		return byLength, m.P() == 2
	}
	return 0, false
}

// byProducts is byPairs for metrics that rank by scalar products. A matrix
// product in float32, by the kernel of convolutions, scores all rows of known
// for a block of rows of s. It takes a tenth of the time but rounds: the rows
// that could by that rounding be among the k nearest are compared once more by
// the metric itself. The answer is that of byPairs.
func byProducts(ctx context.Context, w workers, s, known *space, k int, form form) (*neighbours, error) {
	nb := newNeighbours(s.n, k)
	set, _ := kernel.Active()
	frame, err := newFrame(ctx, w, known, form)
	if err != nil {
		return nil, err
	}
	columns, err := frame.pack(ctx, w, set, known)
	if err != nil {
		return nil, err
	}
	scorers := make([]*scorer, w)
	err = w.ranges(ctx, s.n, rowsAtOnce, func(worker, first, end int) {
		if scorers[worker] == nil {
			scorers[worker] = newScorer(frame, columns, k)
		}
		scorers[worker].score(ctx, s, known, first, end)
		for i := first; i < end; i++ {
			list := nb.listOf(i)
			for _, candidate := range scorers[worker].candidates[i-first].left() {
				list.offer(candidate.id, s.distance(i, known, int(candidate.id)))
			}
		}
	})
	return nb, err
}

// frame maps vectors to those that are multiplied: of length 1 for byAngle;
// moved to the mean and shrunk for byLength, so that rounding is small against
// the spread of the vectors rather than against their size.
type frame struct {
	form  form
	mean  []float64 // [dim]
	scale float64   // 1 over the greatest distance from the mean
	// rounding bounds the error of a score: of vectors of length a and b, the
	// true one lies within rounding·(a+b)² + tiny (Higham, Accuracy and Stability
	// of Numerical Algorithms, 3.1). It also covers the rounding of images, and
	// that of a distance to float32.
	rounding float32
}

// tiny covers what underflows.
const tiny = 1e-30

func newFrame(ctx context.Context, w workers, known *space, form form) (*frame, error) {
	f := &frame{form: form, mean: make([]float64, known.dim), rounding: float32(known.dim+16) / (1 << 24)}
	if form == byAngle {
		return f, nil
	}
	var err error
	if f.mean, err = meanOf(ctx, w, known); err != nil {
		return nil, err
	}
	spread := make([]float64, known.n)
	err = w.ranges(ctx, known.n, rowsAtOnce, func(_, first, end int) {
		for i := first; i < end; i++ {
			var sum float64
			for c, x := range known.row(i) {
				d := float64(x) - f.mean[c]
				sum += d * d
			}
			spread[i] = math.Sqrt(sum)
		}
	})
	f.scale = 1
	if greatest := slices.Max(spread); greatest > 0 {
		f.scale = 1 / greatest
	}
	return f, err
}

// image writes the frame's image of row i of s into dst and returns its length.
func (f *frame) image(dst []float32, s *space, i int) float32 {
	row := s.row(i)
	if f.form == byAngle {
		if s.moments[i].Square == 0 {
			clear(dst) // at right angles to everything, as index.Metric has it
			return 0
		}
		scale := 1 / math.Sqrt(s.moments[i].Square)
		for c, x := range row {
			dst[c] = float32(float64(x) * scale)
		}
		return 1
	}
	for c, x := range row {
		dst[c] = float32((float64(x) - f.mean[c]) * f.scale)
	}
	return float32(math.Sqrt(kernel.Dot(dst, dst)))
}

// columns are the images of the known vectors as kernel.Tile reads them.
type columns struct {
	set     *kernel.Set
	n, dim  int
	panel   int       // of set.Panels
	panels  []float32 // one after the other, each [1+dim, width]
	lengths []float32 // [n]
}

func (c *columns) width() int { return c.set.Panels[c.panel] }

// pack makes columns of all rows of known.
func (f *frame) pack(ctx context.Context, w workers, set *kernel.Set, known *space) (*columns, error) {
	c := &columns{set: set, n: known.n, dim: known.dim, lengths: make([]float32, known.n)}
	width := c.width()
	size := (1 + c.dim) * width
	c.panels = make([]float32, (c.n+width-1)/width*size)
	images := make([][]float32, w)
	err := w.ranges(ctx, c.n, width, func(worker, first, end int) {
		if images[worker] == nil {
			images[worker] = make([]float32, c.dim)
		}
		image := images[worker]
		panel := c.panels[first/width*size:][:size]
		for j := first; j < end; j++ {
			length := f.image(image, known, j)
			c.lengths[j] = length
			if f.form == byLength {
				panel[j-first] = -length * length / 2
			}
			for i, x := range image {
				panel[(1+i)*width+j-first] = x
			}
		}
	})
	return c, err
}

// scorer scores a block of rows against all columns.
type scorer struct {
	frame      *frame
	columns    *columns
	images     []float32 // [rowsAtOnce, dim]
	lengths    []float32 // [rowsAtOnce]
	offsets    []int
	scores     []float32 // [rowsAtOnce, width]
	candidates []candidates
}

func newScorer(f *frame, c *columns, k int) *scorer {
	s := &scorer{
		frame: f, columns: c,
		images:     make([]float32, rowsAtOnce*c.dim),
		lengths:    make([]float32, rowsAtOnce),
		offsets:    make([]int, c.set.TileRows),
		scores:     make([]float32, rowsAtOnce*c.width()),
		candidates: make([]candidates, rowsAtOnce),
	}
	for i := range s.candidates {
		s.candidates[i].floors = make([]float32, 0, k)
	}
	return s
}

// score gathers the candidates of the rows from first up to end.
func (sc *scorer) score(ctx context.Context, s, known *space, first, end int) {
	for i := first; i < end; i++ {
		sc.lengths[i-first] = sc.frame.image(sc.images[(i-first)*s.dim:][:s.dim], s, i)
		sc.candidates[i-first].reset()
	}
	width := sc.columns.width()
	for from := 0; from < known.n && ctx.Err() == nil; from += width {
		channels := min(width, known.n-from)
		sc.multiply(from/width, end-first, channels)
		for i := first; i < end; i++ {
			self := -1
			if s == known {
				self = i - from
			}
			row := sc.scores[(i-first)*width:][:channels]
			sc.candidates[i-first].offer(row, sc.columns.lengths[from:], from, self, sc.lengths[i-first], sc.frame.rounding)
		}
	}
}

// multiply scores rows against the columns of one panel.
func (sc *scorer) multiply(panel, rows, channels int) {
	c := sc.columns
	width := c.width()
	tile := kernel.Tile{
		Input: &sc.images[0], Offsets: &sc.offsets[0], Taps: 1, Depth: c.dim,
		Panel: &c.panels[panel*(1+c.dim)*width], Stride: width, Channels: channels,
		Lo: float32(math.Inf(-1)), Hi: float32(math.Inf(1)),
	}
	for row := 0; row < rows; row += c.set.TileRows {
		for m := range sc.offsets {
			sc.offsets[m] = min(row+m, rows-1) * c.dim
		}
		tile.Rows = min(c.set.TileRows, rows-row)
		tile.Output = &sc.scores[row*width]
		c.set.Tile(c.panel, &tile)
	}
}

// candidates are the columns that may be among the k of the greatest true score.
type candidates struct {
	floors []float32 // the k greatest of what true scores are at least, greatest first
	found  []candidate
}

// candidate is a column and what its true score is at most.
type candidate struct {
	id      int32
	ceiling float32
}

func (c *candidates) reset() { c.floors, c.found = c.floors[:0], c.found[:0] }

// floor is below the k-th greatest true score.
func (c *candidates) floor() float32 {
	if len(c.floors) < cap(c.floors) {
		return float32(math.Inf(-1))
	}
	return c.floors[len(c.floors)-1]
}

// offer takes in the columns from on, of the given lengths, that score high
// enough for a row of that length. The one numbered self is passed over.
func (c *candidates) offer(scores, lengths []float32, from, self int, length, rounding float32) {
	floor := c.floor()
	lengths = lengths[:len(scores)]
	for j, score := range scores {
		sum := length + lengths[j]
		slack := rounding*sum*sum + tiny
		if score+slack < floor || j == self {
			continue
		}
		c.found = append(c.found, candidate{int32(from + j), score + slack})
		c.raise(score - slack)
		floor = c.floor()
	}
}

func (c *candidates) raise(score float32) {
	n := len(c.floors)
	if n < cap(c.floors) {
		c.floors = c.floors[:n+1]
	} else {
		n--
		if score <= c.floors[n] {
			return
		}
	}
	for n > 0 && c.floors[n-1] < score {
		c.floors[n] = c.floors[n-1]
		n--
	}
	c.floors[n] = score
}

// left are the columns found that still score high enough.
func (c *candidates) left() []candidate {
	floor := c.floor()
	return slices.DeleteFunc(c.found, func(found candidate) bool { return found.ceiling < floor })
}
