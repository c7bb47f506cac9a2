package playground

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// GradientRequest asks how a channel depends on each value of a picture.
type GradientRequest struct {
	Model    string
	Weights  string // file; "" for the weights that the model has
	Layer    string
	Channel  int    // or the unit of a layer that is a vector
	Image    string // file
	Out      string // file to write
	Resizing        // squashes unless told otherwise
}

// GradientReport says what Gradient wrote.
type GradientReport struct {
	Out     string  `json:"out"`
	Model   string  `json:"model"`
	Layer   string  `json:"layer"`
	Channel int     `json:"channel"`
	Image   string  `json:"image"`
	Shape   []int   `json:"shape"`   // of the array: [height, width, 3]
	Mean    float64 `json:"mean"`    // of the channel
	Largest float64 `json:"largest"` // magnitude in the gradient; 0 where the channel does not respond
}

// Gradient writes d mean(channel) / d input of a picture as a .npy file:
// float32 [height, width, 3] in C order. The input is the picture after
// preprocessing, in the network's own order of colours. The file appears only
// when it is whole.
func (m *Models) Gradient(ctx context.Context, r GradientRequest) (GradientReport, error) {
	report := GradientReport{Out: r.Out, Model: r.Model, Layer: r.Layer, Channel: r.Channel, Image: r.Image}
	if _, err := m.describe(r.Model, r.Layer); err != nil {
		return report, err
	}
	im, err := decodeFile(r.Image)
	if err != nil {
		return report, err
	}
	opened, recipe, err := m.prepare(r.Model, r.Weights, r.Resizing, preprocess.Squash)
	if err != nil {
		return report, err
	}
	defer opened.Close()
	pool := graph.NewPool(m.threads)
	defer pool.Close()
	session, err := channelSession(ctx, opened, recipe.Width, r.Layer, r.Channel, pool)
	if err != nil {
		return report, explain("cannot take the gradient", err)
	}
	recipe.Fill(session.Input().Data, im)
	session.Upstream(0).Data[r.Channel] = 1
	if err := errors.Join(session.Run(ctx), session.Backward(ctx)); err != nil {
		return report, explain("cannot take the gradient", err)
	}
	gradient := session.InputGradient()
	report.Shape = gradient.Shape[1:]
	report.Mean = float64(session.Tap(0).Data[r.Channel])
	for _, g := range gradient.Data {
		report.Largest = math.Max(report.Largest, math.Abs(float64(g)))
	}
	err = writeWhole(r.Out, func(w io.Writer) error { return writeArray(w, report.Shape, gradient.Data) })
	return report, explain("cannot write "+r.Out, err)
}

// channelSession is a pass of one picture to the means of a layer's channels,
// and back.
func channelSession(ctx context.Context, m *model.Model, size int, layer string, channel int, pool *graph.Pool) (*graph.Session, error) {
	network, err := m.Network(size, layer)
	if err != nil {
		return nil, err
	}
	shape := network.Graph().Node(layer).Shape
	if channels := shape[len(shape)-1]; channel < 0 || channel >= channels {
		return nil, invalid("cannot take the gradient", fmt.Sprintf("channel %d of layer %s: there are 0 to %d", channel, layer, channels-1), "")
	}
	plan, err := network.CompileGradient(ctx, 1, graph.Tap{Node: layer, Reduce: graph.Mean})
	if err != nil {
		return nil, err
	}
	return plan.NewSession(pool), nil
}

// writeArray writes values as .npy.
func writeArray(w io.Writer, shape []int, values []float32) error {
	b := bufio.NewWriterSize(w, 1<<20)
	if _, err := b.Write(embedding.NPYHeader(shape...)); err != nil {
		return err
	}
	if err := binary.Write(b, binary.LittleEndian, values); err != nil {
		return err
	}
	return b.Flush()
}
