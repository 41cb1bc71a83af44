package teams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"evangelist/adapters/teams/botauth"
	"evangelist/adapters/teams/cards"
	"evangelist/adapters/teams/cloud"
	"evangelist/adapters/teams/connector"
	"evangelist/adapters/teams/graph"
	"evangelist/adapters/teams/inbound"
	"evangelist/bot"
)

// Name is the instance key of the tenant: an installation has one.
const Name = "teams"

// Config is what an Adapter needs. AppID, TenantID, Credential, Clock, Random
// and Log are compulsory.
type Config struct {
	AppID        string
	TenantID     string
	Credential   connector.Credential
	Cloud        string   // "": the public one
	ServiceHosts []string // may be called besides the cloud's own
	MetadataURL  string   // "": the cloud's
	TokenURL     string   // "": the cloud's
	// Graph has the directory read from Microsoft Graph, and messages looked for
	// there.
	Graph        bool
	GraphURL     string // "": the cloud's
	Organisation string // for refusing others politely
	BaseURL      string // of our own web
	Zone         *time.Location
	// Wait has a reply that is a message of its own wait for its turn; nil: it
	// does not wait.
	Wait   func(ctx context.Context, platform string, place bot.PlaceID) error
	Clock  bot.Clock
	Random io.Reader
	Log    *slog.Logger
	// Again is for tests: how often the directory is read. 0: 24 h.
	Again time.Duration
}

// Adapter joins one tenant to the bot. Use Tenant as its bot.Platform; it is
// itself the handler of /api/messages.
type Adapter struct {
	Config
	*Tenant
	cloud   cloud.Cloud
	check   *botauth.Checker
	tokens  *connector.Tokens
	api     *connector.Client
	graph   *graph.Client // nil: it is not read
	known   *known
	marks   marks
	once    *once
	recent  recent
	work    sync.WaitGroup
	busy    chan struct{}
	waiting atomic.Int64
	naming  sync.Mutex // held while a chat's name is chosen and kept

	mu       sync.Mutex
	handlers bot.Handlers
	commands map[string]bot.Command
	joined   bool
	ready    bool // it is known who the bot is
	trouble  string
	refused  int64
	refusals map[botauth.Reason]refused
}

// New returns an Adapter that asks nobody anything yet. Join it to the bot, then
// Identify, then Run.
func New(c Config) (*Adapter, error) {
	home, err := cloud.Named(c.Cloud)
	if err != nil {
		return nil, err
	}
	a := &Adapter{Config: c, cloud: home, known: newKnown(), busy: make(chan struct{}, mostAtOnce), refusals: map[botauth.Reason]refused{}, commands: map[string]bot.Command{}}
	a.Tenant = &Tenant{a}
	if a.once, err = newOnce(c.Random); err != nil {
		return nil, err
	}
	if a.check, err = botauth.New(botauth.Config{
		AppID: c.AppID, Tenants: []string{c.TenantID}, Cloud: home, MetadataURL: c.MetadataURL, ServiceHosts: c.ServiceHosts, Clock: c.Clock,
	}); err != nil {
		return nil, err
	}
	hosts, err := cloud.NewHosts(append(append([]string{}, home.ServiceHosts...), c.ServiceHosts...)...)
	if err != nil {
		return nil, err
	}
	tokens := func(scope string) (*connector.Tokens, error) {
		return connector.NewTokens(connector.TokenConfig{
			AppID: c.AppID, TenantID: c.TenantID, LoginURL: home.LoginURL, TokenURL: c.TokenURL, Scope: scope, Credential: c.Credential, Clock: c.Clock,
		})
	}
	if a.tokens, err = tokens(home.BotScope); err != nil {
		return nil, err
	}
	if a.api, err = connector.New(connector.Config{AppID: c.AppID, TenantID: c.TenantID, Tokens: a.tokens, Hosts: hosts, Clock: c.Clock}); err != nil {
		return nil, err
	}
	if !c.Graph {
		return a, nil
	}
	own, err := tokens(home.GraphScope)
	if err != nil {
		return nil, err
	}
	address := home.GraphURL
	if c.GraphURL != "" {
		address = c.GraphURL
	}
	a.graph, err = graph.New(graph.Config{BaseURL: address, AppID: c.AppID, Platform: Name, Tokens: own, Clock: c.Clock})
	return a, err
}

