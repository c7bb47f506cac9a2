package playground

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// Resizing says how pictures become the size of a network's input. What is
// empty is the verb's own choice.
type Resizing struct {
	Resize string // "original" for the recipe of 2019: 224x224, nearest, squash
	Size   int    // height and width; 0 for the model's own
	Aspect string // squash or crop
	Filter string // nearest, bilinear or bicubic
}

// The ways to resize that have a name.
const (
	ResizeStandard = "standard"
	ResizeOriginal = "original"

	originalSize = 224
)

// resizes lists them.
func resizes() []string { return []string{ResizeStandard, ResizeOriginal} }

func unknownResize(name string) error {
	return unknown("resizing", name, Near(name, resizes()), "known: "+strings.Join(resizes(), ", "))
}

// recipe is the preprocessing of a model's pictures; aspect is the verb's
// choice.
func (r Resizing) recipe(m *model.Model, aspect preprocess.Aspect) (preprocess.Recipe, error) {
	var none preprocess.Recipe
	switch r.Resize {
	case "", ResizeStandard:
	case ResizeOriginal:
		if r.Size != 0 && r.Size != originalSize || r.Filter != "" || r.Aspect != "" {
			return none, invalid("cannot resize", "the original recipe has its own size, filter and aspect", "leave the others out")
		}
		r.Size, r.Filter, r.Aspect = originalSize, string(preprocess.Nearest), string(preprocess.Squash)
	default:
		return none, unknownResize(r.Resize)
	}
	a, err := preprocess.ParseAspect(cmp.Or(r.Aspect, string(aspect)))
	if err != nil {
		return none, unknown("aspect", r.Aspect, Near(r.Aspect, preprocess.Aspects()), "known: squash, crop")
	}
	f, err := preprocess.ParseFilter(cmp.Or(r.Filter, string(preprocess.Bilinear)))
	if err != nil {
		return none, unknown("filter", r.Filter, Near(r.Filter, preprocess.Filters()), "known: nearest, bilinear, bicubic")
	}
	recipe := m.Recipe(a, f)
	if r.Size != 0 {
		recipe.Width, recipe.Height = r.Size, r.Size
	}
	if err := m.CheckSize(recipe.Width); err != nil {
		return none, invalid("cannot resize", err.Error(), fmt.Sprintf("leave the size out for the %d of the model", m.Info().Input[0]))
	}
	return recipe, nil
}

// flags is how the shell says it, with a space in front.
func (r Resizing) flags() string {
	var flags string
	if r.Resize != "" && r.Resize != ResizeStandard {
		flags += " --resize " + r.Resize
	}
	if r.Size != 0 {
		flags += fmt.Sprintf(" --size %d", r.Size)
	}
	return flags
}
