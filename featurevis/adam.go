package featurevis

import "math"

// adam climbs along gradients (Kingma and Ba, Adam: A Method for Stochastic
// Optimization, 2014, https://arxiv.org/abs/1412.6980, algorithm 1, uphill).
type adam struct {
	rate          float64
	first, second []float32 // moments of the gradient
}

const (
	firstDecay  = 0.9
	secondDecay = 0.999
	epsilon     = 1e-8
)

func newAdam(rate float64, parameters int) *adam {
	return &adam{rate: rate, first: make([]float32, parameters), second: make([]float32, parameters)}
}

// climb moves the parameters from a to b; step counts from 1.
func (o *adam) climb(parameters, gradient []float32, step, from, to int) {
	// The corrections of both moments become one of the rate and one of epsilon.
	spread := math.Sqrt(1 - math.Pow(secondDecay, float64(step)))
	rate := float32(o.rate * spread / (1 - math.Pow(firstDecay, float64(step))))
	small := float32(epsilon * spread)
	p, first, second := parameters[from:to], o.first[from:to], o.second[from:to]
	for i, g := range gradient[from:to] {
		m := first[i]*firstDecay + g*(1-firstDecay)
		v := second[i]*secondDecay + g*g*(1-secondDecay) // may overflow, but never to NaN
		first[i], second[i] = m, v
		p[i] += rate * m / (float32(math.Sqrt(float64(v))) + small)
	}
}
