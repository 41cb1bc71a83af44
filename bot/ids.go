package bot

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

// AccountID is somebody's account on one platform instance; PlaceID is one of
// its places (channel, group, private conversation). Both are made by
// NewAccountID and NewPlaceID from the platform's instance key and its native
// id, so the same thing always has the same id. The core never takes them apart.
type (
	AccountID string
	PlaceID   string
)

// PersonID is a human being in the organisation, who may hold several accounts.
// It is random and made when the person is first recorded.
type PersonID string

const idSeparator = "|"

// NewAccountID names an account. It is a pure function.
func NewAccountID(platform, native string) AccountID {
	return AccountID(platform + idSeparator + native)
}

// NewPlaceID names a place. It is a pure function.
func NewPlaceID(platform, native string) PlaceID {
	return PlaceID(platform + idSeparator + native)
}

// Native returns the platform's own id, for that platform's adapter alone.
func (id AccountID) Native() string { _, native := split(string(id)); return native }

// Platform returns the instance key of the platform that the account is on.
func (id AccountID) Platform() string { platform, _ := split(string(id)); return platform }

// Native returns the platform's own id, for that platform's adapter alone.
func (id PlaceID) Native() string { _, native := split(string(id)); return native }

// Platform returns the instance key of the platform that the place is on.
func (id PlaceID) Platform() string { platform, _ := split(string(id)); return platform }

func split(id string) (platform, native string) {
	platform, native, _ = strings.Cut(id, idSeparator)
	return platform, native
}

// NewID returns an id that sorts by time (UUID version 7). Never use it for
// anything that may be anonymous: it contains the moment. It fails only when
// random does.
func NewID(at time.Time, random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[6:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return uuid(b), nil
}

// NewRandomID returns an id without time or order (UUID version 4).
func NewRandomID(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return uuid(b), nil
}

func uuid(b [16]byte) string {
	text := hex.EncodeToString(b[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// NewNonce returns 128 random bits as 26 characters of base32.
func NewNonce(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("make a nonce: %w", err)
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]), nil
}

// referenceLetters leave out 0, O, 1, I and L, which are read wrongly aloud.
const referenceLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// NewReference returns four random letters and digits such as 7F3K, for people
// to quote. They say nothing about time or order.
func NewReference(random io.Reader) (string, error) {
	out := make([]byte, 0, 4)
	var b [1]byte
	for len(out) < 4 {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("make a reference: %w", err)
		}
		if int(b[0]) < len(referenceLetters)*8 {
			out = append(out, referenceLetters[int(b[0])%len(referenceLetters)])
		}
	}
	return string(out), nil
}
