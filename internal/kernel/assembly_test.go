//go:build amd64 && !noasm

package kernel

import (
	"os"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// TestAssemblyIsTaken asks a second source what the processor has.
func TestAssemblyIsTaken(t *testing.T) {
	has := map[Level]bool{
		Generic: true,
		AVX2:    cpu.X86.HasAVX2 && cpu.X86.HasFMA,
		AVX512:  cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL,
	}
	for _, level := range Levels() {
		set, err := For(level)
		if has[level] != (err == nil) {
			t.Errorf("level %s: the processor has it: %v, error %v", level, has[level], err)
		}
		if err == nil && level != Generic {
			for field, function := range functions(set) {
				if want := strings.ToUpper(string(level)); !strings.HasSuffix(function, want) {
					t.Errorf("level %s: %s is %s, want one of %s", level, field, function, want)
				}
			}
		}
	}
}

// functions names the functions in a set by field.
func functions(set *Set) map[string]string {
	names := map[string]string{}
	name := func(v reflect.Value) string { return runtime.FuncForPC(v.Pointer()).Name() }
	v := reflect.ValueOf(set).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i).Name
		switch f := v.Field(i); {
		case field == "tiles":
			for p := range f.Len() {
				names["tile "+string(rune('0'+p))] = name(f.Index(p))
			}
		case f.Kind() == reflect.Func:
			names[field] = name(f)
		}
	}
	return names
}

func TestPanelsHaveTiles(t *testing.T) {
	for _, set := range []*Set{&generic, &avx2, &avx512} {
		if len(set.Panels) != len(set.tiles) {
			t.Errorf("level %s: %d panels, %d tiles", set.Level, len(set.Panels), len(set.tiles))
		}
	}
}

// The assembly has these offsets from the time when it was generated.
func TestFieldsLieWhereAssemblyReadsThem(t *testing.T) {
	var tile Tile
	var depthwise DepthwiseTile
	for name, offsets := range map[string][2]uintptr{
		"Tile.Input":             {unsafe.Offsetof(tile.Input), 0},
		"Tile.Offsets":           {unsafe.Offsetof(tile.Offsets), 8},
		"Tile.Taps":              {unsafe.Offsetof(tile.Taps), 16},
		"Tile.Depth":             {unsafe.Offsetof(tile.Depth), 24},
		"Tile.Panel":             {unsafe.Offsetof(tile.Panel), 32},
		"Tile.Output":            {unsafe.Offsetof(tile.Output), 40},
		"Tile.Stride":            {unsafe.Offsetof(tile.Stride), 48},
		"Tile.Rows":              {unsafe.Offsetof(tile.Rows), 56},
		"Tile.Channels":          {unsafe.Offsetof(tile.Channels), 64},
		"Tile.Lo":                {unsafe.Offsetof(tile.Lo), 72},
		"Tile.Hi":                {unsafe.Offsetof(tile.Hi), 76},
		"DepthwiseTile.Input":    {unsafe.Offsetof(depthwise.Input), 0},
		"DepthwiseTile.Offsets":  {unsafe.Offsetof(depthwise.Offsets), 8},
		"DepthwiseTile.Taps":     {unsafe.Offsetof(depthwise.Taps), 16},
		"DepthwiseTile.Weights":  {unsafe.Offsetof(depthwise.Weights), 24},
		"DepthwiseTile.Output":   {unsafe.Offsetof(depthwise.Output), 32},
		"DepthwiseTile.Stride":   {unsafe.Offsetof(depthwise.Stride), 40},
		"DepthwiseTile.Rows":     {unsafe.Offsetof(depthwise.Rows), 48},
		"DepthwiseTile.Channels": {unsafe.Offsetof(depthwise.Channels), 56},
		"DepthwiseTile.Lo":       {unsafe.Offsetof(depthwise.Lo), 64},
		"DepthwiseTile.Hi":       {unsafe.Offsetof(depthwise.Hi), 68},
	} {
		if offsets[0] != offsets[1] {
			t.Errorf("%s is at %d, the assembly reads %d: run go generate", name, offsets[0], offsets[1])
		}
	}
}

// TestAVX2NeedsNothingNewer reads the assembly: the assembler takes registers
// 16 to 31 for an instruction of AVX-512 without a word.
func TestAVX2NeedsNothingNewer(t *testing.T) {
	source, err := os.ReadFile("kernels_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	newer := regexp.MustCompile(`\b([XY](1[6-9]|2\d|3[01])|Z\d+|K\d)\b|AVX512`)
	checked := 0
	for _, function := range strings.Split(string(source), "\n// func ")[1:] {
		name, body, _ := strings.Cut(function, "(")
		if !strings.HasSuffix(name, "AVX2") {
			continue
		}
		checked++
		if found := newer.FindString(body); found != "" {
			t.Errorf("%s uses %s", name, found)
		}
	}
	if checked == 0 {
		t.Error("no function found")
	}
}
