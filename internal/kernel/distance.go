package kernel

// The distances add in float64, so that long vectors of near values keep
// their digits. Both vectors have the same length; of length 0 they are 0.

// Dot is Σ a[i]*b[i].
func (s *Set) Dot(a, b []float32) float64 { return reduce(s.dot, a, b) }

// SquaredDistance is Σ (a[i]-b[i])².
func (s *Set) SquaredDistance(a, b []float32) float64 { return reduce(s.squaredDistance, a, b) }

// AbsoluteDistance is Σ |a[i]-b[i]|.
func (s *Set) AbsoluteDistance(a, b []float32) float64 { return reduce(s.absoluteDistance, a, b) }

// CubedDistance is Σ |a[i]-b[i]|³.
func (s *Set) CubedDistance(a, b []float32) float64 { return reduce(s.cubedDistance, a, b) }

// GreatestDistance is max |a[i]-b[i]|; NaN wins.
func (s *Set) GreatestDistance(a, b []float32) float64 { return reduce(s.greatestDistance, a, b) }

func reduce(kernel func(a, b *float32, n int) float64, a, b []float32) float64 {
	sameLength(len(a), len(b))
	if len(a) == 0 {
		return 0
	}
	return kernel(&a[0], &b[0], len(a))
}

// Dot is Set.Dot of the active set.
func Dot(a, b []float32) float64 { return active.Dot(a, b) }

// SquaredDistance is Set.SquaredDistance of the active set.
func SquaredDistance(a, b []float32) float64 { return active.SquaredDistance(a, b) }

// AbsoluteDistance is Set.AbsoluteDistance of the active set.
func AbsoluteDistance(a, b []float32) float64 { return active.AbsoluteDistance(a, b) }

// CubedDistance is Set.CubedDistance of the active set.
func CubedDistance(a, b []float32) float64 { return active.CubedDistance(a, b) }

// GreatestDistance is Set.GreatestDistance of the active set.
func GreatestDistance(a, b []float32) float64 { return active.GreatestDistance(a, b) }
