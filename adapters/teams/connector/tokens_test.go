package connector_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/teamstest"
	"evangelist/bot"
)

func TestOneRequestForAllWhoWait(t *testing.T) {
	w := open(t, teamstest.Config{})
	open := make(chan struct{})
	w.teams.Inject(func(call teamstest.Call) teamstest.Fault { return teamstest.Held(open) })
	var group sync.WaitGroup
	tokens := make([]string, 64)
	for i := range tokens {
		group.Go(func() {
			var err error
			if tokens[i], err = w.tokens.Token(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	if err := w.teams.WaitFor(t.Context(), func() bool { return len(w.teams.Calls("token")) > 0 }); err != nil {
		t.Fatal(err)
	}
	close(open)
	group.Wait()
	for _, token := range tokens {
		if token != "token-1" {
			t.Errorf("somebody got %q", token)
		}
	}
	if n := len(w.teams.Calls("token")); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestWhoGivesUpDoesNotStopTheOthers(t *testing.T) {
	w := open(t, teamstest.Config{})
	open := make(chan struct{})
	w.teams.Inject(func(call teamstest.Call) teamstest.Fault { return teamstest.Held(open) })
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := w.tokens.Token(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up: %v", err)
		}
	})
	if err := w.teams.WaitFor(t.Context(), func() bool { return len(w.teams.Calls("token")) > 0 }); err != nil {
		t.Fatal(err)
	}
	cancel()
	group.Wait()
	close(open)
	if token, err := w.tokens.Token(t.Context()); err != nil || token != "token-1" {
		t.Errorf("who waits: %q, %v", token, err)
	}
}

func TestTokensAreRenewedEarly(t *testing.T) {
	w := open(t, teamstest.Config{TokenLife: time.Hour})
	get := func() string {
		t.Helper()
		token, err := w.tokens.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	if got := get(); got != "token-1" {
		t.Fatal(got)
	}
	w.clock.advance(49 * time.Minute)
	if got := get(); got != "token-1" || len(w.teams.Calls("token")) != 1 {
		t.Errorf("after 49 minutes: %s, %d requests", got, len(w.teams.Calls("token")))
	}
	w.clock.advance(2 * time.Minute)
	if got := get(); got != "token-1" {
		t.Errorf("while a new one is got: %s", got)
	}
	w.tokens.Settle()
	if got := get(); got != "token-2" || len(w.teams.Calls("token")) != 2 {
		t.Errorf("once it is there: %s, %d requests", got, len(w.teams.Calls("token")))
	}
	w.clock.advance(2 * time.Hour)
	if got := get(); got != "token-3" {
		t.Errorf("long after: %s", got)
	}
}

func TestATokenServesWhileRenewingFails(t *testing.T) {
	w := open(t, teamstest.Config{TokenLife: time.Hour})
	if _, err := w.tokens.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.teams.Inject(func(teamstest.Call) teamstest.Fault { return teamstest.Failed(500) })
	for _, by := range []time.Duration{55 * time.Minute, 3 * time.Minute, 90 * time.Second, 20 * time.Second} { // the last two within its last minute
		w.clock.advance(by)
		if token, err := w.tokens.Token(t.Context()); err != nil || token != "token-1" {
			t.Errorf("while renewing fails: %q, %v", token, err)
		}
		w.tokens.Settle()
	}
	w.clock.advance(time.Minute)
	if token, err := w.tokens.Token(t.Context()); err == nil {
		t.Errorf("an ended token: %q", token)
	}
	w.teams.Inject(nil)
	w.clock.advance(11 * time.Second)
	if token, err := w.tokens.Token(t.Context()); err != nil || token != "token-2" {
		t.Errorf("once it works: %q, %v", token, err)
	}
}

func TestAFailingSignInIsNotAskedAgainAtOnce(t *testing.T) {
	w := open(t, teamstest.Config{})
	w.teams.Inject(func(teamstest.Call) teamstest.Fault { return teamstest.Throttled("60") })
	for range 20 {
		_, err := w.client.Send(t.Context(), w.chat, text("x"))
		want(t, "without a token", err, bot.Busy)
	}
	w.clock.advance(59 * time.Second)
	_, _ = w.tokens.Token(t.Context())
	if n := len(w.teams.Calls("token")); n != 1 {
		t.Errorf("%d requests within the minute that was asked for", n)
	}
	w.teams.Inject(nil)
	w.clock.advance(2 * time.Second)
	if _, err := w.client.Send(t.Context(), w.chat, text("x")); err != nil {
		t.Error(err)
	}
}

func TestRefusalsOfTheSignIn(t *testing.T) {
	refusal := func(status int, code int) teamstest.Fault {
		return teamstest.Fault{Status: status, Body: fmt.Sprintf(`{"error":"invalid_client","error_description":"AADSTS%d: a-secret-of-the-tests","error_codes":[%d]}`, code, code)}
	}
	for name, tc := range map[string]struct {
		fault     teamstest.Fault
		code      int
		permanent bool
		says      string
	}{
		"expired secret":   {refusal(401, 7000222), 7000222, true, "expired"},
		"wrong secret":     {refusal(401, 7000215), 7000215, true, "teams.client_secret"},
		"unknown app":      {refusal(400, 700016), 700016, true, "teams.app_id"},
		"unknown tenant":   {refusal(400, 90002), 90002, true, "teams.tenant_id"},
		"something new":    {refusal(401, 123), 123, true, "registration"},
		"no words":         {teamstest.Fault{Status: 403}, 0, true, "registration"},
		"a failing server": {teamstest.Page(503), 0, false, "not available"},
		"throttled":        {teamstest.Throttled("3"), 0, false, "not available"},
		"a portal":         {teamstest.Page(302), 0, false, "proxy"},
	} {
		w := open(t, teamstest.Config{})
		w.teams.Inject(func(teamstest.Call) teamstest.Fault { return tc.fault })
		_, err := w.tokens.Token(t.Context())
		var refused *connector.TokenError
		if !errors.As(err, &refused) || refused.Code != tc.code || refused.Permanent != tc.permanent || !strings.Contains(refused.Say, tc.says) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(err.Error(), w.teams.Secret()) {
			t.Errorf("%s: the secret is in the error: %v", name, err)
		}
		_, err = w.client.Send(t.Context(), w.chat, text("x"))
		want(t, name, err, bot.Busy)
		var busy *bot.SendError
		if errors.As(err, &busy) && tc.permanent && busy.RetryAfter < time.Minute {
			t.Errorf("%s: again after %v already", name, busy.RetryAfter)
		}
	}
	for name, fault := range map[string]teamstest.Fault{
		"a page": teamstest.Page(200), "no token": {Status: 200, Body: `{"token_type":"Bearer","expires_in":3600}`}, "no life": {Status: 200, Body: `{"access_token":"x","token_type":"Bearer"}`},
		"a negative life": {Status: 200, Body: `{"access_token":"x","token_type":"Bearer","expires_in":-1}`}, "another type": {Status: 200, Body: `{"access_token":"x","token_type":"pop","expires_in":3600}`},
		"reset": teamstest.Broken(teamstest.Reset), "truncated": teamstest.Broken(teamstest.Truncate),
	} {
		w := open(t, teamstest.Config{})
		w.teams.Inject(func(teamstest.Call) teamstest.Fault { return fault })
		if token, err := w.tokens.Token(t.Context()); err == nil {
			t.Errorf("%s: the token %q", name, token)
		}
		_, err := w.client.Send(t.Context(), w.chat, text("x"))
		want(t, name, err, bot.Busy)
	}
}

func TestALifeWrittenAsTextIsRead(t *testing.T) {
	w := open(t, teamstest.Config{})
	w.teams.Inject(func(teamstest.Call) teamstest.Fault {
		return teamstest.Fault{Status: 200, Body: `{"access_token":"x","token_type":"bearer","expires_in":"3599"}`}
	})
	if token, err := w.tokens.Token(t.Context()); err != nil || token != "x" {
		t.Errorf("%q, %v", token, err)
	}
}

// issue writes a certificate with its key to a file.
func issue(t *testing.T, path string, pkcs1 bool) *x509.Certificate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "evangelist"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	kind, private := "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)
	if !pkcs1 {
		kind = "PRIVATE KEY"
		if private, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
			t.Fatal(err)
		}
	}
	var text bytes.Buffer
	_ = pem.Encode(&text, &pem.Block{Type: kind, Bytes: private})
	_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return certificate
}

func TestCertificate(t *testing.T) {
	for _, pkcs1 := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "bot.pem")
		w := open(t, teamstest.Config{Certificate: issue(t, path, pkcs1)})
		credential, err := connector.CertificateFile(path, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		tokens := w.source(t, credential)
		for range 3 { // each with an id of its own
			token, err := tokens.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			tokens.Drop(token)
		}
		issue(t, path, pkcs1)
		w.clock.advance(time.Minute)
		var refused *connector.TokenError
		if _, err := tokens.Token(t.Context()); !errors.As(err, &refused) || refused.Code != 700027 || !strings.Contains(refused.Say, "certificate") {
			t.Errorf("with another certificate: %v", err)
		}
	}
}

func TestARenewedCertificateNeedsNoRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.pem")
	old := issue(t, path, true)
	w := open(t, teamstest.Config{Certificate: old})
	credential, err := connector.CertificateFile(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	issue(t, path, true)
	tokens := w.source(t, credential)
	if _, err := tokens.Token(t.Context()); err == nil {
		t.Error("the certificate of the start is still used")
	}
	if err := os.WriteFile(path, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(time.Minute)
	if _, err := tokens.Token(t.Context()); err != nil {
		t.Errorf("with the certificate that is trusted: %v", err)
	}
}

func TestBadCertificateFiles(t *testing.T) {
	folder := t.TempDir()
	good, other := filepath.Join(folder, "good.pem"), filepath.Join(folder, "other.pem")
	issue(t, good, true)
	issue(t, other, true)
	read := func(path string) string { text, _ := os.ReadFile(path); return string(text) }
	key, certificate, _ := strings.Cut(read(good), "-----BEGIN CERT")
	otherKey, _, _ := strings.Cut(read(other), "-----BEGIN CERT")
	for name, text := range map[string]string{
		"empty": "", "no key": "-----BEGIN CERT" + certificate, "no certificate": key, "another's key": otherKey + "-----BEGIN CERT" + certificate,
		"a broken key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n-----BEGIN CERT" + certificate, "no PEM": "hello",
	} {
		path := filepath.Join(folder, "bad.pem")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := connector.CertificateFile(path, rand.Reader); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := connector.CertificateFile(filepath.Join(folder, "absent.pem"), rand.Reader); err == nil {
		t.Error("a file that is not there is taken")
	}
}

func TestFederatedToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	w := open(t, teamstest.Config{Federated: "a.b.c"})
	tokens := w.source(t, connector.FederatedFile(path))
	var refused *connector.TokenError
	if _, err := tokens.Token(t.Context()); !errors.As(err, &refused) || refused.Say == "" {
		t.Errorf("without a file: %v", err)
	}
	_, err := w.connect(t, func(c *connector.Config) { c.Tokens = tokens }).Send(t.Context(), w.chat, text("x"))
	want(t, "without a file", err, bot.Busy)
	for content, good := range map[string]bool{"a.b.c\n": true, "x.y.z": false, "": false, "hello": false} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(time.Hour)
		tokens := w.source(t, connector.FederatedFile(path))
		if _, err := tokens.Token(t.Context()); (err == nil) != good {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	credential := connector.Secret("tip-top-secret")
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, credential); strings.Contains(text, "tip-top") {
			t.Errorf("%s shows %s", format, text)
		}
	}
}

func TestTokensNeedAConfiguration(t *testing.T) {
	good := connector.TokenConfig{AppID: "a", TenantID: "t", LoginURL: "https://login.example", Scope: "s", Credential: connector.Secret("x")}
	if _, err := connector.NewTokens(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*connector.TokenConfig){
		"no app": func(c *connector.TokenConfig) { c.AppID = "" }, "no tenant": func(c *connector.TokenConfig) { c.TenantID = "" },
		"no credential": func(c *connector.TokenConfig) { c.Credential = nil }, "no scope": func(c *connector.TokenConfig) { c.Scope = "" },
		"no TLS": func(c *connector.TokenConfig) { c.TokenURL = "http://login.example/token" }, "no address": func(c *connector.TokenConfig) { c.LoginURL = "" },
		"a user in the address": func(c *connector.TokenConfig) { c.TokenURL = "https://me@login.example/token" },
	} {
		c := good
		change(&c)
		if _, err := connector.NewTokens(c); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := connector.New(connector.Config{}); err == nil {
		t.Error("a connector without anything is taken")
	}
}

func TestTheSecretFollowsNoRedirect(t *testing.T) {
	w := open(t, teamstest.Config{})
	w.teams.Inject(func(teamstest.Call) teamstest.Fault { return teamstest.Fault{Status: http.StatusTemporaryRedirect} })
	if _, err := w.tokens.Token(t.Context()); err == nil {
		t.Error("a redirect gave a token")
	}
	if n := len(w.teams.Calls()); n != 1 {
		t.Errorf("%d requests", n)
	}
}
