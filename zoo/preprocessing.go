package zoo

// Preprocessing makes the input of a network out of a picture. A value is
// (x / Divisor - Mean) / Std of its channel, with x in [0, 255].
type Preprocessing struct {
	Divisor   float32
	Mean, Std [3]float32 // of red, green and blue
	BGR       bool       // the network wants blue first
}

// The modes of preprocess_input in keras/src/applications/imagenet_utils.py,
// and that of EfficientNet-Lite.
var (
	caffeMode = Preprocessing{Divisor: 1, Mean: [3]float32{123.68, 116.779, 103.939}, Std: ones, BGR: true}
	tfMode    = Preprocessing{Divisor: 127.5, Mean: ones, Std: ones}
	torchMode = Preprocessing{
		Divisor: 255, Mean: [3]float32{0.485, 0.456, 0.406}, Std: [3]float32{0.229, 0.224, 0.225},
	}
	liteMode = Preprocessing{Divisor: 1, Mean: [3]float32{127, 127, 127}, Std: [3]float32{128, 128, 128}}
	// insideMode is for networks whose first layers preprocess.
	insideMode = Preprocessing{Divisor: 1, Std: ones}

	ones = [3]float32{1, 1, 1}
)
