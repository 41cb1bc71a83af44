package webapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// backstop ends a request whose caller set no deadline.
const backstop = 30 * time.Second

// Config is what a Client needs. BotToken is compulsory, AppToken only for
// Connect.
type Config struct {
	BotToken string
	AppToken string
	APIURL   string       // empty: Slack's own
	Client   *http.Client // nil: one that honours the proxy of the environment; a given one is copied
	Log      *slog.Logger // nil: nothing is logged
}

// Client calls Slack as one bot in one workspace. It is safe for concurrent use.
type Client struct {
	api      *slack.Client
	door     *door
	endpoint string // ends in "/"
	hosts    map[string]string
	botToken string

	mu   sync.Mutex
	self Identity // the last answer of Who
}

// New returns a Client without asking Slack anything. It fails when the address
// is none.
func New(config Config) (*Client, error) {
	endpoint, err := address(config.APIURL)
	if err != nil {
		return nil, err
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	c := &Client{endpoint: endpoint, botToken: config.BotToken, hosts: answerHosts(config.APIURL, endpoint)}
	c.door = &door{http: httpClient(config.Client), log: config.Log, secrets: secrets(config.BotToken, config.AppToken)}
	c.api = slack.New(config.BotToken, slack.OptionHTTPClient(c.door), slack.OptionAPIURL(endpoint),
		slack.OptionAppLevelToken(config.AppToken), slack.OptionDebug(false), slack.OptionLog(log.New(io.Discard, "", 0)))
	return c, nil
}

// URL is the address of the API, which methods are put behind.
func (c *Client) URL() string { return c.endpoint }

// HTTP is the client that requests are made with; it follows no redirects.
func (c *Client) HTTP() *http.Client { return c.door.http }

// address checks an API address and makes it end in "/", because methods are
// put behind it as they are.
func address(text string) (string, error) {
	if text == "" {
		return slack.APIURL, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", errors.New("the address of Slack's API is not one: it looks like https://slack.com/api/")
	}
	return strings.TrimRight(u.String(), "/") + "/", nil
}

// answerHosts are the hosts that answers to an interaction may be sent to, with
// their schemes.
func answerHosts(configured, endpoint string) map[string]string {
	hosts := map[string]string{"hooks.slack.com": "https", "hooks.slack-gov.com": "https"}
	if configured != "" {
		if u, err := url.Parse(endpoint); err == nil {
			hosts[strings.ToLower(u.Host)] = u.Scheme
		}
	}
	return hosts
}

func httpClient(given *http.Client) *http.Client {
	client := &http.Client{Transport: transport()}
	if given != nil {
		copied := *given
		client = &copied
	}
	if client.Timeout <= 0 {
		client.Timeout = backstop
	}
	// Whoever redirects is not Slack, and would get the token.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

func transport() *http.Transport {
	return &http.Transport{
		Proxy: func(req *http.Request) (*url.URL, error) {
			proxy, err := http.ProxyFromEnvironment(req)
			if err != nil {
				return nil, errors.New("the proxy address in the environment cannot be read") // it may hold a password
			}
			return proxy, nil
		},
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       60 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

func secrets(tokens ...string) *strings.Replacer {
	var pairs []string
	for _, token := range tokens {
		if token != "" {
			pairs = append(pairs, token, "[token]")
		}
	}
	return strings.NewReplacer(pairs...)
}

// Identity says who the bot is.
type Identity struct {
	Team       string // workspace id
	TeamName   string
	Enterprise string // organisation id, empty outside an Enterprise organisation
	BotUser    string // the bot's user id
	Bot        string // the bot's own id, which its messages carry
	URL        string // of the workspace
	Scopes     []string
}

// Account is the native part of the account that the bot runs as:
// ENTERPRISE.TEAM.BOTUSER, with "-" for no enterprise.
func (id Identity) Account() string {
	enterprise := id.Enterprise
	if enterprise == "" {
		enterprise = "-"
	}
	return enterprise + "." + id.Team + "." + id.BotUser
}

// Who asks Slack who the token belongs to (auth.test). Scopes is nil when Slack
// did not name them.
func (c *Client) Who(ctx context.Context) (Identity, error) {
	answer, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return Identity{}, fmt.Errorf("ask Slack who the bot is: %w", err)
	}
	id := Identity{Team: answer.TeamID, TeamName: answer.Team, Enterprise: answer.EnterpriseID, BotUser: answer.UserID, Bot: answer.BotID, URL: answer.URL}
	for _, value := range answer.Header.Values("X-Oauth-Scopes") {
		for scope := range strings.SplitSeq(value, ",") {
			if scope = strings.TrimSpace(scope); scope != "" {
				id.Scopes = append(id.Scopes, scope)
			}
		}
	}
	if id.Team == "" || id.BotUser == "" {
		return Identity{}, errors.New("ask Slack who the bot is: the answer names no workspace or no user")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.self = id
	return id, nil
}

// me is Who, asked once.
func (c *Client) me(ctx context.Context) (Identity, error) {
	c.mu.Lock()
	self := c.self
	c.mu.Unlock()
	if self.BotUser != "" {
		return self, nil
	}
	return c.Who(ctx)
}

// Connect asks for the address of a new Socket Mode connection, with the app
// token. The address works like a password for half a minute.
func (c *Client) Connect(ctx context.Context) (string, error) {
	_, address, err := c.api.StartSocketModeContext(ctx)
	if err != nil {
		return "", fmt.Errorf("ask Slack for a connection: %w", err)
	}
	return address, nil
}
