package botauth_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"evangelist/adapters/teams/botauth"
)

func rs256(w *world) func([]byte) []byte {
	_, key := w.teams.SigningKey()
	return signer(key)
}

func signer(key *rsa.PrivateKey) func([]byte) []byte {
	return func(input []byte) []byte {
		sum := sha256.Sum256(input)
		signature, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		return signature
	}
}

// public returns the key's published half in the forms that a careless verifier
// would take for a shared secret.
func public(w *world, form string) []byte {
	_, key := w.teams.SigningKey()
	der, _ := x509.MarshalPKIXPublicKey(&key.PublicKey)
	switch form {
	case "pem":
		return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	case "modulus":
		return key.N.Bytes()
	}
	return der
}

func hs256(secret []byte) func([]byte) []byte {
	return func(input []byte) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write(input)
		return mac.Sum(nil)
	}
}

func stranger(t *testing.T) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func jwk(key *rsa.PrivateKey, kid string) map[string]any {
	return map[string]any{"kty": "RSA", "use": "sig", "kid": kid, "endorsements": []string{"msteams"}, "n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": "AQAB"}
}

// broken is one request for each rule, which breaks that rule alone.
type broken struct {
	name   string
	reason botauth.Reason
	change func(*testing.T, *world, *attempt)
}

