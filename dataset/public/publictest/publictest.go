// Package publictest makes small archives that are in the formats of the public
// sets, for tests.
package publictest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/convnetplayground/convnet/dataset/public"
)

// Files are the files of an archive by their names.
type Files map[string][]byte

// Picture is a small JPEG file, another one for another n.
func Picture(t testing.TB, n int) []byte {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, 16, 12))
	for i := range 16 * 12 {
		im.Set(i%16, i/16, color.RGBA{R: uint8(n), G: uint8(n >> 8), B: uint8(5 * i), A: 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Official are the files of a set's official archive, with more in them than
// the set takes. The set's picture i is Picture(i), or Pixel(i) of CIFAR-10.
func Official(t testing.TB, set string) Files {
	t.Helper()
	switch set {
	case "cifar10":
		return cifar()
	case "tinyimagenet":
		return tinyImageNet(t)
	case "fashion200":
		return fashion(t)
	}
	return Former(t, set)
}

// Former are the files of a set in the layout of the first playground, without
// classes.json. Picture i is Picture(i).
func Former(t testing.TB, set string) Files {
	t.Helper()
	files := Files{}
	for i := range public.Pictures {
		files[fmt.Sprintf("datasets/%s/%d.jpg", set, i)] = Picture(t, i)
	}
	return files
}

// Labels is a classes.json.
func Labels(t testing.TB, classes []string) []byte {
	t.Helper()
	var entries []map[string]string
	for i, class := range classes {
		entries = append(entries, map[string]string{fmt.Sprint(i): class})
	}
	text, err := json.Marshal(entries)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// cifarLabels are the labels of CIFAR-10's pictures as the first playground
// published them.
const cifarLabels = "9147729993264366263409134037335227111220957922524311821149785967319031354577479423801611418396618529" +
	"9817700691229266195047671828336249954367468554384760953827534570475506087882535066605850880088844000"

// CIFARLabels are the classes of the set cifar10, as numbers, picture by picture.
func CIFARLabels() []int {
	var labels []int
	for _, label := range cifarLabels {
		labels = append(labels, int(label-'0'))
	}
	return labels
}

// Pixel is the colour of every pixel of picture i of cifar10.
func Pixel(i int) color.NRGBA {
	return color.NRGBA{R: uint8(i), G: 200, B: uint8(3 * i), A: 255}
}

func cifar() Files {
	// The first of each class is not of the set, nor is what comes too late.
	first := []byte{}
	for label := range 10 {
		first = append(first, cifarRecord(label, color.NRGBA{})...)
	}
	batches := [][]byte{first, {}, {}}
	for i, label := range CIFARLabels() {
		batch := i / 150
		batches[batch] = append(batches[batch], cifarRecord(label, Pixel(i))...)
	}
	batches[2] = first
	files := Files{"cifar-10-batches-bin/readme.html": []byte("<html>"), "cifar-10-batches-bin/test_batch.bin": first}
	for i, batch := range batches {
		files[fmt.Sprintf("cifar-10-batches-bin/data_batch_%d.bin", i+1)] = batch
	}
	return files
}

func cifarRecord(label int, c color.NRGBA) []byte {
	record := []byte{byte(label)}
	for _, value := range []byte{c.R, c.G, c.B} {
		record = append(record, bytes.Repeat([]byte{value}, 32*32)...)
	}
	return record
}

// synsets are those of Tiny ImageNet that the set takes, in its order.
var synsets = []string{
	"n04465501", "n01443537", "n04311004", "n04133789", "n04146614",
	"n02823428", "n04486054", "n04356056", "n04398044", "n01641577",
}

func tinyImageNet(t testing.TB) Files {
	files := Files{
		"tiny-imagenet-200/words.txt":                       []byte("n04465501\ttractor\n"),
		"tiny-imagenet-200/val/images/val_0.JPEG":           Picture(t, 999),
		"tiny-imagenet-200/train/n09999999/images/a_0.JPEG": Picture(t, 998),
	}
	for class, synset := range synsets {
		for i := range 22 {
			n := 20*class + i
			if i >= 20 {
				n = 1000 + n
			}
			files[fmt.Sprintf("tiny-imagenet-200/train/%s/images/%s_%d.JPEG", synset, synset, i)] = Picture(t, n)
		}
	}
	return files
}

// articles are gender and type of the products that fashion200 takes, in its order.
var articles = []string{
	"Men,Jeans", "Women,Jeans", "Unisex,Sandals", "Men,Sports Shoes", "Men,Shirts",
	"Men,Tshirts", "Women,Heels", "Women,Flip Flops", "Women,Tshirts", "Women,Shirts",
}

func fashion(t testing.TB) Files {
	files := Files{}
	table := "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n"
	for class, article := range articles {
		gender, kind, _ := bytes.Cut([]byte(article), []byte(","))
		// Ids fall, one has no picture, and what has the highest is not of the set.
		for i := 21; i >= 0; i-- {
			id := 9990 + 30*class + i
			table += fmt.Sprintf("%d,%s,Apparel,Wear,%s,Blue,Summer,2012,Casual,\"Name, with\" a comma\n", id, gender, kind)
			n := 20*class + i
			switch {
			case i == 5:
				continue
			case i > 5:
				n--
			}
			if i == 21 {
				n += 1000
			}
			files[fmt.Sprintf("images/%d.jpg", id)] = Picture(t, n)
		}
	}
	table += "5,Boys,Apparel,Wear,Jeans,Blue\n6,Men\n7,Men,Apparel,Wear,Ties,Blue\n"
	files["styles.csv"] = []byte(table)
	return files
}

// Zip is a zip archive of the files.
func Zip(t testing.TB, files Files) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TarGz is a tar.gz archive of the files, in the reverse of their order.
func TarGz(t testing.TB, files Files) []byte {
	t.Helper()
	var b bytes.Buffer
	packer := gzip.NewWriter(&b)
	w := tar.NewWriter(packer)
	names := slices.Sorted(maps.Keys(files))
	slices.Reverse(names)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(files[name])), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packer.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Folder writes the files into a new folder and returns its path.
func Folder(t testing.TB, files Files) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// File writes an archive into a new file and returns its path.
func File(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
