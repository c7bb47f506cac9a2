package kernel_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/convnetplayground/convnet/internal/kernel"
	"github.com/convnetplayground/convnet/internal/kernel/kerneltest"
)

// sets are the kernels of all levels of this machine and build.
func sets() []*kernel.Set {
	var sets []*kernel.Set
	for _, level := range kernel.Levels() {
		if set, err := kernel.For(level); err == nil {
			sets = append(sets, set)
		}
	}
	return sets
}

func TestKernels(t *testing.T) {
	for _, set := range sets() {
		t.Run(string(set.Level), func(t *testing.T) { kerneltest.Run(t, set) })
	}
}

func FuzzTile(f *testing.F)      { kerneltest.FuzzTile(f, sets()) }
func FuzzDepthwise(f *testing.F) { kerneltest.FuzzDepthwise(f, sets()) }
func FuzzVectors(f *testing.F)   { kerneltest.FuzzVectors(f, sets()) }
func FuzzProducts(f *testing.F)  { kerneltest.FuzzProducts(f, sets()) }
func FuzzDistances(f *testing.F) { kerneltest.FuzzDistances(f, sets()) }

func TestForNamesWhatIsWrong(t *testing.T) {
	_, err := kernel.For("sse9")
	want := `unknown cpu level "sse9"; the levels are [generic avx2 avx512]`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %v", err, want)
	}
	for _, level := range kernel.Levels() {
		set, err := kernel.For(level)
		if err == nil {
			if set.Level != level {
				t.Errorf("level %s has the kernels of %s", level, set.Level)
			}
			continue
		}
		want := fmt.Sprintf("cpu level %q is not available on this machine; the best one here is", level)
		if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %v", err, want)
		}
	}
}

// TestEnvironmentForcesLevel starts this test again with the variable set:
// the choice is made when a program starts.
func TestEnvironmentForcesLevel(t *testing.T) {
	const child = "CONVNET_TEST_PRINTS_LEVEL"
	if os.Getenv(child) != "" {
		set, err := kernel.Active()
		fmt.Printf("active %s, error %v\n", set.Level, err)
		return
	}
	run := func(forced string) string {
		command := exec.Command(os.Args[0], "-test.run=^TestEnvironmentForcesLevel$")
		command.Env = append(os.Environ(), child+"=1", kernel.EnvironmentVariable+"="+forced)
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		line, _, _ := strings.Cut(string(out), "\n")
		return line
	}
	available := sets()
	best := available[len(available)-1].Level
	if got, want := run(""), fmt.Sprintf("active %s, error <nil>", best); got != want {
		t.Errorf("without a forced level: %s, want %s", got, want)
	}
	for _, forced := range append(kernel.Levels(), "sse9", "AVX2") {
		want := fmt.Sprintf("active %s, error <nil>", forced)
		if _, err := kernel.For(forced); err != nil {
			want = fmt.Sprintf("active %s, error CONVNET_CPU: %v", best, err)
		}
		if got := run(string(forced)); got != want {
			t.Errorf("level %s: %s, want %s", forced, got, want)
		}
	}
}

func TestDifferentLengthsPanic(t *testing.T) {
	set, _ := kernel.Active()
	a, b := make([]float32, 3), make([]float32, 4)
	calls := map[string]func(){
		"Add":                func() { set.Add(a, a, b, 0, 1) },
		"ScaleShift":         func() { set.ScaleShift(a, a, b, a, 0, 1) },
		"Accumulate":         func() { set.Accumulate(a, b) },
		"Maximum":            func() { set.Maximum(a, b) },
		"ClampGradient":      func() { set.ClampGradient(a, a, b, 0, 1) },
		"MaximumGradient":    func() { set.MaximumGradient(a, a, a, b) },
		"Products":           func() { set.Products(a, b, a) },
		"Products of a part": func() { set.Products(a, make([]float32, 3*(set.Lanes+1)), make([]float32, set.Lanes+1)) },
		"Sigmoid":            func() { set.Sigmoid(a, b) },
		"Swish":              func() { set.Swish(b, a) },
		"SigmoidGradient":    func() { set.SigmoidGradient(a, b, a) },
		"SwishGradient":      func() { set.SwishGradient(a, a, b) },
		"Dot":                func() { kernel.Dot(a, b) },
		"GreatestDistance":   func() { kernel.GreatestDistance(b, a) },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			call()
		})
	}
}
