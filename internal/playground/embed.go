package playground

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/embedding"
	"github.com/convnetplayground/convnet/graph"
	"github.com/convnetplayground/convnet/model"
	"github.com/convnetplayground/convnet/preprocess"
)

// EmbedRequest asks for the feature maps of pictures as a .npy file.
type EmbedRequest struct {
	Model    string
	Weights  string // file; "" for the weights that the model has
	Layer    string
	Pool     string   // avg, max, flatten or none
	Paths    []string // files, and folders for all pictures in them
	Out      string   // file to write
	Resizing          // squashes unless told otherwise
}

// EmbedReport says what Embed wrote.
type EmbedReport struct {
	Out      string    `json:"out"`
	Model    string    `json:"model"`
	Layer    string    `json:"layer"`
	Pool     string    `json:"pool"`
	Shape    []int     `json:"shape"`    // of the array; its first axis counts the pictures
	Images   []string  `json:"images"`   // by row
	Problems []LeftOut `json:"problems"` // files in folders that were left out
}

// Embed writes the feature maps of pictures at one layer: float32 in C order,
// [n, channels] with pooling, [n, height*width*channels] flattened, and
// [n, height, width, channels] with none. The file appears only when it is
// whole. Damaged files in folders are left out; one that was named is an error.
func (m *Models) Embed(ctx context.Context, r EmbedRequest, progress func(done, total int)) (EmbedReport, error) {
	report := EmbedReport{Out: r.Out, Model: r.Model, Layer: r.Layer, Pool: r.Pool, Images: []string{}, Problems: []LeftOut{}}
	pooling, err := model.ParsePooling(r.Pool)
	if err != nil {
		return report, explain("cannot embed", err)
	}
	if _, err := m.describe(r.Model, r.Layer); err != nil {
		return report, err
	}
	for _, path := range r.Paths {
		if err := report.list(ctx, path); err != nil {
			return report, err
		}
	}
	opened, recipe, err := m.prepare(r.Model, r.Weights, r.Resizing, preprocess.Squash)
	if err != nil {
		return report, err
	}
	defer opened.Close()
	pool := graph.NewPool(m.threads)
	defer pool.Close()
	e, err := opened.Embedder(ctx, []string{r.Layer}, pooling, recipe, pool)
	if err != nil {
		return report, explain("cannot embed", err)
	}
	report.Shape = append([]int{len(report.Images)}, e.Shapes()[0]...)
	return report, explain("cannot write "+r.Out, report.write(ctx, e, progress))
}

// list adds a file, or the pictures of a folder in their natural order.
func (r *EmbedReport) list(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return explain("cannot open the picture", err)
	}
	if !info.IsDir() {
		r.Images = append(r.Images, path)
		return nil
	}
	d, problems, err := dataset.Scan(ctx, "folder", path, nil)
	if err != nil {
		return explain("cannot read the folder "+path, err)
	}
	for _, im := range d.Images {
		r.Images = append(r.Images, filepath.Join(path, filepath.FromSlash(im.File)))
	}
	for _, p := range problems {
		r.Problems = append(r.Problems, LeftOut{File: filepath.Join(path, filepath.FromSlash(p.File)), Reason: p.Reason})
	}
	return nil
}

func (r *EmbedReport) write(ctx context.Context, e *model.Embedder, progress func(done, total int)) error {
	return writeWhole(r.Out, func(out io.Writer) error {
		w := bufio.NewWriterSize(out, 1<<20)
		if _, err := w.Write(embedding.NPYHeader(r.Shape...)); err != nil {
			return err
		}
		for i, path := range r.Images {
			if err := writeRow(ctx, w, e, path); err != nil {
				return err
			}
			if progress != nil {
				progress(i+1, len(r.Images))
			}
		}
		return w.Flush()
	})
}

func writeRow(ctx context.Context, w *bufio.Writer, e *model.Embedder, path string) error {
	im, err := decodeFile(path)
	if err != nil {
		return err
	}
	vectors, err := e.Embed(ctx, im)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	var b [4]byte
	for i, v := range vectors[0] {
		if math.IsNaN(float64(v)) {
			return fmt.Errorf("%s: value %d is %v: %w", path, i, v, embedding.ErrNotFinite)
		}
		binary.LittleEndian.PutUint32(b[:], math.Float32bits(v))
		if _, err := w.Write(b[:]); err != nil {
			return err
		}
	}
	return nil
}
