package public

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/convnetplayground/convnet/dataset"
	"github.com/convnetplayground/convnet/dataset/archive"
)

// maxTable is more bytes than a table of all products has.
const maxTable = 16 << 20

// fashionRules say which products are of which class; "" stands for any gender.
var fashionRules = []struct{ class, gender, article string }{
	{"menjeans", "Men", "Jeans"},
	{"womenjeans", "Women", "Jeans"},
	{"sandals", "", "Sandals"},
	{"sportshoe", "", "Sports Shoes"},
	{"menshirt", "Men", "Shirts"},
	{"mentshirt", "Men", "Tshirts"},
	{"womenheels", "Women", "Heels"},
	{"flipflops", "", "Flip Flops"},
	{"womentshirt", "Women", "Tshirts"},
	{"womenshirt", "Women", "Shirts"},
}

// products is the layout of Fashion Product Images: a table styles.csv beside a
// folder images with <id>.jpg. The set takes the first twenty of each class by
// id, as far as there are pictures of them.
type products struct {
	tables map[string]map[string][]int // by file: the ids of each class
	files  map[string]bool
}

func newProducts() layout {
	return &products{tables: map[string]map[string][]int{}, files: map[string]bool{}}
}

func (p *products) see(f *archive.File) error {
	if path.Base(f.Name) == "styles.csv" {
		if f.Size > maxTable {
			return fmt.Errorf("%w: a table of %d bytes, the cap is %d", archive.ErrTooLarge, f.Size, maxTable)
		}
		ids, err := readProducts(f)
		p.tables[f.Name] = ids
		return err
	}
	if extension(f.Name) == ".jpg" && path.Base(path.Dir(f.Name)) == "images" {
		p.files[f.Name] = true
	}
	return nil
}

// readProducts reads which products are of which class. The table is no proper
// CSV: the names at the ends of its lines hold commas and quotes as they come.
func readProducts(table io.Reader) (map[string][]int, error) {
	lines := bufio.NewScanner(table)
	if !lines.Scan() && lines.Err() != nil {
		return nil, lineError(lines.Err())
	}
	header := strings.Split(strings.TrimPrefix(lines.Text(), "\ufeff"), ",")
	id, gender, article := slices.Index(header, "id"), slices.Index(header, "gender"), slices.Index(header, "articleType")
	if min(id, gender, article) < 0 {
		return nil, fmt.Errorf("%w: its first line does not name the columns id, gender and articleType", ErrContent)
	}
	ids := map[string][]int{}
	for lines.Scan() {
		row := strings.SplitN(lines.Text(), ",", len(header))
		if len(row) <= max(id, gender, article) {
			continue
		}
		number, err := strconv.Atoi(row[id])
		if err != nil {
			continue
		}
		for _, rule := range fashionRules {
			if row[article] == rule.article && (rule.gender == "" || row[gender] == rule.gender) {
				ids[rule.class] = append(ids[rule.class], number)
			}
		}
	}
	return ids, lineError(lines.Err())
}

func lineError(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%w: a line is longer than %d bytes", ErrContent, bufio.MaxScanTokenSize)
	}
	return err
}

func (p *products) found() bool { return len(p.tables) > 0 }

// choose takes the first table that has its pictures beside it: the published
// archives hold everything twice.
func (p *products) choose() (pictures []picture, err error) {
	for _, table := range slices.SortedFunc(maps.Keys(p.tables), dataset.NaturalCompare) {
		pictures, err = p.chooseOf(table)
		if err == nil {
			return pictures, nil
		}
	}
	return nil, err
}

func (p *products) chooseOf(table string) ([]picture, error) {
	var pictures []picture
	for _, rule := range fashionRules {
		ids := p.tables[table][rule.class]
		if len(ids) == 0 {
			return nil, fmt.Errorf("%w: %s has no class %s (%s)", ErrMissing, table, rule.article, rule.class)
		}
		slices.Sort(ids)
		have := 0
		for _, id := range slices.Compact(ids) {
			file := path.Join(path.Dir(table), "images", strconv.Itoa(id)+".jpg")
			if have < perClass && p.files[file] {
				pictures = append(pictures, picture{class: rule.class, file: file})
				have++
			}
		}
		if have < perClass {
			return nil, tooFew(rule.class, have, perClass)
		}
	}
	return pictures, nil
}
