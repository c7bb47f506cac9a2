package weights

import "testing"

func TestParameterOfAKerasPath(t *testing.T) {
	wanted := map[string]bool{"conv/kernel": true, "dw/depthwise_kernel": true, "bn/gamma": true}
	tests := map[string]string{
		"conv/kernel":                 "conv/kernel",
		"conv/kernel:0":               "conv/kernel",
		"dw/kernel":                   "dw/depthwise_kernel",
		"dw/depthwise_kernel:0":       "dw/depthwise_kernel",
		"cell_1/block/bn/gamma":       "bn/gamma",
		"cell_1/dw/kernel":            "dw/depthwise_kernel",
		"other/kernel":                "other/kernel",
		"features.0.0.weight":         "features.0.0.weight",
		"conv/kernel/momentum":        "conv/kernel/momentum",
		"optimizer/conv/kernel/extra": "optimizer/conv/kernel/extra",
	}
	for path, want := range tests {
		if got := parameter(path, wanted); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}
