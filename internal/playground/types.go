package playground

import (
	"time"

	"github.com/convnetplayground/convnet/relevance"
	"github.com/convnetplayground/convnet/umap"
)

// The JSON of these types is what the shell's --json prints and what the HTTP
// API answers.

// DatasetSummary is one entry of the list of datasets.
type DatasetSummary struct {
	Name        string       `json:"name" doc:"Name in addresses and commands"`
	Title       string       `json:"title" doc:"Name for people"`
	Description string       `json:"description" doc:"What the pictures are"`
	Licence     string       `json:"licence" doc:"Licence of the pictures, empty if not known"`
	Source      string       `json:"source" doc:"Where the pictures come from"`
	BuiltIn     bool         `json:"built_in" doc:"Part of the program; cannot be removed"`
	Pulled      bool         `json:"pulled" doc:"The pictures were downloaded into the data directory and are removed with the dataset"`
	Version     string       `json:"version" doc:"Changes when the pictures do; put it into picture addresses as ?v="`
	Images      int          `json:"images" minimum:"0" doc:"Number of pictures"`
	Classes     []ClassCount `json:"classes" doc:"Classes in their order, with their sizes"`
	Problems    int          `json:"problems" minimum:"0" doc:"Number of files that were left out"`
}

// ClassCount is a class and how many pictures are of it.
type ClassCount struct {
	Name   string `json:"name" doc:"Name of the class"`
	Images int    `json:"images" minimum:"0" doc:"Number of pictures of the class"`
}

// DatasetDetail is a dataset with all its pictures.
type DatasetDetail struct {
	Name        string       `json:"name" doc:"Name in addresses and commands"`
	Title       string       `json:"title" doc:"Name for people"`
	Description string       `json:"description" doc:"What the pictures are"`
	Licence     string       `json:"licence" doc:"Licence of the pictures, empty if not known"`
	Source      string       `json:"source" doc:"Where the pictures come from"`
	BuiltIn     bool         `json:"built_in" doc:"Part of the program; cannot be removed"`
	Pulled      bool         `json:"pulled" doc:"The pictures were downloaded into the data directory and are removed with the dataset"`
	Version     string       `json:"version" doc:"Changes when the pictures do; put it into picture addresses as ?v="`
	Classes     []ClassCount `json:"classes" doc:"Classes in their order, with their sizes"`
	Images      []Image      `json:"images" doc:"All pictures, by index"`
	Problems    []LeftOut    `json:"problems" doc:"Files that were left out, and why"`
}

// PublicDataset is a published dataset that can be pulled.
type PublicDataset struct {
	Name        string   `json:"name" doc:"Name in addresses and commands"`
	Title       string   `json:"title" doc:"Name for people"`
	Description string   `json:"description" doc:"What the pictures are"`
	Licence     string   `json:"licence" doc:"Licence of the pictures"`
	Source      string   `json:"source" doc:"Address of the page that the pictures come from"`
	Images      int      `json:"images" minimum:"0" doc:"Number of pictures"`
	Classes     []string `json:"classes" doc:"Classes in their order"`
	Bytes       int64    `json:"bytes" minimum:"0" doc:"Size of the archive that is downloaded; 0 where single pictures are, whose progress is counted in pictures"`
	ByHand      string   `json:"by_hand" doc:"What to download where the program cannot"`
}

// PullReport says what a pull did.
type PullReport struct {
	Name    string       `json:"name"`
	Images  int          `json:"images"`
	Classes []ClassCount `json:"classes"`
	Pulled  bool         `json:"pulled"` // false: it was there already
}

// LeftOut is a file that could not be used, and why.
type LeftOut struct {
	File   string `json:"file" doc:"Path of the file"`
	Reason string `json:"reason" doc:"Why it was left out"`
}

// Image is one picture of a dataset.
type Image struct {
	Index  int    `json:"index" minimum:"0" doc:"Position in the dataset"`
	File   string `json:"file" doc:"Path below the dataset's folder"`
	Class  string `json:"class" doc:"Class, empty if it has none"`
	Title  string `json:"title" doc:"What the picture shows, empty if not known"`
	Width  int    `json:"width" minimum:"1" doc:"Width in pixels"`
	Height int    `json:"height" minimum:"1" doc:"Height in pixels"`
}

