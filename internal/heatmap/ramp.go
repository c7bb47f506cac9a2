package heatmap

import (
	"image/color"
	"math"
	"sync"
)

// rampColours is how many colours the ramp has.
const rampColours = 256

// colours is the ramp from dark violet over blue and green to light yellow.
// Equal steps look equally large, and it grows lighter all the way, so that it
// reads the same in grey and to eyes that tell few colours apart.
var colours = sync.OnceValue(func() color.Palette {
	const samples = 8 * rampColours
	var way [samples + 1]float64 // along the ramp, in units of equal look
	for i := 1; i <= samples; i++ {
		way[i] = way[i-1] + ramp(float64(i)/samples).distance(ramp(float64(i-1)/samples))
	}
	palette := make(color.Palette, rampColours)
	at := 0
	for i := range palette {
		for at < samples && way[at] < way[samples]*float64(i)/(rampColours-1) {
			at++
		}
		palette[i] = ramp(float64(at) / samples).rgb()
	}
	return palette
})

// oklab is a colour in the space of Björn Ottosson, "A perceptual color space
// for image processing" (2020): distances in it are those that eyes see.
type oklab struct{ l, a, b float64 }

// ramp is the colour at t in [0, 1]: straight in lightness and in hue, with as
// much chroma as screens can show on the way.
func ramp(t float64) oklab {
	lightness := 0.24 + 0.69*t
	chroma := 0.12 - 0.19*t + 0.24*t*t
	hue := (310 - 207*t) * math.Pi / 180
	return oklab{lightness, chroma * math.Cos(hue), chroma * math.Sin(hue)}
}

func (c oklab) distance(other oklab) float64 {
	return math.Sqrt((c.l-other.l)*(c.l-other.l) + (c.a-other.a)*(c.a-other.a) + (c.b-other.b)*(c.b-other.b))
}

// linear is the colour in linear sRGB, within [0, 1] where screens can show it.
func (c oklab) linear() [3]float64 {
	l := cube(c.l + 0.3963377774*c.a + 0.2158037573*c.b)
	m := cube(c.l - 0.1055613458*c.a - 0.0638541728*c.b)
	s := cube(c.l - 0.0894841775*c.a - 1.2914855480*c.b)
	return [3]float64{
		4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s,
	}
}

func cube(x float64) float64 { return x * x * x }

func (c oklab) rgb() color.RGBA {
	var b [3]uint8
	for i, x := range c.linear() {
		b[i] = uint8(math.Round(255 * gamma(x)))
	}
	return color.RGBA{b[0], b[1], b[2], 255}
}

// gamma is the curve of sRGB.
func gamma(x float64) float64 {
	if x <= 0.0031308 {
		return 12.92 * x
	}
	return 1.055*math.Pow(x, 1/2.4) - 0.055
}
