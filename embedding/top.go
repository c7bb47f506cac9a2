package embedding

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"time"
)

// TopCount is how many pictures are kept for each channel.
const TopCount = 9

const (
	topFormat  = "convnet-top"
	topVersion = 1

	// topPooling stands in the place of the pooling in keys of top pictures,
	// which are those of the feature maps themselves.
	topPooling = "top"

	topDescr    = "[('picture', '<i4'), ('position', '<i4'), ('value', '<f4')]"
	peakBytes   = 12
	topRowBytes = TopCount * peakBytes

	// maxPlaces bounds the rows times the columns of a feature map.
	maxPlaces = 1 << 24
)

// Peak is where a channel is greatest in a picture.
type Peak struct {
	Picture  int // position in the dataset
	Position int // on the feature map, the first of equal ones: y*width + x
	Value    float32
}

// nobody stands where there is no picture: behind all others.
var nobody = Peak{Picture: -1}

// before orders peaks: greater values first, of equal ones the first picture.
func (p Peak) before(other Peak) bool {
	return p.Value > other.Value || p.Value == other.Value && p.Picture < other.Picture
}

// Top is the pictures of a dataset that excite one channel of a layer most.
type Top struct {
	TopShape
	LeftOut int    // pictures that could not be read
	Peaks   []Peak // greatest first, of equal ones the first picture; at most TopCount
}

// TopShape says what top pictures are taken from.
type TopShape struct {
	Pictures int `json:"pictures"` // of the dataset, those left out included
	Height   int `json:"height"`   // of the feature map
	Width    int `json:"width"`
	Channels int `json:"channels"`
}

func (s TopShape) check() error {
	if err := checkShape(s.Pictures, s.Channels); err != nil {
		return err
	}
	if s.Height < 1 || s.Width < 1 || s.Height > maxPlaces/s.Width {
		return fmt.Errorf("feature map %dx%d: out of range", s.Height, s.Width)
	}
	return nil
}

// header is what stands before the peaks in the .npy file.
func (s TopShape) header() []byte { return npyHeader(topDescr, s.Channels, TopCount) }

// size is that of the .npy file.
func (s TopShape) size() int64 { return int64(len(s.header())) + int64(s.Channels)*topRowBytes }

// topManifest describes one whole file of top pictures.
type topManifest struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Key     Key    `json:"key"`
	TopShape
	Bytes   int64     `json:"bytes"` // size of the .npy file
	Created time.Time `json:"created"`
	LeftOut []LeftOut `json:"left_out"` // by ascending row
}

// forTop is the key under which the top pictures of a layer are kept, whatever
// the pooling.
func (k Key) forTop() Key {
	k.Pooling = topPooling
	return k
}

