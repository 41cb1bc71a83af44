package teamstest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"sync"
	"time"
)

// key is a signing key of the bot service.
type key struct {
	id           string
	private      *rsa.PrivateKey
	endorsements []string
	published    bool
	waits        bool // it is published and does not sign yet
}

// pool keeps generated keys for all tenants of a test run: making one is slow.
var pool struct {
	mu   sync.Mutex
	keys []*rsa.PrivateKey
}

func poolKey(n int) *rsa.PrivateKey {
	pool.mu.Lock()
	defer pool.mu.Unlock()
	for len(pool.keys) <= n {
		private, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err) // the system has no randomness; no test makes sense
		}
		pool.keys = append(pool.keys, private)
	}
	return pool.keys[n]
}

// Rotate signs with a new key from now on, the announced one where there is one,
// and withdraws all others but these. It returns the new key's id.
func (s *Teams) Rotate(stay ...string) string {
	fresh := s.freshKey()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, k := range s.keys {
		if k.waits {
			fresh = k
			s.keys = slices.Delete(s.keys, i, i+1)
			break
		}
	}
	for _, k := range s.keys {
		k.published = slices.Contains(stay, k.id)
	}
	fresh.published, fresh.waits = true, false
	s.keys = append(s.keys, fresh)
	s.announce()
	return fresh.id
}

// Announce publishes the key that signs from the next Rotate on, and returns its
// id.
func (s *Teams) Announce() string {
	fresh := s.freshKey()
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh.published, fresh.waits = true, true
	s.keys = slices.Insert(s.keys, len(s.keys)-1, fresh)
	return fresh.id
}

// freshKey is a key that nobody knows yet.
func (s *Teams) freshKey() *key {
	s.mu.Lock()
	n := s.made
	s.made++
	s.mu.Unlock()
	return &key{id: fmt.Sprintf("key-%d", n+1), private: poolKey(n), endorsements: []string{"msteams", "webchat"}}
}

// SigningKey returns the key that signs now, for tests that forge tokens.
func (s *Teams) SigningKey() (string, *rsa.PrivateKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.keys[len(s.keys)-1]
	return k.id, k.private
}

// Publish lists a key among the published ones, or no more.
func (s *Teams) Publish(id string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if k.id == id {
			k.published = on
		}
	}
}

// Endorse says for which channels a key may speak; none: for none.
func (s *Teams) Endorse(id string, channels ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if k.id == id {
			k.endorsements = channels
		}
	}
}

// Sign returns a token as it comes with an activity from serviceURL. change may
// alter header and claims before they are signed with RS256; nil leaves them.
func (s *Teams) Sign(serviceURL string, change func(header, claims map[string]any)) string {
	id, private := s.SigningKey()
	now := s.config.Clock.Now()
	header := map[string]any{"alg": "RS256", "typ": "JWT", "kid": id, "x5t": id}
	claims := map[string]any{
		"serviceurl": serviceURL, "iss": s.config.Issuer, "aud": s.config.AppID,
		"nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	if change != nil {
		change(header, claims)
	}
	return Forge(header, claims, func(input []byte) []byte {
		sum := sha256.Sum256(input)
		signature, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, sum[:])
		if err != nil {
			panic(err)
		}
		return signature
	})
}

// Forge puts a token together from header, claims (any JSON values) and
// whatever sign makes of them.
func Forge(header, claims any, sign func(input []byte) []byte) string {
	part := func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	input := part(header) + "." + part(claims)
	return input + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(input)))
}

func (s *Teams) metadata(*exchange) answer {
	return answer{body: map[string]any{
		"issuer":                                s.config.Issuer,
		"authorization_endpoint":                "https://invalid.botframework.com",
		"jwks_uri":                              s.URL() + "/v1/.well-known/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"private_key_jwt"},
	}}
}

func (s *Teams) jwks(*exchange) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := []map[string]any{}
	for _, k := range s.keys {
		if !k.published {
			continue
		}
		keys = append(keys, map[string]any{
			"kty": "RSA", "use": "sig", "kid": k.id, "x5t": k.id, "endorsements": k.endorsements,
			"n": base64.RawURLEncoding.EncodeToString(k.private.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.private.E)).Bytes()),
		})
	}
	return answer{status: http.StatusOK, body: map[string]any{"keys": keys}}
}
