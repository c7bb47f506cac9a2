package keras

import (
	"regexp"
	"strconv"
	"strings"
)

// roles are the names of the weights of a class, in Keras' order.
var roles = map[string][]string{
	"Conv2D":             {"kernel", "bias"},
	"Dense":              {"kernel", "bias"},
	"DepthwiseConv2D":    {"depthwise_kernel", "bias"},
	"SeparableConv2D":    {"depthwise_kernel", "pointwise_kernel", "bias"},
	"BatchNormalization": {"gamma", "beta", "moving_mean", "moving_variance"},
	"Normalization":      {"mean", "variance", "count"},
	"Rescaling":          nil,
}

// classes finds a class by the name that Keras makes of it.
var classes = func() map[string]string {
	m := map[string]string{}
	for class := range roles {
		m[snakeCase(class)] = class
	}
	return m
}()

// classOf is the class of a layer that a session or Keras 3 numbered; empty where the
// name says none.
func classOf(name string) string {
	base := strings.TrimRight(name, "0123456789")
	if class, ok := classes[strings.TrimSuffix(base, "_")]; ok && base != name && strings.HasSuffix(base, "_") {
		return class
	}
	return classes[name]
}

// parameters names n weights of a layer by its class. Of a batch normalisation with
// three, gamma or beta is missing: which one is not known, so all are numbered, as are
// the weights of other classes.
func parameters(class string, n int) []string {
	known := roles[class]
	if class == "BatchNormalization" && n < 4 {
		known = known[2:]
		if n == 3 {
			known = nil
		}
	}
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
		if i < len(known) {
			names[i] = known[i]
		}
	}
	return names
}

var (
	noWord     = regexp.MustCompile(`\W+`)
	wordBegins = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	caseTurns  = regexp.MustCompile(`([a-z])([A-Z])`)
)

// snakeCase follows keras.src.utils.naming.to_snake_case.
func snakeCase(class string) string {
	class = noWord.ReplaceAllString(class, "")
	class = wordBegins.ReplaceAllString(class, "${1}_${2}")
	return strings.ToLower(caseTurns.ReplaceAllString(class, "${1}_${2}"))
}

// oldKernel and oldBias are how Keras 1 called the weights in files that are still the
// official ones: block1_conv1_W_1:0.
var (
	oldKernel = regexp.MustCompile(`_W(_\d+)?$`)
	oldBias   = regexp.MustCompile(`_b(_\d+)?$`)
)

// split takes a weight's name in a legacy file apart: "stem/kernel:0" is "stem" and
// "kernel".
func split(weight string) (scope, role string) {
	weight, _, _ = strings.Cut(weight, ":")
	if i := strings.LastIndexByte(weight, '/'); i >= 0 {
		scope, weight = weight[:i], weight[i+1:]
	}
	switch {
	case oldKernel.MatchString(weight):
		return scope, "kernel"
	case oldBias.MatchString(weight):
		return scope, "bias"
	}
	return scope, weight
}
