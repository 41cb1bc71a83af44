package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"evangelist/adapters/teams/cloud"
	"evangelist/bot"
)

// Limits on one request.
const (
	deadline  = 30 * time.Second
	maxAnswer = 32 << 20
	maxWait   = 10 * time.Minute // longer than the service asks to wait in practice
)

// TokenSource gives tokens for the scope of Graph.
type TokenSource interface {
	// Token returns a token that is valid for a while.
	Token(ctx context.Context) (string, error)
	// Drop forgets a token that was refused.
	Drop(token string)
}

// Config says where Graph is and who asks.
type Config struct {
	BaseURL  string // with version, such as https://graph.microsoft.com/v1.0
	AppID    string // the bot's: only its own messages are found
	Platform string // instance key that accounts are named with, "teams"
	Tokens   TokenSource
	// Level names the level of somebody with this many managers above; nil:
	// "Level 1" for the top, and so on.
	Level     func(above int) string
	Clock     bot.Clock         // nil: the system's
	Transport http.RoundTripper // nil: the proxy of the environment is honoured
	// Wait waits before a throttled request is made again; nil: in real time.
	Wait func(ctx context.Context, d time.Duration) error
}

// Client reads from Graph. It is safe for concurrent use.
type Client struct {
	config Config
	base   *url.URL
	http   *http.Client
}

// New returns a Client. The address must be https, or on a loopback host.
func New(c Config) (*Client, error) {
	base, err := url.Parse(strings.TrimSuffix(c.BaseURL, "/"))
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Scheme != "https" && (base.Scheme != "http" || !cloud.IsLoopback(base.Hostname())) {
		return nil, errors.New("the address of Microsoft Graph must begin with https:// and name a host")
	}
	if c.Tokens == nil || c.Platform == "" {
		return nil, errors.New("reading from Microsoft Graph needs a source of tokens and the platform's name")
	}
	if c.Level == nil {
		c.Level = func(above int) string { return "Level " + strconv.Itoa(above+1) }
	}
	if c.Clock == nil {
		c.Clock = bot.SystemClock{}
	}
	if c.Wait == nil {
		c.Wait = wait
	}
	transport := c.Transport
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.Proxy = http.ProxyFromEnvironment
		transport = own
	}
	return &Client{config: c, base: base, http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Failure is what Graph answered instead of what was asked for. It holds nothing
// that anybody wrote.
type Failure struct {
	Status     int
	Code       string
	RetryAfter time.Duration // 0: not said
}

// Error implements error.
func (f *Failure) Error() string {
	if f.Code == "" {
		return fmt.Sprintf("Microsoft Graph answered %d", f.Status)
	}
	return fmt.Sprintf("Microsoft Graph answered %d (%s)", f.Status, f.Code)
}

// passing reports whether the same request may succeed later.
func (f *Failure) passing() bool {
	switch f.Status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusPreconditionFailed, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return f.Status >= 500
}

// errElsewhere keeps a token from following a link to another host.
var errElsewhere = errors.New("the next page is at another address than Microsoft Graph; it is not followed")

// address puts a path of escaped segments and a query behind the base.
func (c *Client) address(query url.Values, segments ...string) string {
	address := c.base.String()
	for _, segment := range segments {
		address += "/" + url.PathEscape(segment)
	}
	return address + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// ours reports whether a link leads to this Graph.
func (c *Client) ours(link string) bool {
	at, err := url.Parse(link)
	return err == nil && at.Scheme == c.base.Scheme && at.Host == c.base.Host && at.User == nil && strings.HasPrefix(at.EscapedPath(), c.base.EscapedPath()+"/") && !strings.Contains(at.Path, "..")
}

// get reads one answer. A refused token is replaced once.
func (c *Client) get(ctx context.Context, address string, header http.Header, into any) error {
	if !c.ours(address) {
		return errElsewhere
	}
	err := c.once(ctx, address, header, into)
	var failure *Failure
	if errors.As(err, &failure) && failure.Status == http.StatusUnauthorized {
		return c.once(ctx, address, header, into)
	}
	return err
}

func (c *Client) once(ctx context.Context, address string, header http.Header, into any) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	token, err := c.config.Tokens.Token(ctx)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return withoutAddress(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := c.http.Do(request)
	if err != nil {
		return withoutAddress(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if response.StatusCode != http.StatusOK {
		if response.StatusCode == http.StatusUnauthorized {
			c.config.Tokens.Drop(token)
		}
		return &Failure{Status: response.StatusCode, Code: codeOf(text), RetryAfter: retryAfter(response.Header.Get("Retry-After"), c.config.Clock.Now())}
	}
	if err != nil {
		return withoutAddress(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return errors.New("the answer of Microsoft Graph cannot be read")
	}
	return nil
}

// withoutAddress takes the address, which may name people or places, out of an
// error.
func withoutAddress(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

func codeOf(text []byte) string {
	var said struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(text, &said) != nil {
		return ""
	}
	code := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return -1
	}, said.Error.Code)
	return code[:min(len(code), 64)]
}

func retryAfter(text string, now time.Time) time.Duration {
	d := time.Duration(0)
	if seconds, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		d = time.Duration(min(max(seconds, 0), int(maxWait.Seconds()))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), maxWait)
}
