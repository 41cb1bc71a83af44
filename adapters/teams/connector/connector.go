package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"evangelist/adapters/teams/cloud"
	"evangelist/bot"
)

// Deadline is how long one call may take, the token that it needs included.
const Deadline = 10 * time.Second

// maxAnswer is how much of an answer is read.
const maxAnswer = 8 << 20

// Config says who calls, and where it may call.
type Config struct {
	AppID    string // the bot's application id
	TenantID string
	Tokens   TokenSource // for the connector's scope
	Hosts    cloud.Hosts // service hosts that the bot's token may be sent to
	// WithoutTargeted leaves targeted messages out: Private then always uses the
	// chat with the bot. For clouds and test clients that do not know them.
	WithoutTargeted bool
	Clock           bot.Clock         // nil: the system's
	Transport       http.RoundTripper // nil: the proxy of the environment is honoured
}

// TokenSource gives tokens for one scope. Tokens is one.
type TokenSource interface {
	// Token returns a token that is valid for a while.
	Token(ctx context.Context) (string, error)
	// Drop forgets a token that was refused.
	Drop(token string)
}

// Client calls the connector. It is safe for concurrent use.
type Client struct {
	config Config
	http   *http.Client
}

// New returns a Client.
func New(c Config) (*Client, error) {
	if c.AppID == "" || c.TenantID == "" || c.Tokens == nil {
		return nil, errors.New("the connector needs the bot's application id, its tenant and a source of tokens")
	}
	if c.Clock == nil {
		c.Clock = bot.SystemClock{}
	}
	return &Client{config: c, http: newHTTP(c.Transport)}, nil
}

// newHTTP returns a client that follows no redirect: one could lead the token
// elsewhere. Deadlines are the contexts'.
func newHTTP(transport http.RoundTripper) *http.Client {
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.Proxy = http.ProxyFromEnvironment
		own.MaxIdleConnsPerHost = 32
		transport = own
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Conversation says where: the service address that was last seen, and proven,
// with this conversation, and its id. The id of a channel may name a thread.
type Conversation struct {
	ServiceURL string
	ID         string
}

// personal reports whether it is the chat of one person with the bot.
func (c Conversation) personal() bool { return strings.HasPrefix(c.ID, "a:") }

// channel reports whether it is a channel of a team.
func (c Conversation) channel() bool {
	id, _, _ := strings.Cut(c.ID, threadMark)
	return strings.HasSuffix(id, "@thread.tacv2") || strings.HasSuffix(id, "@thread.skype")
}

const threadMark = ";messageid="

// InThread returns the conversation id of a thread in a channel; of a
// conversation that has a thread in its id already, of this one instead.
func InThread(conversation, root string) string {
	id, _, _ := strings.Cut(conversation, threadMark)
	if root == "" {
		return id
	}
	return id + threadMark + root
}

// SplitThread takes a conversation id apart; root is empty without a thread.
func SplitThread(conversation string) (id, root string) {
	id, root, _ = strings.Cut(conversation, threadMark)
	return id, root
}

// call is one request to the connector.
type call struct {
	what     string // for errors: "post a message"
	method   string
	service  string
	path     []string // segments, not escaped
	query    url.Values
	body     any
	personal bool // about the chat with one person
}

// do makes a call and reads the answer into out. With nil the answer may be
// empty, but what is there must still be JSON: a page is not from the service.
func (c *Client) do(ctx context.Context, q call, out any) error {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	request, err := c.prepare(ctx, q)
	if err != nil {
		return err
	}
	token, err := c.config.Tokens.Token(ctx)
	if err != nil {
		return untokened(err)
	}
	if err := ctx.Err(); err != nil {
		return busy(0, "There was no time left to send this; it will be tried again.", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	var connected atomic.Bool
	request = request.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}))
	response, err := c.http.Do(request)
	switch {
	case err != nil && !connected.Load():
		return busy(0, "Teams could not be reached; it will be tried again.", withoutAddress(err))
	case err != nil:
		return unknown(q.what, withoutAddress(err))
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if response.StatusCode/100 != 2 {
		if response.StatusCode == http.StatusUnauthorized {
			c.config.Tokens.Drop(token)
		}
		return c.outcome(q, response, text)
	}
	if err != nil {
		return unknown(q.what, withoutAddress(err))
	}
	if out == nil && len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	if out == nil {
		out = new(json.RawMessage)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return unknown(q.what, errors.New("the answer cannot be read"))
	}
	return nil
}

// prepare checks the address and writes the body. Nothing is sent.
func (c *Client) prepare(ctx context.Context, q call) (*http.Request, error) {
	base, err := c.config.Hosts.Check(q.service)
	if err != nil {
		return nil, denied("The address of the Teams service for this conversation is not one that the bot may call. If it is right, list its host in teams.service_hosts; then choose: post again.", err)
	}
	address := base.Scheme + "://" + base.Host + strings.TrimSuffix(base.EscapedPath(), "/") + "/v3"
	for _, segment := range q.path {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return nil, denied("This conversation or message has an id that cannot be one of Teams, so nothing was sent.", nil)
		}
		address += "/" + url.PathEscape(segment)
	}
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	var body io.Reader
	if q.body != nil {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(q.body); err != nil {
			return nil, denied("This message cannot be written for Teams, so it was not sent.", fmt.Errorf("write an activity: %w", err))
		}
		body = &text
	}
	request, err := http.NewRequestWithContext(ctx, q.method, address, body)
	if err != nil {
		return nil, denied("This message has no address in Teams, so it was not sent.", withoutAddress(err))
	}
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return request, nil
}

// withoutAddress takes the address, which names a conversation, out of an error.
func withoutAddress(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
