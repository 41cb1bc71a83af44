package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"evangelist/adapters/slack/blockkit"
	"evangelist/adapters/slack/directory"
	"evangelist/adapters/slack/gap"
	"evangelist/adapters/slack/inbound"
	"evangelist/adapters/slack/transport"
	"evangelist/adapters/slack/webapi"
	"evangelist/bot"
)

// Name is the instance key of the workspace: an installation has one.
const Name = "slack"

// Config is what an Adapter needs. BotToken, Clock, Random and Log are
// compulsory; AppToken for Socket Mode, SigningSecret for HTTP.
type Config struct {
	BotToken      string
	AppToken      string
	SigningSecret string
	HTTP          bool   // requests come over HTTP instead of Socket Mode
	APIURL        string // "": Slack's
	// Commands are the slash commands that are called otherwise here: our word
	// to the workspace's word, without "/".
	Commands     map[string]string
	Fields       directory.Labels
	Organisation string         // for refusing others politely
	BaseURL      string         // of our own web
	Zone         *time.Location // for readers whose own zone is not known
	Client       *http.Client   // nil: one that honours proxies and certificates of the environment
	// Wait has a reply that is a message of its own wait for its turn; nil: it
	// does not wait.
	Wait   func(ctx context.Context, platform string, place bot.PlaceID) error
	Clock  bot.Clock
	Random io.Reader
	Log    *slog.Logger
	// Silence, Again and Look are for tests: after how long without a ping a
	// socket is dead, how often the directory and the gaps are looked at. 0:
	// 30 s, 24 h, 1 h.
	Silence, Again, Look time.Duration
}

// Adapter joins one workspace to the bot. Use Workspace as its bot.Platform.
type Adapter struct {
	Config
	*Workspace
	api     *webapi.Client
	known   *known
	once    *once
	handles handles
	words   map[string]string // the workspace's slash word to ours
	http    *transport.HTTP
	socket  *transport.Socket
	people  *directory.Directory
	gaps    *gap.Filler
	renewed chan struct{} // there is a connection after there was none
	work    sync.WaitGroup
	busy    chan struct{}
	waiting atomic.Int64 // how much was begun after an acknowledgement

	mu       sync.Mutex
	handlers bot.Handlers
	commands map[string]bot.Command
	identity webapi.Identity
	serving  bool // requests are taken: it is known who the bot is
	removed  bool
	refused  string // the code with which Slack refuses the bot token
}

// New returns an Adapter that asks nobody anything yet. Join it to the bot, then
// Identify, then Run.
func New(c Config) (*Adapter, error) {
	api, err := webapi.New(webapi.Config{BotToken: c.BotToken, AppToken: c.AppToken, APIURL: c.APIURL, Client: c.Client, Log: c.Log})
	if err != nil {
		return nil, err
	}
	memory, err := newOnce(c.Random)
	if err != nil {
		return nil, err
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	a := &Adapter{
		Config: c, api: api, known: newKnown(), once: memory, words: map[string]string{}, renewed: make(chan struct{}, 1),
		busy: make(chan struct{}, mostAtOnce), commands: map[string]bot.Command{},
	}
	for ours, theirs := range c.Commands {
		a.words[theirs] = ours
	}
	a.Workspace = NewWorkspace(WorkspaceConfig{
		API: api, Options: blockkit.Options{BaseURL: c.BaseURL, Zone: c.Zone}, Account: a.accountOf, Confirmed: a.confirmed, Noted: a.note,
	})
	taker := transport.Taker{Event: a.event, Slash: a.slash, Interaction: a.interaction}
	if c.HTTP {
		a.http = transport.NewHTTP(c.SigningSecret, taker, c.Log)
	} else {
		a.socket = transport.NewSocket(transport.SocketConfig{
			AppToken: c.AppToken, APIURL: api.URL(), Client: api.HTTP(), Log: c.Log, Silence: c.Silence, Connected: a.renew,
		}, taker)
	}
	return a, nil
}

// mostAtOnce bounds what goes on after an acknowledgement.
const mostAtOnce = 64

// Join makes h the bot of the workspace. It must be called before anything
// comes in, once.
func (a *Adapter) Join(h bot.Handlers) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.handlers = h
	if h.Commands != nil {
		for _, command := range h.Commands() {
			a.commands[command.Name] = command
		}
	}
	a.people = directory.New(directory.Config{API: a.api, Labels: a.Fields, Platform: Name, Us: a.us, Log: a.Log, Record: a.record, Observe: a.observe, Groups: a.known.join, Places: h.Places})
	a.gaps = gap.New(gap.Config{API: a.api, Platform: Name, Clock: a.Clock, Log: a.Log, Handlers: h, Translate: a.history})
}

