package botauth

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// maxToken is how long a token may be; real ones have about 1,200 characters.
const maxToken = 16 << 10

// claims are what a token says.
type claims struct {
	jwt.RegisteredClaims
	ServiceURL string `json:"serviceurl"`
}

// bearer returns the one token of a request.
func bearer(header http.Header) (string, *Refusal) {
	values := header.Values("Authorization")
	if len(values) != 1 {
		return "", unauthorized(NoToken)
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || len(token) > maxToken || strings.Count(token, ".") != 2 {
		return "", unauthorized(Malformed)
	}
	for i := range len(token) {
		if c := token[i]; c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return "", unauthorized(Malformed)
		}
	}
	return token, nil
}

// verify returns the claims of a token that the issuer signed for this bot.
// What can be refused without a key is refused before a key is looked for.
func (k *Checker) verify(ctx context.Context, token string) (*claims, signingKey, error) {
	sum := sha256.Sum256([]byte(token))
	if known, ok := k.proven.get(sum); ok {
		if k.times.Validate(&known.said) != nil {
			return nil, signingKey{}, unauthorized(Time)
		}
		key, why := k.keys.find(ctx, known.kid)
		if why != nil {
			return nil, key, why
		}
		if key.public == known.public {
			return &known.said, key, nil
		}
	}
	said, kid, key, err := k.parse(ctx, token)
	if err == nil {
		k.proven.keep(sum, proof{said: *said, kid: kid, public: key.public})
	}
	return said, key, err
}

// parse verifies a token from the beginning.
func (k *Checker) parse(ctx context.Context, token string) (said *claims, kid string, key signingKey, err error) {
	var why *Refusal
	said = &claims{}
	_, err = k.parser.ParseWithClaims(token, said, func(t *jwt.Token) (any, error) {
		if why = k.plausible(t, said); why != nil {
			return nil, why
		}
		kid, _ = t.Header["kid"].(string)
		key, why = k.keys.find(ctx, kid)
		if why != nil {
			return nil, why
		}
		return key.public, nil
	})
	switch {
	case err == nil:
		return said, kid, key, nil
	case why != nil:
		return nil, kid, key, why
	case errors.Is(err, jwt.ErrTokenMalformed):
		return nil, kid, key, unauthorized(Malformed)
	case key.public == nil:
		return nil, kid, key, unauthorized(Algorithm)
	default:
		return nil, kid, key, unauthorized(Signature)
	}
}

// plausible checks all that needs no key.
func (k *Checker) plausible(t *jwt.Token, said *claims) *Refusal {
	kid, _ := t.Header["kid"].(string)
	_, critical := t.Header["crit"]
	switch {
	case critical || kid == "" || len(kid) > 256:
		return unauthorized(Malformed)
	case said.Issuer != k.issuer:
		return unauthorized(Issuer)
	case len(said.Audience) != 1 || !strings.EqualFold(said.Audience[0], k.appID):
		return unauthorized(Audience)
	}
	if err := k.times.Validate(said); err != nil {
		return unauthorized(Time)
	}
	return nil
}