func brokenTokens() []broken {
	return []broken{
		{"no header", botauth.NoToken, func(_ *testing.T, _ *world, a *attempt) { a.authorization = []string{} }},
		{"an empty header", botauth.Malformed, func(_ *testing.T, _ *world, a *attempt) { a.authorization = []string{""} }},
		{"two headers", botauth.NoToken, func(_ *testing.T, w *world, a *attempt) {
			a.authorization = []string{"Bearer " + w.token(a), "Bearer " + w.token(a)}
		}},
		{"two tokens in one header", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) {
			a.authorization = []string{"Bearer " + w.token(a) + ", Bearer " + w.token(a)}
		}},
		{"a good token behind a bad one", botauth.NoToken, func(_ *testing.T, w *world, a *attempt) {
			a.authorization = []string{"Bearer x.y.z", "Bearer " + w.token(a)}
		}},
		{"another scheme", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) { a.authorization = []string{"Basic " + w.token(a)} }},
		{"no scheme", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) { a.authorization = []string{w.token(a)} }},
		{"two spaces", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) { a.authorization = []string{"Bearer  " + w.token(a)} }},
		{"a tab", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) { a.authorization = []string{"Bearer\t" + w.token(a)} }},
		{"no token", botauth.Malformed, func(_ *testing.T, _ *world, a *attempt) { a.authorization = []string{"Bearer "} }},
		{"not a token", botauth.Malformed, func(_ *testing.T, _ *world, a *attempt) { a.authorization = []string{"Bearer hello"} }},
		{"two parts", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) {
			token := w.token(a)
			a.authorization = []string{"Bearer " + token[:strings.LastIndex(token, ".")]}
		}},
		{"four parts", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) { a.authorization = []string{"Bearer " + w.token(a) + ".x"} }},
		{"a thousand dots", botauth.Malformed, func(_ *testing.T, _ *world, a *attempt) {
			a.authorization = []string{"Bearer " + strings.Repeat(".", 1000)}
		}},
		{"a very long token", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) {
			a.header["pad"] = strings.Repeat("x", 20<<10)
		}},
		{"padded base64", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) { a.authorization = []string{"Bearer " + w.token(a) + "="} }},
		{"a header that is no JSON", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) {
			_, rest, _ := strings.Cut(w.token(a), ".")
			a.authorization = []string{"Bearer " + base64.RawURLEncoding.EncodeToString([]byte("{")) + "." + rest}
		}},
		{"claims that are no object", botauth.Malformed, func(_ *testing.T, w *world, a *attempt) {
			parts := strings.Split(w.token(a), ".")
			a.authorization = []string{"Bearer " + parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`"x"`)) + "." + parts[2]}
		}},
		{"no algorithm", botauth.Algorithm, func(_ *testing.T, _ *world, a *attempt) { delete(a.header, "alg") }},
		{"algorithm none", botauth.Algorithm, func(_ *testing.T, _ *world, a *attempt) {
			a.header["alg"], a.sign = "none", func([]byte) []byte { return nil }
		}},
		{"algorithm NONE with a signature", botauth.Algorithm, func(_ *testing.T, _ *world, a *attempt) { a.header["alg"] = "NONE" }},
		{"algorithm rs256", botauth.Algorithm, func(_ *testing.T, _ *world, a *attempt) { a.header["alg"] = "rs256" }},
		{"HS256 with the public key", botauth.Algorithm, func(_ *testing.T, w *world, a *attempt) {
			a.header["alg"], a.sign = "HS256", hs256(public(w, "der"))
		}},
		{"HS256 with the public key as text", botauth.Algorithm, func(_ *testing.T, w *world, a *attempt) {
			a.header["alg"], a.sign = "HS256", hs256(public(w, "pem"))
		}},
		{"HS256 with the modulus", botauth.Algorithm, func(_ *testing.T, w *world, a *attempt) {
			a.header["alg"], a.sign = "HS256", hs256(public(w, "modulus"))
		}},
		{"HS256 with the key's id", botauth.Algorithm, func(_ *testing.T, _ *world, a *attempt) {
			a.header["alg"], a.sign = "HS256", hs256([]byte("key-1"))
		}},
		{"RS512", botauth.Algorithm, func(_ *testing.T, w *world, a *attempt) {
			_, key := w.teams.SigningKey()
			a.header["alg"] = "RS512"
			a.sign = func(input []byte) []byte {
				sum := sha512.Sum512(input)
				signature, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA512, sum[:])
				return signature
			}
		}},
		{"PS256", botauth.Algorithm, func(_ *testing.T, w *world, a *attempt) {
			_, key := w.teams.SigningKey()
			a.header["alg"] = "PS256"
			a.sign = func(input []byte) []byte {
				sum := sha256.Sum256(input)
				signature, _ := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
				return signature
			}
		}},
		{"no key id", botauth.Malformed, func(_ *testing.T, _ *world, a *attempt) { delete(a.header, "kid") }},
		{"a key id that is a number", botauth.Malformed, func(_ *testing.T, _ *world, a *attempt) { a.header["kid"] = 1 }},
		{"an unknown key id", botauth.UnknownKey, func(_ *testing.T, _ *world, a *attempt) { a.header["kid"] = "key-99" }},
		{"a key id that is a path", botauth.UnknownKey, func(_ *testing.T, _ *world, a *attempt) { a.header["kid"] = "../../dev/null" }},
		{"an extension that must be understood", botauth.Malformed, func(_ *testing.T, _ *world, a *attempt) {
			a.header["crit"], a.header["b64"] = []string{"b64"}, false
		}},
		{"somebody else's signature", botauth.Signature, func(t *testing.T, _ *world, a *attempt) { a.sign = signer(stranger(t)) }},
		{"no signature", botauth.Signature, func(_ *testing.T, _ *world, a *attempt) { a.sign = func([]byte) []byte { return nil } }},
		{"claims changed afterwards", botauth.Signature, func(_ *testing.T, w *world, a *attempt) {
			one := strings.Split(w.token(a), ".")
			a.claims["exp"] = w.clock.Now().Unix() + 9999
			two := strings.Split(w.token(a), ".")
			a.authorization = []string{"Bearer " + two[0] + "." + two[1] + "." + one[2]}
		}},
		{"a key in the header", botauth.Signature, func(t *testing.T, _ *world, a *attempt) {
			key := stranger(t)
			a.header["jwk"], a.sign = jwk(key, a.header["kid"].(string)), signer(key)
		}},
		{"keys at an address in the header", botauth.Signature, func(t *testing.T, _ *world, a *attempt) {
			a.header["jku"], a.sign = "https://evil.example/keys", signer(stranger(t))
		}},
		{"keys at an address, unknown id", botauth.UnknownKey, func(t *testing.T, _ *world, a *attempt) {
			a.header["jku"], a.header["kid"], a.sign = "https://evil.example/keys", "evil", signer(stranger(t))
		}},
		{"a certificate at an address in the header", botauth.UnknownKey, func(t *testing.T, _ *world, a *attempt) {
			a.header["x5u"], a.header["kid"], a.sign = "https://evil.example/cert", "evil", signer(stranger(t))
		}},
		{"a certificate in the header", botauth.Signature, func(t *testing.T, _ *world, a *attempt) {
			a.header["x5c"], a.sign = []string{"MIIB"}, signer(stranger(t))
		}},
		{"a key that was withdrawn", botauth.UnknownKey, func(_ *testing.T, w *world, a *attempt) {
			a.sign = rs256(w)
			w.teams.Rotate()
		}},
	}
}

