package cli

import (
	"encoding/csv"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMap(t *testing.T) {
	data, out := t.TempDir(), t.TempDir()
	pictures := folder(t, map[string]int{"bird": 4, "coin": 4})
	const odd = `z "odd", <class>`
	if err := os.Rename(filepath.Join(pictures, "coin"), filepath.Join(pictures, odd)); err != nil {
		t.Fatal(err)
	}
	must(t, "datasets", "add", "small", pictures, "--data", data)
	common := []string{"map", "--dataset", "small", "--data", data}
	to := func(name string, more ...string) []string {
		return append(append(append([]string{}, common...), "--out", filepath.Join(out, name)), more...)
	}

	stdout := must(t, to("map.json")...)
	if want := filepath.Join(out, "map.json") + ": 8 pictures of small at layer top_activation of efficientnet-lite0, by umap\n"; stdout != want {
		t.Errorf("%q, want %q", stdout, want)
	}
	content, err := os.ReadFile(filepath.Join(out, "map.json"))
	if err != nil {
		t.Fatal(err)
	}
	var c chart
	if err := json.Unmarshal(content, &c); err != nil {
		t.Fatal(err)
	}
	if c.Dataset != "small" || c.Seed != 42 || len(c.Points) != 8 || c.Points[7].Index != 7 || c.Points[7].Class != odd {
		t.Errorf("%s", content)
	}
	if printed := mustJSON[chart](t, common...); len(printed.Points) != 8 || printed.Points[3].X != c.Points[3].X {
		t.Errorf("printed %+v, written %+v", printed.Points, c.Points)
	}

	own := filepath.Join(pictures, filepath.FromSlash(firstFile(t, pictures)))
	must(t, to("map.csv", "--place", own)...)
	f, err := os.Open(filepath.Join(out, "map.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 10 || strings.Join(rows[0], " ") != "index file class x y" || rows[8][2] != odd {
		t.Fatalf("%v, %v", rows, err)
	}
	// The picture lies where its copy in the set does.
	if placed, first := rows[9], rows[1]; placed[1] != own || placed[3] != first[3] || placed[4] != first[4] {
		t.Errorf("placed %v, the same picture in the set %v", placed, first)
	}

	must(t, to("map.PNG")...)
	p, err := os.Open(filepath.Join(out, "map.PNG"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if picture, err := png.DecodeConfig(p); err != nil || picture.Height != 1600 {
		t.Errorf("%+v, %v", picture, err)
	}

	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{common, exitUsage, "name a file to write"},
		{to("map.gif"), exitUsage, "the form is told by the ending"},
		{to("map.json", "--method", "tsne"), exitFailed, `method "tsne" is unknown`},
		{to("map.json", "--neighbours", "1"), exitFailed, "ask for 2 to 200"},
		{to("map.json", "--min-dist", "7"), exitFailed, "it must be from 0 to 1"},
		{to("no/such/folder/map.json"), exitFailed, "cannot write"},
		{to("map.json", "--place", "no-such.jpg"), exitFailed, "cannot open the picture"},
		{to("map.json", "--layer", "top_activatio"), exitFailed, "did you mean"},
	} {
		code, _, stderr := run(t, tt.args...)
		if code != tt.code || !strings.Contains(stderr, tt.want) {
			t.Errorf("%v: exit code %d, %s", tt.args, code, stderr)
		}
	}
}

// firstFile is the picture that comes first in a set made of the folder.
func firstFile(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "bird", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no pictures in %s: %v", dir, err)
	}
	return "bird/" + filepath.Base(files[0])
}
