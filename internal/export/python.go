package export

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// rounded is str(round(x, 3)) of Python, without its exponents: three decimals
// at most, and at least one.
func rounded(x float64) string {
	text := strings.TrimRight(strconv.FormatFloat(x, 'f', 3, 64), "0")
	if strings.HasSuffix(text, ".") {
		text += "0"
	}
	return text
}

// decimals is a JSON number of ten decimals.
func decimals(x float32) json.Number {
	return json.Number(strconv.FormatFloat(float64(x), 'f', 10, 64))
}

// object is a JSON object whose members stay in their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// numbered is an object of the values by their positions.
func numbered[T any](values []T) object {
	o := make(object, len(values))
	for i, v := range values {
		o[i] = member{strconv.Itoa(i), v}
	}
	return o
}
