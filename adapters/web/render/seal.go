package render

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"evangelist/bot"
)

// Sealer lets a form travel with its page, so that nobody has to keep it: what
// comes back is known to be ours. It is signed, not encrypted: it holds what its
// page shows anyway.
type Sealer struct{ key []byte }

// NewSealer returns a Sealer whose key follows from secret; with the same
// secret forms outlive a restart and work on every replica.
func NewSealer(secret []byte) (*Sealer, error) {
	if len(secret) < 16 {
		return nil, errors.New("the secret for web forms has fewer than 16 bytes")
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "evangelist web forms 1", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the key for web forms: %w", err)
	}
	return &Sealer{key: key}, nil
}

// ErrSeal refuses a form that is not ours.
var ErrSeal = errors.New("the form is not one of ours")

// wire is a form as it travels. Its introduction goes as a message, whose text
// form knows the kinds of blocks.
type wire struct {
	Title   string
	Intro   bot.Message
	Command string
	Arg     string
	Fields  []bot.Field
	Submit  string
	Nonce   string
}

// Seal returns the form as text for a hidden field.
func (s *Sealer) Seal(f bot.Form) (string, error) {
	text, err := json.Marshal(wire{
		Title: f.Title, Intro: bot.Message{Blocks: f.Intro}, Command: f.Command, Arg: f.Arg, Fields: f.Fields, Submit: f.Submit, Nonce: f.Nonce,
	})
	if err != nil {
		return "", fmt.Errorf("seal a form: %w", err)
	}
	body := base64.RawURLEncoding.EncodeToString(text)
	return body + "." + base64.RawURLEncoding.EncodeToString(s.mac(body)), nil
}

// Open reads what Seal wrote. Everything else is ErrSeal.
func (s *Sealer) Open(token string) (bot.Form, error) {
	body, tag, _ := strings.Cut(token, ".")
	given, err := base64.RawURLEncoding.DecodeString(tag)
	if err != nil || !hmac.Equal(given, s.mac(body)) {
		return bot.Form{}, ErrSeal
	}
	text, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return bot.Form{}, ErrSeal
	}
	var w wire
	if err := json.Unmarshal(text, &w); err != nil {
		return bot.Form{}, ErrSeal
	}
	return bot.Form{
		Title: w.Title, Intro: w.Intro.Blocks, Command: w.Command, Arg: w.Arg, Fields: w.Fields, Submit: w.Submit, Nonce: w.Nonce,
	}, nil
}

func (s *Sealer) mac(body string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(body))
	return mac.Sum(nil)
}