// ModelSummary is one entry of the list of models.
type ModelSummary struct {
	Name         string   `json:"name" doc:"Name in addresses and commands"`
	Title        string   `json:"title" doc:"Name for people"`
	Family       string   `json:"family" doc:"Architecture family"`
	Parameters   int      `json:"parameters" minimum:"0" doc:"Number of weights"`
	LayerCount   int      `json:"layer_count" minimum:"1" doc:"Number of layers"`
	Classes      int      `json:"classes" minimum:"0" doc:"Number of classes that it predicts; 0 without a classifier"`
	Input        [3]int   `json:"input" doc:"Input shape: height, width, channels"`
	Licence      string   `json:"licence" doc:"Licence of the weights"`
	Weights      string   `json:"weights" enum:"embedded,installed,missing,damaged" doc:"Where the weights are"`
	Pullable     bool     `json:"pullable" doc:"Official weights can be installed"`
	SearchLayers []string `json:"search_layers" doc:"The layers that an index fills unless told otherwise, shallow to deep"`
	DefaultLayer string   `json:"default_layer" doc:"The layer searched unless told otherwise"`
}

// ModelDetail is a model with all its layers.
type ModelDetail struct {
	Name       string  `json:"name" doc:"Name in addresses and commands"`
	Title      string  `json:"title" doc:"Name for people"`
	Family     string  `json:"family" doc:"Architecture family"`
	Parameters int     `json:"parameters" minimum:"0" doc:"Number of weights"`
	Classes    int     `json:"classes" minimum:"0" doc:"Number of classes that it predicts; 0 without a classifier"`
	Input      [3]int  `json:"input" doc:"Input shape: height, width, channels"`
	Licence    string  `json:"licence" doc:"Licence of the weights"`
	Weights    string  `json:"weights" enum:"embedded,installed,missing,damaged" doc:"Where the weights are"`
	Layers     []Layer `json:"layers" doc:"All layers, in the order of computation"`
}

// Layer is one layer of a model.
type Layer struct {
	Index                int    `json:"index" minimum:"0" doc:"Position in the model"`
	Name                 string `json:"name" doc:"Name in addresses and commands"`
	Type                 string `json:"type" doc:"Operation"`
	Inputs               []int  `json:"inputs" doc:"Positions of the layers whose outputs it takes"`
	Shape                [3]int `json:"shape" doc:"Output shape: height, width, channels"`
	Parameters           int    `json:"parameters" minimum:"0" doc:"Number of weights of the layer"`
	ParametersCumulative int    `json:"parameters_cumulative" minimum:"0" doc:"Number of weights up to and with the layer"`
	Search               bool   `json:"search" doc:"Filled by an index unless told otherwise"`
}

// Choice is one value of an option.
type Choice struct {
	Name        string `json:"name" doc:"Value as requests give it"`
	Title       string `json:"title" doc:"Name for people"`
	Description string `json:"description" doc:"What it does"`
}

// SearchOptions lists what a search can be told.
type SearchOptions struct {
	Metrics    []Choice `json:"metrics" doc:"Distances between vectors"`
	Poolings   []Choice `json:"poolings" doc:"Ways from a feature map to a vector"`
	Transforms []Choice `json:"transforms" doc:"What is done to all vectors before they are compared"`
	Filters    []Choice `json:"filters" doc:"Resampling rules for pictures"`
	Resizes    []Choice `json:"resizes" doc:"Ways in which pictures become the size of a model's input"`
	Defaults   Defaults `json:"defaults" doc:"What is taken where a request says nothing"`
}

// Defaults is what a search takes where nothing is said.
type Defaults struct {
	Dataset   string `json:"dataset"`
	Model     string `json:"model"`
	Layer     string `json:"layer"`
	Metric    string `json:"metric"`
	Pool      string `json:"pool"`
	Transform string `json:"transform"`
	Top       int    `json:"top" minimum:"1"`
}

// SearchSettings say which vectors are compared, and how.
type SearchSettings struct {
	Dataset   string  `json:"dataset"`
	Model     string  `json:"model"`
	Layer     string  `json:"layer"`
	Metric    string  `json:"metric"`
	P         float64 `json:"p,omitempty"` // power of minkowski, 0 for the default; other metrics take none
	Pool      string  `json:"pool"`
	Transform string  `json:"transform"`
	Resize    string  `json:"resize,omitempty"` // standard or original; "" for standard
	Size      int     `json:"size,omitempty"`   // height and width of the network's input; 0 for the model's own
	Top       int     `json:"top,omitempty"`    // number of results, at least 1
}

