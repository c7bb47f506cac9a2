package featurevis

import "github.com/convnetplayground/convnet/graph"

// lens shows pictures to a network as views have it: margin, window, resize
// and rotation, each bilinear, and what becomes of the gradient on the way
// back. It serves one goroutine at a time.
type lens struct {
	pictures, size int
	margin         int
	pool           *graph.Pool
	toInput        inputRange

	// picture is [pictures, size+2*margin, size+2*margin, 3], with values in
	// [0, 1]; the margin stays grey.
	picture []float32
	// resized and its gradient are [pictures, width, width, 3] with width =
	// scaled + 2*border: zeros around the resized picture.
	resized, resizedGradient []float32
	workers                  []lensWorker

	// Of the view in use:
	view     view
	turn     turn
	border   int
	lower    []int     // of the two pixels between which one of the resized lies
	fraction []float32 // of the way to the upper
	first    []int     // of the resized pixels whose lower is at least that; [window+1]
	input    []float32 // [pictures, seen, seen, 3]

	resizeRows, turnRows, turnBackPictures func(worker, task int)
}

// lensWorker is the place for rows of gradients.
type lensWorker struct{ resized, window []float32 }

// inputRange maps colours in [0, 1] to the network's input and back.
type inputRange struct {
	scale, shift [colours]float32
	order        [colours]int // where red, green and blue stand
}

// rowsPerTask is how many rows one task has.
const rowsPerTask = 16

func newLens(pictures, size int, views []view, r inputRange, pool *graph.Pool) *lens {
	l := &lens{pictures: pictures, size: size, pool: pool, toInput: r}
	var widest, mostScaled, mostWindow int
	for _, v := range views {
		l.margin = max(l.margin, -v.top, -v.left, v.top+v.window-size, v.left+v.window-size)
		widest = max(widest, v.scaled+2*v.border())
		mostScaled, mostWindow = max(mostScaled, v.scaled), max(mostWindow, v.window)
	}
	outer := size + 2*l.margin
	l.picture = make([]float32, pictures*outer*outer*colours)
	for i := range l.picture {
		l.picture[i] = grey
	}
	l.resized = make([]float32, pictures*widest*widest*colours)
	l.resizedGradient = make([]float32, pictures*widest*widest*colours)
	l.workers = make([]lensWorker, pool.Threads())
	for i := range l.workers {
		l.workers[i] = lensWorker{make([]float32, mostScaled*colours), make([]float32, mostWindow*colours)}
	}
	l.lower, l.fraction, l.first = make([]int, mostScaled), make([]float32, mostScaled), make([]int, mostWindow+1)
	l.resizeRows, l.turnRows, l.turnBackPictures = l.resize, l.rotate, l.rotateBack
	return l
}

// row is row y of picture i, without the margin.
func (l *lens) row(i, y int) []float32 {
	outer := l.size + 2*l.margin
	at := ((i*outer+y+l.margin)*outer + l.margin) * colours
	return l.picture[at:][:l.size*colours]
}

// use takes up a view.
func (l *lens) use(v view) {
	l.view, l.turn, l.border = v, v.turn(), v.border()
	scale := float32(v.window) / float32(v.scaled)
	next := 0
	for i := range v.scaled {
		at := float32(i) * scale // of TensorFlow 1: corners of pixels meet, not centres
		l.lower[i] = min(int(at), v.window-1)
		l.fraction[i] = at - float32(l.lower[i])
		if l.lower[i] == v.window-1 {
			l.fraction[i] = 0 // there is no upper pixel
		}
		for ; next <= l.lower[i]; next++ {
			l.first[next] = i
		}
	}
	for ; next <= v.window; next++ {
		l.first[next] = v.scaled
	}
}

// show writes what the network sees: [pictures, seen, seen, 3].
func (l *lens) show(input []float32) {
	l.input = input
	l.pool.Do(l.pictures*tasks(l.view.scaled+2*l.border), l.resizeRows)
	l.pool.Do(l.pictures*tasks(l.view.seen), l.turnRows)
}

// pull takes the gradient by what the network sees back to the resized
// pictures; pullRow goes on from there.
func (l *lens) pull(gradient []float32) {
	l.input = gradient
	l.pool.Do(l.pictures, l.turnBackPictures)
}

func tasks(rows int) int { return (rows + rowsPerTask - 1) / rowsPerTask }

// share is the part of the rows of a picture that a task has.
func share(task, rows int) (picture, from, to int) {
	n := tasks(rows)
	from = task % n * rowsPerTask
	return task / n, from, min(from+rowsPerTask, rows)
}

// resizedRow is row y of a resized picture, counted with its border.
func (l *lens) resizedRow(values []float32, picture, y int) []float32 {
	width := l.view.scaled + 2*l.border
	return values[(picture*width+y)*width*colours:][:width*colours]
}

func (l *lens) resize(_, task int) {
	v := &l.view
	picture, from, to := share(task, v.scaled+2*l.border)
	for y := from; y < to; y++ {
		row := l.resizedRow(l.resized, picture, y)
		inner := y - l.border
		if inner < 0 || inner >= v.scaled {
			clear(row)
			continue
		}
		clear(row[:l.border*colours])
		clear(row[(l.border+v.scaled)*colours:])
		lower := l.lower[inner]
		upper := min(lower+1, v.window-1)
		l.resizeRow(row[l.border*colours:], l.windowRow(picture, lower), l.windowRow(picture, upper), l.fraction[inner])
	}
}

