package featurevis

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/convnetplayground/convnet/preprocess"
)

func TestARecipeIsOneLineOfASCII(t *testing.T) {
	r := Default(17)
	r.Model, r.Weights, r.Layer, r.Seed = "efficientnet-lite0", "92ab", "block4c_ädd", math.MaxUint64
	const want = `{"version":1,"model":"efficientnet-lite0","weights":"92ab","layer":"block4c_\u00e4dd","objective":"channel",` +
		`"channels":[17],"blend":0.5,"negative":false,"size":128,"steps":512,"seed":18446744073709551615,"pictures":1,"diversity":2,` +
		`"parameters":"fourier","transforms":"standard","decay":1,"rate":0.05,"deviation":0.01}`
	if r.String() != want {
		t.Errorf("got  %s\nwant %s", r, want)
	}
	if hash := r.Hash(); len(hash) != 64 {
		t.Errorf("hash %q", hash)
	}
}

func TestRecipesAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Default(rapid.Int().Draw(t, "channel"))
		r.Model, r.Layer = rapid.String().Draw(t, "model"), rapid.String().Draw(t, "layer")
		r.Seed, r.Blend = rapid.Uint64().Draw(t, "seed"), rapid.Float64().Draw(t, "blend")
		got, err := ParseRecipe(r.String())
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != r.String() || got.Hash() != r.Hash() {
			t.Fatalf("%s became %s", r, got)
		}
		r.Seed++
		if got.Hash() == r.Hash() {
			t.Fatal("another seed has the same hash")
		}
	})
}

func encoded(t testing.TB, r Recipe) []byte {
	t.Helper()
	im := &preprocess.Image{Width: 5, Height: 4, Pix: make([]uint8, 5*4*3)}
	for i := range im.Pix {
		im.Pix[i] = uint8(i * 4)
	}
	var file bytes.Buffer
	if err := EncodePNG(&file, im, r); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestAPNGHoldsItsRecipe(t *testing.T) {
	r := Default(3)
	r.Layer = "top_activation"
	file := encoded(t, r)
	got, err := ReadRecipe(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, got); diff != "" {
		t.Error(diff)
	}
	im, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if red, _, blue, _ := im.At(1, 0).RGBA(); im.Bounds().Dx() != 5 || im.Bounds().Dy() != 4 || red>>8 != 12 || blue>>8 != 20 {
		t.Errorf("%v with %d, %d", im.Bounds(), red>>8, blue>>8)
	}
}

func TestFilesWithoutARecipeSaySo(t *testing.T) {
	whole := encoded(t, Default(3))
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-20] ^= 1
	for name, file := range map[string][]byte{
		"empty":        nil,
		"a JPEG":       []byte("\xff\xd8\xff\xe0 and more of it"),
		"cut":          whole[:len(whole)-1],
		"damaged":      damaged,
		"text in it":   bytes.Replace(whole, []byte(`{"version"`), []byte(`["version"`), 1),
		"no text":      bytes.Replace(whole, []byte("tEXt"), []byte("tExt"), 1),
		"endless size": append(bytes.Clone(whole[:33]), "\xff\xff\xff\xfftEXt"...),
	} {
		if r, err := ReadRecipe(bytes.NewReader(file)); !errors.Is(err, ErrNoRecipe) {
			t.Errorf("%s: recipe %s, error %v", name, r, err)
		}
	}
}

func FuzzReadRecipe(f *testing.F) {
	f.Add(encoded(f, Default(3)))
	f.Add([]byte(pngSignature))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := ReadRecipe(bytes.NewReader(file))
		if err != nil && !errors.Is(err, ErrNoRecipe) {
			t.Errorf("error %v", err)
		}
		if err == nil && !strings.HasPrefix(r.String(), "{") {
			t.Errorf("recipe %s", r)
		}
	})
}

func TestAStateThatDoesNotFitIsRefused(t *testing.T) {
	m := lite0(t)
	p := begin(t, m, recipe(3), nil)
	steps(t, p, 2)
	state := p.State()
	other := recipe(4)
	elsewhere := begin(t, m, other, nil)
	damaged := bytes.Clone(state)
	damaged[len(damaged)/2] ^= 1
	before := elsewhere.State()
	for name, tt := range map[string]struct {
		to    *Render
		state []byte
	}{
		"of another recipe": {elsewhere, state},
		"damaged":           {p, damaged},
		"cut":               {p, state[:len(state)-4]},
		"empty":             {p, nil},
	} {
		if err := tt.to.Restore(tt.state); !errors.Is(err, ErrState) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if !bytes.Equal(p.State(), state) || !bytes.Equal(elsewhere.State(), before) {
		t.Error("a refused state left something behind")
	}
}

// FuzzRestore changes states whose checksum is right.
func FuzzRestore(f *testing.F) {
	r := recipe(3)
	r.Size, r.Layer = 32, "stem_conv"
	p := begin(f, lite0(f), r, nil)
	whole := p.State()
	f.Add(uint32(0), uint32(0), uint16(0), uint32(0x7f800001), 0)
	f.Add(uint32(21), uint32(6), uint16(9), uint32(0), 3)
	f.Add(uint32(math.MaxUint32), uint32(math.MaxUint32), uint16(9), uint32(0), -5)
	f.Fuzz(func(t *testing.T, step, starts uint32, at uint16, bits uint32, longer int) {
		state := bytes.Clone(whole)
		numbers := state[len(stateMagic)+sha256.Size:]
		binary.LittleEndian.PutUint32(numbers, step)
		binary.LittleEndian.PutUint32(numbers[4:], starts)
		binary.LittleEndian.PutUint32(numbers[8+int(at)%(3*len(p.parameters))*4:], bits)
		body := state[:len(state)-4]
		if longer %= 64; longer < 0 {
			body = body[:len(body)+longer]
		}
		body = append(body, make([]byte, max(longer, 0))...)
		err := p.Restore(binary.LittleEndian.AppendUint32(body, crc32.ChecksumIEEE(body)))
		if err != nil && !errors.Is(err, ErrState) {
			t.Fatalf("error %v", err)
		}
		if p.step > r.Steps || p.starts >= maxStarts || !allFinite(p.State()[stateHeader:][:12*len(p.parameters)]) {
			t.Fatalf("%d steps, start %d of a state that was taken", p.step, p.starts)
		}
	})
}
