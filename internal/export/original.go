package export

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/convnetplayground/convnet/index"
	"github.com/convnetplayground/convnet/internal/playground"
	"github.com/convnetplayground/convnet/relevance"
)

// originalMetrics are those of the first playground, whose Minkowski had the
// power that scipy takes where nothing is said.
var originalMetrics = []struct {
	name string
	p    float64
}{
	{"cosine", 0}, {"euclidean", 0}, {"sqeuclidean", 0}, {"minkowski", 2},
}

// The JSON of the first playground.
type (
	originalDetails struct {
		Models   []originalModel `json:"models"`
		Datasets []originalSet   `json:"datasets"`
		Metrics  []string        `json:"metrics"`
	}
	originalSet struct {
		Name        string `json:"name"`
		Icon        string `json:"icon"`
		Size        int    `json:"size"`
		Description string `json:"description"`
	}
	originalModel struct {
		Name       string          `json:"name"`
		Parameters int             `json:"modelparameters"`
		NumLayers  int             `json:"numlayers"`
		Layers     []originalLayer `json:"layers"`
		AllLayers  []originalLayer `json:"all_layers,omitempty"`
	}
	originalLayer struct {
		Name        string `json:"name"`
		Type        string `json:"type"`
		Parameters  int    `json:"parametercount"`
		Index       int    `json:"layer_index"`
		TotalLayers int    `json:"totallayers"`
		NumNeurons  string `json:"numneurons"`
		Cumulative  int    `json:"modelparameters"`
		ID          string `json:"id,omitempty"`
	}
)

// writeOriginal writes the files of the first playground.
func (e *export) writeOriginal(ctx context.Context) error {
	if err := e.writeOriginalDetails(); err != nil {
		return err
	}
	if err := e.writeOriginalClasses(ctx); err != nil {
		return err
	}
	if err := e.writeOriginalScores(ctx); err != nil {
		return err
	}
	if err := e.writeOriginalMaps(ctx); err != nil {
		return err
	}
	return e.writeOriginalChannels(ctx)
}

func (e *export) writeOriginalDetails() error {
	details := originalDetails{
		Models: []originalModel{},
		Datasets: []originalSet{{
			Name: e.Dataset, Icon: e.Dataset + ".jpg", Size: len(e.dataset.Images), Description: e.dataset.Description,
		}},
	}
	for _, m := range e.models {
		details.Models = append(details.Models, m.original(m.layers))
	}
	for _, metric := range originalMetrics {
		details.Metrics = append(details.Metrics, metric.name)
	}
	return e.out.writeJSON("details", "assets/semsearch/details.json", details)
}

func (m exportedModel) original(layers []playground.Layer) originalModel {
	o := originalModel{Name: m.Name, Parameters: m.Parameters, NumLayers: len(m.Layers), Layers: []originalLayer{}}
	for _, l := range layers {
		o.Layers = append(o.Layers, originalLayer{
			Name: l.Name, Type: l.Type, Parameters: l.Parameters, Index: l.Index, TotalLayers: len(m.Layers),
			NumNeurons: strconv.Itoa(l.Shape[2]), Cumulative: l.ParametersCumulative,
		})
	}
	return o
}

// labels are the classes of the pictures. The score of the first playground
// counts equal ones, so that every picture without a class has one of its own.
func labels(images []playground.Image) []string {
	taken := map[string]bool{}
	for _, im := range images {
		taken[im.Class] = true
	}
	all := make([]string, len(images))
	for i, im := range images {
		all[i] = im.Class
		if im.Class == "" {
			all[i] = fmt.Sprintf("unlabelled %d", i)
			for taken[all[i]] {
				all[i] += "'"
			}
		}
	}
	return all
}