func brokenClaims() []broken {
	claim := func(name string, value any) func(*testing.T, *world, *attempt) {
		return func(_ *testing.T, _ *world, a *attempt) {
			if a.claims[name] = value; value == nil {
				delete(a.claims, name)
			}
		}
	}
	at := func(name string, by time.Duration) func(*testing.T, *world, *attempt) {
		return func(_ *testing.T, w *world, a *attempt) { a.claims[name] = w.clock.Now().Add(by).Unix() }
	}
	return []broken{
		{"no issuer", botauth.Issuer, claim("iss", nil)},
		{"the government's issuer", botauth.Issuer, claim("iss", "https://api.botframework.us")},
		{"the directory as issuer", botauth.Issuer, claim("iss", "https://sts.windows.net/7d1c3c39-93bb-4d4c-8a6b-2f0f2f1d9e10/")},
		{"an issuer with a slash", botauth.Issuer, claim("iss", "https://api.botframework.com/")},
		{"no audience", botauth.Audience, claim("aud", nil)},
		{"another bot's audience", botauth.Audience, claim("aud", "11111111-2222-4333-8444-555555555555")},
		{"an audience with a scheme", botauth.Audience, func(_ *testing.T, w *world, a *attempt) { a.claims["aud"] = "api://" + w.teams.AppID() }},
		{"two audiences", botauth.Audience, func(_ *testing.T, w *world, a *attempt) { a.claims["aud"] = []string{w.teams.AppID(), "another"} }},
		{"an empty audience", botauth.Audience, claim("aud", "")},
		{"expired", botauth.Time, at("exp", -6*time.Minute)},
		{"expired long ago", botauth.Time, claim("exp", 1)},
		{"no end", botauth.Time, claim("exp", nil)},
		{"an end beyond all time", botauth.Time, claim("exp", -math.MaxFloat64)},
		{"not valid yet", botauth.Time, at("nbf", 6*time.Minute)},
		{"an end that is a text", botauth.Malformed, claim("exp", "tomorrow")},
		{"no service address", botauth.ServiceURL, claim("serviceurl", nil)},
		{"another region", botauth.ServiceURL, func(_ *testing.T, w *world, a *attempt) {
			a.claims["serviceurl"] = strings.Replace(w.teams.ServiceURL(), "emea", "amer", 1)
		}},
		{"a service address that begins alike", botauth.ServiceURL, func(_ *testing.T, w *world, a *attempt) {
			a.activity["serviceUrl"] = w.teams.ServiceURL() + ".evil.example"
		}},
		{"no service address in the activity", botauth.ServiceURL, func(_ *testing.T, _ *world, a *attempt) { delete(a.activity, "serviceUrl") }},
		{"neither has a service address", botauth.ServiceURL, func(_ *testing.T, _ *world, a *attempt) {
			delete(a.activity, "serviceUrl")
			a.claims["serviceurl"] = ""
		}},
	}
}