// Join makes h the bot of the tenant. It must be called before anything comes
// in, once.
func (a *Adapter) Join(h bot.Handlers) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.handlers, a.joined = h, true
	a.known.recall, a.known.note = h.Recall, h.Note
	if h.Commands != nil {
		for _, command := range h.Commands() {
			a.commands[command.Name] = command
		}
	}
}

// Identify proves to the sign-in service that the bot is who the configuration
// says. An error that holds a *connector.TokenError which is Permanent will not
// go away by itself.
func (a *Adapter) Identify(ctx context.Context) (bot.AccountID, error) {
	if _, err := a.tokens.Token(ctx); err != nil {
		return "", fmt.Errorf("get a token for the bot: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ready = true
	return bot.NewAccountID(Name, strings.ToLower(a.TenantID+"."+a.AppID)), nil
}

// everyNight is how often the directory is read.
const everyNight = 24 * time.Hour

// again is how long a failed look is put off.
const again = time.Minute

// Run reads who is there at the start and every night. When ctx ends it lets
// what was begun finish.
func (a *Adapter) Run(ctx context.Context) error {
	every := a.Again
	if every <= 0 {
		every = everyNight
	}
	if err := a.check.Warm(ctx); err != nil && ctx.Err() == nil {
		a.Log.Warn("the keys of the Teams service could not be read yet; the next request tries again", "error", err)
	}
	failing := time.Duration(0)
	for ctx.Err() == nil {
		pause := every
		switch err := a.directory(ctx); {
		case err == nil:
			failing = 0
			a.Log.Info("the directory of Teams was read")
		case ctx.Err() == nil:
			a.Log.Warn("the people on Teams could not be read; it will be tried again", "error", err)
			failing = patience(failing)
			pause = min(failing, every)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
	a.work.Wait()
	return nil
}

// State is how the adapter stands, for readiness and metrics.
type State struct {
	Trouble string // a sentence about what only a human can mend, "" when there is none
	Refused int64  // requests that were refused unread
}

// State returns how the adapter stands now.
func (a *Adapter) State() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	return State{Trouble: a.trouble, Refused: a.refused}
}

// Check reports what keeps the adapter from working: no token, or a refused one.
func (a *Adapter) Check(ctx context.Context) error {
	_, err := a.tokens.Token(ctx)
	var refused *connector.TokenError
	a.mu.Lock()
	defer a.mu.Unlock()
	a.trouble = ""
	if errors.As(err, &refused) && refused.Permanent {
		a.trouble = refused.Say
	}
	return err
}

// us is who the bot is.
func (a *Adapter) us() inbound.Us {
	return inbound.Us{Platform: Name, AppID: a.AppID, TenantID: a.TenantID}
}

// renderer draws messages and forms.
func (a *Adapter) renderer() cards.Renderer {
	return cards.Renderer{Base: a.BaseURL, Zone: a.Zone, OpensForm: a.opensForm}
}

// opensForm reports whether a command may ask for more in a form.
func (a *Adapter) opensForm(command string) bool { return a.command(command).Form != nil }

func (a *Adapter) command(name string) bot.Command {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.commands[name]
}

// service is the address that serves a conversation: the one that was proven
// last, or the cloud's. An error is certain: nothing was sent.
func (a *Adapter) service(ctx context.Context, at spot) (string, error) {
	if at.Service != "" {
		return at.Service, nil
	}
	common, err := a.known.service(ctx)
	switch {
	case err != nil:
		return "", notYet(err)
	case common != "":
		return common, nil
	case a.cloud.ServiceURL == "":
		return "", &bot.SendError{Reason: bot.Busy, RetryAfter: again, Say: "It is not known yet where Teams is served in this cloud. Write anything to the bot on Teams once; then it is tried again by itself."}
	}
	return a.cloud.ServiceURL, nil
}

var _ http.Handler = (*Adapter)(nil)
