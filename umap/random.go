package umap

// Random numbers are a function of the seed and of what they are drawn for, so
// that goroutines need not share a sequence.

// stride is 2⁶⁴ over the golden ratio, the step of SplitMix64.
const stride = 0x9e3779b97f4a7c15

// mix is the output function of SplitMix64 (Steele, Lea and Flood 2014):
// a bijection that makes neighbouring numbers unlike each other.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// draw is the random number that seed gives for what the keys name.
func draw(seed uint64, keys ...uint64) uint64 {
	for _, key := range keys {
		seed = mix(seed + (key+1)*stride)
	}
	return seed
}

// The purposes of random numbers: the first key of each draw.
const (
	forForest uint64 = iota
	forCandidates
	forEigenvectors
	forNoise
	forSamples
	forPlacing
)

// below maps the upper or lower half of a random number to 0 … n-1 (Lemire
// 2019, without the rejection: the bias is below n/2³²).
func below(half uint32, n int) int { return int(uint64(half) * uint64(n) >> 32) }

// uniform maps a random number to [-1, 1).
func uniform(x uint64) float64 { return float64(int64(x)>>10) / (1 << 53) }
