package zoo_test

import (
	"testing"

	"github.com/convnetplayground/convnet/zoo"
)

// The sizes are those of Araujo et al., "Computing Receptive Fields of
// Convolutional Neural Networks" (Distill, 2019), table 1, where no edge cuts
// them off.
func TestReceptiveFieldsAreThePublishedOnes(t *testing.T) {
	for _, test := range []struct {
		model, layer string
		size         int
	}{
		{"vgg16", "block5_pool", 212},
		{"resnet50", "conv5_block3_out", 483},
		{"inceptionv3", "mixed10", 1311},
		{"mobilenet", "conv_pw_13_relu", 315},
	} {
		g := build(t, find(t, test.model), zoo.Options{Size: 3200})
		node := g.Node(test.layer)
		field, err := g.ReceptiveField(test.layer, node.Shape[0]/2, node.Shape[1]/2)
		if err != nil {
			t.Fatal(err)
		}
		if field.Dx() != test.size || field.Dy() != test.size {
			t.Errorf("%s of %s sees %v, want %d x %d", test.layer, test.model, field, test.size, test.size)
		}
	}
}

func TestSqueezeAndExciteSeesTheWholePicture(t *testing.T) {
	g := build(t, find(t, "efficientnetb0"), zoo.Options{})
	for layer, whole := range map[string]bool{"stem_conv": false, "block1a_activation": false, "block1a_se_excite": true, "top_activation": true} {
		field, err := g.ReceptiveField(layer, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := field.Dx() == 224 && field.Dy() == 224; got != whole {
			t.Errorf("%s sees %v", layer, field)
		}
	}
}
