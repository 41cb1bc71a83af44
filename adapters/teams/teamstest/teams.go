package teamstest

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"evangelist/bot"
)

// What an empty field of Config means.
const (
	DefaultAppID    = "0c7a1f52-5a4e-4bb0-9a0d-3c1f8f6f2b11"
	DefaultTenantID = "7d1c3c39-93bb-4d4c-8a6b-2f0f2f1d9e10"
	DefaultSecret   = "a-secret-of-the-tests"
	DefaultBotName  = "Evangelist"
	DefaultIssuer   = "https://api.botframework.com"
)

// Config describes the tenant. Everything may be left empty.
type Config struct {
	AppID, TenantID, Secret string
	BotName                 string
	Bot                     string            // address of the bot's /api/messages; may come later with SetBot
	Certificate             *x509.Certificate // client assertions of this certificate are accepted
	Federated               string            // this token of another issuer is accepted as client assertion
	Issuer                  string            // of the tokens that come with activities
	Listener                net.Listener      // where it is served; nil: a free port of 127.0.0.1
	Clock                   bot.Clock         // nil: the system's
	Windows                 []Window          // throttling; none: nothing is throttled
	TokenLife               time.Duration     // 0: one hour
	PageSize                int               // of members, users and messages when the caller names none; 0: 50
}

// Teams is the pretend tenant. It is safe for concurrent use.
type Teams struct {
	config   Config
	server   *http.Server
	listener net.Listener
	client   *http.Client
	stop     context.CancelFunc

	mu         sync.Mutex
	changed    chan struct{}
	bot        string
	region     string
	keys       []*key
	made       int // keys, ever
	tokens     map[string]grant
	seenJTI    map[string]bool
	users      []*user
	teams      []*team
	places     map[string]*place
	order      []*place
	messages   map[string]*message
	lastID     int64
	serial     int
	calls      []Call
	deliveries []Delivery
	plan       func(Call) Fault
	sends      map[string][]time.Time
	lag        time.Duration
}

// New opens a tenant that ends with the test.
func New(t testing.TB, c Config) *Teams {
	t.Helper()
	s, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Open opens a tenant, on a free port of 127.0.0.1 unless it is told where. Close
// ends it.
func Open(c Config) (*Teams, error) {
	for _, field := range []struct {
		at    *string
		value string
	}{
		{&c.AppID, DefaultAppID}, {&c.TenantID, DefaultTenantID}, {&c.Secret, DefaultSecret},
		{&c.BotName, DefaultBotName}, {&c.Issuer, DefaultIssuer},
	} {
		if *field.at == "" {
			*field.at = field.value
		}
	}
	if c.Clock == nil {
		c.Clock = bot.SystemClock{}
	}
	if c.TokenLife == 0 {
		c.TokenLife = time.Hour
	}
	if c.PageSize == 0 {
		c.PageSize = 50
	}
	listener := c.Listener
	if listener == nil {
		var err error
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("open a pretend tenant: %w", err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Teams{
		config: c, listener: listener, stop: stop, changed: make(chan struct{}), bot: c.Bot, region: "emea",
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
		tokens: map[string]grant{}, seenJTI: map[string]bool{}, places: map[string]*place{}, messages: map[string]*message{}, sends: map[string][]time.Time{},
	}
	s.Rotate()
	s.server = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() { _ = s.server.Serve(listener) }()
	return s, nil
}

// Close ends the tenant. Calls that are under way break.
func (s *Teams) Close() error {
	s.stop()
	s.client.CloseIdleConnections()
	return s.server.Close()
}

func (s *Teams) routes() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern, method string, do func(*exchange) answer) { mux.HandleFunc(pattern, s.serve(method, do)) }
	const connector = " /{region}/{tenant}/v3"
	const activities = connector + "/conversations/{conversation}/activities"
	handle("GET /v1/.well-known/openidconfiguration", "metadata", s.metadata)
	handle("GET /v1/.well-known/keys", "keys", s.jwks)
	handle("POST /{tenant}/oauth2/v2.0/token", "token", s.token)
	handle("POST"+activities, "send", s.connector(s.send))
	handle("POST"+activities+"/{activity}", "reply", s.connector(s.send))
	handle("PUT"+activities+"/{activity}", "update", s.connector(s.update))
	handle("DELETE"+activities+"/{activity}", "delete", s.connector(s.remove))
	handle("POST"+connector+"/conversations", "create", s.connector(s.create))
	handle("GET"+connector+"/conversations/{conversation}/pagedMembers", "members", s.connector(s.pagedMembers))
	handle("GET"+connector+"/conversations/{conversation}/members/{user}", "member", s.connector(s.member))
	handle("GET"+connector+"/teams/{team}", "team", s.connector(s.team))
	handle("GET"+connector+"/teams/{team}/conversations", "channels", s.connector(s.channels))
	handle("GET /graph/v1.0/users", "graph.users", s.graph(s.graphUsers))
	handle("GET /graph/v1.0/teams/{group}/channels/{channel}/messages/delta", "graph.messages", s.graph(s.graphMessages))
	handle("GET /graph/v1.0/teams/{group}/channels/{channel}/messages/{activity}/replies", "graph.replies", s.graph(s.graphReplies))
	handle("/", "unknown", func(*exchange) answer {
		return problem(http.StatusNotFound, "NotFound", "There is nothing at this address.")
	})
	return mux
}

// AppID returns the bot's application id.
func (s *Teams) AppID() string { return s.config.AppID }

// TenantID returns the tenant's id.
func (s *Teams) TenantID() string { return s.config.TenantID }

// Secret returns the bot's client secret.
func (s *Teams) Secret() string { return s.config.Secret }

// URL returns the root of all addresses, without a slash at the end.
func (s *Teams) URL() string { return "http://" + s.Host() }

// Host returns host and port, to be listed as a service host.
func (s *Teams) Host() string { return s.listener.Addr().String() }

// MetadataURL returns where the OpenID metadata is.
func (s *Teams) MetadataURL() string { return s.URL() + "/v1/.well-known/openidconfiguration" }

// TokenURL returns where the bot gets its tokens.
func (s *Teams) TokenURL() string { return s.URL() + "/" + s.config.TenantID + "/oauth2/v2.0/token" }

// GraphURL returns the root of Microsoft Graph.
func (s *Teams) GraphURL() string { return s.URL() + "/graph/v1.0" }

// ServiceURL returns the service address that activities carry now.
func (s *Teams) ServiceURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.serviceURL()
}

func (s *Teams) serviceURL() string {
	return strings.Join([]string{s.URL(), s.region, s.config.TenantID, ""}, "/")
}

// Move gives later activities the service address of another region. The old
// one goes on working.
func (s *Teams) Move(region string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.region = region
}

// SetBot says where the bot takes activities.
func (s *Teams) SetBot(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bot = address
}
