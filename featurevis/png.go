package featurevis

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"

	"github.com/convnetplayground/convnet/preprocess"
)

// recipeKeyword names the text chunk of a PNG that holds the recipe.
const recipeKeyword = "convnet recipe"

// The layout of a PNG (ISO/IEC 15948): eight bytes, then chunks of length,
// kind, data and checksum, the first of which has 13 bytes of data.
const (
	pngSignature  = "\x89PNG\r\n\x1a\n"
	chunkOverhead = 12
	firstChunkEnd = len(pngSignature) + chunkOverhead + 13
	// maxText is more than any recipe needs.
	maxText = 1 << 16
)

// EncodePNG writes a picture with its recipe in a text chunk.
func EncodePNG(w io.Writer, im *preprocess.Image, r Recipe) error {
	rgba := image.NewRGBA(image.Rect(0, 0, im.Width, im.Height))
	for i, j := 0, 0; i < len(im.Pix); i, j = i+3, j+4 {
		copy(rgba.Pix[j:j+3], im.Pix[i:i+3])
		rgba.Pix[j+3] = 255
	}
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&file, rgba); err != nil {
		return fmt.Errorf("encode PNG: %w", err)
	}
	text := append([]byte("tEXt"+recipeKeyword+"\x00"), r.String()...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-4))
	chunk = append(chunk, text...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(text))
	for _, part := range [][]byte{file.Bytes()[:firstChunkEnd], chunk, file.Bytes()[firstChunkEnd:]} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// ErrNoRecipe means that a file is no PNG, or one without a recipe.
var ErrNoRecipe = errors.New("no PNG with a recipe")

// ReadRecipe finds the recipe in a PNG that EncodePNG wrote, and checks that
// the file is whole.
func ReadRecipe(file io.Reader) (Recipe, error) {
	r := pngReader{file: file}
	var head [len(pngSignature)]byte
	if r.read(head[:]); string(head[:]) != pngSignature {
		return Recipe{}, ErrNoRecipe
	}
	var recipe Recipe
	found := false
	for r.err == nil {
		kind, data := r.chunk()
		text, ok := bytes.CutPrefix(data, []byte(recipeKeyword+"\x00"))
		switch {
		case r.err != nil:
		case kind == "IEND" && found:
			return recipe, nil
		case kind == "tEXt" && ok:
			recipe, r.err = ParseRecipe(string(text))
			found = true
		}
	}
	return Recipe{}, fmt.Errorf("%w: %w", ErrNoRecipe, r.err)
}

// pngReader reads chunks. It keeps its first error.
type pngReader struct {
	file io.Reader
	err  error
}

func (r *pngReader) read(dst []byte) {
	if r.err == nil {
		_, r.err = io.ReadFull(r.file, dst)
	}
}

// chunk reads the next chunk, and checks its sum. Data is that of text alone.
func (r *pngReader) chunk() (kind string, data []byte) {
	var head, sum [8]byte
	r.read(head[:])
	length := binary.BigEndian.Uint32(head[:4])
	kind = string(head[4:])
	crc := crc32.NewIEEE()
	crc.Write(head[4:])
	var text bytes.Buffer
	to := io.Writer(crc)
	if kind == "tEXt" && length <= maxText {
		to = io.MultiWriter(crc, &text)
	}
	if r.err == nil {
		_, r.err = io.CopyN(to, r.file, int64(length))
	}
	r.read(sum[:4])
	if r.err == nil && binary.BigEndian.Uint32(sum[:4]) != crc.Sum32() {
		r.err = errors.New("a chunk is damaged")
	}
	return kind, text.Bytes()
}
