package teamstest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The scopes that tokens are given for.
const (
	BotScope   = "https://api.botframework.com/.default"
	GraphScope = "https://graph.microsoft.com/.default"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// grant is a token that was given out.
type grant struct {
	scope string
	ends  time.Time
}

// RevokeTokens makes all tokens of the bot worthless: calls with them are
// answered 401.
func (s *Teams) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// entra is how the token endpoint refuses.
func entra(kind string, code int, message string) answer {
	return answer{status: http.StatusUnauthorized, body: map[string]any{
		"error": kind, "error_description": fmt.Sprintf("AADSTS%d: %s", code, message), "error_codes": []int{code},
	}}
}

func (s *Teams) token(x *exchange) answer {
	form, err := url.ParseQuery(string(x.body))
	switch {
	case err != nil || form.Get("grant_type") != "client_credentials":
		return answer{status: http.StatusBadRequest, body: map[string]any{"error": "unsupported_grant_type", "error_codes": []int{70003}}}
	case !strings.EqualFold(x.request.PathValue("tenant"), s.config.TenantID):
		return entra("invalid_request", 90002, "Tenant not found.")
	case !strings.EqualFold(form.Get("client_id"), s.config.AppID):
		return entra("unauthorized_client", 700016, "Application was not found in the directory.")
	case form.Get("scope") != BotScope && form.Get("scope") != GraphScope:
		return entra("invalid_scope", 70011, "The provided value for scope is not valid.")
	}
	if why := s.proof(form); why != nil {
		return *why
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	seconds := int(s.config.TokenLife.Seconds())
	return answer{body: map[string]any{"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": s.give(form.Get("scope"))}}
}

// proof checks secret or assertion; nil when it is good.
func (s *Teams) proof(form url.Values) *answer {
	refuse := func(code int, message string) *answer {
		a := entra("invalid_client", code, message)
		return &a
	}
	assertion := form.Get("client_assertion")
	if assertion == "" {
		if form.Get("client_secret") != s.config.Secret {
			return refuse(7000215, "Invalid client secret provided.")
		}
		return nil
	}
	switch {
	case form.Get("client_assertion_type") != assertionType || form.Has("client_secret"):
		return refuse(50027, "The assertion is of another type.")
	case s.config.Federated != "" && assertion == s.config.Federated:
		return nil
	case s.config.Certificate == nil:
		return refuse(700213, "No matching federated identity record found.")
	}
	if problem := s.assertion(assertion); problem != "" {
		return refuse(700027, problem)
	}
	return nil
}

// assertion checks a client assertion that a certificate signed; "" when it is
// good.
func (s *Teams) assertion(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "not a token"
	}
	var header struct {
		Algorithm string `json:"alg"`
		Print     string `json:"x5t#S256"`
	}
	var claims struct {
		Audience string `json:"aud"`
		Issuer   string `json:"iss"`
		Subject  string `json:"sub"`
		ID       string `json:"jti"`
		From     int64  `json:"nbf"`
		Until    int64  `json:"exp"`
	}
	if !decode(parts[0], &header) || !decode(parts[1], &claims) {
		return "not readable"
	}
	print := sha256.Sum256(s.config.Certificate.Raw)
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	public, ok := s.config.Certificate.PublicKey.(*rsa.PublicKey)
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	now := s.config.Clock.Now()
	switch {
	case err != nil || !ok:
		return "no RSA signature"
	case header.Algorithm == "RS256" && rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) != nil,
		header.Algorithm == "PS256" && rsa.VerifyPSS(public, crypto.SHA256, sum[:], signature, nil) != nil,
		header.Algorithm != "RS256" && header.Algorithm != "PS256":
		return "the signature is not the certificate's"
	case header.Print != base64.RawURLEncoding.EncodeToString(print[:]):
		return "the thumbprint is another one"
	case claims.Audience != s.TokenURL() || claims.Issuer != s.config.AppID || claims.Subject != s.config.AppID:
		return "audience, issuer or subject is wrong"
	case time.Unix(claims.From, 0).After(now.Add(5*time.Minute)) || !time.Unix(claims.Until, 0).After(now) || claims.Until-claims.From > 24*3600:
		return "not within its time range"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if claims.ID == "" || s.seenJTI[claims.ID] {
		return "used before"
	}
	s.seenJTI[claims.ID] = true
	return ""
}

func decode(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}

// admitted reports whether a request carries a token for this scope.
func (s *Teams) admitted(r *http.Request, scope string) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	given, known := s.tokens[token]
	return ok && known && given.scope == scope && s.config.Clock.Now().Before(given.ends)
}

// Grant gives out a token without asking for proof, for tests that are about
// something else.
func (s *Teams) Grant(scope string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.give(scope)
}

// give makes a token. The lock is held.
func (s *Teams) give(scope string) string {
	s.serial++
	token := fmt.Sprintf("token-%d", s.serial)
	s.tokens[token] = grant{scope: scope, ends: s.config.Clock.Now().Add(s.config.TokenLife)}
	return token
}
