package public

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func FuzzReadBatch(f *testing.F) {
	f.Add(bytes.Repeat([]byte{3}, 2*cifarRecord))
	f.Add(make([]byte, 30*cifarRecord))
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, content []byte) {
		records, err := readBatch(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			if !errors.Is(err, ErrContent) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		have := make([]int, len(cifarClasses))
		for _, r := range records {
			have[r.class]++
			if len(r.pixels) != 3*cifarPlane || have[r.class] > 1+perClass {
				t.Errorf("%d pixels, the %dth of class %d", len(r.pixels), have[r.class], r.class)
			}
		}
	})
}

func FuzzReadProducts(f *testing.F) {
	const header = "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n"
	f.Add(header + "15970,Men,Apparel,Topwear,Shirts,Navy Blue,Fall,2011,Casual,Turtle Check Men, Navy \"Blue\" Shirt\r\n")
	f.Add("\ufeffgender,articleType,id\nWomen,Heels,7\nWomen,Heels\n,,,,\n")
	f.Add("id\n1")
	f.Fuzz(func(t *testing.T, content string) {
		ids, err := readProducts(strings.NewReader(content))
		if err != nil {
			if !errors.Is(err, ErrContent) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		known := Find("fashion200").Classes()
		for class, list := range ids {
			if !slices.Contains(known, class) || len(list) > strings.Count(content, "\n") {
				t.Errorf("%d ids of class %q", len(list), class)
			}
		}
	})
}

func FuzzParseLabels(f *testing.F) {
	f.Add([]byte(`[{"0":"9"},{"1":"airplane"}]`))
	f.Add([]byte(`[{"-1":"0"},null,{}]`))
	var whole []map[string]string
	for i := range Pictures {
		whole = append(whole, map[string]string{strconv.Itoa(i): "3"})
	}
	text, err := json.Marshal(whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	n := newNumbered(Find("cifar10"))
	f.Fuzz(func(t *testing.T, text []byte) {
		classes, err := n.parseLabels(text)
		if err == nil && (len(classes) != Pictures || slices.Contains(classes, "")) {
			t.Errorf("%d classes %q", len(classes), classes)
		}
	})
}
