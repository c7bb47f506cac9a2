package dataset

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"image/jpeg"
	"io/fs"
	"sync"
)

//go:embed stamps
var stampsFiles embed.FS

// Stamps is the embedded set: 204 photographs of single objects in 12 classes,
// in the order of its labels.csv. Every call returns the same set.
func Stamps() *Dataset { return stamps() }

var stamps = sync.OnceValue(func() *Dataset {
	files, err := fs.Sub(stampsFiles, "stamps")
	if err != nil {
		panic(err)
	}
	images, err := labelledImages(files)
	if err != nil {
		panic("dataset: the embedded stamps: " + err.Error())
	}
	return &Dataset{
		Name:        "stamps",
		Title:       "Stamps",
		Description: "204 photographs of single objects on a white ground, in 12 classes",
		Licence:     "GPL-2.0-or-later",
		Source:      "Tux Paint stamps, copyright 2002-2022 Bill Kendrick and the Tux Paint stamp contributors (Debian package tuxpaint-stamps-default 2022.06.04-1)",
		BuiltIn:     true,
		Classes:     ClassesOf(images),
		Images:      images,
		embedded:    files,
	}
})

// labelledImages reads labels.csv (file, class, title, source) and looks at
// every picture it names.
func labelledImages(files fs.FS) ([]Image, error) {
	labels, err := fs.ReadFile(files, "labels.csv")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(labels)).ReadAll()
	if err != nil {
		return nil, err
	}
	images := make([]Image, 0, len(rows)-1)
	for i, row := range rows[1:] {
		content, err := fs.ReadFile(files, row[0])
		if err != nil {
			return nil, err
		}
		header, err := jpeg.DecodeConfig(bytes.NewReader(content))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row[0], err)
		}
		sum := sha256.Sum256(content)
		images = append(images, Image{
			Index: i, File: row[0], Class: row[1], Title: row[2],
			Width: header.Width, Height: header.Height,
			Version: hex.EncodeToString(sum[:8]),
		})
	}
	return images, nil
}
