// Package zoo writes down the architectures of well-known networks, one file
// per family. Layer names, their order and their shapes are those of
// keras.applications, so that its weight files fit.
package zoo

import (
	"fmt"

	"github.com/convnetplayground/convnet/graph"
)

// Architecture is a network without weights.
type Architecture struct {
	Name          string // as in commands and addresses: "efficientnet-lite0"
	Title         string // as people write it
	Family        string
	Size          int // native height and width of the input picture
	MinSize       int // least height and width
	Preprocessing Preprocessing
	// SearchLayers are the eight layers that search offers, from the input on.
	SearchLayers []string
	// Licence and Source belong to the weights: those that come with the
	// program, or else the official ones.
	Licence, Source string
	// Weights are the files that keras.applications loads; of a network that
	// it does not have, they are empty.
	Weights Weights

	// layers writes the network down, from the input x on.
	layers func(b *graph.Builder, x *graph.Node, o Options)
}

// Options choose one of the forms of a network, as the arguments of the
// functions of keras.applications do.
type Options struct {
	Size    int  // height and width of the input; 0 is the native one
	Top     bool // with the classifier
	Classes int  // that the classifier knows; 0 is the 1000 of ImageNet
	// ImageNet is weights="imagenet" of Keras: the network as the official
	// weights want it. EfficientNet then scales its input once more.
	ImageNet bool
}

// ImageNetClasses is how many classes the official weights know.
const ImageNetClasses = 1000

const (
	maxSize    = 4096
	maxClasses = 1 << 20
)

// Build writes the network down. It fails where the input is smaller than the
// network allows.
func (a Architecture) Build(o Options) (*graph.Graph, error) {
	if o.Size == 0 {
		o.Size = a.Size
	}
	if o.Classes == 0 {
		o.Classes = ImageNetClasses
	}
	if o.Size < a.MinSize || o.Size > maxSize {
		return nil, fmt.Errorf("%s for pictures of %dx%d: height and width must be from %d to %d", a.Name, o.Size, o.Size, a.MinSize, maxSize)
	}
	if o.Classes < 1 || o.Classes > maxClasses {
		return nil, fmt.Errorf("%s for %d classes: there must be from 1 to %d", a.Name, o.Classes, maxClasses)
	}
	b := graph.NewBuilder()
	a.layers(b, b.Input("input_layer", o.Size, o.Size, 3), o)
	g, err := b.Graph()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name, err)
	}
	return g.InKerasOrder(), nil
}

// architectures lists every network there is: those with weights in the
// program, those of the first ConvNet Playground by the number of their
// parameters, and the rest of their families.
var architectures = []Architecture{
	efficientNetLites[0],
	efficientNetLites[2],

	mobileNetV2,
	mobileNet,
	nasNetMobile,
	efficientNets[0],
	denseNet121,
	xception,
	inceptionV3,
	resNet50,
	efficientNets[5],
	vgg16,
	vgg19,

	efficientNetLites[1],
	efficientNetLites[3],
	efficientNetLites[4],
	efficientNets[1],
	efficientNets[2],
	efficientNets[3],
	efficientNets[4],
	efficientNets[6],
	efficientNets[7],
	denseNet169,
	denseNet201,
	resNet101,
	resNet152,
	nasNetLarge,
}

// All lists every network. The caller leaves the list as it is.
func All() []Architecture { return architectures }

// Find returns the network of that name.
func Find(name string) (Architecture, bool) {
	for _, a := range architectures {
		if a.Name == name {
			return a, true
		}
	}
	return Architecture{}, false
}
