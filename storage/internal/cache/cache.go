// Package cache keeps what every request asks the database for in memory, for a
// second at most.
package cache

import (
	"sync"
	"time"
)

// Cache keeps values that were read. A write of this process empties it; a write
// of another replica is seen within a second. The zero Cache is empty and ready;
// its methods may be called by many goroutines.
type Cache[K comparable, V any] struct {
	mu         sync.Mutex
	generation int
	kept       map[K]entry[V]
}

type entry[V any] struct {
	value   V
	at      time.Time
	renewed bool // somebody is reading it anew
}

const (
	staleness = time.Second // a value may be twice as old while it is being read anew
	mostKept  = 20_000      // entries; beyond that the cache begins again
)

// get returns what is fresh, and the generation to hand to put. Of those who find
// a value that has just grown old one is sent to read it anew; the others take it
// once more, so that a crowd does not ask the database the same thing at once.
func (c *Cache[K, V]) get(key K, now time.Time) (value V, fresh bool, generation int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.kept[key]
	age := now.Sub(found.at)
	fresh = ok && age >= 0 && (age < staleness || age < 2*staleness && found.renewed)
	if ok && !fresh && !found.renewed {
		found.renewed = true
		c.kept[key] = found
	}
	return found.value, fresh, c.generation
}

// put keeps what was read since get, unless somebody wrote meanwhile.
func (c *Cache[K, V]) put(key K, value V, generation int, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation != c.generation {
		return
	}
	if c.kept == nil || len(c.kept) >= mostKept {
		c.kept = map[K]entry[V]{}
	}
	c.kept[key] = entry[V]{value: value, at: now}
}

// Forget is called after every write, whatever became of it.
func (c *Cache[K, V]) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.kept = nil
}

// Through answers from the cache, or reads and keeps what was read; an error is
// not kept. Values are shared: they are not to be changed.
func (c *Cache[K, V]) Through(key K, now time.Time, read func() (V, error)) (V, error) {
	value, fresh, generation := c.get(key, now)
	if fresh {
		return value, nil
	}
	value, err := read()
	if err == nil {
		c.put(key, value, generation, now)
	}
	return value, err
}
