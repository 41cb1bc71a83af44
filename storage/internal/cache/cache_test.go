package cache_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/storage/internal/cache"
)

func TestThrough(t *testing.T) {
	var c cache.Cache[string, int]
	now, reads := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), 0
	get := func() int {
		n, err := c.Through("key", now, func() (int, error) { reads++; return reads, nil })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 2 {
		if get() != 1 {
			t.Fatal("what is fresh is read again")
		}
	}
	now = now.Add(time.Second)
	if get() != 2 {
		t.Fatal("what is old is not read again")
	}
	c.Forget()
	if get() != 3 {
		t.Fatal("what was forgotten is remembered")
	}
	now = now.Add(-time.Hour)
	if get() != 4 {
		t.Fatal("a clock that went back keeps a value for ever")
	}
	broken := errors.New("broken")
	if _, err := c.Through("other", now, func() (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if n, err := c.Through("other", now, func() (int, error) { return 7, nil }); n != 7 || err != nil {
		t.Fatal("an error was kept")
	}
}

// A value that was read before a write must not be kept after it.
func TestAWriteInBetweenWins(t *testing.T) {
	var c cache.Cache[string, string]
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	if _, err := c.Through("key", now, func() (string, error) { c.Forget(); return "old", nil }); err != nil {
		t.Fatal(err)
	}
	if v, _ := c.Through("key", now, func() (string, error) { return "new", nil }); v != "new" {
		t.Fatalf("got %q", v)
	}
}

// When a value grows old one of many reads it, and the others need not wait.
func TestACrowdReadsOnce(t *testing.T) {
	var c cache.Cache[string, int]
	start := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	if _, err := c.Through("key", start, func() (int, error) { return 1, nil }); err != nil {
		t.Fatal(err)
	}
	var reads atomic.Int64
	inside, leave := make(chan struct{}), make(chan struct{})
	var first sync.WaitGroup
	first.Go(func() {
		c.Through("key", start.Add(time.Second), func() (int, error) { reads.Add(1); close(inside); <-leave; return 2, nil })
	})
	<-inside
	for range 50 {
		if v, err := c.Through("key", start.Add(time.Second), func() (int, error) { reads.Add(1); return 3, nil }); v != 1 || err != nil {
			t.Fatalf("got %d, %v", v, err)
		}
	}
	close(leave)
	first.Wait()
	if v, _ := c.Through("key", start.Add(time.Second), func() (int, error) { return 4, nil }); v != 2 || reads.Load() != 1 {
		t.Fatalf("got %d after %d reads", v, reads.Load())
	}
}
