package zoo_test

import (
	"math"
	"testing"

	"github.com/convnetplayground/convnet/zoo"
)

// At the least size the last maps have one pixel or few: every network still
// runs, here with a classifier of its own.
func TestTheSmallestPicturesRun(t *testing.T) {
	const classes = 7
	for _, a := range zoo.All() {
		t.Run(a.Name, func(t *testing.T) {
			network := formulaNetwork(t, a, zoo.Options{Size: a.MinSize, Top: true, Classes: classes}, 1)
			predictions := forward(t, network, 1, []string{"predictions"}, func(input []float32) {
				for i := range input {
					input[i] = pixel(i)
				}
			})["predictions"].Data
			sum := 0.0
			for _, p := range predictions {
				sum += float64(p)
			}
			if len(predictions) != classes || !(math.Abs(sum-1) < 1e-5) {
				t.Errorf("predictions %v", predictions)
			}
		})
	}
}

func TestBuildRefusesWhatNoNetworkCanBe(t *testing.T) {
	tests := []struct {
		model   string
		options zoo.Options
		want    string
	}{
		{"inceptionv3", zoo.Options{Size: 74}, "inceptionv3 for pictures of 74x74: height and width must be from 75 to 4096"},
		{"vgg16", zoo.Options{Size: 4097}, "vgg16 for pictures of 4097x4097: height and width must be from 32 to 4096"},
		{"mobilenet", zoo.Options{Size: -32}, "mobilenet for pictures of -32x-32: height and width must be from 32 to 4096"},
		{"resnet50", zoo.Options{Top: true, Classes: -1}, "resnet50 for -1 classes: there must be from 1 to 1048576"},
	}
	for _, test := range tests {
		if _, err := find(t, test.model).Build(test.options); err == nil || err.Error() != test.want {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
}

// EfficientNet scales its input once more for its official weights; of the
// other networks there is one form.
func TestOfficialWeightsWantOneLayerMoreOfEfficientNet(t *testing.T) {
	for _, a := range zoo.All() {
		plain, official := build(t, a, zoo.Options{}), build(t, a, zoo.Options{ImageNet: true})
		want := len(plain.Nodes())
		if a.Family == "EfficientNet" {
			want++
		}
		if n := len(official.Nodes()); n != want {
			t.Errorf("%s: %d layers, want %d", a.Name, n, want)
		}
		if parameters(plain) != parameters(official) {
			t.Errorf("%s: the official form has other weights", a.Name)
		}
	}
}