func brokenActivities() []broken {
	service := func(address string) func(*testing.T, *world, *attempt) {
		return func(_ *testing.T, _ *world, a *attempt) {
			a.claims["serviceurl"], a.activity["serviceUrl"] = address, address
		}
	}
	written := func(format string) func(*testing.T, *world, *attempt) {
		return func(_ *testing.T, w *world, a *attempt) {
			a.body = strings.NewReplacer("SERVICE", w.teams.ServiceURL(), "TENANT", w.teams.TenantID()).Replace(format)
		}
	}
	member := func(name string, value any) func(*testing.T, *world, *attempt) {
		return func(_ *testing.T, _ *world, a *attempt) { a.activity[name] = value }
	}
	return []broken{
		{"a host that is not listed", botauth.ServiceHost, service("https://evil.example/emea/")},
		{"a listed host without TLS", botauth.ServiceHost, service("http://smba.trafficmanager.net/emea/")},
		{"a listed host as a user", botauth.ServiceHost, service("https://smba.trafficmanager.net@evil.example/")},
		{"a listed host on another port", botauth.ServiceHost, service("https://smba.trafficmanager.net:8443/emea/")},
		{"a host below a listed one", botauth.ServiceHost, service("https://x.smba.trafficmanager.net/emea/")},
		{"a host that ends like a listed one", botauth.ServiceHost, service("https://evilsmba.trafficmanager.net/emea/")},
		{"loopback on another port", botauth.ServiceHost, service("http://127.0.0.1:1/emea/")},
		{"a service address with a query", botauth.ServiceHost, service("https://smba.trafficmanager.net/emea/?x=")},
		{"a service address that climbs", botauth.ServiceHost, service("https://smba.trafficmanager.net/emea/../x/")},
		{"a key without the endorsement", botauth.Endorsement, func(_ *testing.T, w *world, a *attempt) { w.teams.Endorse(a.header["kid"].(string), "webchat") }},
		{"a key without endorsements", botauth.Endorsement, func(_ *testing.T, w *world, a *attempt) { w.teams.Endorse(a.header["kid"].(string)) }},
		{"another channel", botauth.Channel, member("channelId", "webchat")},
		{"a channel in other letters", botauth.Channel, member("channelId", "MSTeams")},
		{"no channel", botauth.Channel, member("channelId", nil)},
		{"another tenant", botauth.Tenant, func(_ *testing.T, _ *world, a *attempt) {
			a.activity["conversation"] = map[string]any{"tenantId": "11111111-2222-4333-8444-555555555555"}
			delete(a.activity, "channelData")
		}},
		{"two tenants", botauth.Tenant, member("conversation", map[string]any{"tenantId": "11111111-2222-4333-8444-555555555555"})},
		{"two tenants, the other way", botauth.Tenant, member("channelData", map[string]any{"tenant": map[string]any{"id": "11111111-2222-4333-8444-555555555555"}})},
		{"no tenant", botauth.Tenant, func(_ *testing.T, _ *world, a *attempt) {
			delete(a.activity, "channelData")
			delete(a.activity, "conversation")
		}},
		{"an empty body", botauth.Channel, func(_ *testing.T, _ *world, a *attempt) { a.body = "null" }},
		{"a body that is no JSON", botauth.BadActivity, written("hello")},
		{"a list", botauth.BadActivity, written(`[{"serviceUrl":"SERVICE","channelId":"msteams","conversation":{"tenantId":"TENANT"}}]`)},
		{"half an activity", botauth.BadActivity, written(`{"serviceUrl":"SERVICE","channelId":"msteams","conversation":{"tenantId":"TENANT"}`)},
		{"something behind the activity", botauth.BadActivity, written(`{"serviceUrl":"SERVICE","channelId":"msteams","conversation":{"tenantId":"TENANT"}} {}`)},
		{"two service addresses", botauth.BadActivity, written(`{"serviceUrl":"SERVICE","serviceUrl":"https://evil.example/","channelId":"msteams","conversation":{"tenantId":"TENANT"}}`)},
		{"two service addresses in other letters", botauth.BadActivity, written(`{"serviceUrl":"SERVICE","serviceurl":"https://evil.example/","channelId":"msteams","conversation":{"tenantId":"TENANT"}}`)},
		{"a service address in other letters", botauth.BadActivity, written(`{"serviceurl":"SERVICE","channelId":"msteams","conversation":{"tenantId":"TENANT"}}`)},
		{"two tenants in one place", botauth.BadActivity, written(`{"serviceUrl":"SERVICE","channelId":"msteams","conversation":{"tenantId":"TENANT","TenantId":"x"}}`)},
		{"a service address that is a number", botauth.BadActivity, written(`{"serviceUrl":1,"channelId":"msteams","conversation":{"tenantId":"TENANT"}}`)},
		{"a conversation that is a text", botauth.BadActivity, written(`{"serviceUrl":"SERVICE","channelId":"msteams","conversation":"TENANT"}`)},
		{"nested without end", botauth.BadActivity, written(`{"serviceUrl":"SERVICE","x":` + strings.Repeat("[", 20000))},
	}
}

