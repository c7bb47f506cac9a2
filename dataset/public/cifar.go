package public

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"

	"github.com/convnetplayground/convnet/dataset/archive"
)

// cifarClasses are the classes of CIFAR-10 by their number. The first
// playground showed the bare numbers.
var cifarClasses = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

// cifarOrder is the class of every picture as the first playground published
// it. The rule below gives the same.
func cifarOrder() []string {
	const numbers = "9147729993264366263409134037335227111220957922524311821149785967319031354577479423801611418396618529" +
		"9817700691229266195047671828336249954367468554384760953827534570475506087882535066605850880088844000"
	var order []string
	for _, n := range numbers {
		order = append(order, cifarClasses[n-'0'])
	}
	return order
}

// Sizes of the binary version of CIFAR-10: a record is a label and 32 x 32
// pixels, first all red values, then all green, then all blue ones.
const (
	cifarSide   = 32
	cifarPlane  = cifarSide * cifarSide
	cifarRecord = 1 + 3*cifarPlane
)

var batchName = regexp.MustCompile(`^data_batch_([1-9][0-9]?)(\.bin)?$`)

// batches is the layout of CIFAR-10's binary version. The set is what the first
// playground's script took: it went through the training set in order, batch
// after batch, passed over the very first picture of each class, and took the
// next twenty of each as they came. So the classes are interleaved.
type batches struct {
	read   map[int][]record // by the number of the batch
	python bool             // batches of the Python version are there
}

type record struct {
	class  int
	pixels []byte
}

func newBatches() layout { return &batches{read: map[int][]record{}} }

func (b *batches) see(f *archive.File) error {
	match := batchName.FindStringSubmatch(path.Base(f.Name))
	if match == nil {
		return nil
	}
	if match[2] == "" {
		b.python = true
		return nil
	}
	number, err := strconv.Atoi(match[1])
	if err != nil {
		return err
	}
	if b.read[number] != nil {
		return fmt.Errorf("%w: there is another batch %d", ErrContent, number)
	}
	b.read[number], err = readBatch(f, f.Size)
	return err
}

// readBatch keeps the first records of each class: no more can be of the set,
// whatever the other batches hold.
func readBatch(batch io.Reader, size int64) ([]record, error) {
	if size == 0 || size%cifarRecord != 0 {
		return nil, fmt.Errorf("%w: its %d bytes are not whole records of %d", ErrContent, size, cifarRecord)
	}
	var kept []record
	have := make([]int, len(cifarClasses))
	buffer := make([]byte, cifarRecord)
	for i := 0; ; i++ {
		_, err := io.ReadFull(batch, buffer)
		if errors.Is(err, io.EOF) {
			return kept, nil
		}
		if err != nil {
			return nil, err
		}
		class := int(buffer[0])
		if class >= len(cifarClasses) {
			return nil, fmt.Errorf("%w: record %d has label %d, the labels are 0 to %d", ErrContent, i, class, len(cifarClasses)-1)
		}
		if have[class]++; have[class] <= 1+perClass {
			kept = append(kept, record{class, bytes.Clone(buffer[1:])})
		}
	}
}

func (b *batches) found() bool { return b.python || len(b.read) > 0 }

func (b *batches) choose() ([]picture, error) {
	if len(b.read) == 0 {
		return nil, fmt.Errorf("%w: it is the Python version, the binary one is needed: cifar-10-binary.tar.gz", ErrOther)
	}
	if b.read[1] == nil {
		return nil, fmt.Errorf("%w: it has no data_batch_1.bin", ErrMissing)
	}
	var pictures []picture
	have := make([]int, len(cifarClasses))
	for _, number := range slices.Sorted(maps.Keys(b.read)) {
		for _, r := range b.read[number] {
			have[r.class]++
			if have[r.class] == 1 || have[r.class] > 1+perClass {
				continue
			}
			png, err := encodeCIFAR(r.pixels)
			if err != nil {
				return nil, err
			}
			pictures = append(pictures, picture{class: cifarClasses[r.class], png: png})
		}
	}
	for class, n := range have {
		if n == 0 {
			return nil, fmt.Errorf("%w: it has no class %d (%s)", ErrMissing, class, cifarClasses[class])
		}
		if n < 1+perClass {
			return nil, tooFew(cifarClasses[class], n, 1+perClass)
		}
	}
	return pictures, nil
}

// encodeCIFAR makes a PNG of planes of red, green and blue.
func encodeCIFAR(planes []byte) ([]byte, error) {
	im := image.NewNRGBA(image.Rect(0, 0, cifarSide, cifarSide))
	for i := range cifarPlane {
		im.Pix[4*i], im.Pix[4*i+1], im.Pix[4*i+2], im.Pix[4*i+3] = planes[i], planes[cifarPlane+i], planes[2*cifarPlane+i], 255
	}
	var b bytes.Buffer
	err := png.Encode(&b, im)
	return b.Bytes(), err
}
