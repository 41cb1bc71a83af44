package botauth_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"evangelist/adapters/teams/botauth"
	"evangelist/adapters/teams/teamstest"
)

// A token whose signature was verified is still looked at each time: its times,
// the activity that it comes with, and whether its key is published still.
func TestAVerifiedTokenIsLookedAtAgain(t *testing.T) {
	because := func(t *testing.T, err error, want botauth.Reason) {
		t.Helper()
		var refusal *botauth.Refusal
		if !errors.As(err, &refusal) || refusal.Reason != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	ready := func(t *testing.T) (*world, *attempt) {
		w := open(t)
		a := w.sound()
		a.sign = rs256(w) // the key of now, also later
		for range 3 {
			if err := w.try(t, a); err != nil {
				t.Fatal(err)
			}
		}
		return w, a
	}
	t.Run("when it has ended", func(t *testing.T) {
		w, a := ready(t)
		w.clock.advance(66 * time.Minute)
		because(t, w.try(t, a), botauth.Time)
	})
	t.Run("with another service address", func(t *testing.T) {
		w, a := ready(t)
		a.activity["serviceUrl"] = "https://elsewhere.example/teams"
		because(t, w.try(t, a), botauth.ServiceURL)
	})
	t.Run("with another tenant", func(t *testing.T) {
		w, a := ready(t)
		a.activity["conversation"] = map[string]any{"id": "a:1", "tenantId": "another"}
		because(t, w.try(t, a), botauth.Tenant)
	})
	t.Run("with another signature", func(t *testing.T) {
		w, a := ready(t)
		right := a.sign
		a.authorization = nil // the token is made anew
		a.sign = func(input []byte) []byte {
			signature := right(input)
			signature[0] ^= 1
			return signature
		}
		because(t, w.try(t, a), botauth.Signature)
	})
	t.Run("when its key is withdrawn", func(t *testing.T) {
		w, a := ready(t)
		w.teams.Rotate()
		if err := w.check.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		because(t, w.try(t, a), botauth.UnknownKey)
	})
	t.Run("when its key's name is another key's", func(t *testing.T) {
		w, a := ready(t)
		id, _ := w.teams.SigningKey()
		w.teams.Rotate()
		_, other := w.teams.SigningKey()
		w.teams.Inject(func(call teamstest.Call) teamstest.Fault {
			if call.Method != "keys" {
				return teamstest.Fault{}
			}
			return teamstest.Fault{Status: http.StatusOK, Body: fmt.Sprintf(`{"keys":[{"kty":"RSA","use":"sig","kid":%q,"n":%q,"e":"AQAB","endorsements":["msteams"]}]}`,
				id, base64.RawURLEncoding.EncodeToString(other.N.Bytes()))}
		})
		if err := w.check.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		because(t, w.try(t, a), botauth.Signature)
	})
	t.Run("when its key may not speak for Teams any more", func(t *testing.T) {
		w, a := ready(t)
		id, _ := w.teams.SigningKey()
		w.teams.Endorse(id)
		if err := w.check.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		because(t, w.try(t, a), botauth.Endorsement)
	})
}