func TestEachBrokenRuleIsRefused(t *testing.T) {
	cases := append(append(brokenTokens(), brokenClaims()...), brokenActivities()...)
	if len(cases) < 45 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t)
			a := w.sound()
			tc.change(t, w, a)
			r, body := w.request(t, a)
			got, err := w.check.Check(t.Context(), r, body)
			var refusal *botauth.Refusal
			if !errors.As(err, &refusal) || got != (botauth.Claims{}) {
				t.Fatalf("accepted: %+v, %v", got, err)
			}
			if refusal.Reason != tc.reason {
				t.Errorf("refused for %s, want %s (%v)", refusal.Reason, tc.reason, err)
			}
			if refusal.Status != http.StatusUnauthorized && refusal.Status != http.StatusForbidden {
				t.Errorf("answered with %d", refusal.Status)
			}
			if _, strange := w.watch.asked(); strange != nil {
				t.Errorf("asked %v", strange)
			}
			if text := err.Error(); strings.Contains(text, w.teams.TenantID()) || strings.Contains(text, "hello") || strings.Contains(text, "eyJ") {
				t.Errorf("the error tells what was sent: %s", text)
			}
		})
	}
	t.Logf("%d requests refused", len(cases))
}

// The corpus is sound but for the one rule: the same request, unbroken, passes.
func TestTheCorpusBreaksOneRuleOnly(t *testing.T) {
	w := open(t)
	r, body := w.request(t, w.sound())
	if _, err := w.check.Check(t.Context(), r, body); err != nil {
		t.Fatal(err)
	}
}

func FuzzCheck(f *testing.F) {
	w := open(f)
	r, body := w.request(f, w.sound())
	f.Add(r.Header.Get("Authorization"), body)
	for _, tc := range append(brokenTokens()[:30], brokenActivities()[:20]...) {
		a := w.sound()
		if strings.Contains(tc.name, "endorse") || strings.Contains(tc.name, "withdrawn") {
			continue
		}
		tc.change(nil, w, a)
		r, body := w.request(f, a)
		f.Add(r.Header.Get("Authorization"), body)
	}
	good := r.Header.Get("Authorization")
	f.Fuzz(func(t *testing.T, authorization string, body []byte) {
		r, _ := http.NewRequest(http.MethodPost, "/", nil)
		r.Header.Set("Authorization", authorization)
		got, err := w.check.Check(t.Context(), r, body)
		if err != nil {
			return
		}
		// Whoever holds the token may send any activity from its service; nobody
		// else may send anything.
		var activity struct {
			ServiceURL string `json:"serviceUrl"`
			ChannelID  string `json:"channelId"`
		}
		_, token, _ := strings.Cut(authorization, " ")
		_, real, _ := strings.Cut(good, " ")
		if token != real || json.Unmarshal(body, &activity) != nil || activity.ServiceURL != got.ServiceURL || got.ChannelID != "msteams" || got.TenantID != w.teams.TenantID() {
			t.Errorf("accepted %+v", got)
		}
		if _, strange := w.watch.asked(); strange != nil {
			t.Error(fmt.Sprint("asked ", strange))
		}
	})
}
