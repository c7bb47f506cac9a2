package public

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/dataset/archive"
)

// tinySynsets are the synsets of Tiny ImageNet that stand for the set's classes.
// Which ones the first playground took is not known. Where several fit, this is
// the one whose name comes closest; for faces, of which Tiny ImageNet has no
// class, the one whose pictures mostly show some.
var tinySynsets = []struct{ class, synset string }{
	{"tractor", "n04465501"},
	{"goldfish", "n01443537"},
	{"bridge", "n04311004"},  // steel arch bridge
	{"sandals", "n04133789"}, // sandal
	{"bus", "n04146614"},     // school bus
	{"bottles", "n02823428"}, // beer bottle
	{"arch", "n04486054"},    // triumphal arch
	{"faces", "n04356056"},   // sunglasses
	{"teapot", "n04398044"},
	{"frogs", "n01641577"}, // bullfrog
}

// synsets is the layout of Tiny ImageNet: pictures in train/<synset>/images, of
// which the set takes the first twenty of each class in natural order.
type synsets struct{ files map[string][]string }

func newSynsets() layout { return &synsets{files: map[string][]string{}} }

func (s *synsets) see(f *archive.File) error {
	if extension(f.Name) == "" {
		return nil
	}
	folders := strings.Split(path.Dir(f.Name), "/")
	if slices.Contains(folders, "val") {
		return nil
	}
	for _, t := range tinySynsets {
		if slices.Contains(folders, t.synset) {
			s.files[t.synset] = append(s.files[t.synset], f.Name)
		}
	}
	return nil
}

func (s *synsets) found() bool { return len(s.files) > 0 }

func (s *synsets) choose() ([]picture, error) {
	var pictures []picture
	for _, t := range tinySynsets {
		files := s.files[t.synset]
		switch {
		case len(files) == 0:
			return nil, fmt.Errorf("%w: it has no class %s (%s)", ErrMissing, t.synset, t.class)
		case len(files) < perClass:
			return nil, tooFew(t.class, len(files), perClass)
		}
		slices.SortFunc(files, dataset.NaturalCompare)
		for _, file := range files[:perClass] {
			pictures = append(pictures, picture{class: t.class, file: file})
		}
	}
	return pictures, nil
}