// Resizing is how pictures that are compared become the network's input.
func (s SearchSettings) Resizing() Resizing { return Resizing{Resize: s.Resize, Size: s.Size} }

// SearchRequest asks for the pictures most similar to one of the dataset
// (Query), to an uploaded one (Picture), or to a file (Image): exactly one.
type SearchRequest struct {
	SearchSettings
	Query   *int
	Picture string
	Image   string
}

// SearchResult is the answer to a SearchRequest.
type SearchResult struct {
	Dataset   string   `json:"dataset" doc:"Dataset searched"`
	Model     string   `json:"model" doc:"Model that made the vectors"`
	Layer     string   `json:"layer" doc:"Layer the vectors were taken from"`
	Metric    string   `json:"metric" doc:"Distance"`
	P         float64  `json:"p,omitempty" doc:"Power of minkowski; absent for other metrics"`
	Pool      string   `json:"pool" doc:"Pooling"`
	Transform string   `json:"transform" doc:"Transform"`
	Query     Query    `json:"query" doc:"What was searched for"`
	Score     *float64 `json:"score,omitempty" minimum:"0" maximum:"100" doc:"Weighted search score in percent; absent if the query has no class"`
	SameClass *int     `json:"same_class,omitempty" minimum:"0" doc:"Number of results of the query's class; absent if it has none"`
	Results   []Result `json:"results" doc:"Nearest pictures, nearest first; the query itself is not among them"`
}

// Query is the picture that was searched for.
type Query struct {
	Index   *int   `json:"index,omitempty" minimum:"0" doc:"Position in the dataset; absent for a picture of one's own"`
	File    string `json:"file,omitempty" doc:"Path of the picture; absent for an uploaded one"`
	Class   string `json:"class,omitempty" doc:"Class; absent if it has none"`
	Picture string `json:"picture,omitempty" doc:"Id of the uploaded picture"`
}

// Result is one picture found.
type Result struct {
	Rank       int     `json:"rank" minimum:"1" doc:"1 is the nearest"`
	Index      int     `json:"index" minimum:"0" doc:"Position in the dataset"`
	File       string  `json:"file" doc:"Path below the dataset's folder"`
	Class      string  `json:"class" doc:"Class, empty if it has none"`
	Distance   float64 `json:"distance" minimum:"0" doc:"The metric itself; smaller is closer"`
	Similarity float64 `json:"similarity" maximum:"1" doc:"1 - distance for cosine and correlation, 1 / (1 + distance) for the others"`
}

// Evaluation is the mean quality of a search over every picture as a query.
type Evaluation struct {
	Dataset   string  `json:"dataset" doc:"Dataset searched"`
	Model     string  `json:"model" doc:"Model that made the vectors"`
	Layer     string  `json:"layer" doc:"Layer the vectors were taken from"`
	Metric    string  `json:"metric" doc:"Distance"`
	P         float64 `json:"p,omitempty" doc:"Power of minkowski; absent for other metrics"`
	Pool      string  `json:"pool" doc:"Pooling"`
	Transform string  `json:"transform" doc:"Transform"`
	relevance.Summary
}

// CompareSettings say how every indexed layer is searched: the settings of a
// search, but for the layer.
type CompareSettings struct {
	Dataset   string
	Model     string // compare only its layers; "" for those of all models
	Metric    string
	P         float64 // power of minkowski, 0 for the default; other metrics take none
	Pool      string
	Transform string
	Resize    string // standard or original; "" for standard
	Size      int    // height and width of the network's input; 0 for the model's own
	Top       int    // number of results, at least 1
}

// CompareRequest asks what every indexed layer finds for one picture: of the
// dataset (Query), or else an uploaded one (Picture), or a file (Image).
type CompareRequest struct {
	CompareSettings
	Query   int
	Picture string
	Image   string
}

// CompareRow is what one layer finds.
type CompareRow struct {
	Model     string   `json:"model" doc:"Model"`
	Layer     string   `json:"layer" doc:"Layer"`
	Score     *float64 `json:"score,omitempty" minimum:"0" maximum:"100" doc:"Weighted search score in percent; absent if the query has no class"`
	SameClass *int     `json:"same_class,omitempty" minimum:"0" doc:"Number of results of the query's class; absent if it has none"`
	Results   []int    `json:"results" doc:"Positions of the nearest pictures in the dataset, nearest first; the query itself is not among them"`
}

