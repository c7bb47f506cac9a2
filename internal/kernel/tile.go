package kernel

// Tile is the work of the convolution kernel: TileRows output pixels times
// one panel of output channels,
//
//	output[m, n] = clamp(bias[n] + Σ_t Σ_k input[offsets[t, m] + k] * weights[t, k, n])
//
// A 1x1 convolution or a dense layer has one tap; a k x k convolution has one
// per kernel position, or one per kernel row where the pixels of a row lie
// side by side. Padding is an offset that leads to zeros.
//
// The kernel reads exactly Depth values at each offset and a whole panel of
// weights. It writes Rows rows of Channels values and nothing else.
type Tile struct {
	Input   *float32 // what Offsets count from
	Offsets *int     // [Taps, TileRows], in float32; all TileRows must be readable
	Taps    int      // at least 1
	Depth   int      // values read per tap, at least 1
	Panel   *float32 // bias [panel], then weights [Taps, Depth, panel]
	Output  *float32
	Stride  int // distance of two output rows, in float32
	Rows    int // rows to write, 1 to TileRows
	// Channels to write, 1 to the panel's width.
	Channels int
	Lo, Hi   float32 // the activation: clamp(x, Lo, Hi), Lo <= Hi; NaN stays NaN
}

// Tile computes one tile with the panel width Panels[panel].
func (s *Set) Tile(panel int, t *Tile) { s.tiles[panel](t) }

// DepthwiseTile is the work of the depthwise kernel: DepthwiseRows output
// pixels times all channels,
//
//	output[m, c] = clamp(bias[c] + Σ_t input[offsets[t, m] + c] * weights[t, c])
//
// Channels go in blocks of 2*Lanes. The weights are one block after the
// other, each as bias [block] and then weights [Taps, block]; the last one
// is padded. The kernel may read up to 2*Lanes-1 values past the channels of
// a pixel. It writes Rows rows of Channels values and nothing else.
type DepthwiseTile struct {
	Input    *float32
	Offsets  *int // [Taps, DepthwiseRows], in float32; all DepthwiseRows must be readable
	Taps     int  // at least 1
	Weights  *float32
	Output   *float32
	Stride   int     // distance of two output rows, in float32
	Rows     int     // rows to write, 1 to DepthwiseRows
	Channels int     // at least 1
	Lo, Hi   float32 // as in Tile
}

// Depthwise computes one tile.
func (s *Set) Depthwise(t *DepthwiseTile) { s.depthwise(t) }
