package hdf5

import (
	"slices"
	"sync"

	"github.com/convnetplayground/convnet/tensor"
	"github.com/convnetplayground/convnet/weights/dtype"
)

// band is what the chunks of one row hold together: values that follow each other in
// the dataset. Rows are counted along bandAxis.
type band struct {
	begin, end int // flat offsets of the first value and behind the last
	chunk      int // number of its first chunk
	values     []float32
}

// bandAxis is the first axis along which chunks are longer than 1.
func (d *Dataset) bandAxis() int {
	for axis, extent := range d.chunk {
		if extent > 1 {
			return axis
		}
	}
	return len(d.chunk) - 1
}

// bandAt finds the band that a value lies in.
func (d *Dataset) bandAt(offset int) *band {
	axis := d.bandAxis()
	extent, rows := d.shape[axis], d.chunk[axis]
	row := d.shape[axis+1:].Elements()
	outer, number := offset/row/extent, offset/row%extent/rows
	begin := outer*extent + number*rows
	end := outer*extent + min((number+1)*rows, extent)
	return &band{begin: begin * row, end: end * row, chunk: (outer*d.grid[axis] + number) * d.grid[axis+1:].Elements()}
}

// readBands copies values from a flat offset on. Bands that lie in the range are
// decoded where they belong; of others one is kept for the piece that follows.
func (d *Dataset) readBands(dst []float32, offset int) error {
	d.reading.Lock()
	defer d.reading.Unlock()
	u := &unfilter{filters: d.filters, plain: d.plain()}
	for len(dst) > 0 {
		b := d.file.bands.find(d, offset)
		if b == nil {
			b = d.bandAt(offset)
			if err := d.decode(b, u, dst, offset); err != nil {
				return err
			}
		}
		n := copy(dst, b.values[offset-b.begin:])
		dst, offset = dst[n:], offset+n
		if offset == b.end {
			d.file.bands.drop(d)
		}
	}
	return nil
}

// decode reads the chunks of a band, into dst where it takes the whole band.
func (d *Dataset) decode(b *band, u *unfilter, dst []float32, offset int) error {
	chunks, err := d.chunks()
	if err != nil {
		return err
	}
	n := b.end - b.begin
	whole := b.begin == offset && n <= len(dst)
	if whole {
		b.values = dst[:n]
	} else {
		b.values = make([]float32, n)
	}
	axis := d.bandAxis()
	p := placement{number: d.number, dst: b.values, chunk: d.chunk[axis:], shape: slices.Clone(d.shape[axis:])}
	p.shape[0] = n / p.shape[1:].Elements()
	for _, c := range chunks[b.chunk : b.chunk+d.grid[axis+1:].Elements()] {
		stored := u.room(c)
		if err := d.fill(stored, int64(c.at)); err != nil {
			return err
		}
		if p.raw, err = u.undo(stored, c.skipped); err != nil {
			return d.corrupt(int64(c.at), "chunk %d: %v", c.number, err)
		}
		p.put(p.place(c.number-b.chunk), 0, 0, 0)
	}
	if !whole {
		d.file.bands.keep(d, b)
	}
	return nil
}

// placement copies the chunks of a band to their places.
type placement struct {
	number dtype.Type
	dst    []float32
	shape  tensor.Shape // of the band
	chunk  tensor.Shape
	raw    []byte // the chunk at hand
}

// place is where a chunk of the band begins on each axis. There is one row of chunks.
func (p *placement) place(number int) []int {
	place := make([]int, len(p.shape))
	for axis := len(p.shape) - 1; axis > 0; axis-- {
		grid := (p.shape[axis] + p.chunk[axis] - 1) / p.chunk[axis]
		place[axis] = number % grid * p.chunk[axis]
		number /= grid
	}
	return place
}

// put copies the part of the chunk that lies inside the band: from and to are where the
// rows of this axis begin in the chunk and in the band.
func (p *placement) put(place []int, axis, from, to int) {
	n := min(p.chunk[axis], p.shape[axis]-place[axis])
	from, to = from*p.chunk[axis], to*p.shape[axis]+place[axis]
	if axis == len(p.chunk)-1 {
		p.number.Decode(p.dst[to:to+n], p.raw[from*p.number.Width():])
		return
	}
	for i := range n {
		p.put(place, axis+1, from+i, to+i)
	}
}

// bands keeps decoded bands of a file's datasets while these are read in pieces, at
// most one of each dataset. The oldest go where they take too much memory together.
type bands struct {
	mu    sync.Mutex
	limit int // values
	kept  []keptBand
}

type keptBand struct {
	*band
	of *Dataset
}

func (k *bands) find(d *Dataset, offset int) *band {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, b := range k.kept {
		if b.of == d && b.begin <= offset && offset < b.end {
			return b.band
		}
	}
	return nil
}

func (k *bands) keep(d *Dataset, b *band) {
	k.drop(d)
	k.mu.Lock()
	defer k.mu.Unlock()
	total := b.end - b.begin
	for _, b := range k.kept {
		total += b.end - b.begin
	}
	for len(k.kept) > 0 && total > k.limit {
		total -= k.kept[0].end - k.kept[0].begin
		k.kept = slices.Delete(k.kept, 0, 1)
	}
	k.kept = append(k.kept, keptBand{b, d})
}

func (k *bands) drop(d *Dataset) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = slices.DeleteFunc(k.kept, func(b keptBand) bool { return b.of == d })
}