// CompareResult is the answer to a CompareRequest.
type CompareResult struct {
	Dataset   string          `json:"dataset" doc:"Dataset searched"`
	Metric    string          `json:"metric" doc:"Distance"`
	P         float64         `json:"p,omitempty" doc:"Power of minkowski; absent for other metrics"`
	Pool      string          `json:"pool" doc:"Pooling"`
	Transform string          `json:"transform" doc:"Transform"`
	Top       int             `json:"top" minimum:"1" doc:"Number of results asked for"`
	Query     Query           `json:"query" doc:"What was searched for"`
	Rows      []CompareRow    `json:"rows" doc:"The indexed layers, by model, from input to output"`
	Best      []ModelLayer    `json:"best" doc:"The layers of the highest score, all of them where several tie; none if no layer found a picture of the query's class"`
	Missing   []MissingLayers `json:"missing" doc:"Layers of the models that are here, which the rows are without"`
}

// ModelLayer names a layer of a model.
type ModelLayer struct {
	Model string `json:"model" doc:"Model"`
	Layer string `json:"layer" doc:"Layer"`
}

// MissingLayers are layers of one model that a comparison is without.
type MissingLayers struct {
	Model  string   `json:"model" doc:"Model"`
	Layers []string `json:"layers" doc:"Layers; none if nothing is known of the model"`
	Reason string   `json:"reason" doc:"Why they cannot be compared; empty if all they need is an index"`
}

// ScoresRow is the quality of one layer with every picture as a query.
type ScoresRow struct {
	Model string `json:"model" doc:"Model"`
	Layer string `json:"layer" doc:"Layer"`
	relevance.Summary
	Interval *relevance.Interval `json:"interval,omitempty" doc:"95 % interval of the mean weighted score; absent with a single query"`
	Scores   []*float64          `json:"scores" doc:"Weighted search score in percent of each picture as the query, by its position in the dataset; null for a picture without a class or a vector"`
}

// ScoresResult is the quality of every indexed layer.
type ScoresResult struct {
	Dataset   string          `json:"dataset" doc:"Dataset searched"`
	Metric    string          `json:"metric" doc:"Distance"`
	P         float64         `json:"p,omitempty" doc:"Power of minkowski; absent for other metrics"`
	Pool      string          `json:"pool" doc:"Pooling"`
	Transform string          `json:"transform" doc:"Transform"`
	Top       int             `json:"top" minimum:"1" doc:"Number of results that the weighted score counts"`
	Rows      []ScoresRow     `json:"rows" doc:"The indexed layers, by model, from input to output"`
	Best      []ModelLayer    `json:"best" doc:"The layers of the highest mean weighted score, all of them where several tie; none if no layer ever found a picture of the query's class"`
	Missing   []MissingLayers `json:"missing" doc:"Layers of the models that are here, which the rows are without"`
}

// MapRequest asks where the pictures of a dataset lie on a map. Of the search
// settings, Top does not count.
type MapRequest struct {
	SearchSettings
	Method     string  `json:"method"`     // umap or pca; "" for umap
	Neighbours int     `json:"neighbours"` // with how many of the nearest pictures each is compared, itself counted; 0 for the default
	MinDist    float64 `json:"min_dist"`   // how near pictures are let to each other, from 0 to 1
	Seed       uint64  `json:"seed"`
	Aligned    bool    `json:"aligned"` // start from the map of the indexed search layer before, and turn to it
}

// MapInfo says what a map is of, and how it was made.
type MapInfo struct {
	Dataset    string  `json:"dataset" doc:"Dataset"`
	Model      string  `json:"model" doc:"Model that made the vectors"`
	Layer      string  `json:"layer" doc:"Layer the vectors were taken from"`
	Metric     string  `json:"metric" doc:"Distance; pca takes no notice of it"`
	P          float64 `json:"p,omitempty" doc:"Power of minkowski; absent for other metrics"`
	Pool       string  `json:"pool" doc:"Pooling"`
	Transform  string  `json:"transform" doc:"Transform"`
	Method     string  `json:"method" enum:"umap,pca" doc:"How the map was made"`
	Neighbours int     `json:"neighbours" minimum:"2" doc:"With how many of the nearest pictures each was compared, itself counted"`
	MinDist    float64 `json:"min_dist" minimum:"0" maximum:"1" doc:"How near pictures were let to each other"`
	Seed       uint64  `json:"seed" maximum:"9007199254740991" doc:"Seed of the random numbers"`
	Aligned    bool    `json:"aligned" doc:"It may start from the map of a layer before"`
	After      string  `json:"after,omitempty" doc:"The layer whose map it starts from and is turned to; absent if there is none"`
}