func (e *export) writeOriginalClasses(ctx context.Context) error {
	var classes []string
	members := map[string][]string{}
	single := make([]object, len(e.labels))
	for i, label := range e.labels {
		if members[label] == nil {
			classes = append(classes, label)
		}
		members[label] = append(members[label], strconv.Itoa(i))
		single[i] = object{{strconv.Itoa(i), label}}
	}
	slices.SortFunc(classes, strings.Compare)
	var byClass object
	for _, class := range classes {
		byClass = append(byClass, member{class, members[class]})
	}
	of := func(value any) object { return object{{e.Dataset, value}} }
	err := e.out.writeJSON("details", "assets/semsearch/datasetdictionary.json", object{
		{"classes", of(byClass)}, {"dictionary", of(numbered(e.labels))}, {"classlist", of(classes)},
	})
	if err != nil {
		return err
	}
	if err := e.out.writeJSON("pictures", fmt.Sprintf("assets/semsearch/datasets/%s/classes.json", e.Dataset), single); err != nil {
		return err
	}
	return e.writeIcon(ctx)
}

// writeOriginalScores writes the similarity lists, and the scores that follow
// from them.
func (e *export) writeOriginalScores(ctx context.Context) error {
	var models object
	for _, m := range e.models {
		var metrics object
		for _, metric := range originalMetrics {
			var scores object
			for _, layer := range m.layers {
				rankings, err := e.pg.Rankings(ctx, playground.SearchSettings{
					Dataset: e.Dataset, Model: m.Name, Layer: layer.Name, Metric: metric.name, P: metric.p,
					Pool: e.Pool, Transform: e.Transform, Resize: e.Resize, Size: e.Size, Top: e.report.Ranks,
				}, func(int) { e.work.add(1) })
				if err != nil {
					return err
				}
				path := fmt.Sprintf("assets/semsearch/similarity/%s/%s/%s/%s.json", e.Dataset, m.Name, metric.name, layer.Name)
				err = e.out.write("similarity", path, func(w io.Writer) error { return writeSimilarity(w, rankings) })
				if err != nil {
					return err
				}
				scores = append(scores, member{layer.Name, e.scores(rankings)})
				if err := e.shareSearch(metric.name, metric.p, playground.ModelLayer{Model: m.Name, Layer: layer.Name}, rankings); err != nil {
					return err
				}
			}
			path := fmt.Sprintf("assets/semsearch/scores/%s/%s/%s.json", e.Dataset, m.Name, metric.name)
			if err := e.out.writeJSON("scores", path, scores); err != nil {
				return err
			}
			metrics = append(metrics, member{metric.name, scores})
		}
		models = append(models, member{m.Name, metrics})
	}
	return e.out.writeJSON("scores", "assets/semsearch/modelscores.json", object{{e.Dataset, models}})
}

// scores is the weighted search score of every picture, by the labels of the
// first results; 0 for one without a vector.
func (e *export) scores(rankings [][]index.Neighbour) []float64 {
	scores := make([]float64, len(rankings))
	same := make([]bool, topRanks)
	for query, found := range rankings {
		n := min(len(found), topRanks)
		for i, neighbour := range found[:n] {
			same[i] = e.labels[neighbour.ID] == e.labels[query]
		}
		scores[query] = relevance.WeightedScore(same[:n])
	}
	return scores
}

// writeSimilarity writes the ranked list of every picture: first the picture
// itself, which no other can displace, and then the others as they were found,
// each with 1 - distance.
func writeSimilarity(w io.Writer, rankings [][]index.Neighbour) error {
	line := []byte{'{'}
	for query, found := range rankings {
		if query > 0 {
			line = append(line, ',')
		}
		line = fmt.Appendf(line, `"%d":[["%d","1.0"]`, query, query)
		for _, n := range found {
			line = fmt.Appendf(line, `,["%d","%s"]`, n.ID, rounded(1-n.Distance))
		}
		line = append(line, ']')
		if _, err := w.Write(line); err != nil {
			return err
		}
		line = line[:0]
	}
	_, err := io.WriteString(w, string(line)+"}\n")
	return err
}
