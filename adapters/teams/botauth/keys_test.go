package botauth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evangelist/adapters/teams/botauth"
	"evangelist/adapters/teams/teamstest"
)

func (w *world) try(t testing.TB, a *attempt) error {
	t.Helper()
	r, body := w.request(t, a)
	_, err := w.check.Check(t.Context(), r, body)
	return err
}

// unsigned is a request whose signature nobody will look at: its key is unknown.
func (w *world) unsigned(kid string) *attempt {
	a := w.sound()
	a.header["kid"], a.sign = kid, func([]byte) []byte { return make([]byte, 256) }
	return a
}

func (w *world) fetches() int { return len(w.teams.Calls("keys")) }

func TestKeysAreReadOnceAndAgainAfterARotation(t *testing.T) {
	w := open(t)
	for range 20 {
		if err := w.try(t, w.sound()); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.fetches(); n != 1 {
		t.Errorf("the keys were read %d times for 20 requests", n)
	}
	old := w.sound()
	old.sign = rs256(w)
	w.teams.Rotate()
	w.clock.advance(31 * time.Second)
	if err := w.try(t, w.sound()); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
	if err := w.try(t, old); err == nil {
		t.Error("a withdrawn key is still good")
	}
	if n := w.fetches(); n != 2 {
		t.Errorf("the keys were read %d times for one rotation", n)
	}
}

func TestAFloodOfUnknownKeysIsLimited(t *testing.T) {
	w := open(t)
	if err := w.try(t, w.sound()); err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		w.clock.advance(31 * time.Second)
		for i := range 200 {
			a := w.unsigned(fmt.Sprintf("made-up-%d-%d", round, i))
			var refusal *botauth.Refusal
			if err := w.try(t, a); !errors.As(err, &refusal) || refusal.Reason != botauth.UnknownKey {
				t.Fatalf("an unknown key: %v", err)
			}
		}
		if err := w.try(t, w.sound()); err != nil {
			t.Fatalf("a good request within the flood: %v", err)
		}
	}
	if n := w.fetches(); n != 4 {
		t.Errorf("600 unknown keys within 93 seconds caused %d readings, want 3 besides the first", n)
	}
	a := w.unsigned("made-up")
	a.claims["aud"] = "another bot"
	w.clock.advance(time.Hour)
	_ = w.try(t, a)
	if n := w.fetches(); n != 4 {
		t.Error("a token for another bot caused a reading")
	}
}

func TestOldKeysStayWhileReadingFails(t *testing.T) {
	for name, tc := range map[string]struct {
		method string // "": both
		fault  teamstest.Fault
	}{
		"an error":           {"", teamstest.Failed(http.StatusInternalServerError)},
		"a page":             {"", teamstest.Page(http.StatusOK)},
		"a reset":            {"", teamstest.Broken(teamstest.Reset)},
		"a truncated answer": {"keys", teamstest.Broken(teamstest.Truncate)},
		"no keys":            {"keys", teamstest.Fault{Status: http.StatusOK, Body: `{"keys":[]}`}},
		"no usable key":      {"keys", teamstest.Fault{Status: http.StatusOK, Body: `{"keys":[{"kty":"EC","kid":"a"},{"kty":"RSA","kid":"b","n":"AQAB","e":"AQAB"},{"kty":"RSA","kid":"c","use":"enc","n":"x","e":"x"}]}`}},
		"elsewhere":          {"metadata", teamstest.Fault{Status: http.StatusOK, Body: `{"jwks_uri":"http://evil.example/keys"}`}},
		"on another port":    {"metadata", teamstest.Fault{Status: http.StatusOK, Body: `{"jwks_uri":"http://127.0.0.1:1/keys"}`}},
		"nowhere":            {"metadata", teamstest.Fault{Status: http.StatusOK, Body: `{}`}},
		"no RS256":           {"metadata", teamstest.Fault{Status: http.StatusOK, Body: `{"jwks_uri":"BASE/v1/.well-known/keys","id_token_signing_alg_values_supported":["ES256"]}`}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			if err := w.try(t, w.sound()); err != nil {
				t.Fatal(err)
			}
			tc.fault.Body = strings.ReplaceAll(tc.fault.Body, "BASE", w.teams.URL())
			w.teams.Inject(func(call teamstest.Call) teamstest.Fault {
				if tc.method == "" || call.Method == tc.method {
					return tc.fault
				}
				return teamstest.Fault{}
			})
			if err := w.check.Warm(t.Context()); err == nil {
				t.Error("the reading succeeds")
			}
			unknown := w.sound()
			unknown.header["kid"] = "new"
			for range 5 {
				w.clock.advance(20 * time.Hour)
				if err := w.try(t, unknown); err == nil {
					t.Fatal("an unknown key is good")
				}
				if err := w.try(t, w.sound()); err != nil {
					t.Fatalf("a known key while reading fails: %v", err)
				}
			}
			if _, strange := w.watch.asked(); strange != nil {
				t.Errorf("asked %v", strange)
			}
		})
	}
}

