package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"sync"
	"time"
)

// once has each act of a person carried out a single time within memory,
// however often and through however many doors it is delivered. It keeps no
// ids: only what a key that dies with the process makes of them.
type once struct {
	key [32]byte

	mu       sync.Mutex
	now, old map[[16]byte]struct{}
	turned   time.Time
}

// remembered is how long an act is remembered at least: longer than Slack's
// signatures hold. mostActs bounds the memory whatever comes.
const (
	remembered = 11 * time.Minute
	mostActs   = 200_000
)

func newOnce(random io.Reader) (*once, error) {
	o := &once{now: map[[16]byte]struct{}{}}
	if _, err := io.ReadFull(random, o.key[:]); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return o, nil
}

// first reports whether an act was not seen before. An act without identity is
// always the first.
func (o *once) first(identity string, now time.Time) bool {
	if identity == "" {
		return true
	}
	mac := hmac.New(sha256.New, o.key[:])
	mac.Write([]byte(identity))
	var mark [16]byte
	copy(mark[:], mac.Sum(nil))
	o.mu.Lock()
	defer o.mu.Unlock()
	if now.Sub(o.turned) > remembered || now.Before(o.turned) || len(o.now) >= mostActs {
		o.old, o.now, o.turned = o.now, map[[16]byte]struct{}{}, now
	}
	if _, seen := o.now[mark]; seen {
		return false
	}
	_, seen := o.old[mark]
	o.now[mark] = struct{}{}
	return !seen
}

// handles keeps addresses through which a private message can be changed, under
// random names, for half an hour. They are secrets of one person and are never
// written down.
type handles struct {
	mu  sync.Mutex
	all map[string]handle
}

type handle struct {
	address string
	until   time.Time
}

const (
	handleLife  = 30 * time.Minute
	mostHandles = 10_000
)

// keep returns the name under which an address is kept; "" when there is no
// room.
func (h *handles) keep(name, address string, now time.Time) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[string]handle{}
	}
	for old, one := range h.all {
		if one.until.Before(now) {
			delete(h.all, old)
		}
	}
	if len(h.all) >= mostHandles {
		return ""
	}
	h.all[name] = handle{address: address, until: now.Add(handleLife)}
	return name
}

// find returns an address, "" when it is not kept any more.
func (h *handles) find(name string, now time.Time) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	one, ok := h.all[name]
	if !ok || one.until.Before(now) {
		delete(h.all, name)
		return ""
	}
	return one.address
}