// Map is where the pictures of a dataset lie.
type Map struct {
	MapInfo
	Images []int     `json:"images" doc:"Positions in the dataset of the pictures that have a place, ascending"`
	X      []float32 `json:"x" doc:"Their places, from left to right"`
	Y      []float32 `json:"y" doc:"Their places, from bottom to top"`
}

// MapFrame is a map on its way. It must not be kept.
type MapFrame struct {
	Layer            string // whose map it is
	Epoch, Epochs    int    // how often each picture was moved, and will be in all
	Finished, Layers int    // maps of layers that are finished, of those that it takes

	images []int
	points func() []umap.Point
}

// MapView is what a map at work shows.
type MapView struct {
	Layer  string    `json:"layer" doc:"Layer whose map it is: of an aligned map it may be one before"`
	Epoch  int       `json:"epoch" minimum:"0" doc:"How often each picture was moved"`
	Epochs int       `json:"epochs" minimum:"1" doc:"How often each will be moved in all"`
	Images []int     `json:"images" doc:"Positions of the pictures in the dataset, ascending"`
	X      []float32 `json:"x" doc:"Their places, from left to right"`
	Y      []float32 `json:"y" doc:"Their places, from bottom to top"`
}

// MapPlace is where a further picture belongs on a map.
type MapPlace struct {
	X float32 `json:"x" doc:"From left to right"`
	Y float32 `json:"y" doc:"From bottom to top"`
}

// Contrast is what two searches for the same picture found.
type Contrast struct {
	First      SearchResult   `json:"first" doc:"The first search"`
	Second     SearchResult   `json:"second" doc:"The second search"`
	Common     []CommonResult `json:"common" doc:"Pictures that both found, in the order of the first"`
	OnlyFirst  []int          `json:"only_first" doc:"Positions of the pictures that the first alone found, nearest first"`
	OnlySecond []int          `json:"only_second" doc:"Positions of the pictures that the second alone found, nearest first"`
}

// CommonResult is a picture that two searches found.
type CommonResult struct {
	Index      int `json:"index" minimum:"0" doc:"Position in the dataset"`
	FirstRank  int `json:"first_rank" minimum:"1" doc:"Its rank in the first search"`
	SecondRank int `json:"second_rank" minimum:"1" doc:"Its rank in the second search"`
}

// IndexRequest asks for the vectors of a dataset.
type IndexRequest struct {
	Dataset string   `json:"dataset"`
	Model   string   `json:"model"`
	Layers  []string `json:"layers,omitempty"` // nil: the model's search layers
	Pool    string   `json:"pool"`
	Resize  string   `json:"resize,omitempty"` // standard or original; "" for standard
	Size    int      `json:"size,omitempty"`   // height and width of the network's input; 0 for the model's own
}

// Resizing is how the pictures become the network's input.
func (r IndexRequest) Resizing() Resizing { return Resizing{Resize: r.Resize, Size: r.Size} }

// IndexReport says what an indexing run did.
type IndexReport struct {
	Dataset  string    `json:"dataset"`
	Model    string    `json:"model"`
	Layers   []string  `json:"layers"`
	Pool     string    `json:"pool"`
	Images   int       `json:"images"`   // rows of each layer
	Computed int       `json:"computed"` // pictures that this run passed through the network
	Seconds  float64   `json:"seconds"`
	Problems []LeftOut `json:"problems"` // pictures left out
}

// IndexEntry describes the vectors of one layer that are there.
type IndexEntry struct {
	Dataset       string    `json:"dataset" doc:"Dataset"`
	Model         string    `json:"model" doc:"Model"`
	Layer         string    `json:"layer" doc:"Layer"`
	Pool          string    `json:"pool" doc:"Pooling"`
	Preprocessing string    `json:"preprocessing" doc:"Way from a picture to the model's input, its size included"`
	Rows          int       `json:"rows" minimum:"0" doc:"Number of pictures"`
	Bytes         int64     `json:"bytes" minimum:"0" doc:"Size on disk"`
	Created       time.Time `json:"created" doc:"When it was finished"`
}

