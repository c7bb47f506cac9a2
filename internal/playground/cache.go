package playground

import (
	"container/list"
	"sync"
)

// cache builds values when they are first asked for, once for all who ask at
// the same time, and keeps those used last. The one used last is kept even if
// it alone is heavier than the limit.
type cache[K comparable, V any] struct {
	limit int64 // of the summed weights

	mu      sync.Mutex
	recent  list.List // of *entry[K, V], used last in front
	entries map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key    K
	once   sync.Once
	value  V
	err    error
	weight int64
}

func newCache[K comparable, V any](limit int64) *cache[K, V] {
	return &cache[K, V]{limit: limit, entries: map[K]*list.Element{}}
}

// get returns the value of key. A value that could not be built is not kept.
func (c *cache[K, V]) get(key K, build func() (value V, weight int64, err error)) (V, error) {
	e := c.find(key)
	e.once.Do(func() {
		var weight int64
		e.value, weight, e.err = build()
		if e.err != nil {
			c.drop(func(k K) bool { return k == key })
			return
		}
		c.weigh(e, weight)
	})
	return e.value, e.err
}

func (c *cache[K, V]) find(key K) *entry[K, V] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.entries[key]; ok {
		c.recent.MoveToFront(element)
		return element.Value.(*entry[K, V])
	}
	e := &entry[K, V]{key: key}
	c.entries[key] = c.recent.PushFront(e)
	return e
}

func (c *cache[K, V]) weigh(e *entry[K, V], weight int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.weight = weight
	var total int64
	for element := c.recent.Front(); element != nil; {
		next := element.Next()
		other := element.Value.(*entry[K, V])
		total += other.weight
		if total > c.limit && other != e && other.weight > 0 {
			total -= other.weight
			c.remove(element)
		}
		element = next
	}
}

// drop forgets the values of all keys that match.
func (c *cache[K, V]) drop(match func(K) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for element := c.recent.Front(); element != nil; {
		next := element.Next()
		if match(element.Value.(*entry[K, V]).key) {
			c.remove(element)
		}
		element = next
	}
}

func (c *cache[K, V]) remove(element *list.Element) {
	delete(c.entries, element.Value.(*entry[K, V]).key)
	c.recent.Remove(element)
}
