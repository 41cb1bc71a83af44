package botauth

import (
	"context"
	"crypto/rsa"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"evangelist/bot"
)

// How often the published keys are read.
const (
	refetchAfter = 30 * time.Second // at the soonest, because of an unknown key
	firstAgain   = 3 * time.Second  // the same while no key is known at all
	freshFor     = 12 * time.Hour   // then they are read again beside the work
	fetchWithin  = 10 * time.Second
)

// signingKey is a published key, with the channels that it may speak for.
type signingKey struct {
	public       *rsa.PublicKey
	endorsements []string
}

// keyring knows the published keys. Reading is free of locks; at most one fetch
// runs at a time, and while fetches fail the old keys stay.
type keyring struct {
	fetch func(ctx context.Context) (map[string]signingKey, error)
	clock bot.Clock
	known atomic.Pointer[keyset]

	mu      sync.Mutex
	running *flight
	tried   time.Time // when the last fetch began
	failed  error     // what came of the last fetch
}

type keyset struct {
	keys map[string]signingKey
	at   time.Time
}

// flight is one fetch on its way.
type flight struct{ done chan struct{} }

// find returns the key with this id. For an unknown one the keys are read
// again, seldom; whoever asks meanwhile waits for the same fetch.
func (k *keyring) find(ctx context.Context, kid string) (signingKey, *Refusal) {
	set := k.known.Load()
	if key, ok := set.get(kid); ok {
		if k.clock.Now().Sub(set.at) > freshFor {
			k.begin(ctx)
		}
		return key, nil
	}
	if f := k.begin(ctx); f != nil {
		select {
		case <-f.done:
		case <-ctx.Done():
			return signingKey{}, &Refusal{Status: http.StatusServiceUnavailable, Reason: NoKeys, Err: ctx.Err()}
		}
	}
	set = k.known.Load()
	key, ok := set.get(kid)
	switch {
	case ok:
		return key, nil
	case set == nil:
		k.mu.Lock()
		defer k.mu.Unlock()
		return key, &Refusal{Status: http.StatusServiceUnavailable, Reason: NoKeys, Err: k.failed}
	}
	return key, unauthorized(UnknownKey)
}

func (s *keyset) get(kid string) (signingKey, bool) {
	if s == nil {
		return signingKey{}, false
	}
	key, ok := s.keys[kid]
	return key, ok
}

// begin joins the running fetch or starts one; nil when it is too soon. The
// fetch does not end with the request that caused it.
func (k *keyring) begin(ctx context.Context) *flight {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.running != nil {
		return k.running
	}
	gap := refetchAfter
	if k.known.Load() == nil {
		gap = firstAgain
	}
	now := k.clock.Now()
	if !k.tried.IsZero() && now.Sub(k.tried) < gap {
		return nil
	}
	return k.start(context.WithoutCancel(ctx), now)
}

// start fetches beside the caller, who holds the lock.
func (k *keyring) start(ctx context.Context, now time.Time) *flight {
	f := &flight{done: make(chan struct{})}
	k.running, k.tried = f, now
	go func() {
		ctx, cancel := context.WithTimeout(ctx, fetchWithin)
		defer cancel()
		keys, err := k.fetch(ctx)
		if err == nil {
			k.known.Store(&keyset{keys: keys, at: now})
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.running, k.failed = nil, err
		close(f.done)
	}()
	return f
}

// warm fetches now, whenever the last fetch was.
func (k *keyring) warm(ctx context.Context) error {
	k.mu.Lock()
	f := k.running
	if f == nil {
		f = k.start(context.WithoutCancel(ctx), k.clock.Now())
	}
	k.mu.Unlock()
	select {
	case <-f.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failed
}
