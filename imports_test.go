// Package convnet holds what concerns the module as a whole.
package convnet

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/convnetplayground/convnet"

// allowed lists, for every package of the program, the packages of the
// program that it may import. Kernels know slices and sizes; graph knows
// nodes; zoo knows names; model knows pictures; playground knows what a user
// wants; api and cli know only how to say it.
var allowed = map[string][]string{
	"tensor":              {},
	"relevance":           {},
	"embedding":           {"internal/disk"},
	"preprocess":          {},
	"web":                 {},
	"internal/kernel":     {},
	"internal/job":        {"internal/disk"},
	"internal/disk":       {},
	"internal/heatmap":    {},
	"internal/fetch":      {"internal/disk"},
	"internal/fourier":    {},
	"weights/safetensors": {"tensor", "weights/dtype"},
	"weights/dtype":       {},
	"weights/hdf5":        {"tensor", "weights/dtype"},
	"weights/keras":       {"tensor", "weights/hdf5"},
	"weights/pytorch":     {"tensor", "weights/dtype"},
	"graph":               {"tensor", "internal/kernel"},
	"zoo":                 {"tensor", "graph"},
	"weights":             {"tensor", "graph", "weights/hdf5", "weights/keras", "weights/pytorch", "weights/safetensors"},
	"weights/embedded":    {"weights", "weights/safetensors"},
	"model":               {"tensor", "graph", "internal/disk", "internal/fetch", "zoo", "weights", "weights/embedded", "preprocess"},
	"featurevis":          {"tensor", "internal/kernel", "internal/fourier", "graph", "preprocess", "model"},
	"index":               {"internal/kernel"},
	"index/exact":         {"index", "internal/kernel"},
	"dataset":             {"preprocess"},
	"dataset/archive":     {},
	"dataset/public":      {"dataset", "dataset/archive"},
	"umap":                {"index", "internal/kernel"},
	"internal/store":      {"dataset", "embedding", "internal/disk", "preprocess"},
	"internal/scatter":    {},
	"internal/playground": {"dataset", "dataset/archive", "dataset/public", "embedding", "featurevis", "graph", "index", "index/exact", "internal/fetch", "internal/heatmap", "internal/job", "internal/store", "model", "preprocess", "relevance", "umap", "zoo"},
	"internal/export":     {"featurevis", "index", "internal/playground", "preprocess", "relevance", "web"},
	"internal/api":        {"internal/playground", "internal/job", "web"},
	"internal/cli":        {"internal/export", "internal/playground", "internal/api", "internal/scatter", "web"},
	"cmd/convnet":         {"internal/cli"},
	"tools/bench/many":    {"dataset", "preprocess"},
	"tools/bench/umap":    {"index", "umap"},
}

// testSuites are imported by tests alone.
var testSuites = map[string]bool{"dataset/public/publictest": true, "graph/graphtest": true, "index/indextest": true, "internal/kernel/kerneltest": true}

func TestImportsPointOneWay(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		if testSuites[name] || p.ImportPath == module {
			continue
		}
		seen[name] = true
		may, known := allowed[name]
		if !known {
			t.Errorf("package %s has no row here: say what it may import", name)
			continue
		}
		for _, path := range p.Imports {
			imported, ours := strings.CutPrefix(path, module+"/")
			if ours && !slices.Contains(may, imported) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("there is no package %s any more", name)
		}
	}
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
