package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/convnetplayground/convnet/tensor"
)

// Entry is one tensor to write and the type to store it as.
type Entry struct {
	Name   string
	DType  DType
	Tensor tensor.Tensor
}

// Write writes the tensors in the given order. Types other than F16, BF16, F32 and
// F64, names that repeat and data that does not fill its shape are errors, found
// before anything is written.
func Write(w io.Writer, entries []Entry) error {
	header, err := header(entries)
	if err != nil {
		return err
	}
	head := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	if _, err := w.Write(head); err != nil {
		return fmt.Errorf("safetensors: write header: %w", err)
	}
	for _, e := range entries {
		data := make([]byte, 0, int64(len(e.Tensor.Data))*widths[e.DType])
		for _, v := range e.Tensor.Data {
			data = encoders[e.DType](data, v)
		}
		if _, err := w.Write(data); err != nil {
			return fmt.Errorf("safetensors: write tensor %q: %w", e.Name, err)
		}
	}
	return nil
}

// header is the JSON text, padded so that the data starts on a multiple of 64.
func header(entries []Entry) ([]byte, error) {
	type field struct {
		DType   DType        `json:"dtype"`
		Shape   tensor.Shape `json:"shape"`
		Offsets [2]int64     `json:"data_offsets"`
	}
	fields := map[string]field{}
	at := int64(0)
	for _, e := range entries {
		if _, ok := encoders[e.DType]; !ok {
			return nil, fmt.Errorf("safetensors: tensor %q: cannot store as %q", e.Name, e.DType)
		}
		if len(e.Tensor.Data) != e.Tensor.Shape.Elements() {
			return nil, fmt.Errorf("safetensors: tensor %q: %d values for shape %v", e.Name, len(e.Tensor.Data), e.Tensor.Shape)
		}
		if _, ok := fields[e.Name]; ok || e.Name == "__metadata__" {
			return nil, fmt.Errorf("safetensors: tensor %q: the name is taken", e.Name)
		}
		end := at + int64(len(e.Tensor.Data))*widths[e.DType]
		shape := append(tensor.Shape{}, e.Tensor.Shape...) // a scalar's shape is [], not null
		fields[e.Name] = field{e.DType, shape, [2]int64{at, end}}
		at = end
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("safetensors: header: %w", err)
	}
	for (8+len(text))%64 != 0 {
		text = append(text, ' ')
	}
	return text, nil
}
