package playground

import (
	"encoding/binary"
	"math"

	"github.com/convnetplayground/convnet/umap"
)

// place is where one picture of a dataset lies on a map.
type place struct {
	picture int32
	umap.Point
}

// placeBytes is the size of a place as it is kept: picture, X and Y,
// little-endian.
const placeBytes = 12

func writePlaces(places []place) []byte {
	b := make([]byte, 0, placeBytes*len(places))
	for _, p := range places {
		b = binary.LittleEndian.AppendUint32(b, uint32(p.picture))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(p.X))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(p.Y))
	}
	return b
}

func readPlaces(b []byte) []place {
	places := make([]place, len(b)/placeBytes)
	for i := range places {
		row := b[i*placeBytes:]
		places[i] = place{
			picture: int32(binary.LittleEndian.Uint32(row)),
			Point: umap.Point{
				X: math.Float32frombits(binary.LittleEndian.Uint32(row[4:])),
				Y: math.Float32frombits(binary.LittleEndian.Uint32(row[8:])),
			},
		}
	}
	return places
}
