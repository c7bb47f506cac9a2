package featurevis

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// ErrState means that a state is damaged or belongs to another recipe.
var ErrState = errors.New("state of a rendering cannot be used")

// The layout of a state, little-endian: stateMagic, the SHA-256 of the recipe,
// steps and starts as uint32, then parameters and both moments as float32, and
// the CRC-32 of all before it.
const (
	stateMagic  = "CNVRNDR1"
	stateHeader = len(stateMagic) + sha256.Size + 4 + 4
)

// State is all that Restore needs to go on from here: 12 bytes per parameter.
func (p *Render) State() []byte {
	state := make([]byte, 0, p.stateSize())
	sum := sha256.Sum256([]byte(p.recipe.String()))
	state = append(state, stateMagic...)
	state = append(state, sum[:]...)
	state = binary.LittleEndian.AppendUint32(state, uint32(p.step))
	state = binary.LittleEndian.AppendUint32(state, uint32(p.starts))
	for _, values := range p.moving() {
		for _, v := range values {
			state = binary.LittleEndian.AppendUint32(state, math.Float32bits(v))
		}
	}
	return binary.LittleEndian.AppendUint32(state, crc32.ChecksumIEEE(state))
}

// Restore takes up a state of the same recipe: what is rendered from there on
// is, to the byte, what a rendering in one go gives. The error wraps ErrState;
// the rendering is then as it was.
func (p *Render) Restore(state []byte) error {
	if len(state) != p.stateSize() || string(state[:len(stateMagic)]) != stateMagic {
		return fmt.Errorf("%w: %d bytes, want %d", ErrState, len(state), p.stateSize())
	}
	body, sum := state[:len(state)-4], binary.LittleEndian.Uint32(state[len(state)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return fmt.Errorf("%w: its checksum is wrong", ErrState)
	}
	recipe := sha256.Sum256([]byte(p.recipe.String()))
	if string(state[len(stateMagic):][:sha256.Size]) != string(recipe[:]) {
		return fmt.Errorf("%w: it is of another recipe", ErrState)
	}
	numbers := body[len(stateMagic)+sha256.Size:]
	step, starts := binary.LittleEndian.Uint32(numbers), binary.LittleEndian.Uint32(numbers[4:])
	values := numbers[8:]
	if step > uint32(p.recipe.Steps) || starts >= maxStarts || !allFinite(values) {
		return fmt.Errorf("%w: %d steps of %d, start %d, or values that are not finite", ErrState, step, p.recipe.Steps, starts)
	}
	p.step, p.starts = int(step), int(starts)
	for _, to := range p.moving() {
		for i := range to {
			to[i] = math.Float32frombits(binary.LittleEndian.Uint32(values))
			values = values[4:]
		}
	}
	return nil
}

// moving are the values that steps change.
func (p *Render) moving() [3][]float32 {
	return [3][]float32{p.parameters, p.climber.first, p.climber.second}
}

func (p *Render) stateSize() int { return stateHeader + 3*4*len(p.parameters) + 4 }

// allFinite tells that no float32 among the bytes is infinite or not a number.
func allFinite(values []byte) bool {
	const exponent = 0x7f800000
	for ; len(values) >= 4; values = values[4:] {
		if binary.LittleEndian.Uint32(values)&exponent == exponent {
			return false
		}
	}
	return true
}