// Identify asks Slack who the bot is. An error that holds a *webapi.TokenError
// will not go away by itself.
func (a *Adapter) Identify(ctx context.Context) (bot.AccountID, error) {
	identity, err := a.api.Who(ctx)
	if err != nil {
		return "", fmt.Errorf("ask Slack who the bot is: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.identity = identity
	return bot.NewAccountID(Name, identity.Account()), nil
}

// Handler takes Slack's requests; nil unless requests come over HTTP. Before Run
// it answers 503: Slack sends events again. No request may come after Run has
// been told to end.
func (a *Adapter) Handler() http.Handler {
	if a.http == nil {
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.enter() {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		defer a.work.Done()
		a.http.ServeHTTP(w, r)
	})
}

// enter counts a request, unless none are taken yet.
func (a *Adapter) enter() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.serving {
		a.work.Add(1)
	}
	return a.serving
}

// us is who the bot is.
func (a *Adapter) us() inbound.Us {
	a.mu.Lock()
	defer a.mu.Unlock()
	return inbound.Us{Platform: Name, Team: a.identity.Team, Enterprise: a.identity.Enterprise, User: a.identity.BotUser, Bot: a.identity.Bot}
}

// How often what events tell is compared with what Slack holds.
const (
	everyNight = 24 * time.Hour
	everyHour  = time.Hour
)

// Run takes what Slack sends, reads the directory at the start and every night,
// and looks for what was missed at the start, after each time without a
// connection, and every hour. When ctx ends it lets what was begun finish.
func (a *Adapter) Run(ctx context.Context) error {
	a.mu.Lock()
	a.serving = true
	a.mu.Unlock()
	var group sync.WaitGroup
	if a.socket != nil {
		group.Go(func() { _ = a.socket.Run(ctx) }) // never fails; Check tells how it is
	}
	group.Go(func() {
		a.repeat(ctx, orElse(a.Again, everyNight), nil, "the directory could not be read", a.people.Read)
	})
	group.Go(func() {
		a.repeat(ctx, orElse(a.Look, everyHour), a.renewed, "what was missed could not be read", a.gaps.Fill)
	})
	group.Go(func() { a.gaps.Keep(ctx) })
	group.Wait()
	a.work.Wait()
	return nil
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// again is how long a failed look is put off.
const again = time.Minute

// repeat does something at once, then every so often, and whenever there is
// news; what failed is done again within a minute.
func (a *Adapter) repeat(ctx context.Context, every time.Duration, news <-chan struct{}, trouble string, act func(context.Context) error) {
	for {
		pause := every
		if err := act(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn(trouble+"; it will be tried again", "error", err)
			pause = min(again, every)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-news:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// renew notes that there is a connection after there was none.
func (a *Adapter) renew() {
	select {
	case a.renewed <- struct{}{}:
	default:
	}
}

// State is how the adapter stands, for readiness and metrics.
type State struct {
	Sockets int    // open connections, of two; -1 over HTTP
	Trouble string // a code that only a human can mend, "" when there is none
	Last    string // the last passing trouble of a connection
	Refused int64  // requests over HTTP that were refused
	Odd     int64  // what could not be read
}

// State returns how the adapter stands now.
func (a *Adapter) State() State {
	a.mu.Lock()
	s := State{Sockets: -1, Trouble: a.refused}
	if a.removed {
		s.Trouble = "app_uninstalled"
	}
	a.mu.Unlock()
	if a.socket != nil {
		socket := a.socket.State()
		s.Sockets, s.Last, s.Odd = socket.Open, socket.Last, socket.Odd
		if s.Trouble == "" {
			s.Trouble = socket.Fatal
		}
	}
	if a.http != nil {
		s.Refused, s.Odd = a.http.Counts()
	}
	return s
}

// Check reports what keeps the adapter from working: a refused token, or no
// connection.
func (a *Adapter) Check(context.Context) error {
	switch s := a.State(); {
	case s.Trouble != "":
		return fmt.Errorf("slack refuses: %s", s.Trouble)
	case s.Sockets == 0:
		return errors.New("there is no connection to Slack")
	}
	return nil
}

// note remembers whether Slack refuses the bot token; what fails for another
// reason says nothing about that.
func (a *Adapter) note(err error) {
	var token *webapi.TokenError
	code := ""
	if errors.As(err, &token) {
		code = token.Code
	} else if err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refused = code
}
