package featurevis

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// Recipe says all that a rendered picture depends on: the same recipe gives
// the same bytes on the same machine, however many threads compute them.
type Recipe struct {
	Version   int       `json:"version"` // of the way pictures are rendered; see Version
	Model     string    `json:"model"`
	Weights   string    `json:"weights"` // their hash
	Layer     string    `json:"layer"`
	Objective Objective `json:"objective"`
	// Channels is one channel, or two that are climbed together; none for a
	// layer.
	Channels []int `json:"channels"`
	// Blend is the weight of the second of two channels, that of the first
	// being 1 - Blend: 0.5 climbs their sum.
	Blend    float64 `json:"blend"`
	Negative bool    `json:"negative"` // climb the objective's opposite
	Size     int     `json:"size"`     // height and width of the picture
	Steps    int     `json:"steps"`
	Seed     uint64  `json:"seed"`
	// Pictures that are rendered at once and pushed apart: Diversity is the
	// weight of their likeness beside the mean of the objective.
	Pictures   int        `json:"pictures"`
	Diversity  float64    `json:"diversity"`
	Parameters Parameters `json:"parameters"`
	Transforms Transforms `json:"transforms"`
	Decay      float64    `json:"decay"`     // power of the wavelengths by which Fourier scales its parameters
	Rate       float64    `json:"rate"`      // of Adam
	Deviation  float64    `json:"deviation"` // of the parameters at the start
}

// Version is the one of the recipes that this package renders. It changes
// with the bytes that a recipe gives.
const Version = 1

// Parameters names what the optimiser moves.
type Parameters string

// The parametrisations.
const (
	Fourier Parameters = "fourier" // Fourier coefficients in decorrelated colours
	Pixels  Parameters = "pixels"  // red, green and blue of each pixel
)

// Limits of recipes.
const (
	MaxSize     = 1024
	MaxSteps    = 1 << 16
	MaxPictures = 16
)

// Default is the recipe of a channel as Lucid would render it. Model, weights
// and layer are left to fill in.
func Default(channel int) Recipe {
	return Recipe{
		Version: Version, Objective: Channel, Channels: []int{channel}, Blend: 0.5, Size: 128, Steps: 512,
		Pictures: 1, Diversity: 2, Parameters: Fourier, Transforms: Standard, Decay: 1, Rate: 0.05, Deviation: 0.01,
	}
}

// String writes the recipe as one line of JSON, in ASCII. Equal recipes give
// equal strings; ParseRecipe reads them.
func (r Recipe) String() string {
	line, err := json.Marshal(r)
	if err != nil {
		panic("featurevis: a recipe holds a number that JSON has not: " + err.Error())
	}
	var ascii strings.Builder
	for _, c := range string(line) {
		if c < 0x80 {
			ascii.WriteRune(c)
			continue
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&ascii, "\\u%04x", unit)
		}
	}
	return ascii.String()
}

// Hash is the SHA-256 of the string, in hexadecimal: a recipe's address.
func (r Recipe) Hash() string {
	sum := sha256.Sum256([]byte(r.String()))
	return hex.EncodeToString(sum[:])
}

// ParseRecipe reads what String wrote.
func ParseRecipe(s string) (Recipe, error) {
	var r Recipe
	if err := json.Unmarshal([]byte(s), &r); err != nil {
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	return r, nil
}

// Check tells what is wrong with a recipe, whatever the model.
func (r Recipe) Check() error {
	switch {
	case r.Version != Version:
		return fmt.Errorf("recipe of version %d: this program renders version %d", r.Version, Version)
	case !slices.Contains(Objectives(), r.Objective):
		return fmt.Errorf("objective %q: there are %v", r.Objective, Objectives())
	case r.Objective == Layer && len(r.Channels) != 0:
		return fmt.Errorf("objective %s: it has no channels", Layer)
	case r.Objective != Layer && (len(r.Channels) < 1 || len(r.Channels) > 2):
		return fmt.Errorf("objective %s of %d channels: one, or two that are blended", r.Objective, len(r.Channels))
	case !(r.Blend >= 0 && r.Blend <= 1):
		return fmt.Errorf("blend %v: it is from 0 to 1", r.Blend)
	case r.Size < 1 || r.Size > MaxSize:
		return fmt.Errorf("size %d: pictures are at most %d pixels high and wide", r.Size, MaxSize)
	case r.Steps < 0 || r.Steps > MaxSteps:
		return fmt.Errorf("%d steps: there are 0 to %d", r.Steps, MaxSteps)
	case r.Pictures < 1 || r.Pictures > MaxPictures:
		return fmt.Errorf("%d pictures at once: there are 1 to %d", r.Pictures, MaxPictures)
	case !(r.Diversity >= 0 && r.Diversity <= 1e6):
		return fmt.Errorf("diversity %v: it is from 0 to 1e6", r.Diversity)
	case r.Parameters != Fourier && r.Parameters != Pixels:
		return fmt.Errorf("parameters %q: they are %s or %s", r.Parameters, Fourier, Pixels)
	case r.Transforms != Standard && r.Transforms != Still:
		return fmt.Errorf("transforms %q: they are %s or %s", r.Transforms, Standard, Still)
	case !(r.Decay >= 0 && r.Decay <= 4):
		return fmt.Errorf("decay %v: it is from 0 to 4", r.Decay)
	case !(r.Rate > 0 && r.Rate <= 10):
		return fmt.Errorf("rate %v: it is above 0, at most 10", r.Rate)
	case !(r.Deviation > 0 && r.Deviation <= 10):
		return fmt.Errorf("deviation %v: it is above 0, at most 10", r.Deviation)
	}
	return nil
}
