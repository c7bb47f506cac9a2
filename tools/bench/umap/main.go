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
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	var start struct {
		Magic  [8]byte
		Length uint16
	}
	if err := binary.Read(f, binary.LittleEndian, &start); err != nil {
		return nil, 0, err
	}
	header := make([]byte, start.Length)
	if err := binary.Read(f, binary.LittleEndian, header); err != nil {
		return nil, 0, err
	}
	found := shape.FindSubmatch(header)
	if found == nil {
		return nil, 0, fmt.Errorf("%s: no float32 matrix: %s", path, header)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	vectors = make([]float32, (info.Size()-10-int64(start.Length))/4)
	if err := binary.Read(f, binary.LittleEndian, vectors); err != nil {
		return nil, 0, err
	}
	dim, err = strconv.Atoi(string(found[1]))
	return vectors, dim, err
}

func write(path string, points []umap.Point) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := binary.Write(f, binary.LittleEndian, points); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
