package webstore_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/adapters/web"
	"evangelist/bot"
	"evangelist/storage/internal/engine"
	"evangelist/storage/storagetest"
	"evangelist/storage/webstore"
)

// clock is set by hand.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) Now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) forward(d time.Duration) { c.micros.Add(d.Microseconds()) }

const ada, ben = bot.AccountID("play|ada"), bot.AccountID("play|ben")

func each(t *testing.T, fn func(t *testing.T, s *webstore.Store, c *clock)) {
	t.Helper()
	storagetest.Each(t, func(t *testing.T, db *engine.DB) {
		c := newClock()
		fn(t, webstore.New(db, c), c)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func gone(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("%s: %v, want not found", what, err)
	}
}

func (c *clock) link(hash string, account bot.AccountID) web.Link {
	return web.Link{Hash: hash, Account: account, Expires: c.Now().Add(10 * time.Minute)}
}

func (c *clock) session(hash string) web.Session {
	return web.Session{Hash: hash, Until: c.Now().Add(12 * time.Hour), Ends: c.Now().Add(7 * 24 * time.Hour)}
}

func TestLinkIsUsedOnce(t *testing.T) {
	each(t, func(t *testing.T, s *webstore.Store, c *clock) {
		ctx := t.Context()
		link := c.link("l1", ada)
		must(t, s.AddLink(ctx, link))
		must(t, s.AddLink(ctx, link))
		for range 2 { // looking changes nothing
			got, err := s.Link(ctx, "l1")
			if err != nil || got != link {
				t.Fatalf("look: %+v, %v", got, err)
			}
		}
		must(t, s.Redeem(ctx, "l1", c.session("s1"), ""))
		got, err := s.Session(ctx, "s1")
		if err != nil || got.Account != ada || !got.Until.Equal(c.Now().Add(12*time.Hour)) || !got.Ends.Equal(c.Now().Add(7*24*time.Hour)) {
			t.Fatalf("session: %+v, %v", got, err)
		}
		gone(t, "the same link again", s.Redeem(ctx, "l1", c.session("s2"), "s1"))
		if _, err := s.Session(ctx, "s1"); err != nil {
			t.Fatalf("a refused link ended a session: %v", err)
		}
		_, err = s.Session(ctx, "s2")
		gone(t, "its session", err)
		_, err = s.Link(ctx, "l1")
		gone(t, "looking at it", err)
		gone(t, "a link that never was", s.Redeem(ctx, "never", c.session("s3"), ""))
	})
}

func TestLinkExpires(t *testing.T) {
	each(t, func(t *testing.T, s *webstore.Store, c *clock) {
		ctx := t.Context()
		must(t, s.AddLink(ctx, c.link("l1", ada)))
		c.forward(10 * time.Minute)
		_, err := s.Link(ctx, "l1")
		gone(t, "looking after ten minutes", err)
		gone(t, "using it after ten minutes", s.Redeem(ctx, "l1", c.session("s1"), ""))
	})
}

func TestNewLinkMakesOlderOnesUseless(t *testing.T) {
	each(t, func(t *testing.T, s *webstore.Store, c *clock) {
		ctx := t.Context()
		must(t, s.AddLink(ctx, c.link("a1", ada)))
		must(t, s.AddLink(ctx, c.link("b1", ben)))
		must(t, s.AddLink(ctx, c.link("a2", ada)))
		_, err := s.Link(ctx, "a1")
		gone(t, "the older one", err)
		for _, hash := range []string{"a2", "b1"} {
			if _, err := s.Link(ctx, hash); err != nil {
				t.Errorf("%s: %v", hash, err)
			}
		}
	})
}

func TestOfManyAtOnceOneGetsIn(t *testing.T) {
	each(t, func(t *testing.T, s *webstore.Store, c *clock) {
		ctx := t.Context()
		must(t, s.AddLink(ctx, c.link("l1", ada)))
		var in, refused atomic.Int64
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				switch err := s.Redeem(ctx, "l1", c.session(string(rune('a'+i))), ""); {
				case err == nil:
					in.Add(1)
				case errors.Is(err, bot.ErrNotFound):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()
		if in.Load() != 1 || refused.Load() != 7 {
			t.Fatalf("%d got in, %d were refused", in.Load(), refused.Load())
		}
	})
}

func TestSessionEnds(t *testing.T) {
	each(t, func(t *testing.T, s *webstore.Store, c *clock) {
		ctx := t.Context()
		must(t, s.AddLink(ctx, c.link("l1", ada)))
		must(t, s.Redeem(ctx, "l1", c.session("s1"), ""))
		c.forward(11 * time.Hour)
		must(t, s.Extend(ctx, "s1", c.Now().Add(12*time.Hour)))
		must(t, s.Extend(ctx, "s1", c.Now().Add(time.Hour))) // never shorter
		c.forward(11 * time.Hour)
		if _, err := s.Session(ctx, "s1"); err != nil {
			t.Fatalf("in use: %v", err)
		}
		c.forward(time.Hour)
		_, err := s.Session(ctx, "s1")
		gone(t, "after twelve hours without use", err)
		must(t, s.Extend(ctx, "s1", c.Now().Add(12*time.Hour)))
		_, err = s.Session(ctx, "s1")
		gone(t, "extending what has ended", err)
	})
}

func TestSessionsAreKeptToTheHour(t *testing.T) {
	each(t, func(t *testing.T, s *webstore.Store, c *clock) {
		ctx := t.Context()
		c.forward(17*time.Minute + 3*time.Second + 123456*time.Microsecond)
		must(t, s.AddLink(ctx, c.link("l1", ada)))
		must(t, s.Redeem(ctx, "l1", c.session("s1"), ""))
		for range 2 {
			got, err := s.Session(ctx, "s1")
			must(t, err)
			for _, at := range []time.Time{got.Until, got.Ends} {
				if !at.Equal(at.Truncate(time.Hour)) {
					t.Errorf("kept: %v", at)
				}
			}
			c.forward(2 * time.Hour)
			must(t, s.Extend(ctx, "s1", c.Now().Add(12*time.Hour)))
		}
	})
}

func TestSessionEndsInAnyCase(t *testing.T) {
	each(t, func(t *testing.T, s *webstore.Store, c *clock) {
		ctx := t.Context()
		must(t, s.AddLink(ctx, c.link("l1", ada)))
		session := c.session("s1")
		session.Until = session.Ends.Add(time.Hour)
		must(t, s.Redeem(ctx, "l1", session, ""))
		c.forward(7*24*time.Hour - time.Second)
		if _, err := s.Session(ctx, "s1"); err != nil {
			t.Fatal(err)
		}
		c.forward(time.Second)
		_, err := s.Session(ctx, "s1")
		gone(t, "after seven days", err)
	})
}

func TestSigningInReplacesAndSigningOutEnds(t *testing.T) {
	each(t, func(t *testing.T, s *webstore.Store, c *clock) {
		ctx := t.Context()
		must(t, s.AddLink(ctx, c.link("l1", ada)))
		must(t, s.Redeem(ctx, "l1", c.session("s1"), ""))
		must(t, s.AddLink(ctx, c.link("l2", ben)))
		must(t, s.Redeem(ctx, "l2", c.session("s2"), "s1"))
		_, err := s.Session(ctx, "s1")
		gone(t, "the replaced one", err)
		if got, err := s.Session(ctx, "s2"); err != nil || got.Account != ben {
			t.Fatalf("%+v, %v", got, err)
		}
		must(t, s.End(ctx, "s2"))
		must(t, s.End(ctx, "s2"))
		_, err = s.Session(ctx, "s2")
		gone(t, "after signing out", err)
	})
}
