package playground

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

func TestCacheKeepsWhatWasUsedLast(t *testing.T) {
	c := newCache[string, string](3)
	built := map[string]int{}
	get := func(key string, weight int64) {
		t.Helper()
		v, err := c.get(key, func() (string, int64, error) { built[key]++; return "value of " + key, weight, nil })
		if err != nil || v != "value of "+key {
			t.Fatalf("get(%q) = %q, %v", key, v, err)
		}
	}
	get("a", 1)
	get("b", 1)
	get("c", 1)
	get("a", 1) // used last
	get("d", 1) // b goes
	get("a", 1)
	get("b", 1)
	for key, want := range map[string]int{"a": 1, "b": 2, "d": 1} {
		if built[key] != want {
			t.Errorf("%s was built %d times, want %d", key, built[key], want)
		}
	}
	get("heavy", 10) // everything else goes, but it stays itself
	get("heavy", 10)
	if built["heavy"] != 1 {
		t.Errorf("a heavy value was built %d times, want 1", built["heavy"])
	}
	if len(c.entries) != 1 || c.recent.Len() != 1 {
		t.Errorf("%d entries are kept beside a heavy one", len(c.entries)-1)
	}
}

func TestCacheTriesAFailureAgain(t *testing.T) {
	c := newCache[int, int](1)
	failure := errors.New("not there")
	if _, err := c.get(1, func() (int, int64, error) { return 0, 0, failure }); !errors.Is(err, failure) {
		t.Fatalf("get gives %v", err)
	}
	if v, err := c.get(1, func() (int, int64, error) { return 7, 1, nil }); err != nil || v != 7 {
		t.Errorf("get gives %d, %v", v, err)
	}
}

func TestCacheBuildsOnceForAll(t *testing.T) {
	c := newCache[int, int](1)
	var builds atomic.Int32
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			_, _ = c.get(1, func() (int, int64, error) { builds.Add(1); return 1, 1, nil })
		})
	}
	wait.Wait()
	if n := builds.Load(); n != 1 {
		t.Errorf("built %d times", n)
	}
}

func TestCacheDropsByKey(t *testing.T) {
	c := newCache[int, int](10)
	for key := range 4 {
		_, _ = c.get(key, func() (int, int64, error) { return key, 1, nil })
	}
	c.drop(func(key int) bool { return key%2 == 0 })
	if len(c.entries) != 2 || c.recent.Len() != 2 {
		t.Errorf("%d entries are left, want 2", len(c.entries))
	}
}
