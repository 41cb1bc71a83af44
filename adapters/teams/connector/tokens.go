package connector

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"evangelist/bot"
)

// When tokens are got.
const (
	renewEarly = 10 * time.Minute // before the end, beside the work
	lastMinute = time.Minute      // before the end, a token is not used any more
	quiet      = 10 * time.Second // after a failure nobody asks again
)

// TokenConfig says for what tokens are got, and how the bot proves who it is.
type TokenConfig struct {
	AppID      string
	TenantID   string
	LoginURL   string // of the cloud
	TokenURL   string // instead of the cloud's and tenant's
	Scope      string
	Credential Credential
	Clock      bot.Clock         // nil: the system's
	Transport  http.RoundTripper // nil: the proxy of the environment is honoured
}

// Tokens keeps the bot's token for one scope and renews it early. At most one
// request for it is under way at a time. It is safe for concurrent use.
type Tokens struct {
	config TokenConfig
	url    string
	http   *http.Client

	mu      sync.Mutex
	value   string
	ends    time.Time
	renewAt time.Time
	running chan struct{} // closed when the request under way has ended
	failed  error         // of the last request
	again   time.Time     // after a failure, not before
}

// NewTokens returns a source of tokens for a single-tenant app. It asks for
// nothing yet. The token address must be https, or on a loopback host.
func NewTokens(c TokenConfig) (*Tokens, error) {
	if c.AppID == "" || c.Scope == "" || c.Credential == nil || c.TokenURL == "" && (c.TenantID == "" || c.LoginURL == "") {
		return nil, errors.New("tokens need the bot's application id, its tenant and a secret, certificate or federated token: set teams.app_id, teams.tenant_id and one of teams.client_secret, teams.certificate_file and teams.federated_token_file")
	}
	address := c.TokenURL
	if address == "" {
		address = strings.TrimSuffix(c.LoginURL, "/") + "/" + url.PathEscape(c.TenantID) + "/oauth2/v2.0/token"
	}
	if !safeEndpoint(address) {
		return nil, errors.New("the address for tokens must begin with https:// (teams.token_url)")
	}
	if c.Clock == nil {
		c.Clock = bot.SystemClock{}
	}
	return &Tokens{config: c, url: address, http: newHTTP(c.Transport)}, nil
}

// Token implements TokenSource. It fails with a *TokenError when the sign-in
// service refuses.
func (t *Tokens) Token(ctx context.Context) (string, error) {
	t.mu.Lock()
	now := t.config.Clock.Now()
	usable := t.value != "" && now.Before(t.ends.Add(-lastMinute))
	if usable && now.Before(t.renewAt) {
		defer t.mu.Unlock()
		return t.value, nil
	}
	if t.running == nil && !now.Before(t.again) {
		t.begin(ctx)
	}
	value, running := t.value, t.running
	t.mu.Unlock()
	if usable {
		return value, nil
	}
	if running != nil {
		select {
		case <-running:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.value != "" && t.config.Clock.Now().Before(t.ends):
		return t.value, nil // in its last minute, when there is no other
	case t.failed != nil:
		return "", t.failed
	}
	return "", errors.New("the token that came is worth nothing")
}

// Drop implements TokenSource: the next call gets a new token.
func (t *Tokens) Drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value == token {
		t.value = ""
	}
}

// begin asks for a token beside the caller, who holds the lock. The request does
// not end with the caller's.
func (t *Tokens) begin(ctx context.Context) {
	done := make(chan struct{})
	t.running = done
	ctx = context.WithoutCancel(ctx)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, Deadline)
		defer cancel()
		value, life, err := t.ask(ctx)
		t.mu.Lock()
		defer t.mu.Unlock()
		now := t.config.Clock.Now()
		if t.failed = err; err == nil {
			t.value, t.ends = value, now.Add(life)
			t.renewAt = t.ends.Add(-min(renewEarly, life/2))
			t.again = time.Time{}
		} else {
			t.again = now.Add(quiet)
			var refused *TokenError
			if errors.As(err, &refused) {
				t.again = now.Add(max(quiet, refused.RetryAfter))
			}
		}
		t.running = nil
		close(done)
	}()
}

// ask makes the one request for a token.
func (t *Tokens) ask(ctx context.Context) (value string, life time.Duration, err error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {t.config.AppID}, "scope": {t.config.Scope}}
	if err := t.config.Credential.prove(form, t.config.AppID, t.url, t.config.Clock.Now()); err != nil {
		return "", 0, &TokenError{Say: "The bot's certificate or federated token cannot be read; nothing can be sent until it can. Check teams.certificate_file.", Err: err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, withoutAddress(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	response, err := t.http.Do(request)
	if err != nil {
		return "", 0, withoutAddress(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return "", 0, withoutAddress(err)
	}
	if response.StatusCode != http.StatusOK {
		return "", 0, refusedToken(response, text, t.config.Clock.Now())
	}
	var said struct {
		Token string      `json:"access_token"`
		Type  string      `json:"token_type"`
		Life  json.Number `json:"expires_in"`
	}
	if err := json.Unmarshal(text, &said); err != nil || said.Token == "" || !strings.EqualFold(said.Type, "Bearer") {
		return "", 0, errors.New("the answer of the sign-in service holds no token")
	}
	seconds, err := strconv.ParseInt(string(said.Life), 10, 32)
	if err != nil || seconds <= 0 {
		return "", 0, errors.New("the answer of the sign-in service does not say how long the token lasts")
	}
	return said.Token, time.Duration(seconds) * time.Second, nil
}
