package embedding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"regexp"
)

// Key says what a matrix was made of. Equal keys, equal matrices.
type Key struct {
	Dataset       string `json:"dataset"`
	Fingerprint   string `json:"fingerprint"` // of the dataset's content
	Model         string `json:"model"`
	Weights       string `json:"weights"` // hash of the weights
	Layer         string `json:"layer"`
	Pooling       string `json:"pooling"`
	Preprocessing string `json:"preprocessing"`
}

// Names of the files of one matrix: the path of its key and a suffix.
const (
	npySuffix      = ".npy"
	manifestSuffix = ".json"
	partialSuffix  = ".npy.partial"
	journalSuffix  = ".journal.partial"
	lockSuffix     = ".lock"
)

// digest is the part of a file name that tells keys apart: 12 hexadecimal digits.
func (k Key) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q %q %q %q", k.Dataset, k.Fingerprint, k.Model, k.Weights, k.Layer, k.Pooling, k.Preprocessing)
	return hex.EncodeToString(h.Sum(nil)[:6])
}

func (k Key) compare(other Key) int {
	return cmp.Or(
		cmp.Compare(k.Dataset, other.Dataset),
		cmp.Compare(k.Model, other.Model),
		cmp.Compare(k.Layer, other.Layer),
		cmp.Compare(k.Pooling, other.Pooling),
		cmp.Compare(k.digest(), other.digest()),
	)
}

var partPattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)

// checkPart refuses a part of a key that must not stand in a path.
func checkPart(what, value string) error {
	if partPattern.MatchString(value) {
		return nil
	}
	return fmt.Errorf("embedding key: %s %.80q: not usable in a file name", what, value)
}

// path is where the files of key lie, without a suffix.
func (s *Store) path(k Key) (string, error) {
	for _, part := range []struct{ what, value string }{
		{"dataset", k.Dataset}, {"model", k.Model}, {"layer", k.Layer}, {"pooling", k.Pooling},
	} {
		if err := checkPart(part.what, part.value); err != nil {
			return "", err
		}
	}
	name := k.Layer + "." + k.Pooling + "." + k.digest()
	return filepath.Join(s.dir, k.Dataset, k.Model, name), nil
}