// Top returns the pictures that excite a channel of a layer most; the pooling
// of the key does not matter. Errors wrap ErrNotFound where there is no whole
// and sound file of them.
func (s *Store) Top(key Key, channel int) (Top, error) {
	key = key.forTop()
	path, err := s.path(key)
	if err != nil {
		return Top{}, err
	}
	top, err := loadTop(path, key, channel)
	if err == nil {
		return top, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotFound
	} else {
		err = fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return Top{}, fmt.Errorf("dataset %s: top pictures of layer %s of %s: %w", key.Dataset, key.Layer, key.Model, err)
}

func loadTop(path string, key Key, channel int) (Top, error) {
	manifest, err := os.Open(path + manifestSuffix)
	if err != nil {
		return Top{}, err
	}
	defer manifest.Close()
	m, err := decodeTopManifest(manifest)
	if err != nil {
		return Top{}, fmt.Errorf("%s: damaged manifest: %w", path+manifestSuffix, err)
	}
	if m.Key != key {
		return Top{}, fmt.Errorf("%s: belongs to another key", path+manifestSuffix)
	}
	if channel < 0 || channel >= m.Channels {
		return Top{}, fmt.Errorf("channel %d: there are 0 to %d", channel, m.Channels-1)
	}
	f, err := os.Open(path + npySuffix)
	if err != nil {
		return Top{}, err
	}
	defer f.Close()
	top, err := m.read(f, channel)
	if err != nil {
		return Top{}, fmt.Errorf("%s: damaged: %w", path+npySuffix, err)
	}
	return top, nil
}

// decodeTopManifest reads one manifest of at most maxManifest bytes and checks
// that it agrees with itself.
func decodeTopManifest(r io.Reader) (topManifest, error) {
	var m topManifest
	content, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err != nil {
		return m, err
	}
	if len(content) > maxManifest {
		return m, fmt.Errorf("larger than %d MB", maxManifest>>20)
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return m, err
	}
	return m, m.check()
}

func (m *topManifest) check() error {
	if m.Format != topFormat || m.Version != topVersion {
		return fmt.Errorf("is %.40q version %d, expected %q version %d", m.Format, m.Version, topFormat, topVersion)
	}
	if err := m.TopShape.check(); err != nil {
		return err
	}
	if want := m.size(); m.Bytes != want {
		return fmt.Errorf("claims %d bytes, %d channels are %d", m.Bytes, m.Channels, want)
	}
	return checkLeftOut(m.LeftOut, m.Pictures)
}

// read takes one of the channels out of a .npy file, and checks all of them:
// the file is whole for every channel or for none.
func (m *topManifest) read(r io.Reader, channel int) (Top, error) {
	content := bufio.NewReader(r)
	header := make([]byte, len(m.header()))
	if _, err := io.ReadFull(content, header); err != nil {
		return Top{}, err
	}
	if !bytes.Equal(header, m.header()) {
		return Top{}, fmt.Errorf("the header is not that of %d channels", m.Channels)
	}
	top := Top{TopShape: m.TopShape, LeftOut: len(m.LeftOut)}
	row, peaks := make([]byte, topRowBytes), make([]Peak, 0, TopCount)
	for c := range m.Channels {
		if _, err := io.ReadFull(content, row); err != nil {
			return Top{}, fmt.Errorf("channel %d: %w", c, err)
		}
		var err error
		if peaks, err = m.peaks(peaks[:0], row); err != nil {
			return Top{}, fmt.Errorf("channel %d: %w", c, err)
		}
		if c == channel {
			top.Peaks = slices.Clone(peaks)
		}
	}
	if _, err := content.ReadByte(); err != io.EOF {
		return Top{}, fmt.Errorf("more than %d bytes", m.Bytes)
	}
	return top, nil
}

// peaks appends those of a channel's row to dst: those that are not there have
// picture -1 and stand at the end.
func (s TopShape) peaks(dst []Peak, row []byte) ([]Peak, error) {
	for i := range TopCount {
		p := decodePeak(row[i*peakBytes:])
		if p == nobody {
			continue
		}
		if err := s.checkPeak(p); err != nil {
			return nil, err
		}
		if len(dst) != i || i > 0 && !dst[i-1].before(p) {
			return nil, fmt.Errorf("peak %d is out of order", i)
		}
		dst = append(dst, p)
	}
	return dst, nil
}

func (s TopShape) checkPeak(p Peak) error {
	if p.Picture < 0 || p.Picture >= s.Pictures || p.Position < 0 || p.Position >= s.Height*s.Width || p.Value-p.Value != 0 {
		return fmt.Errorf("picture %d, position %d, value %v: out of range", p.Picture, p.Position, p.Value)
	}
	return nil
}

func encodePeak(b []byte, p Peak) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(p.Picture)))
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(p.Position)))
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(p.Value))
}

func decodePeak(b []byte) Peak {
	return Peak{
		Picture:  int(int32(binary.LittleEndian.Uint32(b))),
		Position: int(int32(binary.LittleEndian.Uint32(b[4:]))),
		Value:    math.Float32frombits(binary.LittleEndian.Uint32(b[8:])),
	}
}