func TestWhoComesFirstWaitsForTheKeys(t *testing.T) {
	w := open(t)
	open := make(chan struct{})
	w.teams.Inject(func(teamstest.Call) teamstest.Fault { return teamstest.Held(open) })
	r, body := w.request(t, w.sound())
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			if _, err := w.check.Check(t.Context(), r, body); err != nil {
				t.Error(err)
			}
		})
	}
	if err := w.teams.WaitFor(t.Context(), func() bool { return len(w.teams.Calls("metadata")) > 0 }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.check.Check(ctx, r, body); err == nil {
		t.Error("who gave up is accepted without a key")
	}
	close(open)
	group.Wait()
	if n := w.fetches(); n != 1 {
		t.Errorf("the keys were read %d times", n)
	}
}

func TestNoKeysYetIsNotTheSendersFault(t *testing.T) {
	w := open(t)
	w.teams.Inject(func(teamstest.Call) teamstest.Fault { return teamstest.Failed(http.StatusBadGateway) })
	var refusal *botauth.Refusal
	if err := w.try(t, w.sound()); !errors.As(err, &refusal) || refusal.Status != http.StatusServiceUnavailable || refusal.Reason != botauth.NoKeys {
		t.Errorf("without keys: %v", err)
	}
	if err := w.check.Warm(t.Context()); err == nil {
		t.Error("Warm succeeds without keys")
	}
	w.teams.Inject(nil)
	w.clock.advance(4 * time.Second)
	if err := w.try(t, w.sound()); err != nil {
		t.Errorf("once the keys are there: %v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var reached atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer elsewhere.Close()
	redirecting := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	defer redirecting.Close()
	w := open(t)
	c := w.config()
	c.MetadataURL, c.Transport = redirecting.URL, nil
	check, err := botauth.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Warm(t.Context()); err == nil || reached.Load() {
		t.Errorf("a redirect was followed: %v, %v", reached.Load(), err)
	}
}

func TestTheKeysAreRefreshedBesideTheWork(t *testing.T) {
	w := open(t)
	if err := w.try(t, w.sound()); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(13 * time.Hour)
	if err := w.try(t, w.sound()); err != nil {
		t.Fatal(err)
	}
	if err := w.teams.WaitFor(t.Context(), func() bool { return w.fetches() == 2 }); err != nil {
		t.Fatal(err)
	}
}

func TestManyRequestsWithRotationsAtOnce(t *testing.T) {
	w := open(t)
	const workers, each, rotations = 64, 40, 5
	var group sync.WaitGroup
	var passed atomic.Int64
	var tokens sync.Map // by key: signing is what takes the time here
	signed := func(a *attempt) string {
		kid := a.header["kid"]
		if kept, ok := tokens.Load(kid); ok {
			return kept.(string)
		}
		kept, _ := tokens.LoadOrStore(kid, "Bearer "+w.token(a))
		return kept.(string)
	}
	for worker := range workers {
		group.Go(func() {
			for i := range each {
				a := w.sound()
				if worker%8 == 0 {
					a = w.unsigned(fmt.Sprintf("flood-%d-%d", worker, i))
				} else {
					a.authorization = []string{signed(a)}
				}
				r, body := w.request(t, a)
				if _, err := w.check.Check(t.Context(), r, body); err == nil {
					if worker%8 == 0 {
						t.Error("an unknown key is good")
					}
					passed.Add(1)
				}
			}
		})
	}
	for range rotations {
		w.teams.Rotate()
		w.clock.advance(31 * time.Second)
	}
	group.Wait()
	w.clock.advance(31 * time.Second)
	if err := w.try(t, w.sound()); err != nil {
		t.Errorf("after all rotations: %v", err)
	}
	if n := w.fetches(); n > rotations+3 {
		t.Errorf("%d readings for %d rotations", n, rotations)
	}
	t.Logf("%d of %d passed while keys changed", passed.Load(), workers*each)
}
