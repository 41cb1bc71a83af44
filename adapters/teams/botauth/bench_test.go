package botauth_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
)

// The floor of BenchmarkCheck: the signature alone.
func BenchmarkVerifyAlone(b *testing.B) {
	w := open(b)
	_, key := w.teams.SigningKey()
	input := []byte("header.claims")
	sum := sha256.Sum256(input)
	signature := rs256(w)(input)
	for b.Loop() {
		if rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
			b.Fatal("not the signature")
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	w := open(b)
	r, body := w.request(b, w.sound())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.check.Check(b.Context(), r, body); err != nil {
			b.Fatal(err)
		}
	}
}

// What a flood of requests with unknown keys costs: nothing is fetched, nothing
// verified.
func BenchmarkRefuseUnknownKey(b *testing.B) {
	w := open(b)
	if err := w.try(b, w.sound()); err != nil {
		b.Fatal(err)
	}
	a := w.sound()
	a.header["kid"] = "made-up"
	r, body := w.request(b, a)
	for b.Loop() {
		if _, err := w.check.Check(b.Context(), r, body); err == nil {
			b.Fatal("accepted")
		}
	}
}
