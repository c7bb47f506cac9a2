package hdf5

import "testing"

func TestOldestBandsMakeRoom(t *testing.T) {
	kept := bands{limit: 100}
	datasets := make([]Dataset, 4)
	for i := range datasets {
		kept.keep(&datasets[i], &band{begin: 10, end: 50})
	}
	for i, want := range []bool{false, false, true, true} {
		if got := kept.find(&datasets[i], 49) != nil; got != want {
			t.Errorf("band %d is kept: %v, want %v", i, got, want)
		}
	}
	if kept.find(&datasets[3], 50) != nil || kept.find(&datasets[3], 9) != nil {
		t.Error("a band is found for values that it does not have")
	}
	kept.keep(&datasets[0], &band{begin: 0, end: 1000})
	if kept.find(&datasets[0], 0) == nil || len(kept.kept) != 1 {
		t.Errorf("of a band that is larger than the limit and others, %d are kept", len(kept.kept))
	}
	kept.drop(&datasets[0])
	if len(kept.kept) != 0 {
		t.Errorf("%d bands are kept after all were dropped", len(kept.kept))
	}
}
