package zoo

// Preprocessing makes the input of a network out of a picture. A value is
// (x - Mean) / Std of its channel, with x in [0, 255].
type Preprocessing struct {
	Mean, Std [3]float32 // of red, green and blue
	BGR       bool       // the network wants blue first
}

// The modes of preprocess_input in keras/src/applications/imagenet_utils.py,
// and that of EfficientNet-Lite.
var (
	caffeMode = Preprocessing{Mean: [3]float32{123.68, 116.779, 103.939}, Std: [3]float32{1, 1, 1}, BGR: true}
	tfMode    = Preprocessing{Mean: [3]float32{127.5, 127.5, 127.5}, Std: [3]float32{127.5, 127.5, 127.5}}
	torchMode = Preprocessing{
		Mean: [3]float32{0.485 * 255, 0.456 * 255, 0.406 * 255},
		Std:  [3]float32{0.229 * 255, 0.224 * 255, 0.225 * 255},
	}
	liteMode = Preprocessing{Mean: [3]float32{127, 127, 127}, Std: [3]float32{128, 128, 128}}
	// insideMode is for networks whose first layers preprocess.
	insideMode = Preprocessing{Std: [3]float32{1, 1, 1}}
)