// TopRequest asks which pictures of a dataset excite a channel most.
type TopRequest struct {
	Dataset string
	Model   string
	Layer   string
	Channel int
	Resize  string // standard or original; "" for standard
	Size    int    // height and width of the network's input; 0 for the model's own
}

// Resizing is how the pictures become the network's input.
func (r TopRequest) Resizing() Resizing { return Resizing{Resize: r.Resize, Size: r.Size} }

// TopResult is the answer to a TopRequest.
type TopResult struct {
	Dataset  string       `json:"dataset" doc:"Dataset looked at"`
	Model    string       `json:"model" doc:"Model"`
	Layer    string       `json:"layer" doc:"Layer"`
	Channel  int          `json:"channel" minimum:"0" doc:"Channel of the layer"`
	Map      [2]int       `json:"map" doc:"Size of the layer's feature map: height, width"`
	Pictures int          `json:"pictures" minimum:"0" doc:"Number of pictures looked at"`
	LeftOut  int          `json:"left_out" minimum:"0" doc:"Number of pictures that could not be read"`
	Dead     bool         `json:"dead" doc:"No picture excites the channel: its greatest value is 0"`
	Results  []TopPicture `json:"results" doc:"The pictures with the greatest values, at most nine, greatest first, of equal ones the first in the dataset"`
}

// TopPicture is a picture that excites a channel.
type TopPicture struct {
	Rank     int        `json:"rank" minimum:"1" doc:"1 is the greatest"`
	Index    int        `json:"index" minimum:"0" doc:"Position in the dataset"`
	File     string     `json:"file" doc:"Path below the dataset's folder"`
	Class    string     `json:"class" doc:"Class, empty if it has none"`
	Value    float32    `json:"value" doc:"Greatest value of the channel in the picture; 0 or less: it does not excite the channel"`
	Position [2]int     `json:"position" doc:"Where on the feature map that is, the first of equal places: row, column"`
	Box      [4]float64 `json:"box" doc:"All of the picture that the value depends on: left, top, right and bottom as fractions of its width and height"`
	Cell     [4]float64 `json:"cell" doc:"The place of the position when the feature map is laid over the picture, as fractions like those of the box"`
}

// ActivationRequest asks how a channel responds to one picture: of a dataset
// (Index), an uploaded one (Picture), or a file (Image).
type ActivationRequest struct {
	Model    string
	Weights  string // file; "" for the weights that the model has
	Layer    string
	Channel  int
	Dataset  string
	Index    int // of the picture of Dataset
	Picture  string
	Image    string
	Resizing // squashes unless told otherwise
}

// ActivationMap is what a channel makes of a picture.
type ActivationMap struct {
	Model    string      `json:"model" doc:"Model"`
	Layer    string      `json:"layer" doc:"Layer"`
	Channel  int         `json:"channel" minimum:"0" doc:"Channel of the layer"`
	Height   int         `json:"height" minimum:"1" doc:"Rows of the map"`
	Width    int         `json:"width" minimum:"1" doc:"Columns of the map"`
	Min      float32     `json:"min" doc:"Least value"`
	Max      float32     `json:"max" doc:"Greatest value"`
	Mean     float64     `json:"mean" doc:"Mean of all values"`
	Position [2]int      `json:"position" doc:"Where the greatest value is, the first of equal places: row, column"`
	Region   [4]float64  `json:"region" doc:"The part of the picture that the map lies over: left, top, right and bottom as fractions of its width and height"`
	Values   [][]float32 `json:"values" doc:"The map, row by row"`
}

// Picture is an uploaded picture.
type Picture struct {
	ID     string `json:"id" pattern:"^[0-9a-f]{16}$" doc:"Id; the same picture has the same one"`
	Width  int    `json:"width" minimum:"1" doc:"Width in pixels, as kept"`
	Height int    `json:"height" minimum:"1" doc:"Height in pixels, as kept"`
}

// About describes the program and the machine.
type About struct {
	Version  string `json:"version" doc:"Version of the program"`
	Commit   string `json:"commit" doc:"Commit it was built from"`
	Go       string `json:"go" doc:"Go release it was built with"`
	Platform string `json:"platform" doc:"Operating system and architecture"`
	CPULevel string `json:"cpu_level" enum:"generic,avx2,avx512" doc:"Kernels in use"`
	Threads  int    `json:"threads" minimum:"1" doc:"Threads that compute"`
	Data     string `json:"data" doc:"Data directory"`
}
