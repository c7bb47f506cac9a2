// Command umap makes a map of the vectors in a .npy file, for tools/bench/compare_umap.py:
//
//	umap [-metric euclidean] [-threads 2] [-seed 42] VECTORS.npy POINTS
//
// VECTORS.npy holds float32 of shape [n, dim] in C order. POINTS is written as
// float32 [n, 2], little endian, without a header. It prints the seconds that
// the map took, files not counted.
package main

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/umap"
)

func main() {
	o := umap.Defaults()
	metric := flag.String("metric", "euclidean", "how vectors are compared")
	flag.IntVar(&o.Threads, "threads", 2, "goroutines")
	flag.Uint64Var(&o.Seed, "seed", 42, "seed of the random numbers")
	flag.Parse()
	if err := run(*metric, o, flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, "umap:", err)
		os.Exit(1)
	}
}

func run(metric string, o umap.Options, from, to string) (err error) {
	if o.Metric, err = index.ParseMetric(metric, 0); err != nil {
		return err
	}
	vectors, dim, err := read(from)
	if err != nil {
		return err
	}
	begin := time.Now()
	ctx := context.Background()
	layout, err := umap.New(ctx, vectors, dim, o)
	for err == nil && !layout.Done() {
		err = layout.Step(ctx)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%.3f\n", time.Since(begin).Seconds())
	return write(to, layout.Points())
}

var shape = regexp.MustCompile(`'descr': '<f4', 'fortran_order': False, 'shape': \(\d+, (\d+)\)`)

func read(path string) (vectors []float32, dim int, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	const prefix = 10 // bytes; the last two of them tell the length of the header
	if len(content) < prefix {
		return nil, 0, fmt.Errorf("%s: too short", path)
	}
	header, values := content[prefix:], int(binary.LittleEndian.Uint16(content[prefix-2:]))
	found := shape.FindSubmatch(header[:min(values, len(header))])
	if found == nil {
		return nil, 0, fmt.Errorf("%s: no matrix of float32", path)
	}
	vectors = make([]float32, len(header[values:])/4)
	if _, err := binary.Decode(header[values:], binary.LittleEndian, vectors); err != nil {
		return nil, 0, err
	}
	dim, err = strconv.Atoi(string(found[1]))
	return vectors, dim, err
}

func write(path string, points []umap.Point) error {
	content, err := binary.Append(nil, binary.LittleEndian, points)
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
