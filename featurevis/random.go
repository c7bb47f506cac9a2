package featurevis

import "math"

// What random numbers are drawn for; each has a stream of its own.
const (
	streamStart = iota // the starts of pictures
	streamView         // the views of steps
)

// draw is a random number that depends on its arguments alone: there is no
// state to keep or to restore. Each argument goes through the finaliser of
// SplitMix64 (Steele, Lea and Flood 2014).
func draw(seed uint64, stream, group, index int) uint64 {
	x := mix(seed)
	x = mix(x + uint64(stream))
	x = mix(x + uint64(group))
	return mix(x + uint64(index))
}

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// below is a whole number in [0, n). n is small: what the division favours is
// past noticing.
func below(n int, random uint64) int { return int(random >> 32 * uint64(n) >> 32) }

// normals fills dst with independent draws of mean 0 (Box and Muller 1958).
func normals(dst []float32, deviation float64, seed uint64, group int) {
	for i := range dst {
		// The first is in (0, 1], so that its logarithm is finite.
		radius := 1 - float64(draw(seed, streamStart, group, 2*i)>>11)*0x1p-53
		angle := float64(draw(seed, streamStart, group, 2*i+1)>>11) * 0x1p-53
		dst[i] = float32(deviation * math.Sqrt(-2*math.Log(radius)) * math.Cos(2*math.Pi*angle))
	}
}