// windowRow is row y of the window cut out of a picture, and one pixel more.
func (l *lens) windowRow(picture, y int) []float32 {
	outer := l.size + 2*l.margin
	return l.picture[((picture*outer+l.margin+l.view.top+y)*outer+l.margin+l.view.left)*colours:]
}

func (l *lens) resizeRow(dst, above, below []float32, down float32) {
	fraction := l.fraction[:l.view.scaled]
	for x, lower := range l.lower[:l.view.scaled] {
		right := fraction[x]
		upper := lower
		if right != 0 {
			upper++
		}
		a, b := (*[colours]float32)(above[lower*colours:]), (*[colours]float32)(above[upper*colours:])
		c, d := (*[colours]float32)(below[lower*colours:]), (*[colours]float32)(below[upper*colours:])
		to := (*[colours]float32)(dst[x*colours:])
		for i := range to {
			top := a[i] + (b[i]-a[i])*right
			bottom := c[i] + (d[i]-c[i])*right
			to[i] = top + (bottom-top)*down
		}
	}
}

// at is where the first pixel of row y of what is seen lies, counted from the
// corner of the border, so that it is never negative.
func (l *lens) at(y int) (atY, atX float32) {
	t := &l.turn
	return float32(t.originY + float64(y)*t.cos + float64(l.border)), float32(t.originX - float64(y)*t.sin + float64(l.border))
}

func (l *lens) rotate(_, task int) {
	seen := l.view.seen
	picture, from, to := share(task, seen)
	width := (l.view.scaled + 2*l.border) * colours
	src := l.resizedRow(l.resized, picture, 0)
	src = src[:cap(src)]
	sin, cos := float32(l.turn.sin), float32(l.turn.cos)
	scale, shift, order := l.toInput.scale, l.toInput.shift, l.toInput.order
	for y := from; y < to; y++ {
		startY, startX := l.at(y)
		dst := l.input[(picture*seen+y)*seen*colours:][:seen*colours]
		for x := range seen {
			atY, atX := startY+float32(x)*sin, startX+float32(x)*cos
			intY, intX := int(atY), int(atX)
			down, right := atY-float32(intY), atX-float32(intX)
			at := intY*width + intX*colours
			above, below := (*[2 * colours]float32)(src[at:]), (*[2 * colours]float32)(src[at+width:])
			pixel := (*[colours]float32)(dst[x*colours:])
			for c := range colours {
				top := above[c] + (above[c+colours]-above[c])*right
				bottom := below[c] + (below[c+colours]-below[c])*right
				pixel[order[c]] = (top+(bottom-top)*down)*scale[c] + shift[c]
			}
		}
	}
}

// rotateBack is the adjoint of rotate, of a whole picture: rows of the
// gradient meet in the same pixels.
func (l *lens) rotateBack(_, picture int) {
	seen := l.view.seen
	width := (l.view.scaled + 2*l.border) * colours
	n := (l.view.scaled + 2*l.border) * width
	dst := l.resizedGradient[picture*n:][:n]
	clear(dst)
	sin, cos := float32(l.turn.sin), float32(l.turn.cos)
	scale, order := l.toInput.scale, l.toInput.order
	for y := range seen {
		startY, startX := l.at(y)
		src := l.input[(picture*seen+y)*seen*colours:][:seen*colours]
		for x := range seen {
			atY, atX := startY+float32(x)*sin, startX+float32(x)*cos
			intY, intX := int(atY), int(atX)
			down, right := atY-float32(intY), atX-float32(intX)
			at := intY*width + intX*colours
			above, below := (*[2 * colours]float32)(dst[at:]), (*[2 * colours]float32)(dst[at+width:])
			pixel := (*[colours]float32)(src[x*colours:])
			for c := range colours {
				g := pixel[order[c]] * scale[c]
				bottom := g * down
				top := g - bottom
				above[c] += top - top*right
				above[c+colours] += top * right
				below[c] += bottom - bottom*right
				below[c+colours] += bottom * right
			}
		}
	}
}

// pullRow is the gradient by row y of a picture, without the margin: the
// adjoint of resize. It is a view of the worker's, valid until its next call.
func (l *lens) pullRow(worker, picture, y int) []float32 {
	v, w := &l.view, &l.workers[worker]
	row := y - v.top
	across := w.resized[:v.scaled*colours]
	clear(across)
	for i := l.first[row]; i < l.first[row+1]; i++ {
		addScaled(across, l.resizedRow(l.resizedGradient, picture, i+l.border)[l.border*colours:], 1-l.fraction[i])
	}
	if row > 0 {
		for i := l.first[row-1]; i < l.first[row]; i++ {
			addScaled(across, l.resizedRow(l.resizedGradient, picture, i+l.border)[l.border*colours:], l.fraction[i])
		}
	}
	window := w.window[:v.window*colours]
	clear(window)
	for x, lower := range l.lower[:v.scaled] {
		right := l.fraction[x]
		upper := lower
		if right != 0 {
			upper++
		}
		g := (*[colours]float32)(across[x*colours:])
		a, b := (*[colours]float32)(window[lower*colours:]), (*[colours]float32)(window[upper*colours:])
		for c := range g {
			a[c] += g[c] - g[c]*right
			b[c] += g[c] * right
		}
	}
	return window[-v.left*colours:][:l.size*colours]
}

func addScaled(sum, x []float32, scale float32) {
	x = x[:len(sum)]
	for i := range sum {
		sum[i] += x[i] * scale
	}
}
